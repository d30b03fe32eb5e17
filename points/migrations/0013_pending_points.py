"""Points of purchases can be pending for some days."""

import django.core.validators
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0012_conditions_of_rules"),
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
        migrations.AddField(
            model_name="programme",
            name="pending_days",
            field=models.PositiveSmallIntegerField(
                db_default=0,
                default=0,
                help_text="Counted from the purchase; until then they are pending. 0: at once.",
                validators=[django.core.validators.MaxValueValidator(366)],
                verbose_name="points can be spent after days",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="pending_days",
            field=models.PositiveSmallIntegerField(
                db_default=0,
                default=0,
                help_text="Counted from the purchase; until then they are pending. 0: at once.",
                validators=[django.core.validators.MaxValueValidator(366)],
                verbose_name="points can be spent after days",
            ),
        ),
        migrations.AlterField(
            model_name="programme",
            name="expiry_months",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Counted from when they can be spent, to the second. Empty: never.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(600),
                ],
                verbose_name="points expire after months",
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
            name="expiry_months",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Counted from when they can be spent, to the second. Empty: never.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(600),
                ],
                verbose_name="points expire after months",
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
                ],
                db_default="within_balance",
                default="within_balance",
                help_text="What the member has spent already is not collected.",
                max_length=16,
                verbose_name="a refund takes",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "currency", "expiry_months", "id", "multiplier_combination", "name", "pending_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "rounding", "time_zone") VALUES (NEW."backdating_days", NEW."currency", NEW."expiry_months", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."rounding", NEW."time_zone"); RETURN NULL;',
                    hash="a12d717cd57c3f03903689db48567f42a2904e75",
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
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "currency", "expiry_months", "id", "multiplier_combination", "name", "pending_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "rounding", "time_zone") VALUES (NEW."backdating_days", NEW."currency", NEW."expiry_months", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."rounding", NEW."time_zone"); RETURN NULL;',
                    hash="f5ccc8584bcf4e6dc7d7df8d9efe34338e737394",
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
                condition=models.Q(("pending_days__lte", 366)),
                name="points_programme_pending_is_sensible",
            ),
        ),
    ]
