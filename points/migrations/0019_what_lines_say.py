"""What lines, payments and codes say of a purchase, for rules to ask."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0018_tier_terms"),
    ]

    operations = [
        migrations.AddField(
            model_name="purchase",
            name="codes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=80),
                blank=True,
                db_default=models.Value(
                    [],
                    output_field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), size=None
                    ),
                ),
                default=list,
                size=None,
                verbose_name="promotion codes",
            ),
        ),
        migrations.AddField(
            model_name="purchase",
            name="payment",
            field=models.CharField(
                blank=True, db_default="", max_length=40, verbose_name="payment method"
            ),
        ),
        migrations.AddField(
            model_name="purchaseline",
            name="brand",
            field=models.CharField(
                blank=True, db_default="", max_length=80, verbose_name="brand"
            ),
        ),
        migrations.AddField(
            model_name="purchaseline",
            name="labels",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=80),
                blank=True,
                db_default=models.Value(
                    [],
                    output_field=django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), size=None
                    ),
                ),
                default=list,
                size=None,
                verbose_name="labels",
            ),
        ),
    ]
