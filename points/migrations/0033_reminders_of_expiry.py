"""Members are told of points about to expire."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import loyalty_site.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0032_points_wait_and_slide"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExpiryReminder",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.UUIDField(
                        default=loyalty_site.lib.ids.new_public_id, unique=True
                    ),
                ),
                ("last_on", models.DateField(verbose_name="last day")),
                (
                    "lead_days",
                    models.PositiveSmallIntegerField(verbose_name="days ahead"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("sent", "Sent"),
                            ("skipped", "Not needed any more"),
                            ("failed", "Could not be sent"),
                        ],
                        default="queued",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("points", models.BigIntegerField(default=0, verbose_name="points")),
                ("queued_at", models.DateTimeField(verbose_name="queued")),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="attempts"
                    ),
                ),
                (
                    "sent_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="sent"),
                ),
                (
                    "error",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="last error"
                    ),
                ),
            ],
            options={
                "verbose_name": "reminder of expiry",
                "verbose_name_plural": "reminders of expiry",
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
            model_name="programme",
            name="reminder_leads",
            field=models.JSONField(
                blank=True,
                db_default=models.Value([], models.JSONField()),
                default=list,
                help_text="Members who agreed to mails are told then.",
                verbose_name="reminders of expiry, days ahead",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="reminder_leads",
            field=models.JSONField(
                blank=True,
                db_default=models.Value([], models.JSONField()),
                default=list,
                help_text="Members who agreed to mails are told then.",
                verbose_name="reminders of expiry, days ahead",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "campaign_alone_points", "confirm_days", "currency", "debt_limit", "earns_on_delivery", "earns_on_discount", "earns_on_gift_card", "earns_on_points_paid", "earns_on_tax", "expiry", "group_policy", "id", "multiplier_combination", "name", "pending_days", "pending_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "reminder_leads", "rounding", "rounds_each_rule", "sliding_by", "tier_expiry", "time_zone", "transfer_expiry") VALUES (NEW."backdating_days", NEW."campaign_alone_points", NEW."confirm_days", NEW."currency", NEW."debt_limit", NEW."earns_on_delivery", NEW."earns_on_discount", NEW."earns_on_gift_card", NEW."earns_on_points_paid", NEW."earns_on_tax", NEW."expiry", NEW."group_policy", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", NEW."pending_until", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."reminder_leads", NEW."rounding", NEW."rounds_each_rule", NEW."sliding_by", NEW."tier_expiry", NEW."time_zone", NEW."transfer_expiry"); RETURN NULL;',
                    hash="cf9de0679c0c83d16442e9ce6382f858c05be25c",
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
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "campaign_alone_points", "confirm_days", "currency", "debt_limit", "earns_on_delivery", "earns_on_discount", "earns_on_gift_card", "earns_on_points_paid", "earns_on_tax", "expiry", "group_policy", "id", "multiplier_combination", "name", "pending_days", "pending_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "reminder_leads", "rounding", "rounds_each_rule", "sliding_by", "tier_expiry", "time_zone", "transfer_expiry") VALUES (NEW."backdating_days", NEW."campaign_alone_points", NEW."confirm_days", NEW."currency", NEW."debt_limit", NEW."earns_on_delivery", NEW."earns_on_discount", NEW."earns_on_gift_card", NEW."earns_on_points_paid", NEW."earns_on_tax", NEW."expiry", NEW."group_policy", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", NEW."pending_until", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."reminder_leads", NEW."rounding", NEW."rounds_each_rule", NEW."sliding_by", NEW."tier_expiry", NEW."time_zone", NEW."transfer_expiry"); RETURN NULL;',
                    hash="c8229f82aee31376df971a78883262ea7b06febb",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6bc5f",
                    table="points_programme",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="expiryreminder",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="points.account",
            ),
        ),
        migrations.AddIndex(
            model_name="expiryreminder",
            index=models.Index(
                condition=models.Q(("state", "queued")),
                fields=["due_at", "id"],
                name="points_expiryreminder_due",
            ),
        ),
        migrations.AddIndex(
            model_name="expiryreminder",
            index=models.Index(fields=["queued_at"], name="points_expiryreminder_days"),
        ),
        migrations.AddConstraint(
            model_name="expiryreminder",
            constraint=models.UniqueConstraint(
                fields=("account", "last_on", "lead_days"),
                name="points_expiryreminder_once",
            ),
        ),
    ]
