"""Points pay at the till, on terms that are set."""

import django.core.validators
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        ("points", "0029_pools_of_codes"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaymentTermsEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.PositiveSmallIntegerField(default=1, serialize=False)),
                (
                    "is_active",
                    models.BooleanField(
                        default=False, verbose_name="points pay at the till"
                    ),
                ),
                (
                    "step_points",
                    models.PositiveBigIntegerField(
                        default=100,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000000000),
                        ],
                        verbose_name="points of a step",
                    ),
                ),
                (
                    "step_minor",
                    models.PositiveBigIntegerField(
                        default=100, verbose_name="a step takes off"
                    ),
                ),
                (
                    "least_points",
                    models.PositiveBigIntegerField(
                        default=0,
                        validators=[
                            django.core.validators.MaxValueValidator(1000000000)
                        ],
                        verbose_name="least points of a payment",
                    ),
                ),
                (
                    "most_percent",
                    models.PositiveSmallIntegerField(
                        default=100,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="largest share of a purchase in per cent",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PaymentTerms",
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
                        default=False, verbose_name="points pay at the till"
                    ),
                ),
                (
                    "step_points",
                    models.PositiveBigIntegerField(
                        default=100,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000000000),
                        ],
                        verbose_name="points of a step",
                    ),
                ),
                (
                    "step_minor",
                    models.PositiveBigIntegerField(
                        default=100, verbose_name="a step takes off"
                    ),
                ),
                (
                    "least_points",
                    models.PositiveBigIntegerField(
                        default=0,
                        validators=[
                            django.core.validators.MaxValueValidator(1000000000)
                        ],
                        verbose_name="least points of a payment",
                    ),
                ),
                (
                    "most_percent",
                    models.PositiveSmallIntegerField(
                        default=100,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="largest share of a purchase in per cent",
                    ),
                ),
            ],
            options={
                "verbose_name": "paying with points",
                "verbose_name_plural": "paying with points",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)),
                        name="points_paymentterms_has_one_row",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("step_minor__gte", 1),
                            ("step_points__gte", 1),
                            ("most_percent__gte", 1),
                            ("most_percent__lte", 100),
                        ),
                        name="points_paymentterms_are_sensible",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paymentterms",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_paymenttermsevent" ("id", "is_active", "least_points", "most_percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "step_minor", "step_points") VALUES (NEW."id", NEW."is_active", NEW."least_points", NEW."most_percent", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."step_minor", NEW."step_points"); RETURN NULL;',
                    hash="d426995235bba237382d11e3715eb5f7b99d5fa2",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_03d73",
                    table="points_paymentterms",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="paymentterms",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "points_paymenttermsevent" ("id", "is_active", "least_points", "most_percent", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "step_minor", "step_points") VALUES (NEW."id", NEW."is_active", NEW."least_points", NEW."most_percent", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."step_minor", NEW."step_points"); RETURN NULL;',
                    hash="f019aee4837eb3756dbbd95c9b0c1d54030fbcea",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e3048",
                    table="points_paymentterms",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="paymenttermsevent",
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
            model_name="paymenttermsevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="points.paymentterms",
            ),
        ),
    ]
