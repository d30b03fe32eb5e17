"""Campaigns, and the rules that belong to them."""

import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import loyalty_site.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        ("points", "0025_impact_runs"),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
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
                (
                    "public_id",
                    models.UUIDField(
                        default=loyalty_site.lib.ids.new_public_id, unique=True
                    ),
                ),
                (
                    "name",
                    models.CharField(max_length=80, unique=True, verbose_name="name"),
                ),
                (
                    "name_zh_hans",
                    models.CharField(
                        blank=True, max_length=80, verbose_name="name in 简体中文"
                    ),
                ),
                (
                    "name_zh_hant",
                    models.CharField(
                        blank=True, max_length=80, verbose_name="name in 繁體中文"
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="starts")),
                ("ends_at", models.DateTimeField(verbose_name="ends")),
                (
                    "tiers",
                    models.JSONField(blank=True, default=list, verbose_name="tiers"),
                ),
                (
                    "holdout_percent",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(90)],
                        verbose_name="members kept apart, in percent",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("waiting", "Waiting for approval"),
                            ("running", "Running"),
                            ("paused", "Paused"),
                            ("ended", "Ended"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "needs_approval",
                    models.BooleanField(default=False, verbose_name="needs approval"),
                ),
                (
                    "asked_by",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="started by"
                    ),
                ),
                (
                    "approved_by",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="approved by"
                    ),
                ),
                (
                    "decision_note",
                    models.CharField(blank=True, max_length=300, verbose_name="why so"),
                ),
                ("created_at", models.DateTimeField(verbose_name="added")),
                ("created_by", models.CharField(max_length=120, verbose_name="by")),
            ],
            options={
                "verbose_name": "campaign",
                "verbose_name_plural": "campaigns",
                "ordering": ["-starts_at", "-id"],
                "permissions": [
                    ("approve_campaign", "Can approve campaigns of others")
                ],
            },
        ),
        migrations.CreateModel(
            name="CampaignEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "public_id",
                    models.UUIDField(default=loyalty_site.lib.ids.new_public_id),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "name_zh_hans",
                    models.CharField(
                        blank=True, max_length=80, verbose_name="name in 简体中文"
                    ),
                ),
                (
                    "name_zh_hant",
                    models.CharField(
                        blank=True, max_length=80, verbose_name="name in 繁體中文"
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="starts")),
                ("ends_at", models.DateTimeField(verbose_name="ends")),
                (
                    "tiers",
                    models.JSONField(blank=True, default=list, verbose_name="tiers"),
                ),
                (
                    "holdout_percent",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(90)],
                        verbose_name="members kept apart, in percent",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("waiting", "Waiting for approval"),
                            ("running", "Running"),
                            ("paused", "Paused"),
                            ("ended", "Ended"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "needs_approval",
                    models.BooleanField(default=False, verbose_name="needs approval"),
                ),
                (
                    "asked_by",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="started by"
                    ),
                ),
                (
                    "approved_by",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="approved by"
                    ),
                ),
                (
                    "decision_note",
                    models.CharField(blank=True, max_length=300, verbose_name="why so"),
                ),
                ("created_at", models.DateTimeField(verbose_name="added")),
                ("created_by", models.CharField(max_length=120, verbose_name="by")),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="earningrule",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="earningrule",
            name="update_update",
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
            name="campaign_alone_points",
            field=models.PositiveBigIntegerField(
                blank=True,
                help_text="One that may give more waits for a second person; without a budget it may give any number. Empty: nobody has to approve.",
                null=True,
                verbose_name="campaigns started alone, up to points",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="campaign_alone_points",
            field=models.PositiveBigIntegerField(
                blank=True,
                help_text="One that may give more waits for a second person; without a budget it may give any number. Empty: nobody has to approve.",
                null=True,
                verbose_name="campaigns started alone, up to points",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="earningrule",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_earningruleevent" ("campaign_id", "id", "is_active", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."campaign_id", NEW."id", NEW."is_active", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                    hash="cc3ced447be97f0edd774eca35fb881ec27d2632",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_cc66b",
                    table="points_earningrule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="earningrule",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "points_earningruleevent" ("campaign_id", "id", "is_active", "kind", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."campaign_id", NEW."id", NEW."is_active", NEW."kind", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                    hash="7fdb90afe9b483318807a3d2d03e3c4d0ab6b786",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1ef56",
                    table="points_earningrule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "campaign_alone_points", "currency", "debt_limit", "earns_on_delivery", "earns_on_discount", "earns_on_gift_card", "earns_on_points_paid", "earns_on_tax", "expiry", "group_policy", "id", "multiplier_combination", "name", "pending_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "rounding", "rounds_each_rule", "tier_expiry", "time_zone", "transfer_expiry") VALUES (NEW."backdating_days", NEW."campaign_alone_points", NEW."currency", NEW."debt_limit", NEW."earns_on_delivery", NEW."earns_on_discount", NEW."earns_on_gift_card", NEW."earns_on_points_paid", NEW."earns_on_tax", NEW."expiry", NEW."group_policy", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."rounding", NEW."rounds_each_rule", NEW."tier_expiry", NEW."time_zone", NEW."transfer_expiry"); RETURN NULL;',
                    hash="6edc222b42bd2ff63537bfa4c62a96bd04b03dfb",
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
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "campaign_alone_points", "currency", "debt_limit", "earns_on_delivery", "earns_on_discount", "earns_on_gift_card", "earns_on_points_paid", "earns_on_tax", "expiry", "group_policy", "id", "multiplier_combination", "name", "pending_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "rounding", "rounds_each_rule", "tier_expiry", "time_zone", "transfer_expiry") VALUES (NEW."backdating_days", NEW."campaign_alone_points", NEW."currency", NEW."debt_limit", NEW."earns_on_delivery", NEW."earns_on_discount", NEW."earns_on_gift_card", NEW."earns_on_points_paid", NEW."earns_on_tax", NEW."expiry", NEW."group_policy", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."rounding", NEW."rounds_each_rule", NEW."tier_expiry", NEW."time_zone", NEW."transfer_expiry"); RETURN NULL;',
                    hash="084c39b632df103b9c7bfdd7f96dd2e4e7e98369",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6bc5f",
                    table="points_programme",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                name="points_campaign_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("holdout_percent__lte", 90)),
                name="points_campaign_reaches_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("needs_approval", False),
                    ("state__in", ("draft", "waiting")),
                    models.Q(
                        models.Q(("approved_by", ""), _negated=True),
                        models.Q(("approved_by", models.F("asked_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="points_campaign_approved_by_another_person",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_campaignevent" ("approved_by", "asked_by", "created_at", "created_by", "decision_note", "ends_at", "holdout_percent", "id", "name", "name_zh_hans", "name_zh_hant", "needs_approval", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "starts_at", "state", "tiers") VALUES (NEW."approved_by", NEW."asked_by", NEW."created_at", NEW."created_by", NEW."decision_note", NEW."ends_at", NEW."holdout_percent", NEW."id", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", NEW."needs_approval", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."starts_at", NEW."state", NEW."tiers"); RETURN NULL;',
                    hash="1ac6bbbd6f5d3c577360ef1efca1a9522e1dc56c",
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
                    func='INSERT INTO "points_campaignevent" ("approved_by", "asked_by", "created_at", "created_by", "decision_note", "ends_at", "holdout_percent", "id", "name", "name_zh_hans", "name_zh_hant", "needs_approval", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "starts_at", "state", "tiers") VALUES (NEW."approved_by", NEW."asked_by", NEW."created_at", NEW."created_by", NEW."decision_note", NEW."ends_at", NEW."holdout_percent", NEW."id", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", NEW."needs_approval", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."starts_at", NEW."state", NEW."tiers"); RETURN NULL;',
                    hash="f11683b898ecc2905ce125dc6f89881952f297fa",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0abd2",
                    table="points_campaign",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="earningrule",
            name="campaign",
            field=models.ForeignKey(
                blank=True,
                help_text="The rule works only with it; empty: always.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rules",
                to="points.campaign",
                verbose_name="campaign",
            ),
        ),
        migrations.AddField(
            model_name="earningruleevent",
            name="campaign",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="The rule works only with it; empty: always.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="points.campaign",
                verbose_name="campaign",
            ),
        ),
        migrations.AddField(
            model_name="ruledraft",
            name="campaign",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="drafts",
                to="points.campaign",
            ),
        ),
        migrations.AddField(
            model_name="campaignevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="campaignevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="points.campaign",
            ),
        ),
    ]
