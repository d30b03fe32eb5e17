"""Rewards have limits, prices and tiers of their own; vouchers can expire."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        ("points", "0016_expiry_policies"),
    ]

    operations = [
        migrations.CreateModel(
            name="RewardTier",
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
                    "is_admitted",
                    models.BooleanField(default=True, verbose_name="can have it"),
                ),
                (
                    "cost_points",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="cost in points"
                    ),
                ),
            ],
            options={
                "verbose_name": "reward of a tier",
                "verbose_name_plural": "rewards of tiers",
            },
        ),
        migrations.CreateModel(
            name="RewardTierEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "is_admitted",
                    models.BooleanField(default=True, verbose_name="can have it"),
                ),
                (
                    "cost_points",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="cost in points"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="reward",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="reward",
            name="update_update",
        ),
        migrations.AddField(
            model_name="redemption",
            name="money_minor",
            field=models.PositiveBigIntegerField(
                db_default=0, default=0, verbose_name="paid in money"
            ),
        ),
        migrations.AddField(
            model_name="redemption",
            name="valid_until",
            field=models.DateTimeField(
                blank=True,
                help_text="Exclusive; empty: ever.",
                null=True,
                verbose_name="valid until",
            ),
        ),
        migrations.AddField(
            model_name="redemption",
            name="value_minor",
            field=models.PositiveBigIntegerField(
                db_default=0, default=0, verbose_name="worth in money"
            ),
        ),
        migrations.AddField(
            model_name="reward",
            name="is_exclusive",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="only for some tiers"
            ),
        ),
        migrations.AddField(
            model_name="reward",
            name="limit_per_member",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="at most per member"
            ),
        ),
        migrations.AddField(
            model_name="reward",
            name="limit_per_period",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="at most per member and period"
            ),
        ),
        migrations.AddField(
            model_name="reward",
            name="limit_period",
            field=models.CharField(
                choices=[
                    ("day", "per day"),
                    ("week", "per week, from Monday"),
                    ("month", "per month"),
                    ("year", "per year"),
                ],
                db_default="month",
                default="month",
                max_length=8,
                verbose_name="period of the limit",
            ),
        ),
        migrations.AddField(
            model_name="reward",
            name="money_minor",
            field=models.PositiveBigIntegerField(
                db_default=0,
                default=0,
                help_text="What the member pays beside the points.",
                verbose_name="and in money",
            ),
        ),
        migrations.AddField(
            model_name="reward",
            name="valid_days",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="the voucher is valid for days"
            ),
        ),
        migrations.AddField(
            model_name="reward",
            name="value_minor",
            field=models.PositiveBigIntegerField(
                db_default=0,
                default=0,
                help_text="What a voucher takes off, what cashback or a donation pays out.",
                verbose_name="worth in money",
            ),
        ),
        migrations.AddField(
            model_name="reward",
            name="value_percent",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="per cent off"
            ),
        ),
        migrations.AddField(
            model_name="rewardevent",
            name="is_exclusive",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="only for some tiers"
            ),
        ),
        migrations.AddField(
            model_name="rewardevent",
            name="limit_per_member",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="at most per member"
            ),
        ),
        migrations.AddField(
            model_name="rewardevent",
            name="limit_per_period",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="at most per member and period"
            ),
        ),
        migrations.AddField(
            model_name="rewardevent",
            name="limit_period",
            field=models.CharField(
                choices=[
                    ("day", "per day"),
                    ("week", "per week, from Monday"),
                    ("month", "per month"),
                    ("year", "per year"),
                ],
                db_default="month",
                default="month",
                max_length=8,
                verbose_name="period of the limit",
            ),
        ),
        migrations.AddField(
            model_name="rewardevent",
            name="money_minor",
            field=models.PositiveBigIntegerField(
                db_default=0,
                default=0,
                help_text="What the member pays beside the points.",
                verbose_name="and in money",
            ),
        ),
        migrations.AddField(
            model_name="rewardevent",
            name="valid_days",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="the voucher is valid for days"
            ),
        ),
        migrations.AddField(
            model_name="rewardevent",
            name="value_minor",
            field=models.PositiveBigIntegerField(
                db_default=0,
                default=0,
                help_text="What a voucher takes off, what cashback or a donation pays out.",
                verbose_name="worth in money",
            ),
        ),
        migrations.AddField(
            model_name="rewardevent",
            name="value_percent",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="per cent off"
            ),
        ),
        migrations.AlterField(
            model_name="redemption",
            name="state",
            field=models.CharField(
                choices=[
                    ("confirmed", "To be handed over"),
                    ("fulfilled", "Handed over"),
                    ("cancelled", "Cancelled"),
                    ("expired", "Expired"),
                    ("reversed", "Reversed"),
                ],
                default="confirmed",
                max_length=12,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="reward",
            name="kind",
            field=models.CharField(
                choices=[
                    ("product", "Product"),
                    ("voucher", "Money-off voucher"),
                    ("percentage", "Percentage off"),
                    ("experience", "Experience"),
                    ("donation", "Donation"),
                    ("cashback", "Cashback"),
                ],
                default="product",
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="rewardevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("product", "Product"),
                    ("voucher", "Money-off voucher"),
                    ("percentage", "Percentage off"),
                    ("experience", "Experience"),
                    ("donation", "Donation"),
                    ("cashback", "Cashback"),
                ],
                default="product",
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AddIndex(
            model_name="redemption",
            index=models.Index(
                models.F("valid_until"),
                condition=models.Q(
                    ("state", "confirmed"), ("valid_until__isnull", False)
                ),
                name="points_redemption_expiring",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reward",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_rewardevent" ("cost_points", "description", "description_zh_hans", "description_zh_hant", "ends_at", "id", "is_active", "is_exclusive", "kind", "limit_per_member", "limit_per_period", "limit_period", "money_minor", "name", "name_zh_hans", "name_zh_hant", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "starts_at", "valid_days", "value_minor", "value_percent") VALUES (NEW."cost_points", NEW."description", NEW."description_zh_hans", NEW."description_zh_hant", NEW."ends_at", NEW."id", NEW."is_active", NEW."is_exclusive", NEW."kind", NEW."limit_per_member", NEW."limit_per_period", NEW."limit_period", NEW."money_minor", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."starts_at", NEW."valid_days", NEW."value_minor", NEW."value_percent"); RETURN NULL;',
                    hash="7f6e8a60dd998a5d5bea1c2a856dfa0bdeac44f3",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_238e3",
                    table="points_reward",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reward",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "points_rewardevent" ("cost_points", "description", "description_zh_hans", "description_zh_hant", "ends_at", "id", "is_active", "is_exclusive", "kind", "limit_per_member", "limit_per_period", "limit_period", "money_minor", "name", "name_zh_hans", "name_zh_hant", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "starts_at", "valid_days", "value_minor", "value_percent") VALUES (NEW."cost_points", NEW."description", NEW."description_zh_hans", NEW."description_zh_hant", NEW."ends_at", NEW."id", NEW."is_active", NEW."is_exclusive", NEW."kind", NEW."limit_per_member", NEW."limit_per_period", NEW."limit_period", NEW."money_minor", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."starts_at", NEW."valid_days", NEW."value_minor", NEW."value_percent"); RETURN NULL;',
                    hash="f32ed2e0e83184d34e939cafe16646bdda0c322b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d72f0",
                    table="points_reward",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("value_percent", None),
                    models.Q(("value_percent__gte", 1), ("value_percent__lte", 100)),
                    _connector="OR",
                ),
                name="points_reward_takes_off_1_to_100_percent",
            ),
        ),
        migrations.AddConstraint(
            model_name="reward",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("limit_per_member", None),
                        ("limit_per_member__gt", 0),
                        _connector="OR",
                    ),
                    models.Q(
                        ("limit_per_period", None),
                        ("limit_per_period__gt", 0),
                        _connector="OR",
                    ),
                    models.Q(
                        ("valid_days", None), ("valid_days__gt", 0), _connector="OR"
                    ),
                ),
                name="points_reward_limits_are_above_zero",
            ),
        ),
        migrations.AddField(
            model_name="rewardtier",
            name="reward",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tiers",
                to="points.reward",
            ),
        ),
        migrations.AddField(
            model_name="rewardtier",
            name="tier",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="points.tier",
            ),
        ),
        migrations.AddField(
            model_name="rewardtierevent",
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
            model_name="rewardtierevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="points.rewardtier",
            ),
        ),
        migrations.AddField(
            model_name="rewardtierevent",
            name="reward",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="points.reward",
            ),
        ),
        migrations.AddField(
            model_name="rewardtierevent",
            name="tier",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="points.tier",
            ),
        ),
        migrations.AddConstraint(
            model_name="rewardtier",
            constraint=models.UniqueConstraint(
                fields=("reward", "tier"), name="points_rewardtier_once_per_tier"
            ),
        ),
        migrations.AddConstraint(
            model_name="rewardtier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cost_points", None), ("cost_points__gt", 0), _connector="OR"
                ),
                name="points_rewardtier_costs_points",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rewardtier",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_rewardtierevent" ("cost_points", "id", "is_admitted", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reward_id", "tier_id") VALUES (NEW."cost_points", NEW."id", NEW."is_admitted", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."reward_id", NEW."tier_id"); RETURN NULL;',
                    hash="0d640d16391e11a75b3d211b419d6e9f6088c181",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_91600",
                    table="points_rewardtier",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rewardtier",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "points_rewardtierevent" ("cost_points", "id", "is_admitted", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reward_id", "tier_id") VALUES (NEW."cost_points", NEW."id", NEW."is_admitted", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reward_id", NEW."tier_id"); RETURN NULL;',
                    hash="08a1803d1dc53262a9a950b6e1fd7bebb153a03f",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f742d",
                    table="points_rewardtier",
                    when="AFTER",
                ),
            ),
        ),
    ]
