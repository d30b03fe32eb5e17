"""Which points that paid come back with a refund, and how many did."""

import django.core.validators
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0030_paying_with_points"),
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
        migrations.RemoveConstraint(
            model_name="refund",
            name="points_refund_collects_what_is_due_at_most",
        ),
        migrations.AddField(
            model_name="programme",
            name="refund_returns",
            field=models.CharField(
                choices=[
                    ("pro_rata", "In proportion to the money"),
                    ("full_only", "All of them, when all the money is back"),
                    ("none", "They do not come back"),
                ],
                db_default="pro_rata",
                default="pro_rata",
                help_text="To the points they were, with the day on which those expire.",
                max_length=12,
                verbose_name="points that paid come back",
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="return_grace_days",
            field=models.PositiveSmallIntegerField(
                db_default=30,
                default=30,
                help_text="For points that come back after they would have expired. 0: gone at once.",
                validators=[django.core.validators.MaxValueValidator(366)],
                verbose_name="days of grace",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="refund_returns",
            field=models.CharField(
                choices=[
                    ("pro_rata", "In proportion to the money"),
                    ("full_only", "All of them, when all the money is back"),
                    ("none", "They do not come back"),
                ],
                db_default="pro_rata",
                default="pro_rata",
                help_text="To the points they were, with the day on which those expire.",
                max_length=12,
                verbose_name="points that paid come back",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="return_grace_days",
            field=models.PositiveSmallIntegerField(
                db_default=30,
                default=30,
                help_text="For points that come back after they would have expired. 0: gone at once.",
                validators=[django.core.validators.MaxValueValidator(366)],
                verbose_name="days of grace",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="returned",
            field=models.BigIntegerField(
                db_default=0, default=0, verbose_name="points given back"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "campaign_alone_points", "currency", "debt_limit", "earns_on_delivery", "earns_on_discount", "earns_on_gift_card", "earns_on_points_paid", "earns_on_tax", "expiry", "group_policy", "id", "multiplier_combination", "name", "pending_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "refund_returns", "return_grace_days", "rounding", "rounds_each_rule", "tier_expiry", "time_zone", "transfer_expiry") VALUES (NEW."backdating_days", NEW."campaign_alone_points", NEW."currency", NEW."debt_limit", NEW."earns_on_delivery", NEW."earns_on_discount", NEW."earns_on_gift_card", NEW."earns_on_points_paid", NEW."earns_on_tax", NEW."expiry", NEW."group_policy", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."refund_returns", NEW."return_grace_days", NEW."rounding", NEW."rounds_each_rule", NEW."tier_expiry", NEW."time_zone", NEW."transfer_expiry"); RETURN NULL;',
                    hash="45178ab472ddba635b3ba408a4f3ea4800a48b37",
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
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "campaign_alone_points", "currency", "debt_limit", "earns_on_delivery", "earns_on_discount", "earns_on_gift_card", "earns_on_points_paid", "earns_on_tax", "expiry", "group_policy", "id", "multiplier_combination", "name", "pending_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "refund_returns", "return_grace_days", "rounding", "rounds_each_rule", "tier_expiry", "time_zone", "transfer_expiry") VALUES (NEW."backdating_days", NEW."campaign_alone_points", NEW."currency", NEW."debt_limit", NEW."earns_on_delivery", NEW."earns_on_discount", NEW."earns_on_gift_card", NEW."earns_on_points_paid", NEW."earns_on_tax", NEW."expiry", NEW."group_policy", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."refund_returns", NEW."return_grace_days", NEW."rounding", NEW."rounds_each_rule", NEW."tier_expiry", NEW."time_zone", NEW."transfer_expiry"); RETURN NULL;',
                    hash="e7042b1b3564f6126cc228ce5f8f22bc193e5468",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6bc5f",
                    table="points_programme",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("collected__gte", 0),
                    (
                        "due__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("collected"), "+", models.F("owed")
                        ),
                    ),
                    ("owed__gte", 0),
                    ("points__gte", models.F("due")),
                    ("returned__gte", 0),
                ),
                name="points_refund_collects_what_is_due_at_most",
            ),
        ),
    ]
