"""What drafts of rules would have changed, worked out by a job."""

import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models

import loyalty_site.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("jobs", "0001_job_heartbeat_and_periodic_run"),
        ("points", "0024_tier_drafts"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImpactRun",
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
                    "subjects",
                    models.JSONField(
                        encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                ("since", models.DateTimeField(verbose_name="from")),
                ("until", models.DateTimeField(verbose_name="until")),
                ("rules", models.CharField(max_length=200)),
                ("result", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(verbose_name="started")),
                ("created_by", models.CharField(max_length=120, verbose_name="by")),
                (
                    "job",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="jobs.job",
                    ),
                ),
            ],
            options={
                "verbose_name": "impact run",
                "verbose_name_plural": "impact runs",
                "ordering": ["-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("since"))),
                        name="points_impactrun_ends_after_it_starts",
                    )
                ],
            },
        ),
    ]
