"""Changes of tiers that are looked at before they are applied."""

import django.db.models.deletion
from django.db import migrations, models

import loyalty_site.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_job_heartbeat_and_periodic_run"),
        ("points", "0023_tier_assignments"),
    ]

    operations = [
        migrations.CreateModel(
            name="TierDraft",
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
                ("content", models.JSONField(verbose_name="content")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("counting", "Being counted"),
                            ("ready", "Ready to be applied"),
                            ("applied", "Applied"),
                            ("discarded", "Discarded"),
                        ],
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("moves", models.JSONField(default=list, verbose_name="moves")),
                (
                    "members",
                    models.BigIntegerField(default=0, verbose_name="members looked at"),
                ),
                ("saved_at", models.DateTimeField(verbose_name="saved")),
                ("saved_by", models.CharField(max_length=120, verbose_name="saved by")),
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
                    "job",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
            ],
            options={
                "verbose_name": "draft of tiers",
                "verbose_name_plural": "drafts of tiers",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True),
                                ("state__in", ["counting", "ready"]),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("state__in", ["applied", "discarded"]),
                            ),
                            _connector="OR",
                        ),
                        name="points_tierdraft_decided_says_when",
                    )
                ],
            },
        ),
    ]
