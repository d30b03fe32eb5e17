"""Points given and taken by hand, and the limits of roles."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import loyalty_site.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        ("points", "0009_account_knows_when_it_was_opened"),
    ]

    operations = [
        migrations.CreateModel(
            name="AdjustmentLimit",
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
                    "role",
                    models.CharField(max_length=20, unique=True, verbose_name="role"),
                ),
                (
                    "per_adjustment",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="points at once"
                    ),
                ),
                (
                    "per_day",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="points a day"
                    ),
                ),
            ],
            options={
                "verbose_name": "limit of adjustments",
                "verbose_name_plural": "limits of adjustments",
            },
        ),
        migrations.CreateModel(
            name="AdjustmentLimitEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("role", models.CharField(max_length=20, verbose_name="role")),
                (
                    "per_adjustment",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="points at once"
                    ),
                ),
                (
                    "per_day",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="points a day"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Adjustment",
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
                ("points", models.BigIntegerField(verbose_name="points")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("goodwill", "Goodwill"),
                            ("missing", "Points were missing"),
                            ("mistake", "Correction of a mistake"),
                            ("other", "Other reason"),
                        ],
                        max_length=12,
                        verbose_name="reason",
                    ),
                ),
                (
                    "note",
                    models.CharField(blank=True, max_length=300, verbose_name="note"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for approval"),
                            ("posted", "Posted"),
                            ("refused", "Refused"),
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
                ("needs_approval", models.BooleanField(verbose_name="needs approval")),
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
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="adjustments",
                        to="points.account",
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="adjustment",
                        to="points.entry",
                    ),
                ),
            ],
            options={
                "verbose_name": "adjustment",
                "verbose_name_plural": "adjustments",
                "permissions": [
                    ("adjust_points", "Can give and take points by hand"),
                    ("approve_adjustment", "Can approve adjustments of others"),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="adjustmentlimit",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_adjustmentlimitevent" ("id", "per_adjustment", "per_day", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role") VALUES (NEW."id", NEW."per_adjustment", NEW."per_day", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."role"); RETURN NULL;',
                    hash="e024dab68d4d9219e2fda37bdba6f8f01b4d19b2",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_af1f7",
                    table="points_adjustmentlimit",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="adjustmentlimit",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "points_adjustmentlimitevent" ("id", "per_adjustment", "per_day", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role") VALUES (NEW."id", NEW."per_adjustment", NEW."per_day", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."role"); RETURN NULL;',
                    hash="5fb0b042de5a8b3483a84c10559d153e2bb6a491",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_4c5e6",
                    table="points_adjustmentlimit",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="adjustmentlimitevent",
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
            model_name="adjustmentlimitevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="points.adjustmentlimit",
            ),
        ),
        migrations.AddIndex(
            model_name="adjustment",
            index=models.Index(
                models.OrderBy(models.F("asked_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="points_adjustment_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="adjustment",
            index=models.Index(
                models.F("account"),
                models.OrderBy(models.F("asked_at"), descending=True),
                name="points_adjustment_of_account",
            ),
        ),
        migrations.AddIndex(
            model_name="adjustment",
            index=models.Index(
                models.F("asked_at"),
                condition=models.Q(("state", "waiting")),
                name="points_adjustment_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="adjustment",
            index=models.Index(
                models.F("asked_by"),
                models.F("asked_at"),
                name="points_adjustment_of_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(("points", 0), _negated=True),
                name="points_adjustment_moves_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entry__isnull", False), ("state", "posted")),
                    models.Q(
                        models.Q(("state", "posted"), _negated=True),
                        ("entry__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="points_adjustment_posted_has_its_entry",
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("needs_approval", True), ("state", "posted"), _negated=True
                    ),
                    models.Q(
                        models.Q(("decided_by", ""), _negated=True),
                        models.Q(("decided_by", models.F("asked_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="points_adjustment_approved_by_another_person",
            ),
        ),
    ]
