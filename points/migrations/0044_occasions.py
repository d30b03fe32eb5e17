"""Events of members that are no purchases, kept once and for ever."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import loyalty_site.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0002_exact_look_ups_and_closed"),
        ("points", "0043_referrals"),
    ]

    operations = [
        migrations.CreateModel(
            name="Occasion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.UUIDField(
                        default=loyalty_site.lib.ids.new_public_id, unique=True
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="event")),
                ("source", models.CharField(max_length=40, verbose_name="source")),
                (
                    "source_id",
                    models.CharField(max_length=120, verbose_name="id at the source"),
                ),
                ("occurred_at", models.DateTimeField(verbose_name="time")),
                ("posted_at", models.DateTimeField(verbose_name="posted")),
                ("points", models.BigIntegerField(default=0, verbose_name="points")),
                ("trace", models.JSONField(null=True)),
                ("actor", models.CharField(max_length=120, verbose_name="by")),
                (
                    "entry",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="occasion",
                        to="points.entry",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="occasions",
                        to="members.member",
                    ),
                ),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "indexes": [
                    models.Index(
                        fields=["member", "name"], name="points_occasion_of_member"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "source_id"), name="points_occasion_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("entry", None), ("points", 0)),
                            models.Q(("entry__isnull", False), ("points__gt", 0)),
                            _connector="OR",
                        ),
                        name="points_occasion_has_an_entry_for_points",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="occasion",
            trigger=pgtrigger.compiler.Trigger(
                name="occasion_is_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="2c1f48ca3c2e84de4b40138fbbfbd838d1c11475",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_occasion_is_append_only_faee7",
                    table="points_occasion",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="occasion",
            trigger=pgtrigger.compiler.Trigger(
                name="occasion_is_not_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'Rows of % are never truncated.', TG_TABLE_NAME;",
                    hash="d26484b25bf0c195bab9bcb914bfd42fb91be9c5",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_occasion_is_not_truncated_0dfac",
                    table="points_occasion",
                    when="BEFORE",
                ),
            ),
        ),
    ]
