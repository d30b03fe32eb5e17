"""Keys may read purchases and adjust points, as many as they are allowed alone."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("apiaccess", "0001_api_key_and_keyed_request"),
    ]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="adjusts_at_once",
            field=models.BigIntegerField(
                db_default=0,
                default=0,
                help_text="By hand, without a second person. Empty: no limit.",
                null=True,
                verbose_name="points at once",
            ),
        ),
        migrations.AddField(
            model_name="apikey",
            name="adjusts_in_a_day",
            field=models.BigIntegerField(
                db_default=0, default=0, null=True, verbose_name="points in one day"
            ),
        ),
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
                    ],
                    max_length=30,
                ),
                size=None,
                verbose_name="scopes",
            ),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("adjusts_at_once__gte", 0), ("adjusts_in_a_day__gte", 0)
                ),
                name="apiaccess_apikey_limits_not_negative",
            ),
        ),
    ]
