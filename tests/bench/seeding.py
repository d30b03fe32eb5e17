"""A programme of many members, written by set-based SQL; `verify` is clean.

Every member has four purchases of the last two years, in the order of time, each with
its entry and its lot. A fifth of the members redeemed: half of those a part of their
first lot, the others all of it.
"""

from django.db import connection

from points.expiry_policies import stored_policy
from points.expiry_policies.after import AfterATime
from points.models import EarningRule, Programme, Reward, RewardStock, RuleVersion, Tier
from tests.bench.clock import now, say
from tests.bench.database import Connection, raw_connection

PURCHASES_PER_MEMBER = 4
EXPIRY_MONTHS = 25
REWARDS = 20
REWARD_POINTS = 10
PIECES = 1_000_000_000
FILLED = (
    "members_member",
    "points_account",
    "points_purchase",
    "points_entry",
    "points_lot",
    "points_allocation",
    "points_redemption",
    "points_tierchange",
)

MEMBERS = """
INSERT INTO members_member (id, number, full_name, address_as, email, phone, language,
  note, enrolled_at, enrolled_via, closed_reason)
SELECT i, 'M' || to_char(i, 'FM000000000'),
  CASE WHEN i %% 3 = 0 THEN
    (string_to_array('王 李 張 劉 陳 楊 黃 趙 吳 周 徐 孫 馬 朱 胡 郭 何 林 高 羅', ' '))
      [1 + i * 7 %% 20] ||
    (string_to_array('小 大 美 志 家 文 永 國 秀 俊 子 雅 嘉 偉 明', ' '))
      [1 + i * 11 %% 15] ||
    (string_to_array('明 芳 娟 敏 靜 麗 強 磊 軍 洋 勇 傑 濤 超 霞 平 剛 英', ' '))
      [1 + i * 13 %% 18]
  ELSE
    (string_to_array('Ada Ben Cleo Dora Emil Flora Gus Hana Ivor Jane Karl Lena Milo '
      'Nora Otto Paula Quinn Rosa Saul Tara Ugo Vera Walt Xenia Yuri Zoe', ' '))
      [1 + i * 17 %% 26] || ' ' ||
    (string_to_array('Adler Bishop Carver Dyer Easton Fisher Glover Hunter Ingram '
      'Joyner Keeler Lambert Mason Nailer Osborn Parker Quill Ryder Sawyer Tanner '
      'Upton Vintner Weaver Yeoman', ' '))[1 + i * 19 %% 24]
  END, '', 'member' || i || '@example.com', '+852' || (50000000 + i),
  CASE WHEN i %% 3 = 0 THEN 'zh-hant' ELSE 'en' END, '',
  %(now)s - interval '730 days' + interval '640 days' * i / %(members)s, 'import', ''
FROM generate_series(1, %(members)s) i
"""

# The multiplier is Knuth's: a cheap number that looks random, between 0 and 1.
RECEIPTS = """
CREATE UNLOGGED TABLE bench_receipt AS
SELECT row_number() OVER (ORDER BY at) AS id, uuidv7() AS public_id, member_id, at,
  2000 + (member_id * 7919 + turn * 104729) %% 18001 AS amount
FROM (
  SELECT m.id AS member_id, turn,
    m.enrolled_at + (%(now)s - interval '1 hour' - m.enrolled_at)
      * (((m.id * 4 + turn) * 2654435761) %% 4294967296 / 4294967296.0) AS at
  FROM members_member m, generate_series(1, %(per_member)s) turn
) each;
ALTER TABLE bench_receipt ADD COLUMN taken bigint NOT NULL DEFAULT 0;
UPDATE bench_receipt r
SET taken = CASE WHEN r.member_id %% 10 = 0 THEN r.amount / 200 ELSE r.amount / 100 END
FROM (
  SELECT DISTINCT ON (member_id) id FROM bench_receipt WHERE member_id %% 5 = 0
  ORDER BY member_id, at, id
) first WHERE first.id = r.id;
VACUUM ANALYZE bench_receipt;
"""

