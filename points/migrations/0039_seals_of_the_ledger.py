"""The ledger is sealed by a chain of hashes."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0038_fulfilment_desk"),
    ]

    operations = [
        migrations.CreateModel(
            name="SealHorizon",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(
                        default=1, primary_key=True, serialize=False
                    ),
                ),
                ("entry_id", models.BigIntegerField()),
                ("lot_id", models.BigIntegerField()),
                ("allocation_id", models.BigIntegerField()),
                ("before_xid", models.BigIntegerField()),
                ("noted_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "horizon of seals",
                "verbose_name_plural": "horizon of seals",
            },
        ),
        migrations.CreateModel(
            name="Seal",
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
                    "table",
                    models.CharField(
                        choices=[
                            ("entry", "entries"),
                            ("lot", "lots"),
                            ("allocation", "allocations"),
                        ],
                        max_length=12,
                        verbose_name="table",
                    ),
                ),
                ("number", models.PositiveBigIntegerField(verbose_name="number")),
                ("form", models.PositiveSmallIntegerField(verbose_name="form")),
                ("first_id", models.BigIntegerField(verbose_name="first row")),
                ("last_id", models.BigIntegerField(verbose_name="last row")),
                ("rows", models.PositiveIntegerField(verbose_name="rows")),
                ("content", models.BinaryField(verbose_name="hash of the rows")),
                ("marks", models.BinaryField(verbose_name="marks of the rows")),
                ("root", models.BinaryField(verbose_name="root")),
                ("sealed_at", models.DateTimeField(verbose_name="sealed")),
            ],
            options={
                "verbose_name": "seal",
                "verbose_name_plural": "seals",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("table", "number"), name="points_seal_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("last_id__gte", models.F("first_id")), ("number__gte", 1)
                        ),
                        name="points_seal_is_a_stretch",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="seal",
            trigger=pgtrigger.compiler.Trigger(
                name="seal_is_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="ab2136aad7653c75076e36d11dd09c00412e2e9b",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_seal_is_append_only_45377",
                    table="points_seal",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="seal",
            trigger=pgtrigger.compiler.Trigger(
                name="seal_is_not_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'Rows of % are never truncated.', TG_TABLE_NAME;",
                    hash="d06aee2f3c547316180bdf93d0cc9dc514e5b5fb",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_seal_is_not_truncated_315eb",
                    table="points_seal",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="sealhorizon",
            constraint=models.CheckConstraint(
                condition=models.Q(("id", 1)), name="points_sealhorizon_has_one_row"
            ),
        ),
    ]
