"""Rewards have pictures, kept by their digest, with words for who does not see them."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0041_merges"),
    ]

    operations = [
        migrations.CreateModel(
            name="RewardPicture",
            fields=[
                (
                    "digest",
                    models.CharField(max_length=64, primary_key=True, serialize=False),
                ),
                ("media_type", models.CharField(max_length=40)),
                ("data", models.BinaryField()),
            ],
            options={
                "verbose_name": "picture",
                "verbose_name_plural": "pictures",
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
            model_name="reward",
            name="picture_alt",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=200,
                verbose_name="what the picture shows",
            ),
        ),
        migrations.AddField(
            model_name="reward",
            name="picture_alt_zh_hans",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=200,
                verbose_name="what it shows, in 简体中文",
            ),
        ),
        migrations.AddField(
            model_name="reward",
            name="picture_alt_zh_hant",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=200,
                verbose_name="what it shows, in 繁體中文",
            ),
        ),
        migrations.AddField(
            model_name="reward",
            name="picture_digest",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=64
            ),
        ),
        migrations.AddField(
            model_name="reward",
            name="picture_height",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="reward",
            name="picture_width",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="rewardevent",
            name="picture_alt",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=200,
                verbose_name="what the picture shows",
            ),
        ),
        migrations.AddField(
            model_name="rewardevent",
            name="picture_alt_zh_hans",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=200,
                verbose_name="what it shows, in 简体中文",
            ),
        ),
        migrations.AddField(
            model_name="rewardevent",
            name="picture_alt_zh_hant",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=200,
                verbose_name="what it shows, in 繁體中文",
            ),
        ),
        migrations.AddField(
            model_name="rewardevent",
            name="picture_digest",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=64
            ),
        ),
        migrations.AddField(
            model_name="rewardevent",
            name="picture_height",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="rewardevent",
            name="picture_width",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reward",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_rewardevent" ("cost_points", "description", "description_zh_hans", "description_zh_hant", "ends_at", "fulfil_days", "id", "is_active", "is_exclusive", "kind", "limit_per_member", "limit_per_period", "limit_period", "money_minor", "name", "name_zh_hans", "name_zh_hant", "needs_approval", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "picture_alt", "picture_alt_zh_hans", "picture_alt_zh_hant", "picture_digest", "picture_height", "picture_width", "public_id", "starts_at", "valid_days", "value_minor", "value_percent") VALUES (NEW."cost_points", NEW."description", NEW."description_zh_hans", NEW."description_zh_hant", NEW."ends_at", NEW."fulfil_days", NEW."id", NEW."is_active", NEW."is_exclusive", NEW."kind", NEW."limit_per_member", NEW."limit_per_period", NEW."limit_period", NEW."money_minor", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", NEW."needs_approval", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."picture_alt", NEW."picture_alt_zh_hans", NEW."picture_alt_zh_hant", NEW."picture_digest", NEW."picture_height", NEW."picture_width", NEW."public_id", NEW."starts_at", NEW."valid_days", NEW."value_minor", NEW."value_percent"); RETURN NULL;',
                    hash="220e32c90a3fd7227509b8f97a98865e38c55ae3",
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
                    func='INSERT INTO "points_rewardevent" ("cost_points", "description", "description_zh_hans", "description_zh_hant", "ends_at", "fulfil_days", "id", "is_active", "is_exclusive", "kind", "limit_per_member", "limit_per_period", "limit_period", "money_minor", "name", "name_zh_hans", "name_zh_hant", "needs_approval", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "picture_alt", "picture_alt_zh_hans", "picture_alt_zh_hant", "picture_digest", "picture_height", "picture_width", "public_id", "starts_at", "valid_days", "value_minor", "value_percent") VALUES (NEW."cost_points", NEW."description", NEW."description_zh_hans", NEW."description_zh_hant", NEW."ends_at", NEW."fulfil_days", NEW."id", NEW."is_active", NEW."is_exclusive", NEW."kind", NEW."limit_per_member", NEW."limit_per_period", NEW."limit_period", NEW."money_minor", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", NEW."needs_approval", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."picture_alt", NEW."picture_alt_zh_hans", NEW."picture_alt_zh_hant", NEW."picture_digest", NEW."picture_height", NEW."picture_width", NEW."public_id", NEW."starts_at", NEW."valid_days", NEW."value_minor", NEW."value_percent"); RETURN NULL;',
                    hash="ede24f5787a829eb49fe47290dd4db366b1edb2d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d72f0",
                    table="points_reward",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="rewardpicture",
            constraint=models.CheckConstraint(
                condition=models.Q(("media_type__in", ["image/png", "image/jpeg"])),
                name="points_rewardpicture_is_png_or_jpeg",
            ),
        ),
    ]
