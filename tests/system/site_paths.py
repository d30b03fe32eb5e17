"""Addresses of what is not the points engine: settings, surveys, reports, open pages."""

from datetime import timedelta

from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.urls import reverse

from loyalty_site.apiaccess.models import LoggedRequest
from loyalty_site.apiaccess.services import create_api_key
from loyalty_site.outbox import DemoOutboxBackend, kept_messages
from loyalty_site.webhooks.kinds import EVENT_KINDS
from loyalty_site.webhooks.models import Delivery
from loyalty_site.webhooks.services.delivering import deliver_due
from loyalty_site.webhooks.services.endpoints import add_endpoint
from members.models import Member
from points.models import (
    Reward,
    Tier,
)
from points.referral_codes import referral_code
from points.services.redatings.moving import start_counting
from points.services.tier_assignments import TierWish, ask_tier
from points.services.tier_drafts import save_or_draft_terms
from points.services.tier_settings import TierTermsWish
from surveys.models import Case, Invitation, Response
from surveys.services.sending import mark_sent
from surveys.tokens import UNSUBSCRIBE, token_for
from tests.factories import (
    CLERK,
    make_member,
)
from tests.points.imports.files import (
    right_now,
)
from tests.points.test_referrals import set_terms
from tests.reports.factories import NOW, days, make_scores
from tests.surveys.world import answer_all, make_asked_member, make_wave, path_of
from tests.system.shopper import pool_of_codes, redemptions_of


def site_paths() -> list[str]:
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


def settings_paths(member: Member, reward: Reward) -> list[str]:
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
    page, pool = reward.get_absolute_url(), pool_of_codes().get_absolute_url()
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


def survey_paths() -> list[str]:
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


def report_paths() -> list[str]:
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


def portal_paths(member: Member) -> list[str]:
    reward = Reward.objects.earliest("pk")
    vouchers = redemptions_of(member)
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


def public_paths() -> list[str]:
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
