"""However tiers are set, two recomputes, a proof and a pencil come to the same."""

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings, strategies as st

from points.models import Account, Purchase, Tier, TierDraft, TierKeep, TierTerms
from points.selectors.tier_proof import misplaced_by
from points.services.purchases import post_purchases
from points.services.refunds import RefundWish, refund_purchase
from points.services.tiers import (
    mark_tiers_due,
    recompute_all_tiers,
    recompute_touched_tiers,
)
from points.services.voids import void_purchases
from tests.factories import (
    CLERK,
    give_points,
    make_member,
    make_rule,
    new_purchase,
    next_number,
    set_programme,
)
from tests.points.tier_model import Pencil, facts_of_everybody

pytestmark = [pytest.mark.django_db, pytest.mark.proof]
BERLIN = ZoneInfo("Europe/Berlin")
PERIODIC = ["year", "half_year", "quarter", "month", "anniversary"]
ROLLING = ["rolling_months", "rolling_days", "lifetime"]


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


# Ends of months and years, a leap day, both changes of the clock, and their neighbours.
BORDERS = [
    berlin(text)
    for text in (
        "2022-12-31T23:59:59.999999",
        "2023-01-01T00:00:00",
        "2023-02-28T12:00:00",
        "2023-03-26T01:59:59",
        "2023-03-26T03:00:00",
        "2023-04-01T00:00:00",
        "2023-06-30T23:59:59",
        "2023-10-29T01:30:00",
        "2023-10-29T03:30:00",
        "2024-01-31T00:00:00",
        "2024-02-29T00:00:00",
        "2024-02-29T23:30:00",
        "2024-03-01T00:00:00",
        "2024-07-01T00:00:00",
        "2025-02-28T00:00:00",
        "2025-03-01T00:00:00",
        "2025-07-14T09:00:00",
    )
]
JOINED = [berlin(f"{day}T10:00") for day in ("2020-02-29", "2022-07-14", "2023-01-01")]


@pytest.fixture
def people():
    """Members who shopped, brought back and answered around the borders."""
    set_programme(time_zone="Europe/Berlin")
    make_rule()
    chance = Random(7)  # noqa: S311 -- the same facts each time
    members = [make_member(at=JOINED[n % 3]) for n in range(9)]
    late = datetime(2026, 1, 1, tzinfo=UTC)
    for member in members[:-1]:
        purchases = [
            new_purchase(member, amount_minor=chance.choice([0, 50, 900, 4000]), at=at)
            for at in chance.choices(BORDERS, k=9)
        ]
        answers = post_purchases(purchases=purchases, at=late, actor=CLERK)
        give_points(member, 5, at=chance.choice(BORDERS))
        void_purchases(
            purchase_ids=[answers[0].purchase_id], reason="", at=late, actor=CLERK
        )
        for answer, share in zip(answers[1:4], (1, 2, 3), strict=True):
            purchase = Purchase.objects.get(pk=answer.purchase_id)
            if amount := purchase.amount_minor // share:
                wish = RefundWish("till", f"b-{next_number()}", late, amount)
                refund_purchase(purchase=purchase, wish=wish, at=late, actor=CLERK)
    return facts_of_everybody(BERLIN)


@st.composite
def ladders(draw, *, may_be_for_life: bool):
    """Three tiers, each asking for no less than the one below."""
    names = draw(
        st.lists(st.sampled_from(Tier.COUNTERS), min_size=1, max_size=3, unique=True)
    )
    scale = {"spend_minor": 1500, "threshold": 15, "visits": 1}
    least = draw(st.lists(st.integers(0, 4), min_size=3, max_size=3, unique=True))
    return [
        Tier(
            slug=f"t{rank}",
            name=f"T{rank}",
            rank=rank,
            needs=draw(st.sampled_from(["all", "any"])),
            is_for_life=may_be_for_life and draw(st.booleans()),
            **{name: steps * scale.get(name, 1) for name in names},
        )
        for rank, steps in enumerate(sorted(least), start=1)
    ]


