"""Which parts of a purchase earn, and what a till may tell of them."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0021_rules_beside_each_other"),
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
            name="earns_on_delivery",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="count delivery"
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="earns_on_discount",
            field=models.BooleanField(
                db_default=False,
                default=False,
                verbose_name="count the amount before discounts",
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="earns_on_gift_card",
            field=models.BooleanField(
                db_default=True,
                default=True,
                verbose_name="count what was paid with gift cards",
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="earns_on_points_paid",
            field=models.BooleanField(
                db_default=False,
                default=False,
                verbose_name="count what was paid with points",
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="earns_on_tax",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="count taxes"
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="rounds_each_rule",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Else only the sum of all rules is rounded, once.",
                verbose_name="round what each rule gives",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="earns_on_delivery",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="count delivery"
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="earns_on_discount",
            field=models.BooleanField(
                db_default=False,
                default=False,
                verbose_name="count the amount before discounts",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="earns_on_gift_card",
            field=models.BooleanField(
                db_default=True,
                default=True,
                verbose_name="count what was paid with gift cards",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="earns_on_points_paid",
            field=models.BooleanField(
                db_default=False,
                default=False,
                verbose_name="count what was paid with points",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="earns_on_tax",
            field=models.BooleanField(
                db_default=True, default=True, verbose_name="count taxes"
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="rounds_each_rule",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Else only the sum of all rules is rounded, once.",
                verbose_name="round what each rule gives",
            ),
        ),
        migrations.AddField(
            model_name="purchase",
            name="delivery_minor",
            field=models.BigIntegerField(
                blank=True, null=True, verbose_name="delivery in minor units"
            ),
        ),
        migrations.AddField(
            model_name="purchase",
            name="discount_minor",
            field=models.BigIntegerField(
                blank=True, null=True, verbose_name="discount in minor units"
            ),
        ),
        migrations.AddField(
            model_name="purchase",
            name="gift_card_minor",
            field=models.BigIntegerField(
                blank=True,
                null=True,
                verbose_name="paid with gift cards in minor units",
            ),
        ),
        migrations.AddField(
            model_name="purchase",
            name="points_paid_minor",
            field=models.BigIntegerField(
                blank=True, null=True, verbose_name="paid with points in minor units"
            ),
        ),
        migrations.AddField(
            model_name="purchase",
            name="tax_minor",
            field=models.BigIntegerField(
                blank=True, null=True, verbose_name="tax in minor units"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "currency", "debt_limit", "earns_on_delivery", "earns_on_discount", "earns_on_gift_card", "earns_on_points_paid", "earns_on_tax", "expiry", "group_policy", "id", "multiplier_combination", "name", "pending_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "rounding", "rounds_each_rule", "tier_expiry", "time_zone", "transfer_expiry") VALUES (NEW."backdating_days", NEW."currency", NEW."debt_limit", NEW."earns_on_delivery", NEW."earns_on_discount", NEW."earns_on_gift_card", NEW."earns_on_points_paid", NEW."earns_on_tax", NEW."expiry", NEW."group_policy", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."rounding", NEW."rounds_each_rule", NEW."tier_expiry", NEW."time_zone", NEW."transfer_expiry"); RETURN NULL;',
                    hash="fa2cf203ad7a53685c4f40211f372861295031ad",
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
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "currency", "debt_limit", "earns_on_delivery", "earns_on_discount", "earns_on_gift_card", "earns_on_points_paid", "earns_on_tax", "expiry", "group_policy", "id", "multiplier_combination", "name", "pending_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "rounding", "rounds_each_rule", "tier_expiry", "time_zone", "transfer_expiry") VALUES (NEW."backdating_days", NEW."currency", NEW."debt_limit", NEW."earns_on_delivery", NEW."earns_on_discount", NEW."earns_on_gift_card", NEW."earns_on_points_paid", NEW."earns_on_tax", NEW."expiry", NEW."group_policy", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."rounding", NEW."rounds_each_rule", NEW."tier_expiry", NEW."time_zone", NEW."transfer_expiry"); RETURN NULL;',
                    hash="5b89ad422a522c14cb6ab63cbcff099d70422c5a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6bc5f",
                    table="points_programme",
                    when="AFTER",
                ),
            ),
        ),
    ]
