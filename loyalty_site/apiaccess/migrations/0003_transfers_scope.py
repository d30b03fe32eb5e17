"""Keys that transfer points between members."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("apiaccess", "0002_keys_read_purchases_and_adjust_points"),
    ]

    operations = [
        migrations.AlterField(
            model_name="apikey",
            name="scopes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("members:read", "Read members"),
                        ("members:write", "Enrol members"),
                        ("purchases:read", "Read purchases and refunds"),
                        ("purchases:write", "Post, quote and refund purchases"),
                        ("points:read", "Read balances, entries and tiers"),
                        ("points:adjust", "Give and take points by hand"),
                        ("redemptions:write", "Redeem rewards"),
                        ("transfers:write", "Transfer points between members"),
                    ],
                    max_length=30,
                ),
                size=None,
                verbose_name="scopes",
            ),
        ),
    ]