@st.composite
def all_terms(draw):
    """Any terms that the service takes."""
    if draw(st.integers(0, 2)) == 0:
        length = draw(st.sampled_from([1, 6, 12, 30]))
        return TierTerms(window=draw(st.sampled_from(ROLLING)), window_length=length)
    upgrade = draw(st.sampled_from(["at_once", "next_period"]))
    return TierTerms(
        window=draw(st.sampled_from(PERIODIC)),
        start_month=draw(st.integers(1, 12)),
        upgrade=upgrade,
        valid_periods=draw(st.integers(int(upgrade == "next_period"), 3)),
        downgrade=draw(st.sampled_from(["full", "one_step", "none"])),
        grace_days=draw(st.sampled_from([0, 0, 1, 14, 100])),
    )


@st.composite
def settings_at_some_time(draw):
    """Terms, a ladder that fits them, and an instant at or beside a border."""
    terms = draw(all_terms())
    ladder = draw(ladders(may_be_for_life=terms.is_periodic))
    beside = [timedelta(0), timedelta(microseconds=-1), timedelta(days=400)]
    at = draw(st.sampled_from(BORDERS)) + draw(st.sampled_from(beside))
    # Of earlier terms: (which member, rank, until when beside the instant).
    keep = st.tuples(
        st.integers(0, 8), st.integers(1, 3), st.sampled_from([None, *beside])
    )
    return terms, ladder, at, draw(st.lists(keep, max_size=3))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=settings_at_some_time())
def test_everybody_holds_what_a_pencil_says(people, drawn):
    with transaction.atomic():
        agree(people, drawn)
        transaction.set_rollback(True)


def agree(people, drawn) -> None:
    """Recompute in both ways and compare them with the pencil and the proof."""
    terms, ladder, at, keeps = drawn
    set_ladder(terms, ladder)
    kept = kept_ranks(sorted(people), keeps, at)
    pencil = Pencil(terms, ladder, BERLIN)
    expected = {
        member_id: f"t{rank}" if rank else None
        for member_id, facts in people.items()
        for rank in [max(pencil.rank_at(facts, at), kept.get(member_id, 0))]
    }
    recompute_all_tiers(at=at)
    assert tiers_held() == expected
    Account.objects.update(tier=None, tier_is_due=False)
    mark_tiers_due(member_ids=list(people))
    recompute_touched_tiers(at=at)
    assert tiers_held() == expected
    assert misplaced_by(day=at, at=at) == {}
    assert recompute_all_tiers(at=at) == 0


def kept_ranks(member_ids: list[int], keeps, at: datetime) -> dict[int, int]:
    """Let members keep tiers; return the highest rank that each still keeps at `at`."""
    kept: dict[int, int] = {}
    for place, rank, beside in keeps:
        draft = TierDraft.objects.create(content={}, state="ready", saved_at=at)
        TierKeep.objects.create(
            account_id=member_ids[place],
            tier=Tier.objects.get(rank=rank),
            draft=draft,
            kept_at=at,
            ends_at=None if beside is None else at + beside,
        )
        if beside is None or beside > timedelta(0):
            kept[member_ids[place]] = max(kept.get(member_ids[place], 0), rank)
    return kept


def set_ladder(terms: TierTerms, ladder: list[Tier]) -> None:
    TierTerms.objects.update(**values_of(terms))
    for tier in ladder:
        Tier.objects.update_or_create(slug=tier.slug, defaults=values_of(tier))


def values_of(row) -> dict[str, object]:
    names = [field.name for field in row._meta.fields if field.name != "id"]
    return {name: getattr(row, name) for name in names}


def tiers_held() -> dict[int, str | None]:
    return dict(Account.objects.values_list("pk", "tier__slug"))


def test_the_proof_names_who_holds_a_wrong_tier(people):
    make_wrong = Account.objects.order_by("pk").first()
    at = BORDERS[-1]
    set_ladder(TierTerms(), [Tier(slug="t1", name="T1", rank=1, threshold=10**6)])
    recompute_all_tiers(at=at)
    Account.objects.filter(pk=make_wrong.pk).update(
        tier=Tier.objects.get(), tier_is_due=False
    )
    assert misplaced_by(day=at, at=at) == {make_wrong.pk: (Tier.objects.get().pk, None)}
