"""Drafts of rules, and when and by whom a version was published."""

import django.db.models.deletion
from django.db import migrations, models

import loyalty_site.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0014_debt"),
    ]

    operations = [
        migrations.AddField(
            model_name="ruleversion",
            name="drafted_by",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=120,
                verbose_name="drafted by",
            ),
        ),
        migrations.AddField(
            model_name="ruleversion",
            name="published_at",
            field=models.DateTimeField(
                help_text="Empty: when it became valid.",
                null=True,
                verbose_name="published",
            ),
        ),
        migrations.CreateModel(
            name="RuleDraft",
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
                ("params", models.JSONField(verbose_name="parameters")),
                (
                    "conditions",
                    models.JSONField(
                        blank=True,
                        db_default=models.Value({}, output_field=models.JSONField()),
                        default=dict,
                        verbose_name="conditions",
                    ),
                ),
                (
                    "starts_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="starts"),
                ),
                (
                    "ends_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Exclusive; empty: no end.",
                        null=True,
                        verbose_name="ends",
                    ),
                ),
                (
                    "public_id",
                    models.UUIDField(
                        default=loyalty_site.lib.ids.new_public_id, unique=True
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("kind", models.CharField(max_length=30, verbose_name="kind")),
                ("revision", models.PositiveIntegerField(default=1)),
                ("saved_at", models.DateTimeField(verbose_name="saved")),
                ("saved_by", models.CharField(max_length=120, verbose_name="by")),
                (
                    "based_on",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="points.ruleversion",
                    ),
                ),
                (
                    "rule",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="draft",
                        to="points.earningrule",
                    ),
                ),
            ],
            options={
                "verbose_name": "draft of a rule",
                "verbose_name_plural": "drafts of rules",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_at", None),
                            ("ends_at", None),
                            ("ends_at__gt", models.F("starts_at")),
                            _connector="OR",
                        ),
                        name="points_ruledraft_ends_after_it_starts",
                    )
                ],
            },
        ),
    ]
