"""Members whose membership went into another one lead to it."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("members", "0002_exact_look_ups_and_closed"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="member",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="member",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="member",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="member",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="Never a merged one itself: it is kept at the last of them.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="members.member",
                verbose_name="merged into",
            ),
        ),
        migrations.AddField(
            model_name="memberevent",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="Never a merged one itself: it is kept at the last of them.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="members.member",
                verbose_name="merged into",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="member",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "members_memberevent" ("address_as", "birth_on", "closed_at", "closed_reason", "email", "enrolled_at", "enrolled_via", "full_name", "id", "language", "merged_into_id", "note", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone") VALUES (NEW."address_as", NEW."birth_on", NEW."closed_at", NEW."closed_reason", NEW."email", NEW."enrolled_at", NEW."enrolled_via", NEW."full_name", NEW."id", NEW."language", NEW."merged_into_id", NEW."note", NEW."number", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone"); RETURN NULL;',
                    hash="d0c1bc94e56b24ff22f1cf91402d2225646bb748",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_2df50",
                    table="members_member",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="member",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."address_as" IS DISTINCT FROM (NEW."address_as") OR OLD."birth_on" IS DISTINCT FROM (NEW."birth_on") OR OLD."closed_at" IS DISTINCT FROM (NEW."closed_at") OR OLD."closed_reason" IS DISTINCT FROM (NEW."closed_reason") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."enrolled_at" IS DISTINCT FROM (NEW."enrolled_at") OR OLD."enrolled_via" IS DISTINCT FROM (NEW."enrolled_via") OR OLD."full_name" IS DISTINCT FROM (NEW."full_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."phone" IS DISTINCT FROM (NEW."phone"))',
                    func='INSERT INTO "members_memberevent" ("address_as", "birth_on", "closed_at", "closed_reason", "email", "enrolled_at", "enrolled_via", "full_name", "id", "language", "merged_into_id", "note", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone") VALUES (NEW."address_as", NEW."birth_on", NEW."closed_at", NEW."closed_reason", NEW."email", NEW."enrolled_at", NEW."enrolled_via", NEW."full_name", NEW."id", NEW."language", NEW."merged_into_id", NEW."note", NEW."number", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone"); RETURN NULL;',
                    hash="2423a8b5c0af2209fda59c45f9f0dc42289e9a53",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b1bc1",
                    table="members_member",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="member",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "members_memberevent" ("address_as", "birth_on", "closed_at", "closed_reason", "email", "enrolled_at", "enrolled_via", "full_name", "id", "language", "merged_into_id", "note", "number", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone") VALUES (OLD."address_as", OLD."birth_on", OLD."closed_at", OLD."closed_reason", OLD."email", OLD."enrolled_at", OLD."enrolled_via", OLD."full_name", OLD."id", OLD."language", OLD."merged_into_id", OLD."note", OLD."number", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone"); RETURN NULL;',
                    hash="be778e914b4f58bdcc4813afcec725814e400e74",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_925fb",
                    table="members_member",
                    when="AFTER",
                ),
            ),
        ),
    ]
