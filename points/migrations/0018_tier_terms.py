"""Tiers by other counters and windows, and on what terms they are kept."""

import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        ("points", "0017_reward_limits_and_prices"),
    ]

    operations = [
        migrations.CreateModel(
            name="TierTerms",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, primary_key=True, serialize=False
                    ),
                ),
                (
                    "window",
                    models.CharField(
                        choices=[
                            ("rolling_months", "The last months, up to this moment"),
                            ("rolling_days", "The last days, up to this moment"),
                            ("year", "A year"),
                            ("half_year", "Half a year"),
                            ("quarter", "A quarter"),
                            ("month", "A month"),
                            ("anniversary", "The year of the membership"),
                            ("lifetime", "Everything since the member joined"),
                        ],
                        db_default="rolling_months",
                        default="rolling_months",
                        max_length=16,
                        verbose_name="what counts",
                    ),
                ),
                (
                    "window_length",
                    models.PositiveSmallIntegerField(
                        db_default=12,
                        default=12,
                        help_text="Of the last months or days; not used for other windows.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1200),
                        ],
                        verbose_name="how many months or days",
                    ),
                ),
                (
                    "start_month",
                    models.PositiveSmallIntegerField(
                        db_default=1,
                        default=1,
                        help_text="Years, half-years and quarters are counted from it.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(12),
                        ],
                        verbose_name="first month of the year",
                    ),
                ),
                (
                    "upgrade",
                    models.CharField(
                        choices=[
                            ("at_once", "At once"),
                            ("next_period", "With the next period"),
                        ],
                        db_default="at_once",
                        default="at_once",
                        max_length=12,
                        verbose_name="a tier begins",
                    ),
                ),
                (
                    "valid_periods",
                    models.PositiveSmallIntegerField(
                        db_default=0,
                        default=0,
                        help_text="After the period in which it was reached. 0: to its end.",
                        validators=[django.core.validators.MaxValueValidator(12)],
                        verbose_name="further periods it is valid",
                    ),
                ),
                (
                    "downgrade",
                    models.CharField(
                        choices=[
                            ("full", "To the tier that was reached meanwhile"),
                            ("one_step", "One tier down with each period"),
                            ("none", "Nothing: a tier that was reached stays"),
                        ],
                        db_default="full",
                        default="full",
                        max_length=12,
                        verbose_name="afterwards",
                    ),
                ),
                (
                    "grace_days",
                    models.PositiveSmallIntegerField(
                        db_default=0,
                        default=0,
                        help_text="How long a tier is kept after its validity.",
                        validators=[django.core.validators.MaxValueValidator(366)],
                        verbose_name="days of grace",
                    ),
                ),
            ],
            options={
                "verbose_name": "terms of tiers",
                "verbose_name_plural": "terms of tiers",
            },
        ),
        migrations.CreateModel(
            name="TierTermsEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.PositiveSmallIntegerField(default=1, serialize=False)),
                (
                    "window",
                    models.CharField(
                        choices=[
                            ("rolling_months", "The last months, up to this moment"),
                            ("rolling_days", "The last days, up to this moment"),
                            ("year", "A year"),
                            ("half_year", "Half a year"),
                            ("quarter", "A quarter"),
                            ("month", "A month"),
                            ("anniversary", "The year of the membership"),
                            ("lifetime", "Everything since the member joined"),
                        ],
                        db_default="rolling_months",
                        default="rolling_months",
                        max_length=16,
                        verbose_name="what counts",
                    ),
                ),
                (
                    "window_length",
                    models.PositiveSmallIntegerField(
                        db_default=12,
                        default=12,
                        help_text="Of the last months or days; not used for other windows.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1200),
                        ],
                        verbose_name="how many months or days",
                    ),
                ),
                (
                    "start_month",
                    models.PositiveSmallIntegerField(
                        db_default=1,
                        default=1,
                        help_text="Years, half-years and quarters are counted from it.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(12),
                        ],
                        verbose_name="first month of the year",
                    ),
                ),
                (
                    "upgrade",
                    models.CharField(
                        choices=[
                            ("at_once", "At once"),
                            ("next_period", "With the next period"),
                        ],
                        db_default="at_once",
                        default="at_once",
                        max_length=12,
                        verbose_name="a tier begins",
                    ),
                ),
                (
                    "valid_periods",
                    models.PositiveSmallIntegerField(
                        db_default=0,
                        default=0,
                        help_text="After the period in which it was reached. 0: to its end.",
                        validators=[django.core.validators.MaxValueValidator(12)],
                        verbose_name="further periods it is valid",
                    ),
                ),
                (
                    "downgrade",
                    models.CharField(
                        choices=[
                            ("full", "To the tier that was reached meanwhile"),
                            ("one_step", "One tier down with each period"),
                            ("none", "Nothing: a tier that was reached stays"),
                        ],
                        db_default="full",
                        default="full",
                        max_length=12,
                        verbose_name="afterwards",
                    ),
                ),
                (
                    "grace_days",
                    models.PositiveSmallIntegerField(
                        db_default=0,
                        default=0,
                        help_text="How long a tier is kept after its validity.",
                        validators=[django.core.validators.MaxValueValidator(366)],
                        verbose_name="days of grace",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AlterModelOptions(
            name="tier",
            options={
                "ordering": ["rank", "threshold", "id"],
                "verbose_name": "tier",
                "verbose_name_plural": "tiers",
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="tier",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="tier",
            name="update_update",
        ),
        migrations.AddField(
            model_name="tier",
            name="active_days",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Days with a purchase or an event.",
                null=True,
                verbose_name="active days",
            ),
        ),
        migrations.AddField(
            model_name="tier",
            name="bonus_events",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="What bonus points were given for, such as answered surveys.",
                null=True,
                verbose_name="events",
            ),
        ),
        migrations.AddField(
            model_name="tier",
            name="is_for_life",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Who reached it once does not fall below it.",
                verbose_name="for life",
            ),
        ),
        migrations.AddField(
            model_name="tier",
            name="needs",
            field=models.CharField(
                choices=[("all", "All of them"), ("any", "One of them is enough")],
                db_default="all",
                default="all",
                max_length=3,
                verbose_name="criteria to meet",
            ),
        ),
        migrations.AddField(
            model_name="tier",
            name="rank",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, editable=False
            ),
        ),
        migrations.AddField(
            model_name="tier",
            name="spend_minor",
            field=models.PositiveBigIntegerField(
                blank=True, null=True, verbose_name="spend"
            ),
        ),
        migrations.AddField(
            model_name="tier",
            name="visits",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Days with a purchase.",
                null=True,
                verbose_name="visits",
            ),
        ),
        migrations.AddField(
            model_name="tierchange",
            name="evidence",
            field=models.JSONField(
                blank=True,
                help_text="The other counters of the window, where tiers ask for them.",
                null=True,
                verbose_name="evidence",
            ),
        ),
        migrations.AddField(
            model_name="tierevent",
            name="active_days",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Days with a purchase or an event.",
                null=True,
                verbose_name="active days",
            ),
        ),
        migrations.AddField(
            model_name="tierevent",
            name="bonus_events",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="What bonus points were given for, such as answered surveys.",
                null=True,
                verbose_name="events",
            ),
        ),
        migrations.AddField(
            model_name="tierevent",
            name="is_for_life",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Who reached it once does not fall below it.",
                verbose_name="for life",
            ),
        ),
        migrations.AddField(
            model_name="tierevent",
            name="needs",
            field=models.CharField(
                choices=[("all", "All of them"), ("any", "One of them is enough")],
                db_default="all",
                default="all",
                max_length=3,
                verbose_name="criteria to meet",
            ),
        ),
        migrations.AddField(
            model_name="tierevent",
            name="rank",
            field=models.PositiveSmallIntegerField(
                db_default=0, default=0, editable=False
            ),
        ),
        migrations.AddField(
            model_name="tierevent",
            name="spend_minor",
            field=models.PositiveBigIntegerField(
                blank=True, null=True, verbose_name="spend"
            ),
        ),
        migrations.AddField(
            model_name="tierevent",
            name="visits",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Days with a purchase.",
                null=True,
                verbose_name="visits",
            ),
        ),
        migrations.AlterField(
            model_name="tier",
            name="threshold",
            field=models.PositiveBigIntegerField(
                blank=True,
                help_text="Reached counts as in. Empty: points do not matter.",
                null=True,
                verbose_name="qualifying points",
            ),
        ),
        migrations.AlterField(
            model_name="tierchange",
            name="cause",
            field=models.CharField(
                choices=[
                    ("upgrade", "Reached the threshold"),
                    ("downgrade", "Below the threshold"),
                    ("manual", "Assigned by hand"),
                    ("manual_end", "The assignment by hand ended"),
                    ("terms", "The thresholds or terms changed"),
                    ("merge", "Memberships were merged"),
                ],
                max_length=12,
                verbose_name="cause",
            ),
        ),
        migrations.AlterField(
            model_name="tierevent",
            name="threshold",
            field=models.PositiveBigIntegerField(
                blank=True,
                help_text="Reached counts as in. Empty: points do not matter.",
                null=True,
                verbose_name="qualifying points",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tier",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_tierevent" ("active_days", "bonus_events", "id", "is_for_life", "multiplier", "name", "name_zh_hans", "name_zh_hant", "needs", "perks", "perks_zh_hans", "perks_zh_hant", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "slug", "spend_minor", "threshold", "visits") VALUES (NEW."active_days", NEW."bonus_events", NEW."id", NEW."is_for_life", NEW."multiplier", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", NEW."needs", NEW."perks", NEW."perks_zh_hans", NEW."perks_zh_hant", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."rank", NEW."slug", NEW."spend_minor", NEW."threshold", NEW."visits"); RETURN NULL;',
                    hash="c5131a81d045eec922f94b812fd90c693ada4b32",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_83c57",
                    table="points_tier",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tier",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "points_tierevent" ("active_days", "bonus_events", "id", "is_for_life", "multiplier", "name", "name_zh_hans", "name_zh_hant", "needs", "perks", "perks_zh_hans", "perks_zh_hant", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "rank", "slug", "spend_minor", "threshold", "visits") VALUES (NEW."active_days", NEW."bonus_events", NEW."id", NEW."is_for_life", NEW."multiplier", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", NEW."needs", NEW."perks", NEW."perks_zh_hans", NEW."perks_zh_hant", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."rank", NEW."slug", NEW."spend_minor", NEW."threshold", NEW."visits"); RETURN NULL;',
                    hash="ee080957b40465ec89283907fd0412652d64e184",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_fca0b",
                    table="points_tier",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="tier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("threshold__isnull", False),
                    ("spend_minor__isnull", False),
                    ("visits__isnull", False),
                    ("active_days__isnull", False),
                    ("bonus_events__isnull", False),
                    _connector="OR",
                ),
                name="points_tier_has_a_criterion",
            ),
        ),
        migrations.AddConstraint(
            model_name="tierterms",
            constraint=models.CheckConstraint(
                condition=models.Q(("id", 1)), name="points_tierterms_has_one_row"
            ),
        ),
        migrations.AddConstraint(
            model_name="tierterms",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("start_month__gte", 1),
                    ("start_month__lte", 12),
                    ("window_length__gte", 1),
                ),
                name="points_tierterms_window_is_sensible",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tierterms",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_tiertermsevent" ("downgrade", "grace_days", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "start_month", "upgrade", "valid_periods", "window", "window_length") VALUES (NEW."downgrade", NEW."grace_days", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."start_month", NEW."upgrade", NEW."valid_periods", NEW."window", NEW."window_length"); RETURN NULL;',
                    hash="78aea070f7b9daf283bf871effc4ed88abd87565",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_d507e",
                    table="points_tierterms",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tierterms",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "points_tiertermsevent" ("downgrade", "grace_days", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "start_month", "upgrade", "valid_periods", "window", "window_length") VALUES (NEW."downgrade", NEW."grace_days", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."start_month", NEW."upgrade", NEW."valid_periods", NEW."window", NEW."window_length"); RETURN NULL;',
                    hash="08b9d5ba91e91f7eb3244283869652a61f51a0c3",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_65771",
                    table="points_tierterms",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="tiertermsevent",
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
            model_name="tiertermsevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="points.tierterms",
            ),
        ),
    ]