PURCHASES = """
INSERT INTO points_purchase (id, public_id, member_id, source, source_id, amount_minor,
  occurred_at, posted_at, store, channel)
SELECT id, public_id, member_id, 'seed', id::text, amount, at, at,
  'S' || id %% 200, 'till'
FROM bench_receipt r ORDER BY r.id
"""

EARNED = """
INSERT INTO points_entry (id, account_id, kind, points, qualifying, occurred_at,
  qualifies_at, posted_at, source, source_id, key, actor, reason, trace)
SELECT id, member_id, 'earn', amount / 100, amount / 100, at, at, at, 'purchase',
  id::text, 'earn:' || public_id, 'system:bench', '',
  format('{"amount": %%s, "steps": [[1, "base", "%%s"]], "exact": "%%s",
    "rounding": "floor", "points": %%s}', amount, amount / 100, amount / 100,
    amount / 100)::jsonb
FROM bench_receipt r ORDER BY r.id
"""

LOTS = """
INSERT INTO points_lot (id, account_id, entry_id, points, remaining, effective_at,
  expires_at, priority)
SELECT id, member_id, id, amount / 100, amount / 100 - taken, at,
  (at AT TIME ZONE 'UTC' + make_interval(months => %(expiry_months)s))
    AT TIME ZONE 'UTC', 0
FROM bench_receipt r ORDER BY r.id
"""

SPENT = """
INSERT INTO points_entry (id, account_id, kind, points, qualifying, occurred_at,
  qualifies_at, posted_at, source, source_id, key, actor, reason)
SELECT %(receipts)s + id, member_id, 'redeem', -taken, 0, at + interval '1 minute',
  at + interval '1 minute', at + interval '1 minute', 'reward', id::text,
  'redeem:seed:' || id, 'system:bench', 'Reward'
FROM bench_receipt r WHERE taken > 0 ORDER BY r.id
"""

ALLOCATIONS = """
INSERT INTO points_allocation (account_id, entry_id, lot_id, points)
SELECT member_id, %(receipts)s + id, id, taken
FROM bench_receipt r WHERE taken > 0 ORDER BY r.id
"""

REDEMPTIONS = """
INSERT INTO points_redemption (public_id, account_id, reward_id, entry_id, points,
  state, code, at, actor, settled_by)
SELECT gen_random_uuid(), member_id, (SELECT min(id) FROM points_reward),
  %(receipts)s + id, taken, 'fulfilled', 'SEED' || id, at + interval '1 minute',
  'system:bench', ''
FROM bench_receipt r WHERE taken > 0 ORDER BY r.id
"""

ACCOUNTS = """
INSERT INTO points_account (opened_at, member_id, balance, held, debt, earned, redeemed,
  expired, next_expiry_at, last_activity_at, tier_id, tier_since, tier_is_due)
SELECT m.enrolled_at, sums.*, t.id,
  CASE WHEN t.id IS NOT NULL THEN %(now)s - interval '30 days' END, false
FROM (
  SELECT r.member_id, sum(amount / 100 - taken), 0, 0, sum(amount / 100), sum(taken), 0,
    min(l.expires_at) FILTER (WHERE l.remaining > 0), max(r.at)
  FROM bench_receipt r JOIN points_lot l ON l.id = r.id GROUP BY 1
) sums
JOIN members_member m ON m.id = sums.member_id
LEFT JOIN (
  SELECT member_id, sum(amount / 100) AS points FROM bench_receipt
  WHERE at > (%(now)s AT TIME ZONE 'UTC' - interval '12 months') AT TIME ZONE 'UTC'
  GROUP BY 1
) year USING (member_id)
LEFT JOIN LATERAL (
  SELECT id FROM points_tier WHERE threshold <= coalesce(year.points, 0)
  ORDER BY threshold DESC LIMIT 1
) t ON true
ORDER BY sums.member_id
"""

TIER_CHANGES = """
INSERT INTO points_tierchange (account_id, from_tier_id, to_tier_id, at, cause,
  qualifying)
SELECT member_id, NULL, tier_id, tier_since, 'upgrade', 0
FROM points_account WHERE tier_id IS NOT NULL ORDER BY member_id
"""

