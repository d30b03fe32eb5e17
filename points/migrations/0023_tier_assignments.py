"""Tiers that one person asks for and another approves."""

import django.db.models.deletion
from django.db import migrations, models

import loyalty_site.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0022_what_part_earns"),
    ]

    operations = [
        migrations.CreateModel(
            name="TierAssignment",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("floor", "At least this tier"),
                            ("exact", "Exactly this tier"),
                        ],
                        default="floor",
                        max_length=12,
                        verbose_name="how",
                    ),
                ),
                (
                    "ends_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Exclusive. Empty: no end.",
                        null=True,
                        verbose_name="until",
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for approval"),
                            ("active", "In force"),
                            ("refused", "Refused"),
                            ("ended", "Ended"),
                        ],
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                (
                    "key",
                    models.CharField(max_length=120, unique=True, verbose_name="key"),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked")),
                ("asked_by", models.CharField(max_length=120, verbose_name="asked by")),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="decided"),
                ),
                (
                    "decided_by",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="decided by"
                    ),
                ),
                (
                    "decision_note",
                    models.CharField(blank=True, max_length=300, verbose_name="why so"),
                ),
                (
                    "ended_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="ended"),
                ),
                (
                    "ended_by",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="ended by"
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tier_assignments",
                        to="points.account",
                    ),
                ),
                (
                    "tier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="points.tier",
                    ),
                ),
            ],
            options={
                "verbose_name": "tier by hand",
                "verbose_name_plural": "tiers by hand",
                "permissions": [
                    ("assign_tier", "Can ask for tiers by hand"),
                    ("approve_tierassignment", "Can approve tiers that others ask for"),
                ],
                "indexes": [
                    models.Index(
                        models.OrderBy(models.F("asked_at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="points_tierassignment_newest",
                    ),
                    models.Index(
                        models.F("account"),
                        models.OrderBy(models.F("asked_at"), descending=True),
                        name="points_tierassignment_of_acct",
                    ),
                    models.Index(
                        models.F("ends_at"),
                        condition=models.Q(("state", "active")),
                        name="points_tierassignment_active",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "active"])),
                        fields=("account",),
                        name="points_tierassignment_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["active", "ended"]), _negated=True),
                            models.Q(
                                models.Q(("decided_by", ""), _negated=True),
                                models.Q(
                                    ("decided_by", models.F("asked_by")), _negated=True
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="points_tierassignment_approved_by_another_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", False), ("state", "ended")),
                            models.Q(
                                models.Q(("state", "ended"), _negated=True),
                                ("ended_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="points_tierassignment_ended_says_when",
                    ),
                ],
            },
        ),
    ]
