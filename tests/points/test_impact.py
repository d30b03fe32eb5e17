"""Impact runs: the same arithmetic as posting, in chunks, and nothing moves."""

from datetime import date, timedelta

import pytest
from django.db import OperationalError
from django.urls import reverse

from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import ask_to_cancel, run_chunk
from points.models import EarningRule, ImpactRun, RuleDraft, TierChange
from points.selectors.impact import Tally
from points.services import impact
from points.services.impact import start_impact_run
from points.services.rule_drafts import save_draft
from points.services.rules import save_rule
from points.services.voids import void_purchases
from reports.models import Valuation
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_rule,
    make_tiers,
    set_programme,
)
from tests.points.books import differences, everything

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def draft_of(rule=None, *, kind="fixed", params=None, **more):
    return save_draft(
        name=rule.name if rule else "New",
        kind=rule.kind if rule else kind,
        params=params or {"points": 5},
        at=NOON,
        actor=CLERK,
        rule=rule,
        **more,
    )


def started(*drafts, days=30, keeps_dates=False, at=NOON + DAY):
    return start_impact_run(
        drafts=drafts, days=days, keeps_dates=keeps_dates, at=at, actor=CLERK
    )


def finished(run):
    while run_chunk(job_id=run.job_id, at=NOON + DAY):
        pass
    run.refresh_from_db()
    run.job.refresh_from_db()
    assert (run.job.state, run.job.error) == (Job.State.DONE, "")
    return Tally(**run.result)


def impact_of(*drafts, **more):
    return finished(started(*drafts, **more))


def promote(member, tier, at):
    TierChange.objects.create(
        account=member.account, to_tier=tier, at=at, cause="upgrade", qualifying=0
    )
    account = member.account
    account.tier, account.tier_since = tier, at
    account.save()


def lived_in_world():
    """Members with tiers, first purchases, late ones and voided ones."""
    gold = make_tiers(gold=10**6)["gold"]
    gold.multiplier = 2
    gold.save()
    rule = make_rule(points=1, amount="10", ends_at=NOON + 30 * DAY).rule
    make_rule(kind="fixed", points=100, conditions={"first_purchase": True})
    make_rule(kind="fixed", points=7, conditions={"tiers": ["gold"]})
    make_rule(kind="multiplier", factor="1.5", conditions={"weekdays": [0, 5]})
    members = [make_member() for _ in range(4)]

    def everybody_buys(*days_ago):
        for n, member in enumerate(members):
            for days in days_ago:
                at = NOON - (days + n) * DAY
                make_purchase(member, amount_minor=1777 * (n + 1), at=at)

    everybody_buys(13, 12)
    promote(members[1], gold, NOON - 7 * DAY)
    everybody_buys(3)
    said = {"name": rule.name, "kind": "per_amount"}
    params = {"points": 3, "amount": "10", "method": "proportional"}
    save_rule(**said, params=params, at=NOON - DAY, actor=CLERK, rule=rule)
    make_purchase(members[1], amount_minor=5000)
    first = make_purchase(members[2], amount_minor=3333)
    make_purchase(members[0], amount_minor=12345, store="c")
    void_purchases(purchase_ids=[first.purchase_id], reason="x", at=NOON, actor=CLERK)
    return rule


def test_rules_that_did_not_change_give_what_the_ledger_has():
    lived_in_world()
    tally = impact_of()
    assert (tally.purchases, tally.members) == (14, 4)
    assert tally.before == tally.after == tally.ledger > 500
    assert (tally.unlike_ledger, tally.members_up, tally.members_down) == (0, 0, 0)
    assert sum(before for before, _after in tally.days.values()) == tally.ledger


def test_what_a_draft_changes_is_counted_by_member_and_day():
    rule = make_rule(points=1).rule
    few, many, none = make_member(), make_member(), make_member()
    make_purchase(few, amount_minor=1000)
    make_purchase(many, amount_minor=5000)
    make_purchase(many, amount_minor=500, at=NOON - DAY)
    make_purchase(none, amount_minor=50)
    make_purchase(none, amount_minor=9000, at=NOON - 31 * DAY)
    params = {"points": 3, "amount": "1", "method": "step"}
    tally = impact_of(draft_of(rule, params=params))
    assert (tally.before, tally.after, tally.ledger) == (65, 195, 65)
    assert (tally.purchases, tally.members) == (4, 3)
    assert (tally.members_up, tally.members_down) == (2, 0)
    assert tally.gaining == [[many.pk, 55, 165], [few.pk, 10, 30]]
    assert tally.days == {"2026-06-14": [5, 15], "2026-06-15": [60, 180]}


def test_several_drafts_are_asked_together_and_new_rules_too():
    rule = make_rule(points=2).rule
    member = make_member()
    make_purchase(member, amount_minor=1000)
    fewer = draft_of(rule, params={"points": 1, "amount": "1", "method": "step"})
    bonus = draft_of(params={"points": 3})
    tally = impact_of(fewer, bonus)
    assert (tally.before, tally.after, tally.members_down) == (20, 13, 1)
    assert tally.losing == [[member.pk, 20, 13]]


