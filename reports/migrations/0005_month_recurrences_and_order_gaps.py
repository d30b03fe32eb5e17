"""Count members by month and gaps between orders, as sums of the recurrences."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0004_memberday_by_member_only"),
    ]

    operations = [
        migrations.CreateModel(
            name="MonthRecurrence",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "what",
                        "month",
                        "previous_month",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("order", "Order"),
                            ("activity", "Order or redemption"),
                        ],
                        max_length=8,
                        verbose_name="what",
                    ),
                ),
                ("month", models.DateField(verbose_name="month")),
                (
                    "previous_month",
                    models.DateField(
                        verbose_name="the month before; January of year 1: never"
                    ),
                ),
                ("members", models.BigIntegerField(verbose_name="members")),
            ],
            options={
                "verbose_name": "recurrence by month",
                "verbose_name_plural": "recurrences by month",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="OrderGap",
            fields=[
                (
                    "days",
                    models.IntegerField(
                        primary_key=True, serialize=False, verbose_name="days"
                    ),
                ),
                ("gaps", models.BigIntegerField(verbose_name="times")),
            ],
            options={
                "verbose_name": "gap between orders",
                "verbose_name_plural": "gaps between orders",
                "default_permissions": (),
            },
        ),
    ]
