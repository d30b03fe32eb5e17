"""Purchases that lift a tier, entry gifts, and tiers that are kept of earlier terms."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_job_heartbeat_and_periodic_run"),
        ("points", "0036_limits_of_points"),
    ]

    operations = [
        migrations.CreateModel(
            name="TierKeep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("kept_at", models.DateTimeField(verbose_name="kept at")),
                (
                    "ends_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="until"),
                ),
            ],
            options={
                "verbose_name": "kept tier",
                "verbose_name_plural": "kept tiers",
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="tier",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="tier",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="tierterms",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="tierterms",
            name="update_update",
        ),
        migrations.RemoveConstraint(
            model_name="tierdraft",
            name="points_tierdraft_decided_says_when",
        ),
        migrations.AddField(
            model_name="tier",
            name="entry_gift",
            field=models.PositiveIntegerField(
                db_default=0,
                default=0,
                help_text="Once for each member who comes up to it. 0: none.",
                verbose_name="entry gift in points",
            ),
        ),
        migrations.AddField(
            model_name="tierdraft",
            name="applies_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="applied from"
            ),
        ),
        migrations.AddField(
            model_name="tierdraft",
            name="how",
            field=models.CharField(
                choices=[
                    ("all", "Everybody, now"),
                    ("upgrades", "Only those who move up, now"),
                    ("next_period", "Everybody, from the next period"),
                ],
                db_default="all",
                default="all",
                max_length=12,
                verbose_name="how",
            ),
        ),
        migrations.AddField(
            model_name="tierevent",
            name="entry_gift",
            field=models.PositiveIntegerField(
                db_default=0,
                default=0,
                help_text="Once for each member who comes up to it. 0: none.",
                verbose_name="entry gift in points",
            ),
        ),
        migrations.AddField(
            model_name="tierterms",
            name="lifting",
            field=models.CharField(
                choices=[
                    ("before", "The tier before it"),
                    ("after", "The tier that it lifts to"),
                    ("split", "Up to the threshold the one, beyond it the other"),
                ],
                db_default="before",
                default="before",
                help_text="Of tiers that begin at once.",
                max_length=8,
                verbose_name="a purchase that lifts the tier earns at",
            ),
        ),
        migrations.AddField(
            model_name="tiertermsevent",
            name="lifting",
            field=models.CharField(
                choices=[
                    ("before", "The tier before it"),
                    ("after", "The tier that it lifts to"),
                    ("split", "Up to the threshold the one, beyond it the other"),
                ],
                db_default="before",
                default="before",
                help_text="Of tiers that begin at once.",
                max_length=8,
                verbose_name="a purchase that lifts the tier earns at",
            ),
        ),
        migrations.AlterField(
            model_name="tierdraft",
            name="state",
            field=models.CharField(
                choices=[
                    ("counting", "Being counted"),
                    ("ready", "Ready to be applied"),
                    ("scheduled", "Applied with the next period"),
                    ("applied", "Applied"),
                    ("discarded", "Discarded"),
                ],
                max_length=12,
                verbose_name="state",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tier",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_tierevent" ("active_days", "bonus_events", "entry_gift", "id", "is_for_life", "multiplier", "name", "name_zh_hans", "name_zh_hant", "needs", "perks", "perks_zh_hans", "perks_zh_hant", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "slug", "spend_minor", "threshold", "visits") VALUES (NEW."active_days", NEW."bonus_events", NEW."entry_gift", NEW."id", NEW."is_for_life", NEW."multiplier", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", NEW."needs", NEW."perks", NEW."perks_zh_hans", NEW."perks_zh_hant", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rank", NEW."slug", NEW."spend_minor", NEW."threshold", NEW."visits"); RETURN NULL;',
                    hash="3e1bc43ccb71023d3381f76937119522ecec6462",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_83c57",
                    table="points_tier",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tier",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "points_tierevent" ("active_days", "bonus_events", "entry_gift", "id", "is_for_life", "multiplier", "name", "name_zh_hans", "name_zh_hant", "needs", "perks", "perks_zh_hans", "perks_zh_hant", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "slug", "spend_minor", "threshold", "visits") VALUES (NEW."active_days", NEW."bonus_events", NEW."entry_gift", NEW."id", NEW."is_for_life", NEW."multiplier", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", NEW."needs", NEW."perks", NEW."perks_zh_hans", NEW."perks_zh_hant", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rank", NEW."slug", NEW."spend_minor", NEW."threshold", NEW."visits"); RETURN NULL;',
                    hash="0deb790135b474dc36be39194598f8d084ecc4cb",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_fca0b",
                    table="points_tier",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tierterms",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_tiertermsevent" ("downgrade", "grace_days", "id", "lifting", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "start_month", "upgrade", "valid_periods", "window", "window_length") VALUES (NEW."downgrade", NEW."grace_days", NEW."id", NEW."lifting", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."start_month", NEW."upgrade", NEW."valid_periods", NEW."window", NEW."window_length"); RETURN NULL;',
                    hash="4a2fb0284b031b1f2321ad4e0ab1093caeaa700f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_d507e",
                    table="points_tierterms",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tierterms",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "points_tiertermsevent" ("downgrade", "grace_days", "id", "lifting", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "start_month", "upgrade", "valid_periods", "window", "window_length") VALUES (NEW."downgrade", NEW."grace_days", NEW."id", NEW."lifting", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."start_month", NEW."upgrade", NEW."valid_periods", NEW."window", NEW."window_length"); RETURN NULL;',
                    hash="7d2e0ca4679babccd768b92679a4364eccf54c6b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_65771",
                    table="points_tierterms",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="tierdraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", True),
                        ("state__in", ["counting", "ready"]),
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("state__in", ["scheduled", "applied", "discarded"]),
                    ),
                    _connector="OR",
                ),
                name="points_tierdraft_decided_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="tierdraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "scheduled"), _negated=True),
                    ("applies_at__isnull", False),
                    _connector="OR",
                ),
                name="points_tierdraft_scheduled_says_when",
            ),
        ),
        migrations.AddField(
            model_name="tierkeep",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="points.account",
            ),
        ),
        migrations.AddField(
            model_name="tierkeep",
            name="draft",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="points.tierdraft",
            ),
        ),
        migrations.AddField(
            model_name="tierkeep",
            name="tier",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="points.tier",
            ),
        ),
        migrations.AddConstraint(
            model_name="tierkeep",
            constraint=models.UniqueConstraint(
                fields=("account", "draft"), name="points_tierkeep_once_per_draft"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tierkeep",
            trigger=pgtrigger.compiler.Trigger(
                name="tierkeep_is_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="8fc2b6bd6ff5dc908bc711d457d189a8e9260b6f",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_tierkeep_is_append_only_57a4f",
                    table="points_tierkeep",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tierkeep",
            trigger=pgtrigger.compiler.Trigger(
                name="tierkeep_is_not_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'Rows of % are never truncated.', TG_TABLE_NAME;",
                    hash="b91d9b271af16523b670270cb052ebe45fc32071",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_tierkeep_is_not_truncated_60204",
                    table="points_tierkeep",
                    when="BEFORE",
                ),
            ),
        ),
    ]
