"""Refunds, and where the programme takes their points from."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import loyalty_site.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0010_points_by_hand"),
    ]

    operations = [
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "public_id",
                    models.UUIDField(
                        default=loyalty_site.lib.ids.new_public_id, unique=True
                    ),
                ),
                ("source", models.CharField(max_length=40, verbose_name="source")),
                (
                    "source_id",
                    models.CharField(max_length=120, verbose_name="id at the source"),
                ),
                (
                    "amount_minor",
                    models.BigIntegerField(verbose_name="amount in minor units"),
                ),
                ("points", models.BigIntegerField(verbose_name="points of the amount")),
                ("due", models.BigIntegerField(verbose_name="points due")),
                (
                    "collected",
                    models.BigIntegerField(default=0, verbose_name="points taken back"),
                ),
                ("occurred_at", models.DateTimeField(verbose_name="time of refund")),
                ("posted_at", models.DateTimeField(verbose_name="posted")),
                (
                    "reason",
                    models.CharField(blank=True, max_length=300, verbose_name="reason"),
                ),
                ("actor", models.CharField(max_length=120, verbose_name="by")),
            ],
            options={
                "verbose_name": "refund",
                "verbose_name_plural": "refunds",
                "ordering": ["id"],
                "permissions": [("refund_purchase", "Can refund a purchase")],
            },
        ),
        migrations.CreateModel(
            name="RefundLine",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "amount_minor",
                    models.BigIntegerField(verbose_name="amount in minor units"),
                ),
                (
                    "quantity",
                    models.DecimalField(
                        decimal_places=3,
                        max_digits=12,
                        null=True,
                        verbose_name="quantity",
                    ),
                ),
            ],
            options={
                "verbose_name": "refunded line",
                "verbose_name_plural": "refunded lines",
            },
        ),
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
            name="refund_policy",
            field=models.CharField(
                choices=[
                    ("within_balance", "Its own points, then the other points"),
                    ("own_lot", "Only its own points"),
                ],
                db_default="within_balance",
                default="within_balance",
                help_text="What the member has spent already is not collected.",
                max_length=16,
                verbose_name="a refund takes",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="refund_policy",
            field=models.CharField(
                choices=[
                    ("within_balance", "Its own points, then the other points"),
                    ("own_lot", "Only its own points"),
                ],
                db_default="within_balance",
                default="within_balance",
                help_text="What the member has spent already is not collected.",
                max_length=16,
                verbose_name="a refund takes",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "currency", "expiry_months", "id", "multiplier_combination", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "rounding", "time_zone") VALUES (NEW."backdating_days", NEW."currency", NEW."expiry_months", NEW."id", NEW."multiplier_combination", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."rounding", NEW."time_zone"); RETURN NULL;',
                    hash="f8acfe4df2df490789c81e4a504bf6ea60dc9e0b",
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
                    func='INSERT INTO "points_programmeevent" ("backdating_days", "currency", "expiry_months", "id", "multiplier_combination", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_value", "refund_policy", "rounding", "time_zone") VALUES (NEW."backdating_days", NEW."currency", NEW."expiry_months", NEW."id", NEW."multiplier_combination", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."point_value", NEW."refund_policy", NEW."rounding", NEW."time_zone"); RETURN NULL;',
                    hash="b62bdecf3a547046d5b603abf04b7bca1c5d3d56",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6bc5f",
                    table="points_programme",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="entry",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refund",
                to="points.entry",
            ),
        ),
        migrations.AddField(
            model_name="refund",
            name="purchase",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refunds",
                to="points.purchase",
            ),
        ),
        migrations.AddField(
            model_name="refundline",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refunds",
                to="points.purchaseline",
            ),
        ),
        migrations.AddField(
            model_name="refundline",
            name="refund",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lines",
                to="points.refund",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                fields=("source", "source_id"), name="points_refund_once_per_source"
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gt", 0)),
                name="points_refund_gives_money_back",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("collected__gte", 0),
                    ("due__gte", models.F("collected")),
                    ("points__gte", models.F("due")),
                ),
                name="points_refund_collects_what_is_due_at_most",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="refund",
            trigger=pgtrigger.compiler.Trigger(
                name="refund_is_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="f7f067a91da663b2c60982a9593cf9175106ff84",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_refund_is_append_only_7916e",
                    table="points_refund",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="refund",
            trigger=pgtrigger.compiler.Trigger(
                name="refund_is_not_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'Rows of % are never truncated.', TG_TABLE_NAME;",
                    hash="fec7061e9f30c677f818b167c119a8ac04db2e49",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_refund_is_not_truncated_e795e",
                    table="points_refund",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="refundline",
            constraint=models.UniqueConstraint(
                fields=("refund", "line"), name="points_refundline_once_per_refund"
            ),
        ),
        migrations.AddConstraint(
            model_name="refundline",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount_minor__gte", 0)),
                name="points_refundline_amount_not_negative",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="refundline",
            trigger=pgtrigger.compiler.Trigger(
                name="refundline_is_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="dacf43562ab88c3db212e874eb992be2c9a4e75a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_refundline_is_append_only_18a90",
                    table="points_refundline",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="refundline",
            trigger=pgtrigger.compiler.Trigger(
                name="refundline_is_not_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'Rows of % are never truncated.', TG_TABLE_NAME;",
                    hash="6f9dfbc1b61dd9d362eafab75bb30b731570577e",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_refundline_is_not_truncated_c0fad",
                    table="points_refundline",
                    when="BEFORE",
                ),
            ),
        ),
    ]