INDEXES = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
  format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
    pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype = 'u' AND conrelid = ANY(%(tables)s::regclass[])
UNION ALL
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index i WHERE indrelid = ANY(%(tables)s::regclass[]) AND NOT indisprimary
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""


def seed(members: int) -> None:
    """Fill the empty database."""
    make_settings()
    connection.close()
    params = {
        "members": members,
        "now": now(),
        "per_member": PURCHASES_PER_MEMBER,
        "receipts": members * PURCHASES_PER_MEMBER,
        "expiry_months": EXPIRY_MONTHS,
    }
    with raw_connection() as raw:
        # The bulk of the rows needs neither triggers nor one look-up for each index.
        raw.execute("SET session_replication_role = replica")
        raw.execute("SET maintenance_work_mem = '512MB'")
        raw.execute("SET work_mem = '128MB'")
        again = _drop_indexes(raw)
        for title, statement in (
            ("members", MEMBERS),
            ("receipts", RECEIPTS),
            ("purchases", PURCHASES),
            ("entries", EARNED),
            ("lots", LOTS),
            ("redemptions", f"{SPENT};{ALLOCATIONS};{REDEMPTIONS}"),
            ("accounts", f"{ACCOUNTS};{TIER_CHANGES}"),
        ):
            say(f"  {title} ...")
            _execute(raw, statement, params)
        say("  indexes ...")
        for statement in again:
            raw.execute(statement)
        _finish(raw)


def make_settings() -> None:
    """Make programme, rules, tiers and rewards."""
    expiry = stored_policy(AfterATime(EXPIRY_MONTHS))
    Programme.objects.update(expiry=expiry, backdating_days=90)
    make_rules(1)
    for slug, threshold, multiplier in (
        ("bronze", 1, "1"),
        ("silver", 150, "1.25"),
        ("gold", 300, "1.5"),
    ):
        Tier.objects.create(
            slug=slug, name=slug.title(), threshold=threshold, multiplier=multiplier
        )
    for number in range(REWARDS):
        reward = Reward.objects.create(
            name=f"Reward {number}", cost_points=REWARD_POINTS
        )
        RewardStock.objects.create(reward=reward, pieces=PIECES)


def make_rules(count: int) -> None:
    """Have that many active rules: one that gives points, and multipliers."""
    EarningRule.objects.update(is_active=False)
    for number in range(count):
        rule, is_new = EarningRule.objects.update_or_create(
            name=f"Rule {number}",
            defaults={
                "kind": "multiplier" if number else "per_amount",
                "is_active": True,
            },
        )
        if is_new:
            RuleVersion.objects.create(
                rule=rule,
                number=1,
                params=(
                    {"factor": "1.1", "minimum": str(number * 10)}
                    if number
                    else {"points": 1, "amount": "1", "method": "step"}
                ),
                valid_from=now(),
                created_by="bench",
            )


def _drop_indexes(raw: Connection) -> list[str]:
    """Drop what is quicker built afterwards; return the statements that build it."""
    found = raw.execute(INDEXES, {"tables": list(FILLED)}).fetchall()
    for drop, _create in found:
        raw.execute(drop)
    return [create for _drop, create in found]


def _execute(raw: Connection, statements: str, params: dict[str, object]) -> None:
    for statement in statements.split(";"):
        if text := statement.strip():
            raw.execute(text, params, prepare=False)


def _finish(raw: Connection) -> None:
    raw.execute("DROP TABLE bench_receipt")
    # The reports have still to look at everybody.
    raw.execute(
        "INSERT INTO reports_touchedmember (member_id) SELECT id FROM members_member"
    )
    for table in FILLED:
        key = "member_id" if table == "points_account" else "id"
        raw.execute(
            "SELECT setval(s, (SELECT max(id) FROM "
            f"(SELECT {key} AS id FROM {table}) t)) "
            f"FROM pg_get_serial_sequence('{table}', '{key}') s WHERE s IS NOT NULL"
        )
