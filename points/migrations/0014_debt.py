"""What a member owes: by entry, by refund, and how much at most."""

import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0013_pending_points"),
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
            model_name="entry",
            name="debt",
            field=models.BigIntegerField(
                db_default=0,
                default=0,
                help_text="By how much it changed what the member owes.",
                verbose_name="debt",
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="debt_limit",
            field=models.PositiveBigIntegerField(
                blank=True,
                help_text="Points, where a refund may leave a debt; the next points earned settle it. Empty: no limit.",
                null=True,
                verbose_name="a member owes at most",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="debt_limit",
            field=models.PositiveBigIntegerField(
                blank=True,
                help_text="Points, where a refund may leave a debt; the next points earned settle it. Empty: no limit.",
                null=True,
                verbose_name="a member owes at most",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="owed",
            field=models.BigIntegerField(
                db_default=0, default=0, verbose_name="points owed"
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
                ],
                max_length=16,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="programme",
            name="refund_policy",
            field=models.CharField(
                choices=[
                    ("within_balance", "Its own points, then the other points"),
                    ("own_lot", "Only its own points"),
                    ("pending_only", "Only its own points while they are pending"),
                    ("allow_debt", "Its own points, the other points, then a debt"),
                ],
                db_default="within_balance",
                default="within_balance",
                help_text="What the member has spent already is not collected.",
                max_length=16,
                verbose_name="a refund takes",
            ),
        ),
        migrations.AlterField(
            model_name="programmeevent",
            name="refund_policy",
            field=models.CharField(
                choices=[
                    ("within_balance", "Its own points, then the other points"),
                    ("own_lot", "Only its own points"),
                    ("pending_only", "Only its own points while they are pending"),
                    ("allow_debt", "Its own points, the other points, then a debt"),
                ],
                db_default="within_balance",
                default="within_balance",
                help_text="What the member has spent already is not collected.",
                max_length=16,
                verbose_name="a refund takes",
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                models.F("account"),
                condition=models.Q(("debt", 0), _negated=True),
                include=("debt", "occurred_at"),
                name="points_entry_of_debt",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "currency", "debt_limit", "expiry_months", "id", "multiplier_combination", "name", "pending_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "rounding", "time_zone") VALUES (NEW."backdating_days", NEW."currency", NEW."debt_limit", NEW."expiry_months", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."rounding", NEW."time_zone"); RETURN NULL;',
                    hash="d5cc506699fb69b7eecf7cc38d7048bf4aabbe0c",
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
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "currency", "debt_limit", "expiry_months", "id", "multiplier_combination", "name", "pending_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "rounding", "time_zone") VALUES (NEW."backdating_days", NEW."currency", NEW."debt_limit", NEW."expiry_months", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."rounding", NEW."time_zone"); RETURN NULL;',
                    hash="1da58fcf9eb19717c384acacd891037e568b3f77",
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
                ),
                name="points_refund_collects_what_is_due_at_most",
            ),
        ),
    ]
