"""Points from one member to another: the transfer, and where its lots began."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import loyalty_site.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0019_what_lines_say"),
    ]

    operations = [
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.UUIDField(
                        default=loyalty_site.lib.ids.new_public_id, unique=True
                    ),
                ),
                ("points", models.BigIntegerField(verbose_name="points")),
                (
                    "note",
                    models.CharField(blank=True, max_length=300, verbose_name="note"),
                ),
                (
                    "key",
                    models.CharField(max_length=200, unique=True, verbose_name="key"),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                ("actor", models.CharField(max_length=120, verbose_name="by")),
            ],
            options={
                "verbose_name": "transfer",
                "verbose_name_plural": "transfers",
                "permissions": [
                    ("transfer_points", "Can give points of one member to another")
                ],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="programme",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="programme",
            name="update_update",
        ),
        migrations.AddField(
            model_name="lot",
            name="origin",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="moved_lots",
                to="points.entry",
                verbose_name="first credited by",
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="transfer_expiry",
            field=models.CharField(
                choices=[
                    ("kept", "When they would have expired anyway"),
                    ("fresh", "Like points earned at the transfer"),
                ],
                db_default="kept",
                default="kept",
                max_length=8,
                verbose_name="transferred points expire",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="transfer_expiry",
            field=models.CharField(
                choices=[
                    ("kept", "When they would have expired anyway"),
                    ("fresh", "Like points earned at the transfer"),
                ],
                db_default="kept",
                default="kept",
                max_length=8,
                verbose_name="transferred points expire",
            ),
        ),
        migrations.AlterField(
            model_name="entry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("earn", "Earned"),
                    ("bonus", "Bonus"),
                    ("adjust", "Adjusted"),
                    ("redeem", "Redeemed"),
                    ("redeem_reversal", "Redemption reversed"),
                    ("claw_back", "Clawed back"),
                    ("expire", "Expired"),
                    ("debt_settlement", "Debt settled"),
                    ("transfer_out", "Given to another member"),
                    ("transfer_in", "Received from another member"),
                ],
                max_length=16,
                verbose_name="kind",
            ),
        ),
        migrations.AddIndex(
            model_name="lot",
            index=models.Index(
                models.F("origin"),
                condition=models.Q(("origin__isnull", False)),
                name="points_lot_by_origin",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "currency", "debt_limit", "expiry", "id", "multiplier_combination", "name", "pending_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "rounding", "tier_expiry", "time_zone", "transfer_expiry") VALUES (NEW."backdating_days", NEW."currency", NEW."debt_limit", NEW."expiry", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."rounding", NEW."tier_expiry", NEW."time_zone", NEW."transfer_expiry"); RETURN NULL;',
                    hash="377bdef48a463a07841dc04a5ebf5328192be5d5",
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
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "currency", "debt_limit", "expiry", "id", "multiplier_combination", "name", "pending_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "rounding", "tier_expiry", "time_zone", "transfer_expiry") VALUES (NEW."backdating_days", NEW."currency", NEW."debt_limit", NEW."expiry", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."rounding", NEW."tier_expiry", NEW."time_zone", NEW."transfer_expiry"); RETURN NULL;',
                    hash="aeccbd7ff957cb7b80b67c93d0fb756c259cfbd5",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6bc5f",
                    table="points_programme",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="receiver",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="points.account",
            ),
        ),
        migrations.AddField(
            model_name="transfer",
            name="sender",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="points.account",
            ),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(
                models.OrderBy(models.F("at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="points_transfer_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(
                models.F("sender"),
                models.OrderBy(models.F("at"), descending=True),
                name="points_transfer_of_sender",
            ),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(
                models.F("receiver"),
                models.OrderBy(models.F("at"), descending=True),
                name="points_transfer_of_receiver",
            ),
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(
                models.F("actor"), models.F("at"), name="points_transfer_of_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("points__gt", 0)),
                name="points_transfer_moves_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="transfer",
            constraint=models.CheckConstraint(
                condition=models.Q(("sender", models.F("receiver")), _negated=True),
                name="points_transfer_between_two_members",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="transfer",
            trigger=pgtrigger.compiler.Trigger(
                name="transfer_is_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="0ffb79463b9b34eb9e5f9b813403b633aa577e0b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_transfer_is_append_only_21094",
                    table="points_transfer",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="transfer",
            trigger=pgtrigger.compiler.Trigger(
                name="transfer_is_not_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'Rows of % are never truncated.', TG_TABLE_NAME;",
                    hash="7ee99d2d3424e77ebc9e4f5d284e2fdf71d2fdf1",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_transfer_is_not_truncated_00870",
                    table="points_transfer",
                    when="BEFORE",
                ),
            ),
        ),
    ]
