"""Challenges in words: the goals, the time, what it gives."""

from collections.abc import Sequence
from datetime import time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from loyalty_site.lib import formats
from points.models import Challenge, ChallengeGoal

Kind = ChallengeGoal.Kind


def challenge_words(challenge: Challenge, currency: str) -> str:
    """Return a challenge as one sentence, as members read it."""
    values = {
        "goals": goals_words(challenge, currency),
        "time": time_words(challenge),
        "award": award_words(challenge),
    }
    if challenge.repeat == Challenge.Repeat.WEEK:
        return _("%(goals)s in a week: %(award)s. Every week %(time)s.") % values
    if challenge.repeat == Challenge.Repeat.MONTH:
        return _("%(goals)s in a month: %(award)s. Every month %(time)s.") % values
    return _("%(goals)s %(time)s: %(award)s.") % values


def goals_words(challenge: Challenge, currency: str) -> str:
    """Return all goals, joined as they have to be reached."""
    words = [goal_words(goal, currency) for goal in challenge.goals.all()]
    if challenge.needs == Challenge.Needs.ANY:
        return formats.listed(words)
    return formats.together(words)


def time_words(challenge: Challenge) -> str:
    """Return until when: the last whole day, or the exact end."""
    if timezone.localtime(challenge.ends_at).time() == time.min:
        last = challenge.ends_at - timedelta(seconds=1)
        return _("through %(day)s") % {"day": formats.day(last)}
    return _("before %(at)s") % {"at": formats.daytime(challenge.ends_at)}


def award_words(challenge: Challenge) -> str:
    """Return what it gives: points, a badge, or both."""
    words = []
    if challenge.points:
        said = ngettext("%(n)s point", "%(n)s points", challenge.points)
        words.append(said % {"n": formats.number(challenge.points)})
    if challenge.badge is not None:
        said = _("the badge %(badge)s")
        words.append(said % {"badge": challenge.badge.local_name})
    return formats.together(words)


def goal_words(goal: ChallengeGoal, currency: str) -> str:
    """Return what one goal asks for."""
    if goal.kind == Kind.SPEND:
        money = formats.money(goal.target, currency)
        return _("%(money)s of purchases") % {"money": money}
    values = {"n": formats.number(goal.target), "what": goal.what}
    if goal.least_minor:
        values["least"] = formats.money(goal.least_minor, currency)
    return _counted(goal) % values


def _counted(goal: ChallengeGoal) -> str:
    n = goal.target
    if goal.kind == Kind.PURCHASES and goal.least_minor:
        return ngettext(
            "%(n)s purchase of %(least)s or more",
            "%(n)s purchases of %(least)s or more",
            n,
        )
    return {
        Kind.PURCHASES: ngettext("%(n)s purchase", "%(n)s purchases", n),
        Kind.POINTS: ngettext(
            "%(n)s point earned with purchases",
            "%(n)s points earned with purchases",
            n,
        ),
        Kind.VISITS: ngettext(
            "%(n)s day with a purchase", "%(n)s days with a purchase", n
        ),
        Kind.SKU: ngettext(
            "%(n)s piece of the article %(what)s",
            "%(n)s pieces of the article %(what)s",
            n,
        ),
        Kind.CATEGORY: ngettext(
            "%(n)s piece of the category %(what)s",
            "%(n)s pieces of the category %(what)s",
            n,
        ),
        Kind.EVENTS: ngettext("%(n)s time “%(what)s”", "%(n)s times “%(what)s”", n),
    }[Kind(goal.kind)]


def shown(goal: ChallengeGoal, amount: int, currency: str) -> str:
    """Return so much of what the goal counts."""
    if goal.kind == Kind.SPEND:
        return formats.money(amount, currency)
    return formats.number(amount)


def all_shown(
    goals: Sequence[ChallengeGoal], amounts: Sequence[int], currency: str
) -> list[str]:
    """Return the counters of an award, in the order of the goals."""
    return [
        shown(goal, amount, currency)
        for goal, amount in zip(goals, amounts, strict=False)
    ]
