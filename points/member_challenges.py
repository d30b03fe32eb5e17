"""The tab of a member's page with challenges and badges."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy

from members.models import Member
from members.panels import Panel
from points.models import Account
from points.selectors.challenge_progress import badges_of, progress_of_member


def challenges_panel(member: Member, at: datetime) -> Mapping[str, Any]:
    """What the member works toward, and the badges so far."""
    account = Account.objects.select_related("tier").get(pk=member.pk)
    return {
        "challenges": progress_of_member(account, at=at),
        "badges": badges_of(member.pk),
    }


CHALLENGES = Panel(
    "challenges",
    gettext_lazy("Challenges"),
    35,
    "points.view_entry",
    challenges_panel,
    "points/_member_challenges.html",
)
