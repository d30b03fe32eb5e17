"""Which lots of a household are spent, and where they go: tables, no database."""

from datetime import UTC, datetime, timedelta

import pytest

from points.errors.posting import InsufficientPoints
from points.services.lot_moves import OpenLot
from points.services.sharing import SharedLot, draw, steps_of_leaving

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ANNA, BEN, CLEO = 1, 2, 3


def lot(account, number, points, *, ends=None, owner=None, since=0, priority=0):
    """A lot that ends so many days after BEGIN; None is never."""
    ends_at = None if ends is None else BEGIN + timedelta(days=ends)
    began_at = BEGIN + timedelta(days=since)
    its = OpenLot(number, points, began_at, ends_at, priority, number)
    return SharedLot(account, owner or account, its)


def taken(shared):
    return [(each.lot.lot_id, each.lot.points) for each in shared]


A30 = lot(ANNA, 1, 30, ends=10)
B50 = lot(BEN, 2, 50, ends=5)
B20 = lot(BEN, 3, 20, ends=20)
C40 = lot(CLEO, 4, 40)


@pytest.mark.parametrize(
    ("lots", "points", "owed", "drawn"),
    [
        # The first to end is spent first, whoever has it, though Anna has enough.
        ([A30, B50, C40], 30, {}, [(2, 30)]),
        ([A30, B50, C40], 60, {}, [(2, 50)]),
        ([A30, B50, B20, C40], 90, {}, [(2, 50), (3, 10)]),
        ([A30, B50, B20, C40], 140, {}, [(2, 50), (3, 20), (4, 40)]),
        # One's own alone suffice and come first: nothing moves.
        ([A30, B20, C40], 30, {}, []),
        # Priority comes before the end, and the beginning after it.
        ([lot(ANNA, 1, 30, ends=5, priority=1), B20], 10, {}, [(3, 10)]),
        ([lot(ANNA, 1, 30, since=2), lot(BEN, 2, 30, since=1)], 10, {}, [(2, 10)]),
        # Of lots that nothing tells apart one's own come first, older or not.
        ([lot(BEN, 1, 30, ends=5), lot(ANNA, 2, 30, ends=5)], 40, {}, [(1, 10)]),
        ([lot(CLEO, 2, 9), lot(BEN, 1, 9), lot(ANNA, 3, 1)], 11, {}, [(1, 9), (2, 1)]),
        # What another one owes stays there; what ends last is what stays.
        ([A30, B50, B20], 60, {BEN: 30}, [(2, 40)]),
        ([A30, B50], 30, {BEN: 90}, []),
        # What the spender owes comes along and is settled.
        ([B50, C40], 30, {ANNA: 30}, [(2, 50), (4, 10)]),
        ([A30, B20], 20, {ANNA: 10}, []),
    ],
)
def test_a_spending_draws_what_burn_order_over_all_lots_says(lots, points, owed, drawn):
    assert taken(draw(lots, spender_id=ANNA, points=points, owed=owed)) == drawn


@pytest.mark.parametrize(
    ("lots", "points", "owed", "available"),
    [
        ([A30, B20], 51, {}, 50),
        ([A30, B20], 31, {BEN: 20}, 30),
        ([A30, B20], 41, {ANNA: 10}, 40),
        ([B20], 5, {ANNA: 30}, 0),
        ([], 1, {}, 0),
    ],
)
def test_too_few_points_say_how_many_there_are(lots, points, owed, available):
    with pytest.raises(InsufficientPoints) as refusal:
        draw(lots, spender_id=ANNA, points=points, owed=owed)
    assert (refusal.value.available, refusal.value.needed) == (available, points)


BENS_AT_ANNA = lot(ANNA, 5, 15, owner=BEN, ends=9)
ANNAS_AT_CLEO = lot(CLEO, 6, 25, owner=ANNA, ends=9)
STRANGERS = lot(ANNA, 7, 5, owner=99, ends=30)
ALL = [A30, B20, BENS_AT_ANNA, ANNAS_AT_CLEO, STRANGERS]


@pytest.mark.parametrize(
    ("rule", "owed", "others", "steps"),
    [
        ("own", {}, [BEN, CLEO], [(5, 15, BEN), (6, 25, ANNA)]),
        # Whoever gets points back gets them whatever the leaver owes.
        ("own", {ANNA: 90}, [CLEO, BEN], [(5, 15, BEN), (6, 25, ANNA)]),
        ("stay", {}, [CLEO, BEN], [(5, 15, BEN), (1, 30, CLEO), (7, 5, CLEO)]),
        ("stay", {ANNA: 10}, [CLEO, BEN], [(5, 15, BEN), (1, 25, CLEO)]),
        ("stay", {ANNA: 40}, [CLEO, BEN], [(5, 15, BEN)]),
        ("lies", {}, [BEN, CLEO], []),
        ("own", {}, [], []),
        ("stay", {}, [], []),
    ],
)
def test_who_leaves_leaves_by_the_rule(rule, owed, others, steps):
    found = steps_of_leaving(ALL, leaver_id=ANNA, others=others, rule=rule, owed=owed)
    moved = [
        (each.lot.lot.lot_id, each.lot.lot.points, each.receiver_id) for each in found
    ]
    assert moved == steps
