"""Challenges with goals, what they gave, and the badges of members."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import loyalty_site.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        ("points", "0045_merges_take_segments_along"),
    ]

    operations = [
        migrations.CreateModel(
            name="Badge",
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
                    "name",
                    models.CharField(max_length=80, unique=True, verbose_name="name"),
                ),
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
                    models.TextField(
                        blank=True, max_length=1000, verbose_name="description"
                    ),
                ),
                (
                    "description_zh_hans",
                    models.TextField(
                        blank=True,
                        default="",
                        max_length=1000,
                        verbose_name="description in 简体中文",
                    ),
                ),
                (
                    "description_zh_hant",
                    models.TextField(
                        blank=True,
                        default="",
                        max_length=1000,
                        verbose_name="description in 繁體中文",
                    ),
                ),
                (
                    "picture_digest",
                    models.CharField(blank=True, default="", max_length=64),
                ),
                ("picture_width", models.PositiveSmallIntegerField(default=0)),
                ("picture_height", models.PositiveSmallIntegerField(default=0)),
                (
                    "picture_alt",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=200,
                        verbose_name="what the picture shows",
                    ),
                ),
                (
                    "picture_alt_zh_hans",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=200,
                        verbose_name="what it shows, in 简体中文",
                    ),
                ),
                (
                    "picture_alt_zh_hant",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=200,
                        verbose_name="what it shows, in 繁體中文",
                    ),
                ),
            ],
            options={
                "verbose_name": "badge",
                "verbose_name_plural": "badges",
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="BadgeEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "public_id",
                    models.UUIDField(default=loyalty_site.lib.ids.new_public_id),
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
                    models.TextField(
                        blank=True, max_length=1000, verbose_name="description"
                    ),
                ),
                (
                    "description_zh_hans",
                    models.TextField(
                        blank=True,
                        default="",
                        max_length=1000,
                        verbose_name="description in 简体中文",
                    ),
                ),
                (
                    "description_zh_hant",
                    models.TextField(
                        blank=True,
                        default="",
                        max_length=1000,
                        verbose_name="description in 繁體中文",
                    ),
                ),
                (
                    "picture_digest",
                    models.CharField(blank=True, default="", max_length=64),
                ),
                ("picture_width", models.PositiveSmallIntegerField(default=0)),
                ("picture_height", models.PositiveSmallIntegerField(default=0)),
                (
                    "picture_alt",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=200,
                        verbose_name="what the picture shows",
                    ),
                ),
                (
                    "picture_alt_zh_hans",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=200,
                        verbose_name="what it shows, in 简体中文",
                    ),
                ),
                (
                    "picture_alt_zh_hant",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=200,
                        verbose_name="what it shows, in 繁體中文",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="BadgeGrant",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(verbose_name="given")),
            ],
            options={
                "verbose_name": "badge of a member",
                "verbose_name_plural": "badges of members",
            },
        ),
        migrations.CreateModel(
            name="Challenge",
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
                    "name",
                    models.CharField(max_length=80, unique=True, verbose_name="name"),
                ),
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
                    models.TextField(
                        blank=True, max_length=1000, verbose_name="description"
                    ),
                ),
                (
                    "description_zh_hans",
                    models.TextField(
                        blank=True,
                        default="",
                        max_length=1000,
                        verbose_name="description in 简体中文",
                    ),
                ),
                (
                    "description_zh_hant",
                    models.TextField(
                        blank=True,
                        default="",
                        max_length=1000,
                        verbose_name="description in 繁體中文",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="starts")),
                ("ends_at", models.DateTimeField(verbose_name="ends")),
                (
                    "needs",
                    models.CharField(
                        choices=[
                            ("all", "All of them"),
                            ("any", "One of them is enough"),
                        ],
                        default="all",
                        max_length=3,
                        verbose_name="goals to reach",
                    ),
                ),
                (
                    "repeat",
                    models.CharField(
                        choices=[
                            ("once", "Once"),
                            ("week", "Every week, from Monday"),
                            ("month", "Every calendar month"),
                        ],
                        default="once",
                        max_length=5,
                        verbose_name="how often",
                    ),
                ),
                (
                    "points",
                    models.PositiveBigIntegerField(default=0, verbose_name="points"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("running", "Running"),
                            ("paused", "Paused"),
                            ("stopped", "Stopped"),
                        ],
                        default="draft",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="added")),
                ("created_by", models.CharField(max_length=120, verbose_name="by")),
            ],
            options={
                "verbose_name": "challenge",
                "verbose_name_plural": "challenges",
                "ordering": ["-starts_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ChallengeAward",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("period", models.DateField(verbose_name="period")),
                ("points", models.PositiveBigIntegerField(verbose_name="points")),
                ("at", models.DateTimeField(verbose_name="reached")),
                ("evidence", models.JSONField(verbose_name="evidence")),
            ],
            options={
                "verbose_name": "challenge reached",
                "verbose_name_plural": "challenges reached",
            },
        ),
        migrations.CreateModel(
            name="ChallengeEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "public_id",
                    models.UUIDField(default=loyalty_site.lib.ids.new_public_id),
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
                    models.TextField(
                        blank=True, max_length=1000, verbose_name="description"
                    ),
                ),
                (
                    "description_zh_hans",
                    models.TextField(
                        blank=True,
                        default="",
                        max_length=1000,
                        verbose_name="description in 简体中文",
                    ),
                ),
                (
                    "description_zh_hant",
                    models.TextField(
                        blank=True,
                        default="",
                        max_length=1000,
                        verbose_name="description in 繁體中文",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="starts")),
                ("ends_at", models.DateTimeField(verbose_name="ends")),
                (
                    "needs",
                    models.CharField(
                        choices=[
                            ("all", "All of them"),
                            ("any", "One of them is enough"),
                        ],
                        default="all",
                        max_length=3,
                        verbose_name="goals to reach",
                    ),
                ),
                (
                    "repeat",
                    models.CharField(
                        choices=[
                            ("once", "Once"),
                            ("week", "Every week, from Monday"),
                            ("month", "Every calendar month"),
                        ],
                        default="once",
                        max_length=5,
                        verbose_name="how often",
                    ),
                ),
                (
                    "points",
                    models.PositiveBigIntegerField(default=0, verbose_name="points"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("running", "Running"),
                            ("paused", "Paused"),
                            ("stopped", "Stopped"),
                        ],
                        default="draft",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="added")),
                ("created_by", models.CharField(max_length=120, verbose_name="by")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ChallengeGoal",
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
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("purchases", "Purchases"),
                            ("spend", "Spend"),
                            ("points", "Points earned with purchases"),
                            ("visits", "Days with a purchase"),
                            ("sku", "Pieces of an article (SKU)"),
                            ("category", "Pieces of a category"),
                            ("events", "Events of a name"),
                        ],
                        max_length=10,
                        verbose_name="what counts",
                    ),
                ),
                ("target", models.PositiveBigIntegerField(verbose_name="goal")),
                (
                    "what",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=80,
                        verbose_name="article, category or event",
                    ),
                ),
                (
                    "least_minor",
                    models.PositiveBigIntegerField(
                        default=0, verbose_name="smallest purchase"
                    ),
                ),
            ],
            options={
                "verbose_name": "goal of a challenge",
                "verbose_name_plural": "goals of challenges",
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="ChallengeGoalEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("position", models.PositiveSmallIntegerField(verbose_name="position")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("purchases", "Purchases"),
                            ("spend", "Spend"),
                            ("points", "Points earned with purchases"),
                            ("visits", "Days with a purchase"),
                            ("sku", "Pieces of an article (SKU)"),
                            ("category", "Pieces of a category"),
                            ("events", "Events of a name"),
                        ],
                        max_length=10,
                        verbose_name="what counts",
                    ),
                ),
                ("target", models.PositiveBigIntegerField(verbose_name="goal")),
                (
                    "what",
                    models.CharField(
                        blank=True,
                        default="",
                        max_length=80,
                        verbose_name="article, category or event",
                    ),
                ),
                (
                    "least_minor",
                    models.PositiveBigIntegerField(
                        default=0, verbose_name="smallest purchase"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ChallengeTouch",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
            ],
            options={
                "verbose_name": "member to look at",
                "verbose_name_plural": "members to look at",
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="badge",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_badgeevent" ("description", "description_zh_hans", "description_zh_hant", "id", "name", "name_zh_hans", "name_zh_hant", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "picture_alt", "picture_alt_zh_hans", "picture_alt_zh_hant", "picture_digest", "picture_height", "picture_width", "public_id") VALUES (NEW."description", NEW."description_zh_hans", NEW."description_zh_hant", NEW."id", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."picture_alt", NEW."picture_alt_zh_hans", NEW."picture_alt_zh_hant", NEW."picture_digest", NEW."picture_height", NEW."picture_width", NEW."public_id"); RETURN NULL;',
                    hash="98834e5d0a55e74cad364597d3261b0d65f60f34",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_16f8b",
                    table="points_badge",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="badge",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "points_badgeevent" ("description", "description_zh_hans", "description_zh_hant", "id", "name", "name_zh_hans", "name_zh_hant", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "picture_alt", "picture_alt_zh_hans", "picture_alt_zh_hant", "picture_digest", "picture_height", "picture_width", "public_id") VALUES (NEW."description", NEW."description_zh_hans", NEW."description_zh_hant", NEW."id", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."picture_alt", NEW."picture_alt_zh_hans", NEW."picture_alt_zh_hant", NEW."picture_digest", NEW."picture_height", NEW."picture_width", NEW."public_id"); RETURN NULL;',
                    hash="fbe9e42682ddec6780e687f95c166d8c0bd0c009",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_f751c",
                    table="points_badge",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="badgeevent",
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
            model_name="badgeevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="points.badge",
            ),
        ),
        migrations.AddField(
            model_name="badgegrant",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="badges",
                to="points.account",
            ),
        ),
        migrations.AddField(
            model_name="badgegrant",
            name="badge",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="grants",
                to="points.badge",
            ),
        ),
        migrations.AddField(
            model_name="challenge",
            name="badge",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="challenges",
                to="points.badge",
                verbose_name="badge",
            ),
        ),
        migrations.AddField(
            model_name="challenge",
            name="campaign",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="challenges",
                to="points.campaign",
                verbose_name="campaign",
            ),
        ),
        migrations.AddField(
            model_name="challenge",
            name="tier",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="points.tier",
                verbose_name="from this tier up",
            ),
        ),
        migrations.AddField(
            model_name="challengeaward",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="challenge_awards",
                to="points.account",
            ),
        ),
        migrations.AddField(
            model_name="challengeaward",
            name="challenge",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="awards",
                to="points.challenge",
            ),
        ),
        migrations.AddField(
            model_name="challengeaward",
            name="entry",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="challenge_award",
                to="points.entry",
            ),
        ),
        migrations.AddField(
            model_name="badgegrant",
            name="award",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="points.challengeaward",
            ),
        ),
        migrations.AddField(
            model_name="challengeevent",
            name="badge",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="points.badge",
                verbose_name="badge",
            ),
        ),
        migrations.AddField(
            model_name="challengeevent",
            name="campaign",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="points.campaign",
                verbose_name="campaign",
            ),
        ),
        migrations.AddField(
            model_name="challengeevent",
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
            model_name="challengeevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="points.challenge",
            ),
        ),
        migrations.AddField(
            model_name="challengeevent",
            name="tier",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="points.tier",
                verbose_name="from this tier up",
            ),
        ),
        migrations.AddField(
            model_name="challengegoal",
            name="challenge",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="goals",
                to="points.challenge",
            ),
        ),
        migrations.AddField(
            model_name="challengegoalevent",
            name="challenge",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="points.challenge",
            ),
        ),
        migrations.AddField(
            model_name="challengegoalevent",
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
            model_name="challengegoalevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="points.challengegoal",
            ),
        ),
        migrations.AddField(
            model_name="challengetouch",
            name="account",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="points.account",
            ),
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                name="points_challenge_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="challenge",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("points__gt", 0), ("badge__isnull", False), _connector="OR"
                ),
                name="points_challenge_gives_something",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="challenge",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_challengeevent" ("badge_id", "campaign_id", "created_at", "created_by", "description", "description_zh_hans", "description_zh_hant", "ends_at", "id", "name", "name_zh_hans", "name_zh_hant", "needs", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "public_id", "repeat", "starts_at", "state", "tier_id") VALUES (NEW."badge_id", NEW."campaign_id", NEW."created_at", NEW."created_by", NEW."description", NEW."description_zh_hans", NEW."description_zh_hant", NEW."ends_at", NEW."id", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", NEW."needs", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."points", NEW."public_id", NEW."repeat", NEW."starts_at", NEW."state", NEW."tier_id"); RETURN NULL;',
                    hash="eb8bd4faa56bdf7d00a65eb537501636179e15bf",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_1c15e",
                    table="points_challenge",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="challenge",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "points_challengeevent" ("badge_id", "campaign_id", "created_at", "created_by", "description", "description_zh_hans", "description_zh_hant", "ends_at", "id", "name", "name_zh_hans", "name_zh_hant", "needs", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "points", "public_id", "repeat", "starts_at", "state", "tier_id") VALUES (NEW."badge_id", NEW."campaign_id", NEW."created_at", NEW."created_by", NEW."description", NEW."description_zh_hans", NEW."description_zh_hant", NEW."ends_at", NEW."id", NEW."name", NEW."name_zh_hans", NEW."name_zh_hant", NEW."needs", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."points", NEW."public_id", NEW."repeat", NEW."starts_at", NEW."state", NEW."tier_id"); RETURN NULL;',
                    hash="5609e0cf7951e82a8695e136e99e23d8e5bec38c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a05fd",
                    table="points_challenge",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="challengeaward",
            constraint=models.UniqueConstraint(
                fields=("challenge", "account", "period"),
                name="points_challengeaward_once_per_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="challengeaward",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entry", None), ("points", 0)),
                    models.Q(("entry__isnull", False), ("points__gt", 0)),
                    _connector="OR",
                ),
                name="points_challengeaward_has_an_entry_for_points",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="challengeaward",
            trigger=pgtrigger.compiler.Trigger(
                name="challengeaward_is_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="03228dbdc53b56631aea970b945df54bd709f8a5",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_challengeaward_is_append_only_415c1",
                    table="points_challengeaward",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="challengeaward",
            trigger=pgtrigger.compiler.Trigger(
                name="challengeaward_is_not_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'Rows of % are never truncated.', TG_TABLE_NAME;",
                    hash="2f69a7fa8acc9140aebb7e557889d2e24e86b316",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_challengeaward_is_not_truncated_15524",
                    table="points_challengeaward",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="badgegrant",
            constraint=models.UniqueConstraint(
                fields=("badge", "account"), name="points_badgegrant_once_per_member"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="badgegrant",
            trigger=pgtrigger.compiler.Trigger(
                name="badgegrant_is_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="634ec220c33cf52efe400a00e64885942d3d1c31",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_badgegrant_is_append_only_f818b",
                    table="points_badgegrant",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="badgegrant",
            trigger=pgtrigger.compiler.Trigger(
                name="badgegrant_is_not_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'Rows of % are never truncated.', TG_TABLE_NAME;",
                    hash="3c63e2ce5f3fffe011d6392b21e3ec916fbb80e3",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_badgegrant_is_not_truncated_ead23",
                    table="points_badgegrant",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="challengegoal",
            constraint=models.UniqueConstraint(
                fields=("challenge", "position"),
                name="points_challengegoal_position_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="challengegoal",
            constraint=models.CheckConstraint(
                condition=models.Q(("target__gt", 0)),
                name="points_challengegoal_is_above_zero",
            ),
        ),
        migrations.AddConstraint(
            model_name="challengegoal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind__in", ["sku", "category", "events"]),
                        models.Q(("what", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(
                            ("kind__in", ["sku", "category", "events"]), _negated=True
                        ),
                        ("what", ""),
                    ),
                    _connector="OR",
                ),
                name="points_challengegoal_names_what_it_counts",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="challengegoal",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_challengegoalevent" ("challenge_id", "id", "kind", "least_minor", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "target", "what") VALUES (NEW."challenge_id", NEW."id", NEW."kind", NEW."least_minor", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."target", NEW."what"); RETURN NULL;',
                    hash="d57a179ceb09a4a87d3e7bc570ec0c7e85f34d69",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_cd10e",
                    table="points_challengegoal",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="challengegoal",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "points_challengegoalevent" ("challenge_id", "id", "kind", "least_minor", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "target", "what") VALUES (NEW."challenge_id", NEW."id", NEW."kind", NEW."least_minor", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."target", NEW."what"); RETURN NULL;',
                    hash="25fb8b9f68fb1243f924d609b17b9be2aede8bd8",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_52c0f",
                    table="points_challengegoal",
                    when="AFTER",
                ),
            ),
        ),
    ]
