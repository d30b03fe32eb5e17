"""Tables of the books: by line and by vintage, of each member and of all."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0002_exact_look_ups_and_closed"),
        ("reports", "0006_fill_month_recurrences_and_order_gaps"),
    ]

    operations = [
        migrations.CreateModel(
            name="BookCube",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "month",
                        "line",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("month", models.DateField(verbose_name="month of posting")),
                ("line", models.CharField(max_length=24, verbose_name="line")),
                ("points_in", models.BigIntegerField(verbose_name="points in")),
                ("points_out", models.BigIntegerField(verbose_name="points out")),
                (
                    "amount_minor",
                    models.BigIntegerField(verbose_name="amount in minor units"),
                ),
            ],
            options={
                "verbose_name": "line of the books",
                "verbose_name_plural": "lines of the books",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="VintageCube",
            fields=[
                ("issued_month", models.DateField(verbose_name="month of issue")),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("sale", "With a purchase"),
                            ("gift", "As a gift"),
                            ("other", "From another account"),
                        ],
                        max_length=8,
                        verbose_name="origin",
                    ),
                ),
                (
                    "effective_month",
                    models.DateField(verbose_name="can be spent after the start of"),
                ),
                ("expiry_month", models.DateField(verbose_name="last month")),
                ("month", models.DateField(verbose_name="month of posting")),
                ("issued", models.BigIntegerField(verbose_name="points issued")),
                (
                    "taken_back",
                    models.BigIntegerField(verbose_name="points taken back"),
                ),
                ("redeemed", models.BigIntegerField(verbose_name="points redeemed")),
                ("expired", models.BigIntegerField(verbose_name="points expired")),
                (
                    "other",
                    models.BigIntegerField(verbose_name="points moved otherwise"),
                ),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "issued_month",
                        "origin",
                        "effective_month",
                        "expiry_month",
                        "month",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
            ],
            options={
                "verbose_name": "vintage of points",
                "verbose_name_plural": "vintages of points",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="MemberBook",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "member_id",
                        "month",
                        "line",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("month", models.DateField(verbose_name="month of posting")),
                ("line", models.CharField(max_length=24, verbose_name="line")),
                ("points_in", models.BigIntegerField(verbose_name="points in")),
                ("points_out", models.BigIntegerField(verbose_name="points out")),
                (
                    "amount_minor",
                    models.BigIntegerField(verbose_name="amount in minor units"),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="members.member",
                    ),
                ),
            ],
            options={
                "verbose_name": "member's line of the books",
                "verbose_name_plural": "members' lines of the books",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="MemberVintage",
            fields=[
                ("issued_month", models.DateField(verbose_name="month of issue")),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("sale", "With a purchase"),
                            ("gift", "As a gift"),
                            ("other", "From another account"),
                        ],
                        max_length=8,
                        verbose_name="origin",
                    ),
                ),
                (
                    "effective_month",
                    models.DateField(verbose_name="can be spent after the start of"),
                ),
                ("expiry_month", models.DateField(verbose_name="last month")),
                ("month", models.DateField(verbose_name="month of posting")),
                ("issued", models.BigIntegerField(verbose_name="points issued")),
                (
                    "taken_back",
                    models.BigIntegerField(verbose_name="points taken back"),
                ),
                ("redeemed", models.BigIntegerField(verbose_name="points redeemed")),
                ("expired", models.BigIntegerField(verbose_name="points expired")),
                (
                    "other",
                    models.BigIntegerField(verbose_name="points moved otherwise"),
                ),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "member_id",
                        "issued_month",
                        "origin",
                        "effective_month",
                        "expiry_month",
                        "month",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="members.member",
                    ),
                ),
            ],
            options={
                "verbose_name": "member's vintage of points",
                "verbose_name_plural": "members' vintages of points",
                "default_permissions": (),
            },
        ),
    ]
