"""Points are set aside for a while, and pay for a part of a purchase."""

import django.db.models.deletion
from django.db import migrations, models

import loyalty_site.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0027_campaign_budgets"),
    ]

    operations = [
        migrations.CreateModel(
            name="Hold",
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
                    "public_id",
                    models.UUIDField(
                        default=loyalty_site.lib.ids.new_public_id, unique=True
                    ),
                ),
                ("key", models.CharField(max_length=200, verbose_name="key")),
                ("points", models.PositiveBigIntegerField(verbose_name="points")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("held", "Held"),
                            ("confirmed", "Confirmed"),
                            ("released", "Released"),
                            ("expired", "Expired"),
                        ],
                        default="held",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "source",
                    models.CharField(blank=True, max_length=40, verbose_name="source"),
                ),
                (
                    "source_id",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="source id"
                    ),
                ),
                (
                    "money_minor",
                    models.PositiveBigIntegerField(
                        default=0, verbose_name="paid in money"
                    ),
                ),
                (
                    "value_minor",
                    models.PositiveBigIntegerField(
                        default=0, verbose_name="worth in money"
                    ),
                ),
                ("valid_days", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("has_piece", models.BooleanField(default=False)),
                ("placed_at", models.DateTimeField(verbose_name="placed")),
                (
                    "expires_at",
                    models.DateTimeField(
                        help_text="Exclusive.", verbose_name="expires"
                    ),
                ),
                ("actor", models.CharField(max_length=120, verbose_name="by")),
                (
                    "settled_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="settled"),
                ),
                (
                    "settled_by",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="settled by"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="holds",
                        to="points.account",
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="hold",
                        to="points.entry",
                    ),
                ),
                (
                    "reward",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="points.reward",
                    ),
                ),
            ],
            options={
                "verbose_name": "hold",
                "verbose_name_plural": "holds",
            },
        ),
        migrations.CreateModel(
            name="HoldLot",
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
                ("points", models.PositiveBigIntegerField(verbose_name="points")),
                (
                    "hold",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lots",
                        to="points.hold",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="points.lot",
                    ),
                ),
            ],
            options={
                "verbose_name": "lot of a hold",
                "verbose_name_plural": "lots of holds",
            },
        ),
        migrations.CreateModel(
            name="PointsPayment",
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
                    "public_id",
                    models.UUIDField(
                        default=loyalty_site.lib.ids.new_public_id, unique=True
                    ),
                ),
                ("source", models.CharField(max_length=40, verbose_name="source")),
                (
                    "source_id",
                    models.CharField(max_length=120, verbose_name="source id"),
                ),
                ("points", models.PositiveBigIntegerField(verbose_name="points")),
                ("amount_minor", models.PositiveBigIntegerField(verbose_name="amount")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("actor", models.CharField(max_length=120, verbose_name="by")),
                (
                    "reversed_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="reversed"
                    ),
                ),
                (
                    "reversed_by",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="reversed by"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="points.account",
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment",
                        to="points.entry",
                    ),
                ),
            ],
            options={
                "verbose_name": "payment with points",
                "verbose_name_plural": "payments with points",
            },
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                models.F("account"),
                condition=models.Q(("state", "held")),
                name="points_hold_of_account",
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                models.F("expires_at"),
                condition=models.Q(("state", "held")),
                name="points_hold_expiring",
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                models.F("reward"),
                models.F("expires_at"),
                condition=models.Q(("has_piece", True), ("state", "held")),
                name="points_hold_of_piece",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.UniqueConstraint(
                fields=("account", "key"), name="points_hold_key_once_per_account"
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expires_at__gt", models.F("placed_at")), ("points__gt", 0)
                ),
                name="points_hold_holds_points_for_a_while",
            ),
        ),
        migrations.AddConstraint(
            model_name="holdlot",
            constraint=models.UniqueConstraint(
                fields=("hold", "lot"), name="points_holdlot_once_per_hold"
            ),
        ),
        migrations.AddConstraint(
            model_name="holdlot",
            constraint=models.CheckConstraint(
                condition=models.Q(("points__gt", 0)), name="points_holdlot_has_points"
            ),
        ),
        migrations.AddIndex(
            model_name="pointspayment",
            index=models.Index(
                models.F("account"),
                models.OrderBy(models.F("at"), descending=True),
                name="points_payment_of_account",
            ),
        ),
        migrations.AddConstraint(
            model_name="pointspayment",
            constraint=models.UniqueConstraint(
                models.F("source"),
                models.F("source_id"),
                condition=models.Q(("reversed_at", None)),
                name="points_payment_once_per_purchase",
            ),
        ),
        migrations.AddConstraint(
            model_name="pointspayment",
            constraint=models.CheckConstraint(
                condition=models.Q(("points__gt", 0)), name="points_payment_has_points"
            ),
        ),
    ]
