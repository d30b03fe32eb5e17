"""The statements that a till waits for are planned once, not at each call."""

from loyalty_site.lib.statements import fetch
from points.selectors.balances import balance_of
from points.services.posting import lock_accounts
from tests.factories import NOON, give_points, make_member

PLANS = """
SELECT generic_plans FROM pg_prepared_statements
WHERE statement LIKE %s ORDER BY prepare_time DESC LIMIT 1
"""
# psycopg prepares a statement after five calls, PostgreSQL keeps a plan after five more.
CALLS = 15


def test_a_balance_is_planned_once(db: None) -> None:
    member = make_member()
    give_points(member, 100, at=NOON)
    for _ in range(CALLS):
        assert balance_of(member_id=member.pk, at=NOON).available == 100
    assert fetch(PLANS, ["%WITH asked AS MATERIALIZED%"])[0][0] > 0


def test_a_lock_is_planned_once(db: None) -> None:
    member = make_member()
    for _ in range(CALLS):
        lock_accounts([member.pk])
    assert fetch(PLANS, ["%FOR UPDATE OF a%"])[0][0] > 0
