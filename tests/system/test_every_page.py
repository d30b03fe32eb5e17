"""Every page, looked at by a browser: wide and narrow, light and dark, two languages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module

import pytest
from django.conf import settings as site
from django.core.mail import EmailMultiAlternatives
from django.db.models import QuerySet
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from playwright.sync_api import Page

from loyalty_site.accounts.models import User
from loyalty_site.accounts.services import create_staff, set_language
from loyalty_site.apiaccess.models import LoggedRequest
from loyalty_site.apiaccess.services import create_api_key
from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import ask_to_cancel, run_chunk
from loyalty_site.lib.actors import staff_actor
from loyalty_site.outbox import DemoOutboxBackend, kept_messages
from loyalty_site.webhooks.kinds import EVENT_KINDS
from loyalty_site.webhooks.models import Delivery
from loyalty_site.webhooks.services.delivering import deliver_due
from loyalty_site.webhooks.services.endpoints import add_endpoint
from members.models import Member
from members.segmenting import archive_segment, remove_from_segment
from points.models import (
    Adjustment,
    Entry,
    Hold,
    Purchase,
    Redemption,
    Reward,
    Tier,
    Transfer,
)
from points.referral_codes import referral_code
from points.selectors.adjustment_limits import Limit
from points.services.adjustments import Wish, ask_adjustment
from points.services.holds import HoldWish, place_hold
from points.services.households import leave_on_closing
from points.services.impact import start_impact_run
from points.services.lotteries import (
    LotteryPlan,
    Prize,
    call_draw,
    freeze_list,
    make_lottery,
    witness_draw,
)
from points.services.redatings.moving import start_counting
from points.services.redemptions import fulfil_redemption
from points.services.refunds import RefundWish, refund_purchase
from points.services.rule_drafts import save_draft
from points.services.tier_assignments import TierWish, ask_tier
from points.services.tier_drafts import save_or_draft_terms
from points.services.tier_settings import TierTermsWish
from points.views.portal_access import SESSION_KEY
from surveys.models import Case, Invitation, Response
from surveys.services.sending import mark_sent
from surveys.tokens import UNSUBSCRIBE, token_for
from tests.factories import (
    CLERK,
    give_points,
    make_household,
    make_member,
    make_reward,
    make_rule,
    make_segment_of,
    make_tiers,
    redeem,
    transfer,
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
from tests.points.test_merges import merge
from tests.points.test_referrals import set_terms
from tests.reports.factories import NOW, days, make_purchase, make_scores, refresh
from tests.surveys.world import answer_all, make_asked_member, make_wave, path_of

ROWS = "card,when,total\n0001,2026-06-01,5.00\n0001,2026-06-02,x\n"
COLUMNS = {"member": "card", "at": "when", "amount": "total"}

# Not pages: they answer with files, fragments, images or redirects, or take forms only.
NOT_PAGES = {
    "healthz",
    "readyz",
    "set_language",
    "set_theme",
    "jobs:job-cancel",
    "jobs:job-file",
    "jobs:job-retry",
    "members:member-consent",
    "members:member-export",
    "members:segment-archive",
    "outbox:message-html",
    "points:adjustment-approve",
    "points:approval-give",
    "points:adjustment-refuse",
    "points:campaign-approve",
    "points:campaign-move",
    "points:campaign-refuse",
    "points:challenge-move",
    "points:draft-publish",
    "points:import-confirm",
    "points:lottery-freeze",
    "points:lottery-refuse",
    "points:lottery-witness",
    "points:merge-approve",
    "points:public-tickets",
    "points:merge-refuse",
    "points:import-errors",
    "points:import-template",
    "points:picture",
    "points:portal-card",
    "points:programme-export",
    "points:purchase-confirm",
    "points:redating-confirm",
    "points:refund-import-check",
    "points:refund-import-errors",
    "points:refund-import-template",
    "points:tier-assignment-approve",
    "points:tier-assignment-end",
    "points:tier-assignment-refuse",
    "points:portal-link",
    "points:portal-logout",
    "points:portal-qr",
    "points:redemption-fulfil",
    "points:redemption-qr",
    "points:rule-switch",
    "points:sliding-edit",
    "points:version-restore",
    "surveys:case-note",
    "surveys:case-reopen",
    "surveys:case-resolve",
    "surveys:case-take",
    "surveys:wave-cancel",
    "webhooks:delivery-resend",
    "webhooks:endpoint-resend",
    "webhooks:endpoint-switch",
}
# Pages of other packages, which have tests of their own or are for developers only.
ELSEWHERE = ("account_", "admin:", "api:", "mfa_", "api-")
# Each of these is only there between two steps; the tests of the step look at it.
SEEN_ELSEWHERE = {
    "points:counter-undo",
    "points:join-code",
    "points:portal-code",
    "points:redating-reverse",
    "members:member-history",
}


@dataclass(frozen=True)
class World:
    """What the pages show."""

    member: Member
    staff_paths: list[str]
    portal_paths: list[str]
    public_paths: list[str]


@pytest.fixture
def world(transactional_db, settings, tmp_path) -> World:
    settings.VAR_DIR = tmp_path
    member = _shopper()
    surveys = _survey_paths()
    refresh()
    staff = [*_site_paths(), *_member_paths(member), *_points_paths(member), *surveys]
    return World(
        member=member,
        staff_paths=staff + _report_paths() + _import_paths(),
        portal_paths=_portal_paths(member),
        public_paths=_public_paths(),
    )


def _shopper() -> Member:
    """Build a year of the shop in little and return its best customer."""
    make_rule()
    make_rule(kind="multiplier", factor="2")
    make_tiers(silver=0, gold=500)
    members = [make_member(at=NOW - days(75)) for _ in range(6)]
    member = make_member(
        name="歐陽文慧 Alexandra Featherstonehaugh",
        email="alexandra@example.com",
        phone="+85291234567",
        at=NOW - days(75),
    )
    give_points(member, 1000, at=NOW - days(60))
    for each in (*members, member):
        make_purchase(each, NOW - days(70), 112_345)
        make_purchase(each, NOW - days(40), 9_900)
    reward = make_reward(cost=30, pieces=5)
    make_reward(cost=90_000)
    _adjust(member, limit=1000)
    _adjust(member, limit=0)
    transfer(member, make_member(name="Wong Ho"), 10, at=NOW - days(31))
    redeem(member, reward, at=NOW - days(30))
    settled = redeem(member, reward, at=NOW - days(29))
    fulfil_redemption(redemption=settled, at=NOW - days(28), actor=CLERK)
    return member


def _adjust(member: Member, *, limit: int) -> None:
    ask_adjustment(
        member=member,
        wish=Wish(50, Entry.AdjustReason.GOODWILL, "The parcel came late"),
        limit=Limit(limit, None),
        key=f"adjust-{limit}",
        at=NOW - days(31),
        actor=CLERK,
    )


def _refunded(member: Member) -> Purchase:
    """Give some of the last purchase back, and return it."""
    purchase = Purchase.objects.filter(member=member).latest("pk")
    at = right_now()
    refund_purchase(
        purchase=purchase,
        wish=RefundWish("till", "R1", at, amount_minor=1234, reason="Damaged"),
        at=at,
        actor=CLERK,
    )
    return purchase


def _ticket() -> Reward:
    reward = make_reward(cost=5)
    reward.kind = Reward.Kind.LOTTERY
    reward.save()
    return reward


def _lottery_paths(member: Member) -> list[str]:
    """Draw one, of which the member has a ticket, and wait for a witness of another."""
    plan = LotteryPlan(
        "Spring draw", NOW - days(1), "the closing number", [Prize("Tea", 2)]
    )
    drawn, called = (
        make_lottery(reward=_ticket(), plan=plan, at=NOW - days(9), actor=CLERK)
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
        f"{_ticket().get_absolute_url()}draw/",
        drawn.get_absolute_url(),
        called.get_absolute_url(),
        drawn.get_public_url(),
    ]


def _merge_paths() -> list[str]:
    """Merge two and ask for another merge, of which both members have much to show."""
    kept = make_member(name="Wong Ho", phone="+85251234567", at=NOW - days(60))
    gone = make_member(name="黃浩 Alexander Featherstonehaugh", at=NOW - days(50))
    others = [make_member(name="Wong H", balance=9, at=NOW - days(60)) for _ in "12"]
    done = merge(kept, gone, at=NOW)
    waiting = merge(*others, at=NOW, limit=Limit(0, 0))
    here = done.get_absolute_url()
    return [
        "/points/merges/",
        f"/points/merges/add/?member={kept.number}",
        here,
        f"{here}undo/",
        waiting.get_absolute_url(),
        gone.get_absolute_url(),
    ]


def _household_paths(member: Member) -> list[str]:
    """Let somebody leave a household of three, and somebody else look at leaving."""
    others = [make_member(name=name, balance=9) for name in ("Wong Si", "黃詩")]
    household = make_household(member, *others)
    here = household.get_absolute_url()
    redeem(others[0], make_reward(cost=9), at=NOW)
    leave_on_closing(member=others[1], reason="Moved out", at=NOW, actor=CLERK)
    return [
        "/points/households/",
        f"/points/households/add/?member={member.number}",
        here,
        f"{here}add/",
        f"{here}leave/{member.number}/",
    ]


def _site_paths() -> list[str]:
    mail = EmailMultiAlternatives("Hello", "Hello", "a@example.com", ["b@example.com"])
    DemoOutboxBackend().send_messages([mail])
    made = create_api_key(
        name="Till", scopes=["members:read"], at=right_now(), actor=CLERK
    )
    return [
        "/",
        "/search/?q=alexandra",
        "/search/?q=nothing-at-all",
        "/help/",
        "/account/",
        "/developer/",
        "/developer/keys/",
        "/developer/keys/new/",
        f"/developer/keys/{made.api_key.prefix}/edit/",
        f"/developer/keys/{made.api_key.prefix}/revoke/",
        f"/developer/keys/{made.api_key.prefix}/rotate/",
        *_request_paths(made.raw),
        *_webhook_paths(),
        "/demo/outbox/",
        f"/demo/outbox/{kept_messages()[0].slug}/",
    ]


def _request_paths(raw: str) -> list[str]:
    headers = {"Authorization": f"Bearer {raw}"}
    Client().get("/api/v1/members", headers=headers)
    call = LoggedRequest.objects.latest("pk")
    return ["/developer/requests/", f"/developer/requests/{call.pk}/"]


def _webhook_paths() -> list[str]:
    endpoint = add_endpoint(
        url="http://127.0.0.1:9/a-rather-long-address/of-a-shop/that-listens",
        kinds=EVENT_KINDS,
        note="Web shop",
        at=right_now(),
        actor=CLERK,
    )
    make_member(at=NOW - days(20))
    deliver_due(endpoint_id=endpoint.pk, clock=right_now)
    here = endpoint.get_absolute_url()
    delivery = Delivery.objects.latest("pk")
    return [
        "/developer/events/",
        "/developer/webhooks/",
        "/developer/webhooks/add/",
        here,
        f"{here}edit/",
        f"{here}rotate/",
        f"{here}remove/",
        f"{here}{delivery.pk}/",
    ]


def _member_paths(member: Member) -> list[str]:
    page = member.get_absolute_url()
    panels = ("points", "transactions", "rewards", "surveys")
    return [
        "/members/",
        "/members/?q=nobody-is-called-so",
        "/members/add/",
        page,
        *(f"{page}{slug}/" for slug in panels),
        f"{page}edit/",
        f"{page}close/",
        *_segment_paths(member),
    ]


def _segment_paths(member: Member) -> list[str]:
    """Fill one segment, end a stay in another, archive a third."""
    filled = make_segment_of(*Member.objects.all(), slug="friends-of-the-tea-house")
    left = make_segment_of(member, slug="left")
    doing = {"at": right_now(), "actor": CLERK}
    remove_from_segment(segment=left, member_ids=[member.pk], **doing)
    archive_segment(segment=make_segment_of(member), is_archived=True, **doing)
    page = filled.get_absolute_url()
    return [
        "/segments/",
        "/segments/?state=archived",
        "/segments/add/",
        page,
        f"{page}edit/",
        "/members/segments/?segment=left",
        f"{member.get_absolute_url()}segments/",
    ]


def _points_paths(member: Member) -> list[str]:
    reward = Reward.objects.earliest("pk")
    redemption = _redemptions_of(member).get(state="confirmed")
    entries = Entry.objects.filter(account__member=member)
    purchase = _refunded(member).get_absolute_url()
    counter = f"/counter/{member.number}/"
    return [
        "/counter/",
        "/counter/?q=Member",
        "/counter/?q=nobody-is-called-so",
        counter,
        f"{counter}quote/?amount=120",
        f"{counter}redeem/{reward.public_id}/",
        "/points/ledger/",
        *(f"/points/ledger/{pk}/" for pk in _one_of_each_kind(entries)),
        "/transactions/",
        purchase,
        f"{purchase}refund/",
        f"/points/statements/{member.number}/?start={_days_ago(80)}&end={_days_ago(0)}",
        "/points/adjustments/",
        f"/points/adjustments/add/?member={member.number}",
        *(each.get_absolute_url() for each in Adjustment.objects.all()),
        "/points/transfers/",
        f"/points/transfers/add/?sender={member.number}",
        *(each.get_absolute_url() for each in Transfer.objects.all()),
        *_merge_paths(),
        *_household_paths(member),
        "/settings/referrals/",
        "/rewards/",
        "/rewards/add/",
        reward.get_absolute_url(),
        f"{reward.get_absolute_url()}edit/",
        *_lottery_paths(member),
        "/redemptions/",
        "/redemptions/desk/",
        "/redemptions/approvals/",
        _asked_reward(member).get_absolute_url(),
        redemption.get_absolute_url(),
        f"{redemption.get_absolute_url()}print/",
        f"{redemption.get_absolute_url()}reverse/",
        *_rule_paths(),
        *_draft_paths(),
        *_campaign_paths(),
        *_challenge_paths(),
        "/tiers/",
        "/tiers/add/",
        "/tiers/gold/edit/",
        "/tiers/terms/",
        "/tiers/by-hand/",
        f"/tiers/by-hand/add/?member={member.number}",
        *_settings_paths(member, reward),
    ]


def _days_ago(count: int) -> str:
    return (NOW - days(count)).date().isoformat()


def _settings_paths(member: Member, reward: Reward) -> list[str]:
    gold = Tier.objects.get(slug="gold")
    asked = ask_tier(
        member=member,
        wish=TierWish(tier=gold, kind="floor", reason="A good customer"),
        key="every-page",
        at=right_now(),
        actor=CLERK,
    )
    wish = TierTermsWish(window_length=6)
    draft = save_or_draft_terms(wish=wish, at=right_now(), actor=CLERK)
    assert draft is not None
    redating = start_counting(
        reason="A longer life", notice_days=0, at=right_now(), actor=CLERK
    )
    page, pool = reward.get_absolute_url(), _pool().get_absolute_url()
    return [
        "/settings/programme/",
        "/settings/limits/",
        reverse("points:programme-file"),
        reverse("points:expiry-edit"),
        reverse("points:tier-expiry-edit", args=["gold"]),
        reverse("points:reminders-edit"),
        reverse("points:paying-edit"),
        reverse("points:redating-list"),
        redating.get_absolute_url(),
        f"{pool}codes/",
        f"{pool}codes/new/",
        f"{page}picture/",
        asked.get_absolute_url(),
        draft.get_absolute_url(),
        reverse("reports:valuation-list"),
        reverse("reports:account-codes"),
    ]


def _rule_paths() -> list[str]:
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


def _draft_paths() -> list[str]:
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


def _campaign_paths() -> list[str]:
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


def _challenge_paths() -> list[str]:
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


def _pool() -> Reward:
    pool = make_reward(cost=40)
    pool.kind = Reward.Kind.CODE
    pool.save()
    return pool


def _asked_reward(member: Member) -> Hold:
    reward = make_reward(cost=40)
    reward.needs_approval = True
    reward.save()
    wish = HoldWish(timedelta(days=7), reward=reward)
    return place_hold(member=member, wish=wish, key="ask", at=right_now(), actor=CLERK)


def _redemptions_of(member: Member) -> QuerySet[Redemption]:
    return Redemption.objects.filter(account__member=member)


def _one_of_each_kind(entries: Iterable[Entry]) -> list[int]:
    return list({entry.kind: entry.pk for entry in entries}.values())


def _survey_paths() -> list[str]:
    survey = make_scores([10, 9, 9, 8, 3, 0], unanswered=2)
    wave = survey.waves.latest("pk")
    page = f"/surveys/{survey.slug}/"
    return [
        "/surveys/",
        "/surveys/add/",
        page,
        f"{page}edit/",
        f"{page}settings/",
        *(f"{page}preview/{step}/" for step in (1, 2, 3, 4)),
        f"{page}send/",
        f"/waves/{wave.public_id}/",
        "/responses/",
        *(f"/responses/{each.public_id}/" for each in Response.objects.all()[:1]),
        "/cases/",
        *(f"/cases/{each.public_id}/" for each in Case.objects.all()[:1]),
    ]


def _report_paths() -> list[str]:
    return [
        "/reports/",
        "/reports/?from=2026-09&to=2026-10",
        "/reports/?from=2015-01&to=2015-02",
        "/reports/points/",
        "/reports/points/breakage/",
        "/reports/points/revenue/",
        "/reports/points/members/?to=2026-11&bucket=age-0",
        "/reports/cohorts/",
        "/reports/nps/?from=2026-09&to=2026-10",
        "/reports/definitions/",
        "/reports/overview/members/?figure=members&from=2026-10&to=2026-10",
    ]


def _import_paths() -> list[str]:
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


def _portal_paths(member: Member) -> list[str]:
    reward = Reward.objects.earliest("pk")
    vouchers = _redemptions_of(member)
    return [
        "/me/",
        "/me/statement/",
        "/me/history/",
        "/me/rewards/",
        f"/me/rewards/{reward.public_id}/",
        "/me/vouchers/",
        *(f"/me/vouchers/{each.public_id}/" for each in vouchers),
        "/me/profile/",
        "/me/friends/",
        "/me/challenges/",
        "/me/consent/",
    ]


def _public_paths() -> list[str]:
    now = right_now()
    asked = [make_asked_member(language="en") for _ in range(2)]
    wave = make_wave(_the_survey(), period="asked-now", at=now)
    fresh, done = (wave.invitations.get(member=member) for member in asked)
    # Nobody answers within two seconds of the mail, so it came an hour ago.
    mark_sent(invitations=[fresh, done], at=now - timedelta(hours=1))
    answer_all(done, score=9, at=now)
    set_terms()
    return [
        reverse("points:join-form", args=[referral_code(asked[0].pk)]),
        "/me/login/",
        reverse("points:reminder-stop", args=["unknown"]),
        path_of(fresh),
        *(path_of(fresh, f"{step}/") for step in (1, 2, 3, 4)),
        path_of(done, "thanks/"),
        f"/u/{_unsubscribe_token(fresh)}/",
    ]


def _the_survey():
    return Response.objects.earliest("pk").survey


def _unsubscribe_token(invitation: Invitation) -> str:
    return token_for(invitation.public_id, UNSUBSCRIBE)


def speak(page: Page, user: User | None, language: str) -> None:
    """Ask for the language as a browser that has chosen it does."""
    if user is not None:
        set_language(user=user, language=language)
    origin = "/".join(page.url.split("/")[:3])
    name = site.LANGUAGE_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": language, "url": origin}])


def look_at_all(page: Page, look_at, paths: list[str], *, language: str) -> None:
    """Look at every page and tell of all that is wrong, not of the first thing."""
    origin = "/".join(page.url.split("/")[:3])
    schemes = ("light", "dark") if language == "en" else ("light",)
    wrong = []
    for path in paths:
        answer = page.goto(f"{origin}{path}")
        shown = page.get_attribute("html", "lang")
        if (answer.status, page.url) != (200, f"{origin}{path}"):
            wrong.append(f"{path}: {answer.status} at {page.url}")
        if not shown.lower().startswith(language[:2]):
            wrong.append(f"{path}: speaks {shown}")
        try:
            look_at(page, schemes=schemes)
        except AssertionError as problem:
            wrong.append(f"{path}: {str(problem)[:500]}")
            page.complaints.clear()
    assert not wrong, "\n".join(wrong)


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_of_the_staff(world, open_as, look_at, language):
    user = create_staff(username="admin", email="admin@example.com", role="admin")
    page = open_as(user)
    speak(page, user, language)
    look_at_all(page, look_at, world.staff_paths, language=language)


@pytest.mark.long
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_of_customers(world, open_as, look_at, language):
    page = open_as(None, "/me/login/")
    speak(page, None, language)
    # A survey speaks the language of its member until another one is chosen on it.
    paths = [
        f"{path}?lang={language}" if path.startswith("/s/") else path
        for path in world.public_paths
    ]
    look_at_all(page, look_at, paths, language=language)
    _sign_in_to_portal(page, world.member)
    look_at_all(page, look_at, world.portal_paths, language=language)


def _sign_in_to_portal(page: Page, member: Member) -> None:
    session = import_module(site.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = member.pk
    session.save()
    origin = "/".join(page.url.split("/")[:3])
    name = site.SESSION_COOKIE_NAME
    key: str = session.session_key
    page.context.add_cookies([{"name": name, "value": key, "url": origin}])


def test_no_page_is_forgotten(world):
    paths = world.staff_paths + world.portal_paths + world.public_paths
    seen = {resolve(path.split("?")[0]).view_name for path in paths}
    missing = set(_names(get_resolver().url_patterns)) - seen
    missing -= NOT_PAGES | SEEN_ELSEWHERE
    assert sorted(name for name in missing if not name.startswith(ELSEWHERE)) == []


def _names(patterns: Iterable[URLPattern | URLResolver], space: str = "") -> list[str]:
    names = []
    for each in patterns:
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            names += _names(each.url_patterns, inner)
        elif each.name:
            names.append(f"{space}{each.name}")
    return names
