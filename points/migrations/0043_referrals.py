"""Members who bring friends: the terms, and one row for each friend."""

import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import loyalty_site.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        ("points", "0042_pictures_of_rewards"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReferralTermsEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.PositiveSmallIntegerField(default=1, serialize=False)),
                (
                    "is_active",
                    models.BooleanField(
                        default=False, verbose_name="members can bring friends"
                    ),
                ),
                (
                    "referrer_points",
                    models.PositiveBigIntegerField(
                        default=100,
                        validators=[
                            django.core.validators.MaxValueValidator(1000000000)
                        ],
                        verbose_name="points for who brings a friend",
                    ),
                ),
                (
                    "friend_points",
                    models.PositiveBigIntegerField(
                        default=100,
                        validators=[
                            django.core.validators.MaxValueValidator(1000000000)
                        ],
                        verbose_name="points for the friend",
                    ),
                ),
                (
                    "least_minor",
                    models.PositiveBigIntegerField(
                        default=0, verbose_name="smallest purchase"
                    ),
                ),
                (
                    "return_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[django.core.validators.MaxValueValidator(3650)],
                        verbose_name="days in which purchases can come back",
                    ),
                ),
                (
                    "first_within_days",
                    models.PositiveSmallIntegerField(
                        default=180,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3650),
                        ],
                        verbose_name="days for the first purchase",
                    ),
                ),
                (
                    "most_paid",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        verbose_name="most friends that are paid for",
                    ),
                ),
                (
                    "most_paid_in",
                    models.CharField(
                        choices=[
                            ("month", "in a calendar month"),
                            ("year", "in a calendar year"),
                            ("ever", "ever"),
                        ],
                        default="year",
                        max_length=6,
                        verbose_name="the limit counts",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Referral",
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
                ("at", models.DateTimeField(verbose_name="enrolled")),
                ("actor", models.CharField(max_length=120, verbose_name="by")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for the first purchase"),
                            ("paid", "Paid"),
                            ("lapsed", "Lapsed"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "settled_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="settled"),
                ),
                (
                    "referrer_points",
                    models.PositiveBigIntegerField(default=0, verbose_name="points"),
                ),
                (
                    "friend_points",
                    models.PositiveBigIntegerField(
                        default=0, verbose_name="points of the friend"
                    ),
                ),
                (
                    "friend",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="brought_by",
                        to="points.account",
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="points.purchase",
                    ),
                ),
                (
                    "referrer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="brought",
                        to="points.account",
                    ),
                ),
            ],
            options={
                "verbose_name": "referral",
                "verbose_name_plural": "referrals",
            },
        ),
        migrations.CreateModel(
            name="ReferralTerms",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, primary_key=True, serialize=False
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=False, verbose_name="members can bring friends"
                    ),
                ),
                (
                    "referrer_points",
                    models.PositiveBigIntegerField(
                        default=100,
                        validators=[
                            django.core.validators.MaxValueValidator(1000000000)
                        ],
                        verbose_name="points for who brings a friend",
                    ),
                ),
                (
                    "friend_points",
                    models.PositiveBigIntegerField(
                        default=100,
                        validators=[
                            django.core.validators.MaxValueValidator(1000000000)
                        ],
                        verbose_name="points for the friend",
                    ),
                ),
                (
                    "least_minor",
                    models.PositiveBigIntegerField(
                        default=0, verbose_name="smallest purchase"
                    ),
                ),
                (
                    "return_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[django.core.validators.MaxValueValidator(3650)],
                        verbose_name="days in which purchases can come back",
                    ),
                ),
                (
                    "first_within_days",
                    models.PositiveSmallIntegerField(
                        default=180,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3650),
                        ],
                        verbose_name="days for the first purchase",
                    ),
                ),
                (
                    "most_paid",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        verbose_name="most friends that are paid for",
                    ),
                ),
                (
                    "most_paid_in",
                    models.CharField(
                        choices=[
                            ("month", "in a calendar month"),
                            ("year", "in a calendar year"),
                            ("ever", "ever"),
                        ],
                        default="year",
                        max_length=6,
                        verbose_name="the limit counts",
                    ),
                ),
            ],
            options={
                "verbose_name": "terms of referrals",
                "verbose_name_plural": "terms of referrals",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)),
                        name="points_referralterms_has_one_row",
                    )
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="referralterms",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_referraltermsevent" ("first_within_days", "friend_points", "id", "is_active", "least_minor", "most_paid", "most_paid_in", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "referrer_points", "return_days") VALUES (NEW."first_within_days", NEW."friend_points", NEW."id", NEW."is_active", NEW."least_minor", NEW."most_paid", NEW."most_paid_in", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."referrer_points", NEW."return_days"); RETURN NULL;',
                    hash="6766c1c355d03f1d3c0267bf5919e08abae90a0c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_db445",
                    table="points_referralterms",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="referralterms",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "points_referraltermsevent" ("first_within_days", "friend_points", "id", "is_active", "least_minor", "most_paid", "most_paid_in", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "referrer_points", "return_days") VALUES (NEW."first_within_days", NEW."friend_points", NEW."id", NEW."is_active", NEW."least_minor", NEW."most_paid", NEW."most_paid_in", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."referrer_points", NEW."return_days"); RETURN NULL;',
                    hash="f8d56350ee0fd850c9de43dc7d10109b0c3356c2",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_8bd35",
                    table="points_referralterms",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="referraltermsevent",
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
            model_name="referraltermsevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="points.referralterms",
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                models.F("referrer"),
                models.OrderBy(models.F("at"), descending=True),
                name="points_referral_of_referrer",
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                models.F("at"),
                condition=models.Q(("state", "waiting")),
                name="points_referral_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(("referrer", models.F("friend")), _negated=True),
                name="points_referral_of_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("settled_at", None), ("state", "waiting")),
                    models.Q(
                        models.Q(("state", "waiting"), _negated=True),
                        ("settled_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="points_referral_settled_says_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("purchase__isnull", False), ("state", "paid")),
                    models.Q(
                        models.Q(("state", "paid"), _negated=True), ("purchase", None)
                    ),
                    _connector="OR",
                ),
                name="points_referral_paid_for_a_purchase",
            ),
        ),
    ]
