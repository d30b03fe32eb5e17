"""Segments, and who is in them since when and until when."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0004_find_merged_members"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="Segment",
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
                    "slug",
                    models.SlugField(
                        help_text="For files, rules and other systems, such as “tea-lovers”. It never changes.",
                        max_length=40,
                        unique=True,
                        verbose_name="short name",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "name_zh_hans",
                    models.CharField(
                        blank=True, max_length=80, verbose_name="name in 简体中文"
                    ),
                ),
                (
                    "name_zh_hant",
                    models.CharField(
                        blank=True, max_length=80, verbose_name="name in 繁體中文"
                    ),
                ),
                (
                    "description",
                    models.CharField(
                        blank=True,
                        help_text="Who belongs to it, for colleagues.",
                        max_length=300,
                        verbose_name="description",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="archived"
                    ),
                ),
            ],
            options={
                "verbose_name": "segment",
                "verbose_name_plural": "segments",
                "permissions": [("fill_segment", "Can add members to segments")],
            },
        ),
        migrations.CreateModel(
            name="SegmentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "slug",
                    models.SlugField(
                        db_index=False,
                        help_text="For files, rules and other systems, such as “tea-lovers”. It never changes.",
                        max_length=40,
                        verbose_name="short name",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                (
                    "name_zh_hans",
                    models.CharField(
                        blank=True, max_length=80, verbose_name="name in 简体中文"
                    ),
                ),
                (
                    "name_zh_hant",
                    models.CharField(
                        blank=True, max_length=80, verbose_name="name in 繁體中文"
                    ),
                ),
                (
                    "description",
                    models.CharField(
                        blank=True,
                        help_text="Who belongs to it, for colleagues.",
                        max_length=300,
                        verbose_name="description",
                    ),
                ),
                (
                    "archived_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="archived"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SegmentStay",
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
                ("joined_at", models.DateTimeField(verbose_name="since")),
                (
                    "joined_by",
                    models.CharField(max_length=120, verbose_name="added by"),
                ),
                (
                    "left_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="until"),
                ),
                (
                    "left_by",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="taken out by"
                    ),
                ),
            ],
            options={
                "verbose_name": "stay in a segment",
                "verbose_name_plural": "stays in segments",
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="segment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "members_segmentevent" ("archived_at", "description", "id", "name", "name_zh_hans", "name_zh_hant", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug") VALUES (NEW."archived_at", NEW."description", NEW."id", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."slug"); RETURN NULL;',
                    hash="7857c858e2013de93619a0466e8f6ed3862711b3",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_b8bb6",
                    table="members_segment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="segment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "members_segmentevent" ("archived_at", "description", "id", "name", "name_zh_hans", "name_zh_hant", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug") VALUES (NEW."archived_at", NEW."description", NEW."id", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."slug"); RETURN NULL;',
                    hash="54c3d95e93b6ac21eadf73b309cd05e1372781d1",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7d2d0",
                    table="members_segment",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="segmentevent",
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
            model_name="segmentevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="members.segment",
            ),
        ),
        migrations.AddField(
            model_name="segmentstay",
            name="member",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="stays",
                to="members.member",
            ),
        ),
        migrations.AddField(
            model_name="segmentstay",
            name="segment",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stays",
                to="members.segment",
            ),
        ),
        migrations.AddIndex(
            model_name="segmentstay",
            index=models.Index(
                models.F("member"), models.F("segment"), name="members_stay_of_member"
            ),
        ),
        migrations.AddIndex(
            model_name="segmentstay",
            index=models.Index(
                models.F("segment"),
                models.OrderBy(models.F("joined_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("left_at", None)),
                name="members_stay_newest",
            ),
        ),
        migrations.AddConstraint(
            model_name="segmentstay",
            constraint=models.UniqueConstraint(
                condition=models.Q(("left_at", None)),
                fields=("segment", "member"),
                name="members_stay_open_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="segmentstay",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("left_at", None),
                    ("left_at__gte", models.F("joined_at")),
                    _connector="OR",
                ),
                name="members_stay_ends_after_it_began",
            ),
        ),
        migrations.AddConstraint(
            model_name="segmentstay",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("left_at", None), ("left_by", "")),
                    models.Q(
                        models.Q(("left_by", ""), _negated=True),
                        ("left_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="members_stay_end_says_who",
            ),
        ),
    ]
