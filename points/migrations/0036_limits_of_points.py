"""Limits of what rules and purchases give: of rules, of the programme, of the balance."""

import django.core.validators
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0035_history_of_settings"),
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
            name="balance_limit",
            field=models.PositiveBigIntegerField(
                blank=True,
                help_text="With what is pending; purchases earn no more. Empty: no limit.",
                null=True,
                verbose_name="largest balance",
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="cap_day",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="at most points in a day",
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="cap_month",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="at most points in a month",
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="cap_overflow",
            field=models.CharField(
                choices=[
                    ("trim", "What still fits is given"),
                    ("reject", "Nothing is given"),
                ],
                db_default="trim",
                default="trim",
                max_length=8,
                verbose_name="beyond a limit",
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="cap_purchase",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="at most points on a purchase",
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="cap_week",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="at most points in a week",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="balance_limit",
            field=models.PositiveBigIntegerField(
                blank=True,
                help_text="With what is pending; purchases earn no more. Empty: no limit.",
                null=True,
                verbose_name="largest balance",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="cap_day",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="at most points in a day",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="cap_month",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="at most points in a month",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="cap_overflow",
            field=models.CharField(
                choices=[
                    ("trim", "What still fits is given"),
                    ("reject", "Nothing is given"),
                ],
                db_default="trim",
                default="trim",
                max_length=8,
                verbose_name="beyond a limit",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="cap_purchase",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="at most points on a purchase",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="cap_week",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="at most points in a week",
            ),
        ),
        migrations.AddField(
            model_name="ruledraft",
            name="cap_day",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="at most points in a day",
            ),
        ),
        migrations.AddField(
            model_name="ruledraft",
            name="cap_month",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="at most points in a month",
            ),
        ),
        migrations.AddField(
            model_name="ruledraft",
            name="cap_purchase",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="at most points on a purchase",
            ),
        ),
        migrations.AddField(
            model_name="ruledraft",
            name="cap_week",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="at most points in a week",
            ),
        ),
        migrations.AddField(
            model_name="ruleversion",
            name="cap_day",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="at most points in a day",
            ),
        ),
        migrations.AddField(
            model_name="ruleversion",
            name="cap_month",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="at most points in a month",
            ),
        ),
        migrations.AddField(
            model_name="ruleversion",
            name="cap_purchase",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="at most points on a purchase",
            ),
        ),
        migrations.AddField(
            model_name="ruleversion",
            name="cap_week",
            field=models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[django.core.validators.MinValueValidator(1)],
                verbose_name="at most points in a week",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "balance_limit", "campaign_alone_points", "cap_day", "cap_month", "cap_overflow", "cap_purchase", "cap_week", "confirm_days", "currency", "debt_limit", "earns_on_delivery", "earns_on_discount", "earns_on_gift_card", "earns_on_points_paid", "earns_on_tax", "expiry", "group_policy", "id", "multiplier_combination", "name", "pending_days", "pending_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "refund_returns", "reminder_leads", "return_grace_days", "rounding", "rounds_each_rule", "sliding_by", "tier_expiry", "time_zone", "transfer_expiry") VALUES (NEW."backdating_days", NEW."balance_limit", NEW."campaign_alone_points", NEW."cap_day", NEW."cap_month", NEW."cap_overflow", NEW."cap_purchase", NEW."cap_week", NEW."confirm_days", NEW."currency", NEW."debt_limit", NEW."earns_on_delivery", NEW."earns_on_discount", NEW."earns_on_gift_card", NEW."earns_on_points_paid", NEW."earns_on_tax", NEW."expiry", NEW."group_policy", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", NEW."pending_until", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."refund_returns", NEW."reminder_leads", NEW."return_grace_days", NEW."rounding", NEW."rounds_each_rule", NEW."sliding_by", NEW."tier_expiry", NEW."time_zone", NEW."transfer_expiry"); RETURN NULL;',
                    hash="a62e0ae64a86d262ec5946a7b69821b28e2a8287",
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
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "balance_limit", "campaign_alone_points", "cap_day", "cap_month", "cap_overflow", "cap_purchase", "cap_week", "confirm_days", "currency", "debt_limit", "earns_on_delivery", "earns_on_discount", "earns_on_gift_card", "earns_on_points_paid", "earns_on_tax", "expiry", "group_policy", "id", "multiplier_combination", "name", "pending_days", "pending_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "refund_returns", "reminder_leads", "return_grace_days", "rounding", "rounds_each_rule", "sliding_by", "tier_expiry", "time_zone", "transfer_expiry") VALUES (NEW."backdating_days", NEW."balance_limit", NEW."campaign_alone_points", NEW."cap_day", NEW."cap_month", NEW."cap_overflow", NEW."cap_purchase", NEW."cap_week", NEW."confirm_days", NEW."currency", NEW."debt_limit", NEW."earns_on_delivery", NEW."earns_on_discount", NEW."earns_on_gift_card", NEW."earns_on_points_paid", NEW."earns_on_tax", NEW."expiry", NEW."group_policy", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", NEW."pending_until", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."refund_returns", NEW."reminder_leads", NEW."return_grace_days", NEW."rounding", NEW."rounds_each_rule", NEW."sliding_by", NEW."tier_expiry", NEW."time_zone", NEW."transfer_expiry"); RETURN NULL;',
                    hash="58094cd782e4b447337442858c722be41f237bee",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6bc5f",
                    table="points_programme",
                    when="AFTER",
                ),
            ),
        ),
    ]
