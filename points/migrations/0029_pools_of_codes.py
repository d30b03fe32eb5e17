"""Rewards give codes from pools."""

import django.db.models.deletion
from django.db import migrations, models

import loyalty_site.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0028_holds_and_payments_with_points"),
    ]

    operations = [
        migrations.AlterField(
            model_name="redemption",
            name="code",
            field=models.CharField(
                default=loyalty_site.lib.ids.new_voucher_code,
                max_length=40,
                unique=True,
                verbose_name="code",
            ),
        ),
        migrations.AlterField(
            model_name="reward",
            name="kind",
            field=models.CharField(
                choices=[
                    ("product", "Product"),
                    ("voucher", "Money-off voucher"),
                    ("percentage", "Percentage off"),
                    ("code", "Code from a pool"),
                    ("experience", "Experience"),
                    ("donation", "Donation"),
                    ("cashback", "Cashback"),
                ],
                default="product",
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="rewardevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("product", "Product"),
                    ("voucher", "Money-off voucher"),
                    ("percentage", "Percentage off"),
                    ("code", "Code from a pool"),
                    ("experience", "Experience"),
                    ("donation", "Donation"),
                    ("cashback", "Cashback"),
                ],
                default="product",
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="RewardCode",
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
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("plain", models.CharField(max_length=40, unique=True)),
                ("added_at", models.DateTimeField(verbose_name="added")),
                ("added_by", models.CharField(max_length=120, verbose_name="added by")),
                (
                    "given_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="given"),
                ),
                (
                    "reward",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="codes",
                        to="points.reward",
                    ),
                ),
            ],
            options={
                "verbose_name": "code of a pool",
                "verbose_name_plural": "codes of pools",
                "indexes": [
                    models.Index(
                        models.F("reward"),
                        models.F("id"),
                        condition=models.Q(("given_at", None)),
                        name="points_rewardcode_to_give",
                    )
                ],
            },
        ),
    ]
