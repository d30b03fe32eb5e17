"""Budgets of campaigns, and what they gave for which entry."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0026_campaigns"),
    ]

    operations = [
        migrations.CreateModel(
            name="CampaignBudget",
            fields=[
                (
                    "campaign",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="budget",
                        serialize=False,
                        to="points.campaign",
                    ),
                ),
                (
                    "cap_points",
                    models.PositiveBigIntegerField(verbose_name="points in all"),
                ),
                (
                    "given_points",
                    models.BigIntegerField(
                        db_default=0, default=0, verbose_name="points given"
                    ),
                ),
            ],
            options={
                "verbose_name": "budget of a campaign",
                "verbose_name_plural": "budgets of campaigns",
            },
        ),
        migrations.CreateModel(
            name="CampaignGrant",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("points", models.BigIntegerField(verbose_name="points")),
            ],
            options={
                "verbose_name": "points of a campaign",
                "verbose_name_plural": "points of campaigns",
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="campaign",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="campaign",
            name="update_update",
        ),
        migrations.AddField(
            model_name="campaign",
            name="budget_minor",
            field=models.PositiveBigIntegerField(
                blank=True, null=True, verbose_name="budget in minor units"
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="budget_points",
            field=models.PositiveBigIntegerField(
                blank=True, null=True, verbose_name="budget in points"
            ),
        ),
        migrations.AddField(
            model_name="campaign",
            name="overflow",
            field=models.CharField(
                choices=[
                    ("trim", "What is left of the budget"),
                    ("nothing", "Nothing by the campaign"),
                ],
                db_default="trim",
                default="trim",
                max_length=8,
                verbose_name="when the budget runs out",
            ),
        ),
        migrations.AddField(
            model_name="campaignevent",
            name="budget_minor",
            field=models.PositiveBigIntegerField(
                blank=True, null=True, verbose_name="budget in minor units"
            ),
        ),
        migrations.AddField(
            model_name="campaignevent",
            name="budget_points",
            field=models.PositiveBigIntegerField(
                blank=True, null=True, verbose_name="budget in points"
            ),
        ),
        migrations.AddField(
            model_name="campaignevent",
            name="overflow",
            field=models.CharField(
                choices=[
                    ("trim", "What is left of the budget"),
                    ("nothing", "Nothing by the campaign"),
                ],
                db_default="trim",
                default="trim",
                max_length=8,
                verbose_name="when the budget runs out",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_campaignevent" ("approved_by", "asked_by", "budget_minor", "budget_points", "created_at", "created_by", "decision_note", "ends_at", "holdout_percent", "id", "name", "name_zh_hans", "name_zh_hant", "needs_approval", "overflow", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "starts_at", "state", "tiers") VALUES (NEW."approved_by", NEW."asked_by", NEW."budget_minor", NEW."budget_points", NEW."created_at", NEW."created_by", NEW."decision_note", NEW."ends_at", NEW."holdout_percent", NEW."id", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", NEW."needs_approval", NEW."overflow", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."starts_at", NEW."state", NEW."tiers"); RETURN NULL;',
                    hash="dd988a9add7cccba64376476dd06d3a3e825a75a",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_5aa8c",
                    table="points_campaign",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "points_campaignevent" ("approved_by", "asked_by", "budget_minor", "budget_points", "created_at", "created_by", "decision_note", "ends_at", "holdout_percent", "id", "name", "name_zh_hans", "name_zh_hant", "needs_approval", "overflow", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "starts_at", "state", "tiers") VALUES (NEW."approved_by", NEW."asked_by", NEW."budget_minor", NEW."budget_points", NEW."created_at", NEW."created_by", NEW."decision_note", NEW."ends_at", NEW."holdout_percent", NEW."id", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", NEW."needs_approval", NEW."overflow", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."starts_at", NEW."state", NEW."tiers"); RETURN NULL;',
                    hash="9889828ebab9e8caafa070e2a8e3c8919613bac8",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0abd2",
                    table="points_campaign",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignbudget",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("given_points__gte", 0),
                    ("given_points__lte", models.F("cap_points")),
                ),
                name="points_campaignbudget_is_never_overspent",
            ),
        ),
        migrations.AddField(
            model_name="campaigngrant",
            name="campaign",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="grants",
                to="points.campaign",
            ),
        ),
        migrations.AddField(
            model_name="campaigngrant",
            name="entry",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="grants",
                to="points.entry",
            ),
        ),
        migrations.AddIndex(
            model_name="campaigngrant",
            index=models.Index(
                models.F("campaign"), models.F("id"), name="points_campaigngrant_of"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigngrant",
            constraint=models.CheckConstraint(
                condition=models.Q(("points", 0), _negated=True),
                name="points_campaigngrant_moves_something",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaigngrant",
            trigger=pgtrigger.compiler.Trigger(
                name="campaigngrant_is_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="c6589c1c9419e1eebcb1a94fc581698ed90713f2",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_campaigngrant_is_append_only_77ef7",
                    table="points_campaigngrant",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaigngrant",
            trigger=pgtrigger.compiler.Trigger(
                name="campaigngrant_is_not_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'Rows of % are never truncated.', TG_TABLE_NAME;",
                    hash="71be002d44863d5e90d8f0c4780bbae413a2e6e9",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_campaigngrant_is_not_truncated_804aa",
                    table="points_campaigngrant",
                    when="BEFORE",
                ),
            ),
        ),
    ]
