"""What points are worth, in dated versions that nobody edits."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0009_fill_the_books"),
    ]

    operations = [
        migrations.CreateModel(
            name="Valuation",
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
                ("valid_from", models.DateField(verbose_name="valid from")),
                (
                    "point_value",
                    models.DecimalField(
                        decimal_places=6, max_digits=12, verbose_name="value of a point"
                    ),
                ),
                (
                    "redemption_rate",
                    models.DecimalField(
                        decimal_places=6,
                        max_digits=7,
                        verbose_name="expected redemption rate",
                    ),
                ),
                (
                    "note",
                    models.CharField(blank=True, max_length=300, verbose_name="basis"),
                ),
                ("made_at", models.DateTimeField(verbose_name="entered")),
                ("made_by", models.CharField(max_length=120, verbose_name="by")),
            ],
            options={
                "verbose_name": "valuation of points",
                "verbose_name_plural": "valuations of points",
                "ordering": ["-valid_from", "-id"],
                "permissions": [("value_points", "Can set what points are worth")],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("point_value__gte", 0)),
                        name="reports_valuation_value_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("redemption_rate__gte", 0), ("redemption_rate__lte", 1)
                        ),
                        name="reports_valuation_rate_is_a_share",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="valuation",
            trigger=pgtrigger.compiler.Trigger(
                name="valuation_is_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="e4eccb30c6d19c5e3ea2eabc89136510c8a07500",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_valuation_is_append_only_b24ba",
                    table="reports_valuation",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="valuation",
            trigger=pgtrigger.compiler.Trigger(
                name="valuation_is_not_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'Rows of % are never truncated.', TG_TABLE_NAME;",
                    hash="d679ccb90340f826e80bd05c13d0fcb5efb52083",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_valuation_is_not_truncated_1a1d7",
                    table="reports_valuation",
                    when="BEFORE",
                ),
            ),
        ),
    ]
