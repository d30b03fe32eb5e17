"""How rules go together: priority, group, alone, stops."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0020_transfers"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="programme",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="programme",
            name="update_update",
        ),
        migrations.AddField(
            model_name="programme",
            name="group_policy",
            field=models.CharField(
                choices=[
                    ("best_for_member", "The one that gives most"),
                    ("highest_priority", "The one of the highest priority"),
                    ("first_match", "The oldest one whose conditions hold"),
                    ("sum", "All of them"),
                ],
                db_default="best_for_member",
                default="best_for_member",
                help_text="Where they are equal, more points win, and then the older rule.",
                max_length=16,
                verbose_name="of a group of rules counts",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="group_policy",
            field=models.CharField(
                choices=[
                    ("best_for_member", "The one that gives most"),
                    ("highest_priority", "The one of the highest priority"),
                    ("first_match", "The oldest one whose conditions hold"),
                    ("sum", "All of them"),
                ],
                db_default="best_for_member",
                default="best_for_member",
                help_text="Where they are equal, more points win, and then the older rule.",
                max_length=16,
                verbose_name="of a group of rules counts",
            ),
        ),
        migrations.AddField(
            model_name="ruledraft",
            name="group",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Of the rules with the same group only one counts on a purchase; which one is said in the programme settings.",
                max_length=40,
                verbose_name="group",
            ),
        ),
        migrations.AddField(
            model_name="ruledraft",
            name="is_alone",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Where it counts, no other base rule does; of a multiplier no other multiplier, of a bonus no other bonus.",
                verbose_name="counts alone",
            ),
        ),
        migrations.AddField(
            model_name="ruledraft",
            name="priority",
            field=models.SmallIntegerField(
                db_default=0,
                default=0,
                help_text="The greater number goes first. Most rules need none.",
                verbose_name="priority",
            ),
        ),
        migrations.AddField(
            model_name="ruledraft",
            name="stops",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Where it counts, no rule of a lower priority does.",
                verbose_name="ends the search",
            ),
        ),
        migrations.AddField(
            model_name="ruleversion",
            name="group",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Of the rules with the same group only one counts on a purchase; which one is said in the programme settings.",
                max_length=40,
                verbose_name="group",
            ),
        ),
        migrations.AddField(
            model_name="ruleversion",
            name="is_alone",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Where it counts, no other base rule does; of a multiplier no other multiplier, of a bonus no other bonus.",
                verbose_name="counts alone",
            ),
        ),
        migrations.AddField(
            model_name="ruleversion",
            name="priority",
            field=models.SmallIntegerField(
                db_default=0,
                default=0,
                help_text="The greater number goes first. Most rules need none.",
                verbose_name="priority",
            ),
        ),
        migrations.AddField(
            model_name="ruleversion",
            name="stops",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Where it counts, no rule of a lower priority does.",
                verbose_name="ends the search",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "currency", "debt_limit", "expiry", "group_policy", "id", "multiplier_combination", "name", "pending_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "rounding", "tier_expiry", "time_zone") VALUES (NEW."backdating_days", NEW."currency", NEW."debt_limit", NEW."expiry", NEW."group_policy", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."rounding", NEW."tier_expiry", NEW."time_zone"); RETURN NULL;',
                    hash="6bb60e711ab0aba665cf31b2e3dae5fc61f965f7",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_9dc43",
                    table="points_programme",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "currency", "debt_limit", "expiry", "group_policy", "id", "multiplier_combination", "name", "pending_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "rounding", "tier_expiry", "time_zone") VALUES (NEW."backdating_days", NEW."currency", NEW."debt_limit", NEW."expiry", NEW."group_policy", NEW."id", NEW."multiplier_combination", NEW."name", NEW."pending_days", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."rounding", NEW."tier_expiry", NEW."time_zone"); RETURN NULL;',
                    hash="eaef9e37bd79fa6daa8e7be067e98b749b0fada3",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6bc5f",
                    table="points_programme",
                    when="AFTER",
                ),
            ),
        ),
    ]
