"""Imports of refunds from files, and the rows of them that are not posted."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import loyalty_site.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_job_heartbeat_and_periodic_run"),
        ("points", "0048_lotteries_with_a_draw_to_be_proved"),
    ]

    operations = [
        migrations.CreateModel(
            name="RefundImport",
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
                ("source", models.CharField(max_length=40, verbose_name="source")),
                (
                    "file_name",
                    models.CharField(max_length=200, verbose_name="file name"),
                ),
                ("file_path", models.CharField(blank=True, max_length=300)),
                ("file_sha256", models.CharField(max_length=64)),
                ("mapping", models.JSONField(default=dict, verbose_name="columns")),
                ("created_at", models.DateTimeField(verbose_name="uploaded")),
                ("created_by", models.CharField(max_length=120, verbose_name="by")),
                (
                    "rows_total",
                    models.PositiveIntegerField(default=0, verbose_name="rows"),
                ),
                (
                    "rows_bad",
                    models.PositiveIntegerField(
                        default=0, verbose_name="rows with errors"
                    ),
                ),
                (
                    "rows_known",
                    models.PositiveIntegerField(
                        default=0, verbose_name="rows already known"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("checking", "Being checked"),
                            ("unchecked", "Not checked to the end"),
                            ("checked", "Checked, waiting for confirmation"),
                            ("posting", "Being posted"),
                            ("stopped", "Stopped on the way"),
                            ("posted", "Posted"),
                        ],
                        default="unchecked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("language", models.CharField(max_length=10, verbose_name="language")),
                ("cursor", models.JSONField(blank=True, editable=False, null=True)),
                (
                    "rows_new",
                    models.PositiveIntegerField(
                        default=0, verbose_name="rows that are new"
                    ),
                ),
                (
                    "refunds",
                    models.PositiveIntegerField(default=0, verbose_name="refunds"),
                ),
                (
                    "points",
                    models.BigIntegerField(default=0, verbose_name="points taken back"),
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
                "verbose_name": "import of refunds",
                "verbose_name_plural": "imports of refunds",
                "ordering": ["-id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RefundImportRow",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("line", models.PositiveIntegerField(verbose_name="line")),
                ("error", models.JSONField(verbose_name="error")),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="points.refundimport",
                    ),
                ),
            ],
            options={
                "verbose_name": "refund row with errors",
                "verbose_name_plural": "refund rows with errors",
            },
        ),
        migrations.AddConstraint(
            model_name="refundimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "rows_total__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("rows_new"), "+", models.F("rows_known")
                            ),
                            "+",
                            models.F("rows_bad"),
                        ),
                    )
                ),
                name="points_refundimport_counts_no_row_twice",
            ),
        ),
        migrations.AddConstraint(
            model_name="refundimportrow",
            constraint=models.UniqueConstraint(
                fields=("batch", "line"), name="points_refundimportrow_line_once"
            ),
        ),
    ]
