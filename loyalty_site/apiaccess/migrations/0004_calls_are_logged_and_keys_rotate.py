"""Calls of the API are logged, and keys rotate with a day for both."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("apiaccess", "0003_transfers_scope"),
    ]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="keeps_bodies",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="For finding mistakes: what is sent and answered, redacted.",
                verbose_name="keep bodies",
            ),
        ),
        migrations.AddField(
            model_name="apikey",
            name="previous_hash",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=64
            ),
        ),
        migrations.AddField(
            model_name="apikey",
            name="previous_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="LoggedRequest",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "request_id",
                    models.CharField(max_length=64, verbose_name="request id"),
                ),
                ("method", models.CharField(max_length=8, verbose_name="method")),
                ("path", models.CharField(max_length=300, verbose_name="path")),
                ("status", models.PositiveSmallIntegerField(verbose_name="status")),
                ("code", models.CharField(max_length=60, verbose_name="code")),
                ("milliseconds", models.PositiveIntegerField(verbose_name="ms")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("asked", models.JSONField(null=True)),
                ("answered", models.JSONField(null=True)),
                (
                    "api_key",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="apiaccess.apikey",
                    ),
                ),
            ],
            options={
                "verbose_name": "request",
                "verbose_name_plural": "requests",
                "indexes": [
                    models.Index(fields=["request_id"], name="apiaccess_logged_by_id"),
                    models.Index(
                        models.F("api_key"),
                        models.OrderBy(models.F("id"), descending=True),
                        name="apiaccess_logged_of_key",
                    ),
                    models.Index(
                        models.OrderBy(models.F("id"), descending=True),
                        condition=models.Q(("status__gte", 400)),
                        name="apiaccess_logged_refused",
                    ),
                ],
            },
        ),
    ]
