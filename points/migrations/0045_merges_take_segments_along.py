"""A merge keeps which stays in segments came along, to give them back."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0044_occasions"),
    ]

    operations = [
        migrations.AddField(
            model_name="merge",
            name="stay_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(),
                blank=True,
                db_default=[],
                default=list,
                help_text="Stays in segments that came along.",
                size=None,
            ),
        ),
    ]
