"""Codes of the accounts that journal lines name, with their history."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pghistory", "0007_auto_20250421_0444"),
        ("reports", "0011_first_valuation"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccountCode",
            fields=[
                (
                    "account",
                    models.CharField(
                        max_length=24,
                        primary_key=True,
                        serialize=False,
                        verbose_name="account",
                    ),
                ),
                ("code", models.CharField(max_length=24, verbose_name="code")),
            ],
            options={
                "verbose_name": "account code",
                "verbose_name_plural": "account codes",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="AccountCodeEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "account",
                    models.CharField(
                        max_length=24, serialize=False, verbose_name="account"
                    ),
                ),
                ("code", models.CharField(max_length=24, verbose_name="code")),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="accountcode",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "reports_accountcodeevent" ("account", "code", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."account", NEW."code", _pgh_attach_context(), NOW(), \'insert\', NEW."account"); RETURN NULL;',
                    hash="2d2cd1d10b5d210bf401f1a38ea9bc0be3ffea9c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_52d1a",
                    table="reports_accountcode",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="accountcode",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "reports_accountcodeevent" ("account", "code", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."account", NEW."code", _pgh_attach_context(), NOW(), \'update\', NEW."account"); RETURN NULL;',
                    hash="61e767578ae5ab857f65bbcd736b9cb753d4705a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_cdf18",
                    table="reports_accountcode",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="accountcodeevent",
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
            model_name="accountcodeevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="reports.accountcode",
            ),
        ),
    ]
