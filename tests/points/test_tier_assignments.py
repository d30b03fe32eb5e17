"""Tiers by hand: two people, the natural tier underneath, and what the history says."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from loyalty_site.lib.actors import system_actor
from points.errors.posting import KeyReused, MembershipClosed
from points.errors.tiers import (
    AssignmentDecided,
    AssignmentEndsBefore,
    AssignmentThere,
    OwnAssignment,
)
from points.models import Account, Tier, TierAssignment, TierChange
from points.services.tier_assignments import (
    TierWish,
    approve_tier,
    ask_tier,
    end_tier,
    end_tiers_that_are_over,
    refuse_tier,
)
from points.services.tiers import recompute_all_tiers, recompute_touched_tiers
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_rule,
    make_tiers,
    next_number,
)
from tests.points.books import differences

pytestmark = pytest.mark.django_db
BOSS = system_actor("tests.boss")
LATER = NOON + timedelta(days=10)


@pytest.fixture
def tiers():
    make_rule()
    return make_tiers(silver=0, gold=100, platinum=300)


@pytest.fixture
def member(tiers):
    """A silver member."""
    member = make_member()
    recompute_all_tiers(at=NOON)
    return member


def ask(member, tier, *, kind="floor", ends_at=None, key=""):
    wish = TierWish(tier, kind, "VIP", ends_at=ends_at)
    key = key or f"k-{next_number()}"
    return ask_tier(member=member, wish=wish, key=key, at=NOON, actor=CLERK)


def give(member, tier, **how):
    assignment = ask(member, tier, **how)
    return approve_tier(assignment=assignment, note="", at=NOON, actor=BOSS)


def held(member, at=NOON):
    recompute_touched_tiers(at=at)
    return Account.objects.get(pk=member.pk).tier.slug


def causes():
    return list(TierChange.objects.order_by("id").values_list("cause", flat=True))[1:]


def test_nothing_changes_until_somebody_else_approves(member, tiers):
    assignment = ask(member, tiers["gold"])
    assert held(member) == "silver"
    with pytest.raises(OwnAssignment):
        approve_tier(assignment=assignment, note="", at=NOON, actor=CLERK)
    assert (held(member), causes()) == ("silver", [])
    with pytest.raises(IntegrityError), transaction.atomic():
        TierAssignment.objects.update(state="active", decided_by=str(CLERK))

    approve_tier(assignment=assignment, note="", at=NOON, actor=BOSS)

    assert (held(member), causes()) == ("gold", ["manual"])
    change = TierChange.objects.latest("id")
    assert change.evidence == {"by_hand": str(assignment.public_id)}
    assert differences() == []


@pytest.mark.parametrize(
    ("kind", "spent", "meanwhile"),
    [
        ("floor", 5_000, "gold"),
        ("floor", 50_000, "platinum"),
        ("exact", 50_000, "gold"),
        ("exact", 5_000, "gold"),
    ],
)
def test_the_natural_tier_goes_on_underneath(member, kind, spent, meanwhile):
    assignment = give(member, Tier.objects.get(slug="gold"), kind=kind)
    make_purchase(member, amount_minor=spent)
    assert held(member) == meanwhile
    assert recompute_all_tiers(at=NOON) == 0
    assert differences() == []

    end_tier(assignment=assignment, at=NOON, actor=BOSS)

    natural = "platinum" if spent == 50_000 else "silver"
    assert held(member) == natural
    if natural != meanwhile:
        assert causes()[-1] == "manual_end"
    assert differences() == []


def test_it_is_over_at_its_end_even_where_no_worker_ran(member, tiers):
    give(member, tiers["platinum"], ends_at=LATER)
    before = LATER - timedelta(microseconds=1)
    assert recompute_all_tiers(at=before) == 0
    assert recompute_all_tiers(at=LATER) == 1
    assert held(member, LATER) == "silver"
    assert causes() == ["manual", "manual_end"]


def test_the_worker_ends_it_and_has_the_member_recomputed(member, tiers):
    give(member, tiers["platinum"], ends_at=LATER)
    assert end_tiers_that_are_over(at=LATER - timedelta(seconds=1)) == 0
    assert end_tiers_that_are_over(at=LATER) == 1
    assert end_tiers_that_are_over(at=LATER) == 0
    assert held(member, LATER) == "silver"
    ended = TierAssignment.objects.get()
    assert (ended.state, ended.ended_by) == ("ended", "system:points.tiers")


def test_who_has_one_gets_no_second(member, tiers):
    first = ask(member, tiers["gold"])
    for _each in range(2):
        with pytest.raises(AssignmentThere):
            ask(member, tiers["platinum"])
        if first.is_waiting:
            first = approve_tier(assignment=first, note="", at=NOON, actor=BOSS)
    assert TierAssignment.objects.count() == 1


def test_a_key_asks_once(member, tiers):
    first, again = (ask(member, tiers["gold"], key="k") for _each in range(2))
    assert first == again
    with pytest.raises(KeyReused):
        ask(member, tiers["silver"], key="k")
    assert TierAssignment.objects.count() == 1


def test_what_was_decided_stays_decided(member, tiers):
    assignment = ask(member, tiers["gold"])
    refuse_tier(assignment=assignment, note="no", at=NOON, actor=BOSS)
    for act in (approve_tier, refuse_tier):
        with pytest.raises(AssignmentDecided):
            act(assignment=assignment, note="", at=NOON, actor=BOSS)
    with pytest.raises(AssignmentDecided):
        end_tier(assignment=assignment, at=NOON, actor=BOSS)
    assert (held(member), TierAssignment.objects.get().state) == ("silver", "refused")


def test_an_end_in_the_past_and_a_closed_membership_are_refused(member, tiers):
    with pytest.raises(AssignmentEndsBefore):
        ask(member, tiers["gold"], ends_at=NOON)
    waiting = ask(member, tiers["gold"], ends_at=LATER)
    with pytest.raises(AssignmentEndsBefore):
        approve_tier(assignment=waiting, note="", at=LATER, actor=BOSS)
    type(member).objects.filter(pk=member.pk).update(closed_at=NOON)
    with pytest.raises(MembershipClosed):
        approve_tier(assignment=waiting, note="", at=NOON, actor=BOSS)
    assert (held(member), TierAssignment.objects.get().state) == ("silver", "waiting")


# Pages ----------------------------------------------------------------------


def url(name, *args):
    return reverse(f"points:{name}", args=args)


def asked_on_page(client, member, tier):
    page = client.get(url("tier-assignment-add"), {"member": member.number})
    data = {
        "member": member.number,
        "tier": str(tier.pk),
        "kind": "floor",
        "ends_at": "",
        "reason": "Complaint 12",
        "key": page.context["form"]["key"].value(),
    }
    return client.post(url("tier-assignment-add"), data)


def test_an_agent_asks_and_a_manager_approves_and_ends(agent, manager, member, tiers):
    asked_on_page(agent, member, tiers["gold"])
    assignment = TierAssignment.objects.get()
    page = assignment.get_absolute_url()
    assert "another person decides" in agent.get(page).content.decode()
    assert agent.post(f"{page}approve/").status_code == 403
    listed = manager.get(url("tier-assignment-list"), {"state": "waiting"})
    assert "Complaint 12" in listed.content.decode()
    assert "Tiers to approve" in manager.get("/").content.decode()

    assert manager.post(f"{page}approve/", {"note": ""}).status_code == 302
    assert Account.objects.get(pk=member.pk).tier == tiers["gold"]
    assert agent.post(f"{page}end/").status_code == 403
    manager.post(f"{page}end/")
    assert Account.objects.get(pk=member.pk).tier == tiers["silver"]


def test_nobody_approves_their_own_on_the_page(manager, member, tiers):
    asked_on_page(manager, member, tiers["gold"])
    page = TierAssignment.objects.get().get_absolute_url()
    answer = manager.post(f"{page}approve/", {"note": ""})
    assert answer.status_code == 422
    assert TierAssignment.objects.get().state == "waiting"
    manager.post(f"{page}refuse/", {"note": "not needed"})
    assert TierAssignment.objects.get().state == "refused"


@pytest.mark.parametrize("role", ["clerk", "marketer", "auditor"])
def test_other_roles_do_not_give_tiers(request, role, member, tiers):
    client = request.getfixturevalue(role)
    assert client.get(url("tier-assignment-add")).status_code == 403
    assert not TierAssignment.objects.exists()
