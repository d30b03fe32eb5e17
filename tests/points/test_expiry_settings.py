"""How long points last is set for everyone and by tier, and counts from then on."""

from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.urls import reverse

from points.expiry_policies import stored_policy
from points.expiry_policies.after import AfterATime
from points.expiry_policies.never import Never
from points.expiry_policies.year_end import AtTheEndOfTheYear
from points.models import Lot, Programme
from points.selectors.quotes import quote_purchase
from points.services.expiry_settings import set_expiry_policy, set_tier_expiry_policy
from points.services.tiers import recompute_all_tiers, recompute_touched_tiers
from tests.factories import (
    CLERK,
    NOON,
    give_points,
    make_member,
    make_purchase,
    make_rule,
    make_tiers,
    new_purchase,
    set_programme,
)
from tests.points.books import differences

pytestmark = pytest.mark.django_db
MONTHS = {"count": "12", "unit": "month", "through": "month", "last_month": "12"}


def url(name, *args):
    return reverse(f"points:{name}", args=args)


def test_a_changed_policy_counts_for_points_given_from_then_on():
    member = make_member()
    set_expiry_policy(policy=AfterATime(1), actor=CLERK)
    give_points(member, 30, at=NOON)
    set_expiry_policy(policy=AtTheEndOfTheYear(grace_months=3), actor=CLERK)
    give_points(member, 5, at=NOON)

    found = list(Lot.objects.order_by("pk").values_list("expires_at", flat=True))

    assert found == [NOON.replace(month=7), datetime(2027, 4, 1, tzinfo=UTC)]
    assert differences() == []


def test_a_tier_with_its_own_policy_keeps_it_for_what_was_given_in_it():
    make_rule()
    tiers = make_tiers(silver=0, gold=100)
    set_expiry_policy(policy=AfterATime(1), actor=CLERK)
    set_tier_expiry_policy(tier=tiers["gold"], policy=Never(), actor=CLERK)
    plain, golden = make_member(), make_member()
    make_purchase(golden, amount_minor=10_000, at=NOON - timedelta(days=300))
    recompute_touched_tiers(at=NOON)
    for member in (plain, golden):
        make_purchase(member, amount_minor=3000, at=NOON)
        give_points(member, 7, at=NOON)
        quote = quote_purchase(purchase=new_purchase(member), at=NOON)
        assert (quote.expires_at is None) == (member == golden)
    recompute_all_tiers(at=NOON.replace(year=2029))

    given = Lot.objects.filter(effective_at=NOON)
    ends = given.values_list("account", "expires_at").distinct()

    assert set(ends) == {(plain.pk, NOON.replace(month=7)), (golden.pk, None)}
    set_tier_expiry_policy(tier=tiers["gold"], policy=None, actor=CLERK)
    assert Programme.objects.get().tier_expiry == {}


def test_months_of_earlier_versions_stay_months_to_the_second():
    moving = import_module("points.migrations.0016_expiry_policies")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE points_programme SET expiry_months = 18")
        cursor.execute(moving.FORWARD.format("points_programme"))
        assert Programme.objects.get().expiry == stored_policy(AfterATime(18))
        cursor.execute("UPDATE points_programme SET expiry_months = 1")
        cursor.execute(moving.BACKWARD.format("points_programme"))
        cursor.execute("SELECT expiry_months FROM points_programme")
        assert cursor.fetchone() == (18,)


def test_the_page_shows_an_example_before_anything_is_saved(admin):
    address = url("expiry-edit") + "?kind=after"
    before = Programme.objects.values().get()
    tried = admin.post(address, MONTHS | {"try": "1"})
    assert "12 months, through the end of the month" in tried.content.decode()
    assert tried.context["example"].expires_at.day in (1, 30, 31)
    assert Programme.objects.values().get() == before

    saved = admin.post(address, MONTHS)

    assert saved.status_code == 302
    policy = AfterATime(12, "month", "month", 12)
    assert Programme.objects.get().expiry == stored_policy(policy)
    page = admin.get(url("expiry-edit")).content.decode()
    assert ">admin<" in page


def test_a_tier_gets_its_own_and_goes_back(admin):
    make_tiers(gold=100)
    address = url("tier-expiry-edit", "gold")
    admin.post(f"{address}?kind=never")
    assert Programme.objects.get().tier_expiry == {"gold": {"kind": "never"}}
    assert "Points do not expire." in admin.get(url("expiry-edit")).content.decode()
    admin.post(address, {"reset": "1"})
    assert Programme.objects.get().tier_expiry == {}


def test_wrong_answers_are_told_and_not_kept(admin):
    set_programme(expiry_months=12)
    before = Programme.objects.values().get()
    answer = admin.post(url("expiry-edit") + "?kind=after", MONTHS | {"count": "0"})
    assert answer.status_code == 422
    assert "count" in answer.context["form"].errors
    assert Programme.objects.values().get() == before


@pytest.mark.parametrize("address", ["expiry-edit", "tier-expiry-edit"])
def test_only_administrators_set_it(manager, address):
    make_tiers(gold=100)
    before = Programme.objects.values().get()
    args = ["gold"] if address == "tier-expiry-edit" else []
    answer = manager.post(url(address, *args) + "?kind=never")
    assert answer.status_code == 403
    assert Programme.objects.values().get() == before


def test_every_kind_of_policy_can_be_chosen(admin):
    make_tiers(gold=5)
    for page in (url("expiry-edit"), url("tier-expiry-edit", "gold")):
        text = admin.get(page).text
        for kind, label in (
            ("never", "Never"),
            ("after", "After a time"),
            ("fixed_date", "On a fixed date"),
        ):
            assert f'?kind={kind}"' in text
            assert f">{label}</a>" in text
