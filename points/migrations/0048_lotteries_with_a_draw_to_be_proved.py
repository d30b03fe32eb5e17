"""Lotteries: tickets, a list that is frozen, and a draw that anybody can check."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import loyalty_site.lib.ids


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0047_households"),
    ]

    operations = [
        migrations.CreateModel(
            name="Lottery",
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
                ("closes_at", models.DateTimeField(verbose_name="sales close")),
                (
                    "public_source",
                    models.CharField(
                        max_length=200, verbose_name="public value at the draw"
                    ),
                ),
                (
                    "commitment",
                    models.CharField(
                        max_length=64, verbose_name="commitment to the seed"
                    ),
                ),
                ("created_at", models.DateTimeField(verbose_name="made")),
                (
                    "created_by",
                    models.CharField(max_length=120, verbose_name="made by"),
                ),
            ],
            options={
                "verbose_name": "lottery",
                "verbose_name_plural": "lotteries",
                "permissions": [
                    ("draw_lottery", "Can call a draw"),
                    ("witness_draw", "Can witness a draw that another person calls"),
                ],
            },
        ),
        migrations.AlterField(
            model_name="reward",
            name="kind",
            field=models.CharField(
                choices=[
                    ("product", "Product"),
                    ("voucher", "Money-off voucher"),
                    ("percentage", "Percentage off"),
                    ("code", "Code from a pool"),
                    ("experience", "Experience"),
                    ("donation", "Donation"),
                    ("cashback", "Cashback"),
                    ("lottery", "Lottery ticket"),
                ],
                default="product",
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="rewardevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("product", "Product"),
                    ("voucher", "Money-off voucher"),
                    ("percentage", "Percentage off"),
                    ("code", "Code from a pool"),
                    ("experience", "Experience"),
                    ("donation", "Donation"),
                    ("cashback", "Cashback"),
                    ("lottery", "Lottery ticket"),
                ],
                default="product",
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.CreateModel(
            name="LotteryCounter",
            fields=[
                (
                    "lottery",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="counter",
                        serialize=False,
                        to="points.lottery",
                    ),
                ),
                (
                    "tickets",
                    models.PositiveBigIntegerField(default=0, verbose_name="tickets"),
                ),
                (
                    "is_frozen",
                    models.BooleanField(default=False, verbose_name="frozen"),
                ),
            ],
            options={
                "verbose_name": "counter of tickets",
                "verbose_name_plural": "counters of tickets",
            },
        ),
        migrations.CreateModel(
            name="LotteryList",
            fields=[
                (
                    "lottery",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="list",
                        serialize=False,
                        to="points.lottery",
                    ),
                ),
                ("tickets", models.PositiveBigIntegerField(verbose_name="tickets")),
                (
                    "digest",
                    models.CharField(max_length=64, verbose_name="SHA-256 of the list"),
                ),
                ("frozen_at", models.DateTimeField(verbose_name="frozen")),
                (
                    "frozen_by",
                    models.CharField(max_length=120, verbose_name="frozen by"),
                ),
            ],
            options={
                "verbose_name": "list of a draw",
                "verbose_name_plural": "lists of draws",
            },
        ),
        migrations.CreateModel(
            name="LotterySecret",
            fields=[
                (
                    "lottery",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="secret",
                        serialize=False,
                        to="points.lottery",
                    ),
                ),
                ("seed", models.BinaryField()),
            ],
            options={
                "verbose_name": "secret seed",
                "verbose_name_plural": "secret seeds",
            },
        ),
        migrations.AddField(
            model_name="lottery",
            name="reward",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="lottery",
                to="points.reward",
            ),
        ),
        migrations.CreateModel(
            name="LotteryCall",
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
                    "public_value",
                    models.CharField(max_length=200, verbose_name="public value"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting for a witness"),
                            ("drawn", "Drawn"),
                            ("refused", "Refused"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="entered")),
                (
                    "asked_by",
                    models.CharField(max_length=120, verbose_name="entered by"),
                ),
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
                    "note",
                    models.CharField(blank=True, max_length=300, verbose_name="why so"),
                ),
                (
                    "lottery",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="calls",
                        to="points.lottery",
                    ),
                ),
            ],
            options={
                "verbose_name": "call of a draw",
                "verbose_name_plural": "calls of draws",
            },
        ),
        migrations.CreateModel(
            name="LotteryPrize",
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
                ("place", models.PositiveSmallIntegerField(verbose_name="place")),
                ("name", models.CharField(max_length=120, verbose_name="prize")),
                ("pieces", models.PositiveIntegerField(verbose_name="pieces")),
                (
                    "lottery",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prizes",
                        to="points.lottery",
                    ),
                ),
            ],
            options={
                "verbose_name": "prize",
                "verbose_name_plural": "prizes",
                "ordering": ["lottery_id", "place"],
            },
        ),
        migrations.CreateModel(
            name="LotteryTicket",
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
                ("number", models.PositiveBigIntegerField(verbose_name="number")),
                ("holder", models.CharField(max_length=20, verbose_name="holder")),
                (
                    "lottery",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tickets",
                        to="points.lottery",
                    ),
                ),
                (
                    "redemption",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ticket",
                        to="points.redemption",
                    ),
                ),
            ],
            options={
                "verbose_name": "ticket",
                "verbose_name_plural": "tickets",
            },
        ),
        migrations.CreateModel(
            name="LotteryWin",
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
                ("position", models.PositiveIntegerField(verbose_name="position")),
                (
                    "lottery",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="wins",
                        to="points.lottery",
                    ),
                ),
                (
                    "prize",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="points.lotteryprize",
                    ),
                ),
                (
                    "ticket",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="win",
                        to="points.lotteryticket",
                    ),
                ),
            ],
            options={
                "verbose_name": "win",
                "verbose_name_plural": "wins",
            },
        ),
        migrations.CreateModel(
            name="LotteryDraw",
            fields=[
                (
                    "lottery",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="draw",
                        serialize=False,
                        to="points.lottery",
                    ),
                ),
                (
                    "public_value",
                    models.CharField(max_length=200, verbose_name="public value"),
                ),
                ("seed", models.CharField(max_length=64, verbose_name="seed")),
                (
                    "called_by",
                    models.CharField(max_length=120, verbose_name="called by"),
                ),
                (
                    "witnessed_by",
                    models.CharField(max_length=120, verbose_name="witnessed by"),
                ),
                ("drawn_at", models.DateTimeField(verbose_name="drawn")),
                (
                    "call",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="draw",
                        to="points.lotterycall",
                    ),
                ),
            ],
            options={
                "verbose_name": "draw",
                "verbose_name_plural": "draws",
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lotterylist",
            trigger=pgtrigger.compiler.Trigger(
                name="lotterylist_is_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="cf4249231b25fb5c614b89482d67390e66a61fcd",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_lotterylist_is_append_only_4d26a",
                    table="points_lotterylist",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lotterylist",
            trigger=pgtrigger.compiler.Trigger(
                name="lotterylist_is_not_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'Rows of % are never truncated.', TG_TABLE_NAME;",
                    hash="604c0f24e70a882c6edef2511ed542486ad2f8ad",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_lotterylist_is_not_truncated_ed470",
                    table="points_lotterylist",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lotterysecret",
            trigger=pgtrigger.compiler.Trigger(
                name="lotterysecret_is_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a6599c08cda773957d11f2f5a2315470c49c6e0e",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_lotterysecret_is_append_only_19108",
                    table="points_lotterysecret",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lotterysecret",
            trigger=pgtrigger.compiler.Trigger(
                name="lotterysecret_is_not_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'Rows of % are never truncated.', TG_TABLE_NAME;",
                    hash="510fcbd44f108d95bd9d6888adef2e166864c24f",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_lotterysecret_is_not_truncated_be3df",
                    table="points_lotterysecret",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="lottery",
            constraint=models.CheckConstraint(
                condition=models.Q(("closes_at__gt", models.F("created_at"))),
                name="points_lottery_closes_after_it_was_made",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lottery",
            trigger=pgtrigger.compiler.Trigger(
                name="lottery_is_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="d79b87cdd7945d816693e44c4cf89e575ab80fe3",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_lottery_is_append_only_c0840",
                    table="points_lottery",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lottery",
            trigger=pgtrigger.compiler.Trigger(
                name="lottery_is_not_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'Rows of % are never truncated.', TG_TABLE_NAME;",
                    hash="b74a8faafc14c674bd6cc9e4f14815749c2ff5fe",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_lottery_is_not_truncated_8c6be",
                    table="points_lottery",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="lotterycall",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "refused"), _negated=True),
                fields=("lottery",),
                name="points_lotterycall_one_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="lotterycall",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "drawn"), _negated=True),
                    models.Q(
                        models.Q(("decided_by", ""), _negated=True),
                        models.Q(("decided_by", models.F("asked_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="points_lotterycall_witnessed_by_another_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="lotteryprize",
            constraint=models.UniqueConstraint(
                fields=("lottery", "place"), name="points_lotteryprize_place_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="lotteryprize",
            constraint=models.CheckConstraint(
                condition=models.Q(("pieces__gte", 1)),
                name="points_lotteryprize_has_pieces",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lotteryprize",
            trigger=pgtrigger.compiler.Trigger(
                name="lotteryprize_is_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="40d3c983a61d79305e14632751c1539ae481aa31",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_lotteryprize_is_append_only_2c74e",
                    table="points_lotteryprize",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lotteryprize",
            trigger=pgtrigger.compiler.Trigger(
                name="lotteryprize_is_not_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'Rows of % are never truncated.', TG_TABLE_NAME;",
                    hash="f950abcda48e420ccf8a0b5bda0d71a91c585f03",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_lotteryprize_is_not_truncated_894c6",
                    table="points_lotteryprize",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="lotteryticket",
            constraint=models.UniqueConstraint(
                fields=("lottery", "number"), name="points_lotteryticket_number_once"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lotteryticket",
            trigger=pgtrigger.compiler.Trigger(
                name="lotteryticket_is_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="5dd4c193733d15e0a82620593159d93a70b50ddf",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_lotteryticket_is_append_only_0a199",
                    table="points_lotteryticket",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lotteryticket",
            trigger=pgtrigger.compiler.Trigger(
                name="lotteryticket_is_not_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'Rows of % are never truncated.', TG_TABLE_NAME;",
                    hash="00516bb5219fa72bddd70c4e08608b4fbdd6a8b6",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_lotteryticket_is_not_truncated_ff98a",
                    table="points_lotteryticket",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="lotterywin",
            constraint=models.UniqueConstraint(
                fields=("lottery", "position"), name="points_lotterywin_position_once"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lotterywin",
            trigger=pgtrigger.compiler.Trigger(
                name="lotterywin_is_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="73e8467c3692c37eb5ffb1430e565509f707d559",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_lotterywin_is_append_only_81a9a",
                    table="points_lotterywin",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lotterywin",
            trigger=pgtrigger.compiler.Trigger(
                name="lotterywin_is_not_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'Rows of % are never truncated.', TG_TABLE_NAME;",
                    hash="e2dafe33e14fb6f0c5c632b1f1c3885016dea338",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_lotterywin_is_not_truncated_cbcdd",
                    table="points_lotterywin",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lotterydraw",
            trigger=pgtrigger.compiler.Trigger(
                name="lotterydraw_is_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="146bbf29af3a9a87589bfc87d5de02eca2a133bf",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_lotterydraw_is_append_only_30c9e",
                    table="points_lotterydraw",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="lotterydraw",
            trigger=pgtrigger.compiler.Trigger(
                name="lotterydraw_is_not_truncated",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'Rows of % are never truncated.', TG_TABLE_NAME;",
                    hash="25870f8cb376727171d21cd0020dc351414623a6",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_lotterydraw_is_not_truncated_f495f",
                    table="points_lotterydraw",
                    when="BEFORE",
                ),
            ),
        ),
    ]
