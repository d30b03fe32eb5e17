"""Endpoints, and the outbox that tells them what happened."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import loyalty_site.lib.ids
import loyalty_site.webhooks.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="EndpointEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "public_id",
                    models.UUIDField(default=loyalty_site.lib.ids.new_public_id),
                ),
                ("url", models.URLField(max_length=500, verbose_name="address")),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        size=None,
                        verbose_name="events",
                    ),
                ),
                (
                    "note",
                    models.CharField(blank=True, max_length=120, verbose_name="note"),
                ),
                ("previous_until", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("created_by", models.CharField(max_length=120, verbose_name="by")),
                (
                    "paused_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="paused"),
                ),
                (
                    "pause_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("by_hand", "Paused by hand"),
                            ("failing", "Failed for too long"),
                            ("gone", "The address said that it is gone"),
                        ],
                        max_length=10,
                        verbose_name="why paused",
                    ),
                ),
                (
                    "removed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="removed"),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.UUIDField(default=loyalty_site.lib.ids.new_public_id),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                ("at", models.DateTimeField(verbose_name="when")),
                ("data", models.JSONField()),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
            },
        ),
        migrations.CreateModel(
            name="Endpoint",
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
                ("url", models.URLField(max_length=500, verbose_name="address")),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        size=None,
                        verbose_name="events",
                    ),
                ),
                (
                    "note",
                    models.CharField(blank=True, max_length=120, verbose_name="note"),
                ),
                (
                    "seed",
                    models.CharField(
                        default=loyalty_site.webhooks.models.new_seed, max_length=64
                    ),
                ),
                ("previous_seed", models.CharField(blank=True, max_length=64)),
                ("previous_until", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(verbose_name="created")),
                ("created_by", models.CharField(max_length=120, verbose_name="by")),
                (
                    "failing_since",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="failing since"
                    ),
                ),
                (
                    "paused_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="paused"),
                ),
                (
                    "pause_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("by_hand", "Paused by hand"),
                            ("failing", "Failed for too long"),
                            ("gone", "The address said that it is gone"),
                        ],
                        max_length=10,
                        verbose_name="why paused",
                    ),
                ),
                (
                    "removed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="removed"),
                ),
            ],
            options={
                "verbose_name": "endpoint",
                "verbose_name_plural": "endpoints",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("pause_reason", ""), ("paused_at", None)),
                            models.Q(
                                ("paused_at__isnull", False),
                                models.Q(("pause_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="webhooks_endpoint_pause_has_its_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("done", "Arrived"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="attempts"
                    ),
                ),
                ("due_at", models.DateTimeField(verbose_name="next attempt")),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                (
                    "tried_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="last attempt"
                    ),
                ),
                (
                    "answer_status",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="status"
                    ),
                ),
                (
                    "answer_ms",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="ms"
                    ),
                ),
                (
                    "answer_text",
                    models.CharField(blank=True, max_length=500, verbose_name="answer"),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="webhooks.endpoint",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="endpoint",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "webhooks_endpointevent" ("created_at", "created_by", "id", "kinds", "note", "pause_reason", "paused_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "previous_until", "public_id", "removed_at", "url") VALUES (NEW."created_at", NEW."created_by", NEW."id", NEW."kinds", NEW."note", NEW."pause_reason", NEW."paused_at", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."previous_until", NEW."public_id", NEW."removed_at", NEW."url"); RETURN NULL;',
                    hash="11c2295f24515b229034374183371bcc7b071949",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_e0322",
                    table="webhooks_endpoint",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="endpoint",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by" IS DISTINCT FROM (NEW."created_by") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kinds" IS DISTINCT FROM (NEW."kinds") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."pause_reason" IS DISTINCT FROM (NEW."pause_reason") OR OLD."paused_at" IS DISTINCT FROM (NEW."paused_at") OR OLD."previous_until" IS DISTINCT FROM (NEW."previous_until") OR OLD."public_id" IS DISTINCT FROM (NEW."public_id") OR OLD."removed_at" IS DISTINCT FROM (NEW."removed_at") OR OLD."url" IS DISTINCT FROM (NEW."url"))',
                    func='INSERT INTO "webhooks_endpointevent" ("created_at", "created_by", "id", "kinds", "note", "pause_reason", "paused_at", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "previous_until", "public_id", "removed_at", "url") VALUES (NEW."created_at", NEW."created_by", NEW."id", NEW."kinds", NEW."note", NEW."pause_reason", NEW."paused_at", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."previous_until", NEW."public_id", NEW."removed_at", NEW."url"); RETURN NULL;',
                    hash="84e6c8c260ccf6bebc876293274ba506a471330b",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6342c",
                    table="webhooks_endpoint",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="endpointevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="endpointevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="webhooks.endpoint",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="event",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="deliveries",
                to="webhooks.event",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                models.F("endpoint"),
                models.OrderBy(models.F("id"), descending=True),
                name="webhooks_delivery_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                models.F("endpoint"),
                models.F("id"),
                condition=models.Q(("state", "queued")),
                name="webhooks_delivery_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                models.F("endpoint"),
                models.F("lease_until"),
                condition=models.Q(("lease_until__isnull", False)),
                name="webhooks_delivery_in_flight",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("event", "endpoint"), name="webhooks_delivery_once_per_endpoint"
            ),
        ),
    ]
