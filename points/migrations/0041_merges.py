"""Merges of memberships, and where the entry of a moved purchase is."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import loyalty_site.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0040_what_import_rows_say_more"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="is_merged",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                help_text="As its member says; read again by whoever waited for the lock.",
            ),
        ),
        migrations.AddField(
            model_name="purchase",
            name="earned_account",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                help_text="Where it was posted, if that member was merged since.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="points.account",
                verbose_name="account of its entry",
            ),
        ),
        migrations.AlterField(
            model_name="entry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("earn", "Earned"),
                    ("bonus", "Bonus"),
                    ("adjust", "Adjusted"),
                    ("redeem", "Redeemed"),
                    ("redeem_reversal", "Redemption reversed"),
                    ("claw_back", "Clawed back"),
                    ("expire", "Expired"),
                    ("debt_settlement", "Debt settled"),
                    ("transfer_out", "Given to another member"),
                    ("transfer_in", "Received from another member"),
                    ("merge_out", "Moved to a merged membership"),
                    ("merge_in", "Came with a merged membership"),
                ],
                max_length=16,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="Merge",
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
                    "points",
                    models.PositiveBigIntegerField(default=0, verbose_name="points"),
                ),
                (
                    "debt",
                    models.PositiveBigIntegerField(default=0, verbose_name="debt"),
                ),
                (
                    "picks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for approval"),
                            ("done", "Merged"),
                            ("refused", "Refused"),
                            ("undone", "Undone"),
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
                    "done_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="merged"),
                ),
                (
                    "undone_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="undone"),
                ),
                (
                    "undone_by",
                    models.CharField(
                        blank=True, max_length=120, verbose_name="undone by"
                    ),
                ),
                (
                    "undo_reason",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="why undone"
                    ),
                ),
                (
                    "profile_before",
                    models.JSONField(
                        blank=True,
                        help_text="What the picks replaced at the membership that stays.",
                        null=True,
                    ),
                ),
                (
                    "identifier_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "gone",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="points.account",
                        verbose_name="membership that goes",
                    ),
                ),
                (
                    "kept",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="points.account",
                        verbose_name="membership that stays",
                    ),
                ),
                (
                    "tier_assignment",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        help_text="By which the higher tier was kept, where the counters do not.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="points.tierassignment",
                    ),
                ),
            ],
            options={
                "verbose_name": "merge",
                "verbose_name_plural": "merges",
                "permissions": [
                    ("merge_members", "Can merge memberships, and undo it"),
                    ("approve_merge", "Can approve merges that others ask for"),
                ],
                "indexes": [
                    models.Index(
                        models.OrderBy(models.F("asked_at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="points_merge_newest",
                    ),
                    models.Index(
                        models.F("asked_at"),
                        condition=models.Q(("state", "waiting")),
                        name="points_merge_waiting",
                    ),
                    models.Index(
                        models.F("asked_by"),
                        models.F("asked_at"),
                        name="points_merge_of_person",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "done"])),
                        fields=("gone",),
                        name="points_merge_goes_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kept", models.F("gone")), _negated=True),
                        name="points_merge_of_two_members",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("needs_approval", True),
                                ("state__in", ["done", "undone"]),
                                _negated=True,
                            ),
                            models.Q(
                                models.Q(("decided_by", ""), _negated=True),
                                models.Q(
                                    ("decided_by", models.F("asked_by")), _negated=True
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="points_merge_approved_by_another_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("done_at__isnull", False),
                                ("state__in", ["done", "undone"]),
                            ),
                            models.Q(
                                models.Q(
                                    ("state__in", ["done", "undone"]), _negated=True
                                ),
                                ("done_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="points_merge_done_says_when",
                    ),
                ],
            },
        ),
    ]
