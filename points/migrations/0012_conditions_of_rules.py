"""Conditions of rules, beside the parameters of their kind."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0011_refunds"),
    ]

    operations = [
        migrations.AddField(
            model_name="ruleversion",
            name="conditions",
            field=models.JSONField(
                blank=True,
                db_default=models.Value({}, output_field=models.JSONField()),
                default=dict,
                verbose_name="conditions",
            ),
        ),
    ]
