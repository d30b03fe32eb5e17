"""The first page for developers: the calls of a till, with numbers that work here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.htmx import render_page
from members.models import Member
from points.models import Reward
from points.selectors.programme import current_programme


@dataclass(frozen=True)
class Samples:
    """What the examples name: things that exist, or look like it."""

    site_url: str
    member: str
    reward: str
    currency: str
    occurred_at: str


@require_GET
@staff_permission_required("apiaccess.change_apikey")
def quick_start(request: HttpRequest) -> HttpResponse:
    """Show how a till enrols, posts, asks for the balance and redeems."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    samples = samples_for(request.user, now)
    return render_page(request, "apiaccess/quick_start.html", {"sample": samples})


def samples_for(user: AbstractUser | AnonymousUser, now: datetime) -> Samples:
    """Return the newest open member and the cheapest reward that the user may see."""
    programme = current_programme()
    member = Member.objects.visible_to(user).active().order_by("-enrolled_at").first()
    reward = Reward.objects.visible_to(user).on_offer(now).first()
    local = (now - timedelta(minutes=5)).astimezone(programme.zone)
    return Samples(
        site_url=settings.SITE_URL.rstrip("/"),
        member=member.number if member else "M7Q2K9XW4BT",
        reward=str(reward.public_id) if reward else "…",
        currency=programme.currency,
        occurred_at=local.isoformat(timespec="seconds"),
    )
