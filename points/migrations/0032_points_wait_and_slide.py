"""Points can wait for a confirmation, and last longer with activities."""

import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0031_points_that_paid_come_back"),
    ]

    operations = [
        migrations.CreateModel(
            name="DateChange",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("activity", "Extended by an activity"),
                            ("confirmed", "Purchase confirmed"),
                        ],
                        max_length=10,
                        verbose_name="cause",
                    ),
                ),
                (
                    "old_effective_at",
                    models.DateTimeField(verbose_name="effective before"),
                ),
                ("new_effective_at", models.DateTimeField(verbose_name="effective")),
                (
                    "old_expires_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="expired before"
                    ),
                ),
                (
                    "new_expires_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="expires"),
                ),
                ("at", models.DateTimeField(verbose_name="when")),
                (
                    "reason",
                    models.CharField(blank=True, max_length=300, verbose_name="reason"),
                ),
                ("actor", models.CharField(max_length=120, verbose_name="actor")),
            ],
            options={
                "verbose_name": "change of dates",
                "verbose_name_plural": "changes of dates",
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
        migrations.RemoveConstraint(
            model_name="lot",
            name="points_lot_expires_after_it_is_effective",
        ),
        migrations.AddField(
            model_name="programme",
            name="confirm_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Points wait until the purchase is confirmed, for example delivered; after so many days they are cancelled. Empty: nothing is confirmed.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(366),
                ],
                verbose_name="purchases are confirmed within days",
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="pending_until",
            field=models.DateField(
                blank=True,
                help_text="At the earliest; until then they are pending. Empty: no such day.",
                null=True,
                verbose_name="points can be spent from the day",
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="sliding_by",
            field=models.JSONField(
                blank=True,
                db_default=models.Value([], models.JSONField()),
                default=list,
                help_text="Open points then last as if they were given at that moment.",
                verbose_name="activities that extend points",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="confirm_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Points wait until the purchase is confirmed, for example delivered; after so many days they are cancelled. Empty: nothing is confirmed.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(366),
                ],
                verbose_name="purchases are confirmed within days",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="pending_until",
            field=models.DateField(
                blank=True,
                help_text="At the earliest; until then they are pending. Empty: no such day.",
                null=True,
                verbose_name="points can be spent from the day",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="sliding_by",
            field=models.JSONField(
                blank=True,
                db_default=models.Value([], models.JSONField()),
                default=list,
                help_text="Open points then last as if they were given at that moment.",
                verbose_name="activities that extend points",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "campaign_alone_points", "confirm_days", "currency", "debt_limit", "earns_on_delivery", "earns_on_discount", "earns_on_gift_card", "earns_on_points_paid", "earns_on_tax", "expiry", "group_policy", "id", "multiplier_combination", "name", "pending_days", "pending_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "rounding", "rounds_each_rule", "sliding_by", "tier_expiry", "time_zone", "transfer_expiry") VALUES (NEW."backdating_days", NEW."campaign_alone_points", NEW."confirm_days", NEW."currency", NEW."debt_limit", NEW."earns_on_delivery", NEW."earns_on_discount", NEW."earns_on_gift_card", NEW."earns_on_points_paid", NEW."earns_on_tax", NEW."expiry", NEW."group_policy", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", NEW."pending_until", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."rounding", NEW."rounds_each_rule", NEW."sliding_by", NEW."tier_expiry", NEW."time_zone", NEW."transfer_expiry"); RETURN NULL;',
                    hash="8083af2b6005799d0fcca4f956e87d31eee6e26b",
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
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "campaign_alone_points", "confirm_days", "currency", "debt_limit", "earns_on_delivery", "earns_on_discount", "earns_on_gift_card", "earns_on_points_paid", "earns_on_tax", "expiry", "group_policy", "id", "multiplier_combination", "name", "pending_days", "pending_until", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "rounding", "rounds_each_rule", "sliding_by", "tier_expiry", "time_zone", "transfer_expiry") VALUES (NEW."backdating_days", NEW."campaign_alone_points", NEW."confirm_days", NEW."currency", NEW."debt_limit", NEW."earns_on_delivery", NEW."earns_on_discount", NEW."earns_on_gift_card", NEW."earns_on_points_paid", NEW."earns_on_tax", NEW."expiry", NEW."group_policy", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", NEW."pending_until", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."rounding", NEW."rounds_each_rule", NEW."sliding_by", NEW."tier_expiry", NEW."time_zone", NEW."transfer_expiry"); RETURN NULL;',
                    hash="c07051df5ccc55b1b997860d86fb3521b3018588",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6bc5f",
                    table="points_programme",
                    when="AFTER",
                ),
            ),
        ),
        AddConstraintNotValid(
            model_name="lot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expires_at", None),
                    ("expires_at__gte", models.F("effective_at")),
                    _connector="OR",
                ),
                name="points_lot_expires_not_before_it_is_effective",
            ),
        ),
        ValidateConstraint(
            model_name="lot",
            name="points_lot_expires_not_before_it_is_effective",
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirm_days", None),
                    models.Q(("confirm_days__gte", 1), ("confirm_days__lte", 366)),
                    _connector="OR",
                ),
                name="points_programme_confirmation_is_sensible",
            ),
        ),
        migrations.AddField(
            model_name="datechange",
            name="account",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="points.account",
            ),
        ),
        migrations.AddField(
            model_name="datechange",
            name="entry",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="points.entry",
            ),
        ),
        migrations.AddField(
            model_name="datechange",
            name="lot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="date_changes",
                to="points.lot",
            ),
        ),
        migrations.AddConstraint(
            model_name="datechange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("new_expires_at", None),
                    ("new_expires_at__gt", models.F("new_effective_at")),
                    _connector="OR",
                ),
                name="points_datechange_expires_after_it_is_effective",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="datechange",
            trigger=pgtrigger.compiler.Trigger(
                name="datechange_is_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ba87aa4ff65c9a31331d093616744874186211e3",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_datechange_is_append_only_e7404",
                    table="points_datechange",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="datechange",
            trigger=pgtrigger.compiler.Trigger(
                name="datechange_is_not_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'Rows of % are never truncated.', TG_TABLE_NAME;",
                    hash="27b945a1b9f3f7f86fe24497e05bae9d11bc4e28",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_datechange_is_not_truncated_27ec3",
                    table="points_datechange",
                    when="BEFORE",
                ),
            ),
        ),
    ]
