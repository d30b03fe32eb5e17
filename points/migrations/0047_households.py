"""Households of members, and what becomes of points when somebody leaves one."""

import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import loyalty_site.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0046_challenges_and_badges"),
    ]

    operations = [
        migrations.CreateModel(
            name="Household",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.UUIDField(
                        default=loyalty_site.lib.ids.new_public_id, unique=True
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "key",
                    models.CharField(max_length=200, unique=True, verbose_name="key"),
                ),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("created_by", models.CharField(max_length=120, verbose_name="by")),
            ],
            options={
                "verbose_name": "household",
                "verbose_name_plural": "households",
                "permissions": [
                    ("manage_households", "Can put members into households and out")
                ],
            },
        ),
        migrations.CreateModel(
            name="HouseholdMembership",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.UUIDField(
                        default=loyalty_site.lib.ids.new_public_id, unique=True
                    ),
                ),
                ("joined_at", models.DateTimeField(verbose_name="joined")),
                (
                    "joined_by",
                    models.CharField(max_length=120, verbose_name="added by"),
                ),
                (
                    "left_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="left the household"
                    ),
                ),
                (
                    "left_by",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="taken out by"
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("left", "Left the household"),
                            ("closed", "Membership closed"),
                            ("merged", "Membership merged"),
                            ("unmerged", "Merge undone"),
                        ],
                        max_length=8,
                        verbose_name="cause",
                    ),
                ),
                (
                    "reason",
                    models.CharField(blank=True, max_length=300, verbose_name="reason"),
                ),
                (
                    "rule",
                    models.CharField(
                        blank=True, max_length=8, verbose_name="leaving rule"
                    ),
                ),
                ("points_back", models.PositiveBigIntegerField(default=0)),
                ("points_along", models.PositiveBigIntegerField(default=0)),
            ],
            options={
                "verbose_name": "membership of a household",
                "verbose_name_plural": "memberships of households",
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
            name="household_leaving",
            field=models.CharField(
                choices=[
                    ("own", "Unspent points go back to who earned them"),
                    ("stay", "What the member has stays with the household"),
                    ("lies", "All points stay where they are"),
                ],
                db_default="own",
                default="own",
                max_length=8,
                verbose_name="who leaves a household",
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="household_limit",
            field=models.PositiveSmallIntegerField(
                db_default=0,
                default=0,
                help_text="They keep their own points and may spend each other's. 0: no households; those that are there go on.",
                validators=[django.core.validators.MaxValueValidator(20)],
                verbose_name="members of a household, at most",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="household_leaving",
            field=models.CharField(
                choices=[
                    ("own", "Unspent points go back to who earned them"),
                    ("stay", "What the member has stays with the household"),
                    ("lies", "All points stay where they are"),
                ],
                db_default="own",
                default="own",
                max_length=8,
                verbose_name="who leaves a household",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="household_limit",
            field=models.PositiveSmallIntegerField(
                db_default=0,
                default=0,
                help_text="They keep their own points and may spend each other's. 0: no households; those that are there go on.",
                validators=[django.core.validators.MaxValueValidator(20)],
                verbose_name="members of a household, at most",
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
                    ("merge_out", "Moved to a merged membership"),
                    ("merge_in", "Came with a merged membership"),
                    ("household_out", "Passed on within the household"),
                    ("household_in", "Came from the household"),
                ],
                max_length=16,
                verbose_name="kind",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "balance_limit", "campaign_alone_points", "cap_day", "cap_month", "cap_overflow", "cap_purchase", "cap_week", "confirm_days", "currency", "debt_limit", "earns_on_delivery", "earns_on_discount", "earns_on_gift_card", "earns_on_points_paid", "earns_on_tax", "expiry", "group_policy", "household_leaving", "household_limit", "id", "multiplier_combination", "name", "pending_days", "pending_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "refund_returns", "reminder_leads", "return_grace_days", "rounding", "rounds_each_rule", "sliding_by", "tier_expiry", "time_zone", "transfer_expiry") VALUES (NEW."backdating_days", NEW."balance_limit", NEW."campaign_alone_points", NEW."cap_day", NEW."cap_month", NEW."cap_overflow", NEW."cap_purchase", NEW."cap_week", NEW."confirm_days", NEW."currency", NEW."debt_limit", NEW."earns_on_delivery", NEW."earns_on_discount", NEW."earns_on_gift_card", NEW."earns_on_points_paid", NEW."earns_on_tax", NEW."expiry", NEW."group_policy", NEW."household_leaving", NEW."household_limit", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", NEW."pending_until", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."refund_returns", NEW."reminder_leads", NEW."return_grace_days", NEW."rounding", NEW."rounds_each_rule", NEW."sliding_by", NEW."tier_expiry", NEW."time_zone", NEW."transfer_expiry"); RETURN NULL;',
                    hash="79f9f3b9557f525a0d04223e796aebd129e93614",
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
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "balance_limit", "campaign_alone_points", "cap_day", "cap_month", "cap_overflow", "cap_purchase", "cap_week", "confirm_days", "currency", "debt_limit", "earns_on_delivery", "earns_on_discount", "earns_on_gift_card", "earns_on_points_paid", "earns_on_tax", "expiry", "group_policy", "household_leaving", "household_limit", "id", "multiplier_combination", "name", "pending_days", "pending_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "refund_returns", "reminder_leads", "return_grace_days", "rounding", "rounds_each_rule", "sliding_by", "tier_expiry", "time_zone", "transfer_expiry") VALUES (NEW."backdating_days", NEW."balance_limit", NEW."campaign_alone_points", NEW."cap_day", NEW."cap_month", NEW."cap_overflow", NEW."cap_purchase", NEW."cap_week", NEW."confirm_days", NEW."currency", NEW."debt_limit", NEW."earns_on_delivery", NEW."earns_on_discount", NEW."earns_on_gift_card", NEW."earns_on_points_paid", NEW."earns_on_tax", NEW."expiry", NEW."group_policy", NEW."household_leaving", NEW."household_limit", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", NEW."pending_until", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."refund_returns", NEW."reminder_leads", NEW."return_grace_days", NEW."rounding", NEW."rounds_each_rule", NEW."sliding_by", NEW."tier_expiry", NEW."time_zone", NEW."transfer_expiry"); RETURN NULL;',
                    hash="ce78e5e7d2e30b9235568c132b1ba84f0d858ada",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6bc5f",
                    table="points_programme",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="household",
            index=models.Index(
                models.OrderBy(models.F("created_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="points_household_newest",
            ),
        ),
        migrations.AddField(
            model_name="householdmembership",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="points.account",
            ),
        ),
        migrations.AddField(
            model_name="householdmembership",
            name="household",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="memberships",
                to="points.household",
            ),
        ),
        migrations.AddIndex(
            model_name="householdmembership",
            index=models.Index(
                fields=["household", "joined_at", "id"], name="points_household_members"
            ),
        ),
        migrations.AddIndex(
            model_name="householdmembership",
            index=models.Index(
                models.F("account"),
                models.OrderBy(models.F("joined_at"), descending=True),
                name="points_household_of_member",
            ),
        ),
        migrations.AddConstraint(
            model_name="householdmembership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("left_at", None)),
                fields=("account",),
                name="points_household_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="householdmembership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cause", ""), ("left_at", None)),
                    models.Q(
                        ("left_at__gte", models.F("joined_at")),
                        models.Q(("cause", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="points_household_who_left_says_why",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="householdmembership",
            trigger=pgtrigger.compiler.Trigger(
                name="householdmembership_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="fda471e1b3b9c8ea837e17864107206c6a921a9d",
                    operation="DELETE",
                    pgid="pgtrigger_householdmembership_stays_4b503",
                    table="points_householdmembership",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="householdmembership",
            trigger=pgtrigger.compiler.Trigger(
                name="householdmembership_ended_stays_as_it_was",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."left_at" IS NOT NULL)',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="fab82a8a120c886c93a2fb8526e234957b5e47cf",
                    operation="UPDATE",
                    pgid="pgtrigger_householdmembership_ended_stays_as_it_was_846aa",
                    table="points_householdmembership",
                    when="BEFORE",
                ),
            ),
        ),
    ]
