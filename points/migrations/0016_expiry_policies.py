"""How long points last is a policy by its kind; months to the second stay that."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import points.models.programme

FORWARD = """
UPDATE {} SET expiry = jsonb_build_object('kind', 'after', 'count', expiry_months,
  'unit', 'month', 'through', 'exact', 'last_month', 12)
WHERE expiry_months IS NOT NULL
"""
BACKWARD = """
UPDATE {} SET expiry_months = CASE
  WHEN expiry ->> 'unit' = 'month' AND expiry ->> 'through' = 'exact'
  THEN (expiry ->> 'count')::smallint END
"""


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0015_drafts_of_rules"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="programme",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="programme",
            name="update_update",
        ),
        # The column is dropped by a later version; one that runs meanwhile still reads it.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint(
                    model_name="programme",
                    name="points_programme_expiry_is_sensible",
                ),
                migrations.RemoveField(
                    model_name="programme",
                    name="expiry_months",
                ),
                migrations.RemoveField(
                    model_name="programmeevent",
                    name="expiry_months",
                ),
            ]
        ),
        migrations.AddField(
            model_name="programme",
            name="expiry",
            field=models.JSONField(
                db_default=models.Value({"kind": "never"}, models.JSONField()),
                default=points.models.programme.no_expiry,
                help_text="The policy for everyone, by its kind.",
                verbose_name="expiry of points",
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="tier_expiry",
            field=models.JSONField(
                blank=True,
                db_default=models.Value({}, models.JSONField()),
                default=dict,
                help_text="Policies of tiers that have their own, by the tier's short name.",
                verbose_name="expiry of points by tier",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="expiry",
            field=models.JSONField(
                db_default=models.Value({"kind": "never"}, models.JSONField()),
                default=points.models.programme.no_expiry,
                help_text="The policy for everyone, by its kind.",
                verbose_name="expiry of points",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="tier_expiry",
            field=models.JSONField(
                blank=True,
                db_default=models.Value({}, models.JSONField()),
                default=dict,
                help_text="Policies of tiers that have their own, by the tier's short name.",
                verbose_name="expiry of points by tier",
            ),
        ),
        *(
            migrations.RunSQL(FORWARD.format(table), BACKWARD.format(table))
            for table in ("points_programme", "points_programmeevent")
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "currency", "debt_limit", "expiry", "id", "multiplier_combination", "name", "pending_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "rounding", "tier_expiry", "time_zone") VALUES (NEW."backdating_days", NEW."currency", NEW."debt_limit", NEW."expiry", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."rounding", NEW."tier_expiry", NEW."time_zone"); RETURN NULL;',
                    hash="39869b2a548a5271fb7f75566f22c45fb41b42be",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_9dc43",
                    table="points_programme",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "currency", "debt_limit", "expiry", "id", "multiplier_combination", "name", "pending_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "rounding", "tier_expiry", "time_zone") VALUES (NEW."backdating_days", NEW."currency", NEW."debt_limit", NEW."expiry", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."rounding", NEW."tier_expiry", NEW."time_zone"); RETURN NULL;',
                    hash="2b787471932e3583dd35a845cdfd0e73c174e9a6",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6bc5f",
                    table="points_programme",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(("expiry__has_key", "kind")),
                name="points_programme_expiry_has_a_kind",
            ),
        ),
    ]
