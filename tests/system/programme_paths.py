"""Addresses of what the programme consists of: rules, campaigns, challenges, files."""

from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import ask_to_cancel, run_chunk
from loyalty_site.lib.actors import staff_actor
from members.models import Member
from points.models import (
    Purchase,
)
from points.services.impact import start_impact_run
from points.services.lotteries import (
    LotteryPlan,
    Prize,
    call_draw,
    freeze_list,
    make_lottery,
    witness_draw,
)
from points.services.rule_drafts import save_draft
from tests.factories import (
    CLERK,
    make_rule,
    redeem,
)
from tests.points.challenges.worlds import make_badge, make_challenge
from tests.points.imports.files import (
    checked,
    imported,
    known_member,
    right_now,
    run_to_end,
)
from tests.points.imports.refunds import (
    posted as refunds_posted,
    taken as refunds_taken,
    weighed,
)
from tests.points.test_campaigns import make_campaign
from tests.reports.factories import NOW, days
from tests.system.shopper import ticket

ROWS = "card,when,total\n0001,2026-06-01,5.00\n0001,2026-06-02,x\n"


COLUMNS = {"member": "card", "at": "when", "amount": "total"}


def lottery_paths(member: Member) -> list[str]:
    """Draw one, of which the member has a ticket, and wait for a witness of another."""
    plan = LotteryPlan(
        "Spring draw", NOW - days(1), "the closing number", [Prize("Tea", 2)]
    )
    drawn, called = (
        make_lottery(reward=ticket(), plan=plan, at=NOW - days(9), actor=CLERK)
        for _n in range(2)
    )
    redeem(member, drawn.reward, at=NOW - days(2))
    calls = []
    for lottery in (drawn, called):
        freeze_list(lottery=lottery, at=NOW, actor=CLERK)
        calls.append(
            call_draw(lottery=lottery, public_value="25,113.60", at=NOW, actor=CLERK)
        )
    witness_draw(call=calls[0], at=NOW, actor=staff_actor("witness"))
    return [
        "/draws/",
        f"{ticket().get_absolute_url()}draw/",
        drawn.get_absolute_url(),
        called.get_absolute_url(),
        drawn.get_public_url(),
    ]


def rule_paths() -> list[str]:
    rules = [
        make_rule(conditions={"weekdays": [5, 6], "tiers": ["gold"]}).rule,
        make_rule(kind="multiplier", factor="3").rule,
        make_rule(kind="fixed", points=5).rule,
    ]
    return [
        "/rules/",
        "/rules/try/",
        "/rules/try/?amount=120&occurred_at=2026-11-01T12:00&tier=gold",
        "/rules/add/",
        *(f"/rules/add/{rule.kind}/" for rule in rules),
        *(f"/rules/{rule.pk}/" for rule in rules),
        *(f"/rules/{rule.pk}/edit/" for rule in rules),
        *(f"/rules/{rule.pk}/history/" for rule in rules),
    ]


def draft_paths() -> list[str]:
    rule = make_rule(kind="fixed", points=5).rule
    said = {"name": rule.name, "kind": "fixed", "params": {"points": 7}}
    doing = {"at": right_now(), "actor": CLERK}
    draft = save_draft(**said, **doing, rule=rule)
    run = start_impact_run(drafts=[draft], days=366, keeps_dates=False, **doing)
    while run_chunk(job_id=run.job_id, at=right_now()):
        pass
    page = draft.get_absolute_url()
    return [
        page,
        f"{page}edit/",
        f"{page}discard/",
        f"/rules/impact/?draft={draft.public_id}",
        run.get_absolute_url(),
    ]


def campaign_paths() -> list[str]:
    campaign = make_campaign(holdout_percent=10, budget_points=500)
    page = campaign.get_absolute_url()
    results = f"/reports{page}"
    return [
        "/campaigns/",
        "/campaigns/add/",
        page,
        f"{page}edit/",
        f"{page}end/",
        results,
    ]


def challenge_paths() -> list[str]:
    badge = make_badge("Regular")
    challenge = make_challenge(badge_id=badge.pk)
    page = challenge.get_absolute_url()
    return [
        "/challenges/",
        "/challenges/add/",
        page,
        f"{page}edit/",
        f"{page}end/",
        "/challenges/badges/",
        "/challenges/badges/add/",
        badge.get_absolute_url(),
        f"{badge.get_absolute_url()}picture/",
    ]


def import_paths() -> list[str]:
    known_member()
    posted = imported(ROWS, columns=COLUMNS).get_absolute_url()
    waiting = checked(ROWS.replace("5.00", "6.00"), columns=COLUMNS).get_absolute_url()
    return [
        "/imports/",
        "/imports/new/",
        *_refund_import_paths(),
        posted,
        f"{posted}reverse/",
        waiting,
        f"{waiting}columns/",
        f"{waiting}discard/",
        "/jobs/",
        f"/jobs/{Job.objects.latest('pk').public_id}/",
    ]


def _refund_import_paths() -> list[str]:
    """Check and post refunds of which one is bad, and stop the check of others."""
    purchase = Purchase.objects.latest("pk")
    on = f"{right_now():%Y-%m-%d %H:%M}"
    file = (
        f"purchase,refund_id,date,amount\n{purchase.source_id},{{}},{on},0.01\nx,y,z,\n"
    )
    source = purchase.source
    waiting = weighed(file.format("F1"), source=source).get_absolute_url()
    stopped = refunds_taken(file.format("F2"), source=source)
    ask_to_cancel(job=stopped.job)
    run_to_end(stopped.job)
    return [
        "/imports/refunds/",
        "/imports/refunds/new/",
        waiting,
        f"{waiting}confirm/",
        f"{waiting}discard/",
        stopped.get_absolute_url(),
        refunds_posted(file.format("F3"), source=source).get_absolute_url(),
    ]
