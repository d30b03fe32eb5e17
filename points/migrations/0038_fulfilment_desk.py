"""Redemptions wait at a desk, by store and age; some need a second person first."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0037_lifting_gifts_and_kept_tiers"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="redemption",
            options={
                "permissions": [
                    ("approve_redemption", "Can approve redemptions of others")
                ],
                "verbose_name": "redemption",
                "verbose_name_plural": "redemptions",
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="reward",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="reward",
            name="update_update",
        ),
        migrations.AddField(
            model_name="hold",
            name="approved_by",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=120,
                verbose_name="approved by",
            ),
        ),
        migrations.AddField(
            model_name="hold",
            name="needs_approval",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="hold",
            name="note",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=300,
                verbose_name="note",
            ),
        ),
        migrations.AddField(
            model_name="hold",
            name="store",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=40,
                verbose_name="store",
            ),
        ),
        migrations.AddField(
            model_name="redemption",
            name="store",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=40,
                verbose_name="store",
            ),
        ),
        migrations.AddField(
            model_name="reward",
            name="fulfil_days",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="handed over within days"
            ),
        ),
        migrations.AddField(
            model_name="reward",
            name="needs_approval",
            field=models.BooleanField(
                db_default=False,
                default=False,
                verbose_name="a second person approves it",
            ),
        ),
        migrations.AddField(
            model_name="rewardevent",
            name="fulfil_days",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, verbose_name="handed over within days"
            ),
        ),
        migrations.AddField(
            model_name="rewardevent",
            name="needs_approval",
            field=models.BooleanField(
                db_default=False,
                default=False,
                verbose_name="a second person approves it",
            ),
        ),
        migrations.AlterField(
            model_name="hold",
            name="state",
            field=models.CharField(
                choices=[
                    ("held", "Held"),
                    ("confirmed", "Confirmed"),
                    ("released", "Released"),
                    ("expired", "Expired"),
                    ("refused", "Refused"),
                ],
                default="held",
                max_length=12,
                verbose_name="state",
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                models.F("placed_at"),
                models.F("id"),
                condition=models.Q(("needs_approval", True), ("state", "held")),
                name="points_hold_to_approve",
            ),
        ),
        migrations.AddIndex(
            model_name="redemption",
            index=models.Index(
                models.F("at"),
                models.F("id"),
                condition=models.Q(("state", "confirmed")),
                name="points_redemption_to_hand_over",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reward",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_rewardevent" ("cost_points", "description", "description_zh_hans", "description_zh_hant", "ends_at", "fulfil_days", "id", "is_active", "is_exclusive", "kind", "limit_per_member", "limit_per_period", "limit_period", "money_minor", "name", "name_zh_hans", "name_zh_hant", "needs_approval", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "starts_at", "valid_days", "value_minor", "value_percent") VALUES (NEW."cost_points", NEW."description", NEW."description_zh_hans", NEW."description_zh_hant", NEW."ends_at", NEW."fulfil_days", NEW."id", NEW."is_active", NEW."is_exclusive", NEW."kind", NEW."limit_per_member", NEW."limit_per_period", NEW."limit_period", NEW."money_minor", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", NEW."needs_approval", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."starts_at", NEW."valid_days", NEW."value_minor", NEW."value_percent"); RETURN NULL;',
                    hash="47f585b3fbb2cf1ead6f3fd2d2ca65072129d032",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_238e3",
                    table="points_reward",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reward",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "points_rewardevent" ("cost_points", "description", "description_zh_hans", "description_zh_hant", "ends_at", "fulfil_days", "id", "is_active", "is_exclusive", "kind", "limit_per_member", "limit_per_period", "limit_period", "money_minor", "name", "name_zh_hans", "name_zh_hant", "needs_approval", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "starts_at", "valid_days", "value_minor", "value_percent") VALUES (NEW."cost_points", NEW."description", NEW."description_zh_hans", NEW."description_zh_hant", NEW."ends_at", NEW."fulfil_days", NEW."id", NEW."is_active", NEW."is_exclusive", NEW."kind", NEW."limit_per_member", NEW."limit_per_period", NEW."limit_period", NEW."money_minor", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", NEW."needs_approval", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."starts_at", NEW."valid_days", NEW."value_minor", NEW."value_percent"); RETURN NULL;',
                    hash="ed2a1cb54467e512c16b30932bb22120b3b00f29",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d72f0",
                    table="points_reward",
                    when="AFTER",
                ),
            ),
        ),
    ]