def test_own_dates_are_left_aside_unless_the_run_keeps_them():
    make_purchase(make_member())
    draft = draft_of(starts_at=NOON + 30 * DAY)
    assert impact_of(draft).after == 5
    assert impact_of(draft, keeps_dates=True).after == 0


def test_the_first_purchase_is_the_one_that_was_first_when_it_was_posted():
    member = make_member()
    make_purchase(member, at=NOON - 2 * DAY)
    make_purchase(member, at=NOON - DAY)
    draft = draft_of(conditions={"first_purchase": True})
    assert impact_of(draft).gaining == [[member.pk, 0, 5]]


def test_the_draft_is_asked_as_it_was_when_the_run_began():
    make_purchase(make_member())
    draft = draft_of()
    run = started(draft)
    draft_of(params={"points": 50}, draft=draft)
    assert finished(run).after == 5


# Long work ----------------------------------------------------------------------


def test_many_chunks_find_what_one_finds(monkeypatch):
    draft = draft_of(lived_in_world(), params={"points": 9, "amount": "7"} | STEP)
    whole = impact_of(draft)
    assert whole.before != whole.after
    monkeypatch.setattr(impact, "CHUNK_ROWS", 2)
    run = started(draft)
    assert finished(run) == whole
    assert run.job.rows_done == run.job.rows_total == whole.purchases


STEP = {"method": "step"}


def test_a_chunk_that_breaks_off_is_counted_once(monkeypatch):
    draft = draft_of(lived_in_world(), params={"points": 9, "amount": "7"} | STEP)
    whole = impact_of(draft)
    monkeypatch.setattr(impact, "CHUNK_ROWS", 2)
    run = started(draft)
    run_chunk(job_id=run.job_id, at=NOON)
    saved, save = [], ImpactRun.save

    def save_and_die(self, **kwargs):
        save(self, **kwargs)
        if not saved:
            saved.append(self)
            raise OperationalError

    monkeypatch.setattr(ImpactRun, "save", save_and_die)
    run_chunk(job_id=run.job_id, at=NOON)
    assert saved
    assert finished(run) == whole


def test_a_run_stops_where_the_rules_change_under_it(monkeypatch):
    monkeypatch.setattr(impact, "CHUNK_ROWS", 2)
    rule = lived_in_world()
    run = started(draft_of(rule, params={"points": 9, "amount": "7"} | STEP))
    assert run_chunk(job_id=run.job_id, at=NOON)
    EarningRule.objects.filter(pk=rule.pk).update(is_active=False)
    assert not run_chunk(job_id=run.job_id, at=NOON)
    run.job.refresh_from_db()
    assert run.job.state == Job.State.FAILED
    assert "changed meanwhile" in run.job.error


def test_a_cancelled_run_stops():
    make_purchase(make_member())
    run = started(draft_of())
    ask_to_cancel(job=run.job)
    assert not run_chunk(job_id=run.job_id, at=NOON)
    run.refresh_from_db()
    assert Tally(**run.result) == Tally()


def test_nothing_moves():
    draft = draft_of(lived_in_world(), params={"points": 9, "amount": "7"} | STEP)
    before = everything(), list(RuleDraft.objects.values())
    impact_of(draft)
    assert (everything(), list(RuleDraft.objects.values())) == before
    assert differences() == []


# Pages ------------------------------------------------------------------------


def test_the_page_shows_the_work_and_then_what_it_found(
    marketer, auditor, clerk, settings
):
    set_programme(currency="HKD")
    worth = {"point_value": "0.05", "redemption_rate": 1}
    Valuation.objects.create(
        **worth, valid_from=date(2020, 1, 1), made_at=NOON, made_by="tests"
    )
    member = make_member(name="Ho Wai")
    make_purchase(member)
    draft = draft_of()
    new = reverse("points:impact-new")
    asked = marketer.get(new, {"draft": [draft.public_id, "nonsense"]})
    assert asked.context["form"].initial["drafts"] == [draft.pk]
    for wrong in ({"days": "30"}, {"drafts": [draft.pk], "days": "0"}):
        assert marketer.post(new, wrong).status_code == 422
    sent = {"drafts": [draft.pk], "days": "366"}
    assert auditor.post(new, sent).status_code == 403
    assert not ImpactRun.objects.exists()
    marketer.post(new, sent)
    run = ImpactRun.objects.get()
    assert "Progress" in marketer.get(run.get_absolute_url()).content.decode()
    while run_chunk(job_id=run.job_id, at=NOON):
        pass
    ImpactRun.objects.update(
        result=Tally(
            purchases=1, members=1, after=5, gaining=[[member.pk, 0, 5]]
        ).as_json()
        | {"days": {"2026-06-15": [0, 5]}}
    )
    text = auditor.get(run.get_absolute_url()).content.decode()
    for shown in ("Ho Wai", "HK$0.25", "2026-06-15", "since=2026-06-15"):
        assert shown in text
    assert clerk.get(run.get_absolute_url()).status_code == 403
    assert clerk.get(new).status_code == 403
