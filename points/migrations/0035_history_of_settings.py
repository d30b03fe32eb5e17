"""The history of the settings keeps the newest columns of all of them."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0034_redatings"),
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
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "campaign_alone_points", "confirm_days", "currency", "debt_limit", "earns_on_delivery", "earns_on_discount", "earns_on_gift_card", "earns_on_points_paid", "earns_on_tax", "expiry", "group_policy", "id", "multiplier_combination", "name", "pending_days", "pending_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "refund_returns", "reminder_leads", "return_grace_days", "rounding", "rounds_each_rule", "sliding_by", "tier_expiry", "time_zone", "transfer_expiry") VALUES (NEW."backdating_days", NEW."campaign_alone_points", NEW."confirm_days", NEW."currency", NEW."debt_limit", NEW."earns_on_delivery", NEW."earns_on_discount", NEW."earns_on_gift_card", NEW."earns_on_points_paid", NEW."earns_on_tax", NEW."expiry", NEW."group_policy", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", NEW."pending_until", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."refund_returns", NEW."reminder_leads", NEW."return_grace_days", NEW."rounding", NEW."rounds_each_rule", NEW."sliding_by", NEW."tier_expiry", NEW."time_zone", NEW."transfer_expiry"); RETURN NULL;',
                    hash="d5ab01a182bb93a66cb06ad6e89759b9dc4fd786",
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
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "campaign_alone_points", "confirm_days", "currency", "debt_limit", "earns_on_delivery", "earns_on_discount", "earns_on_gift_card", "earns_on_points_paid", "earns_on_tax", "expiry", "group_policy", "id", "multiplier_combination", "name", "pending_days", "pending_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "refund_returns", "reminder_leads", "return_grace_days", "rounding", "rounds_each_rule", "sliding_by", "tier_expiry", "time_zone", "transfer_expiry") VALUES (NEW."backdating_days", NEW."campaign_alone_points", NEW."confirm_days", NEW."currency", NEW."debt_limit", NEW."earns_on_delivery", NEW."earns_on_discount", NEW."earns_on_gift_card", NEW."earns_on_points_paid", NEW."earns_on_tax", NEW."expiry", NEW."group_policy", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", NEW."pending_until", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."refund_returns", NEW."reminder_leads", NEW."return_grace_days", NEW."rounding", NEW."rounds_each_rule", NEW."sliding_by", NEW."tier_expiry", NEW."time_zone", NEW."transfer_expiry"); RETURN NULL;',
                    hash="a63b5ca1f89ab540cea8dc9375f2c733e002965a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6bc5f",
                    table="points_programme",
                    when="AFTER",
                ),
            ),
        ),
    ]
