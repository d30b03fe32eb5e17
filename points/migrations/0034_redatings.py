"""Points that were posted can get the expiry of a changed policy."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import loyalty_site.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_job_heartbeat_and_periodic_run"),
        ("points", "0033_reminders_of_expiry"),
    ]

    operations = [
        migrations.AlterField(
            model_name="datechange",
            name="cause",
            field=models.CharField(
                choices=[
                    ("activity", "Extended by an activity"),
                    ("confirmed", "Purchase confirmed"),
                    ("redated", "Re-dated"),
                    ("restored", "Re-dating taken back"),
                ],
                max_length=10,
                verbose_name="cause",
            ),
        ),
        migrations.CreateModel(
            name="Redating",
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
                    "state",
                    models.CharField(
                        choices=[
                            ("counting", "Counting"),
                            ("counted", "Ready to be confirmed"),
                            ("moving", "Moving the dates"),
                            ("done", "Done"),
                            ("reversing", "Being taken back"),
                            ("reversed", "Taken back"),
                            ("stopped", "Stopped"),
                        ],
                        default="counting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("expiry", models.JSONField(verbose_name="expiry of points")),
                (
                    "tier_expiry",
                    models.JSONField(
                        default=dict, verbose_name="expiry of points by tier"
                    ),
                ),
                (
                    "notice_days",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(366)],
                        verbose_name="days of notice",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("lots", models.BigIntegerField(default=0, verbose_name="credits")),
                ("members", models.BigIntegerField(default=0, verbose_name="members")),
                (
                    "points_later",
                    models.BigIntegerField(
                        default=0, verbose_name="points that last longer"
                    ),
                ),
                (
                    "points_earlier",
                    models.BigIntegerField(
                        default=0, verbose_name="points that expire sooner"
                    ),
                ),
                (
                    "points_at_once",
                    models.BigIntegerField(
                        default=0,
                        verbose_name="points that expire when the notice ends",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("created_by", models.CharField(max_length=120, verbose_name="by")),
                (
                    "done_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="done"),
                ),
                (
                    "reversed_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="taken back"
                    ),
                ),
                (
                    "reversed_by",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="taken back by"
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
            ],
            options={
                "verbose_name": "re-dating",
                "verbose_name_plural": "re-datings",
                "permissions": [
                    ("redate_points", "Can give posted points another expiry")
                ],
            },
        ),
        migrations.AddField(
            model_name="datechange",
            name="redating",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="points.redating",
            ),
        ),
        migrations.AddIndex(
            model_name="datechange",
            index=models.Index(
                condition=models.Q(("redating__isnull", False)),
                fields=["redating", "id"],
                name="points_datechange_of_redating",
            ),
        ),
        migrations.AddConstraint(
            model_name="redating",
            constraint=models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(("state__in", ("counting", "moving", "reversing"))),
                name="points_redating_one_at_a_time",
            ),
        ),
    ]
