"""Describe rewards and the perks of tiers in Chinese too."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0006_one_index_for_one_purpose"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="reward",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="reward",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="tier",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="tier",
            name="update_update",
        ),
        migrations.AddField(
            model_name="reward",
            name="description_zh_hans",
            field=models.TextField(
                blank=True,
                default="",
                max_length=1000,
                verbose_name="description in 简体中文",
            ),
        ),
        migrations.AddField(
            model_name="reward",
            name="description_zh_hant",
            field=models.TextField(
                blank=True,
                default="",
                max_length=1000,
                verbose_name="description in 繁體中文",
            ),
        ),
        migrations.AddField(
            model_name="rewardevent",
            name="description_zh_hans",
            field=models.TextField(
                blank=True,
                default="",
                max_length=1000,
                verbose_name="description in 简体中文",
            ),
        ),
        migrations.AddField(
            model_name="rewardevent",
            name="description_zh_hant",
            field=models.TextField(
                blank=True,
                default="",
                max_length=1000,
                verbose_name="description in 繁體中文",
            ),
        ),
        migrations.AddField(
            model_name="tier",
            name="perks_zh_hans",
            field=models.TextField(
                blank=True, default="", verbose_name="perks in words, in 简体中文"
            ),
        ),
        migrations.AddField(
            model_name="tier",
            name="perks_zh_hant",
            field=models.TextField(
                blank=True, default="", verbose_name="perks in words, in 繁體中文"
            ),
        ),
        migrations.AddField(
            model_name="tierevent",
            name="perks_zh_hans",
            field=models.TextField(
                blank=True, default="", verbose_name="perks in words, in 简体中文"
            ),
        ),
        migrations.AddField(
            model_name="tierevent",
            name="perks_zh_hant",
            field=models.TextField(
                blank=True, default="", verbose_name="perks in words, in 繁體中文"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="reward",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_rewardevent" ("cost_points", "description", "description_zh_hans", "description_zh_hant", "ends_at", "id", "is_active", "kind", "name", "name_zh_hans", "name_zh_hant", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "starts_at") VALUES (NEW."cost_points", NEW."description", NEW."description_zh_hans", NEW."description_zh_hant", NEW."ends_at", NEW."id", NEW."is_active", NEW."kind", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."public_id", NEW."starts_at"); RETURN NULL;',
                    hash="21ef4dc50d0a26fed96d713c21be20e75a13c8c8",
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
                    func='INSERT INTO "points_rewardevent" ("cost_points", "description", "description_zh_hans", "description_zh_hant", "ends_at", "id", "is_active", "kind", "name", "name_zh_hans", "name_zh_hant", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "public_id", "starts_at") VALUES (NEW."cost_points", NEW."description", NEW."description_zh_hans", NEW."description_zh_hant", NEW."ends_at", NEW."id", NEW."is_active", NEW."kind", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."public_id", NEW."starts_at"); RETURN NULL;',
                    hash="2ffa60e00ee9c68bbf276fcceb86829f1eafbfc8",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_d72f0",
                    table="points_reward",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tier",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_tierevent" ("id", "multiplier", "name", "name_zh_hans", "name_zh_hant", "perks", "perks_zh_hans", "perks_zh_hant", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "threshold") VALUES (NEW."id", NEW."multiplier", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", NEW."perks", NEW."perks_zh_hans", NEW."perks_zh_hant", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."slug", NEW."threshold"); RETURN NULL;',
                    hash="719735572cd58a98d42b485793248b76bdc467d0",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_83c57",
                    table="points_tier",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="tier",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "points_tierevent" ("id", "multiplier", "name", "name_zh_hans", "name_zh_hant", "perks", "perks_zh_hans", "perks_zh_hant", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "threshold") VALUES (NEW."id", NEW."multiplier", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", NEW."perks", NEW."perks_zh_hans", NEW."perks_zh_hant", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."slug", NEW."threshold"); RETURN NULL;',
                    hash="30686a0f76a7d11f198420d072df455384ae1682",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_fca0b",
                    table="points_tier",
                    when="AFTER",
                ),
            ),
        ),
    ]
