"""The answers and invitations behind the figures of the NPS report."""

import uuid
from collections.abc import Mapping

from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.periods import add_months
from reports.definitions.base import Behind, MemberColumn
from reports.errors import NoSuchFigure
from reports.forms.nps import ALL, WITHOUT_TIER
from reports.selectors import scores as selectors
from reports.statistics.nps import Group
from reports.statistics.suppression import HIDDEN_BELOW
from reports.windows import AsOf, Months, month_of_key

SCORES = range(11)
MEMBER = MemberColumn(_("Member"), "member", "member")


def behind_score(query: Mapping[str, str], as_of: AsOf) -> Behind:
    """Return answers or invitations of the part of the period that the query names.

    `what` is answers, sent, delivered or responded; `group` a group of the scale or a
    score; `tier`, `touchpoint` and `wave` narrow it. NoSuchFigure for anything else,
    and for groups of people too small to be shown.
    """
    months = _months(query, as_of)
    what = query.get("what", "answers")
    if what == "answers":
        return _behind_answers(query, months)
    conditions = {
        "sent": Q(),
        "delivered": Q(is_reached=True),
        "responded": Q(is_reached=True, answered_on__isnull=False),
    }
    if what not in conditions:
        raise NoSuchFigure
    return _behind_sendings(query, months, what, conditions[what])


def _months(query: Mapping[str, str], as_of: AsOf) -> Months:
    first = month_of_key(query.get("from", ""))
    last = month_of_key(query.get("to", query.get("from", "")))
    if not first or not last or last < first or first > as_of.month:
        raise NoSuchFigure
    return Months(first, last)


def _behind_answers(query: Mapping[str, str], months: Months) -> Behind:
    condition = _place(query) & _tier(query, "tier") & _wave(query)
    if query.get("wave"):
        condition &= Q(is_late=False)
    inside = Q(
        answered_on__gte=months.first, answered_on__lt=add_months(months.last, 1)
    )
    part = selectors.answered(condition & inside)
    # The whole part decides what may be shown, and not the group within it.
    if 0 < part.order_by()[:HIDDEN_BELOW].count() < HIDDEN_BELOW:
        raise NoSuchFigure
    rows = part.filter(score__in=_scores(query.get("group", "")))
    return Behind(
        title=_title(_group_label(query.get("group", "")), months),
        rows=rows,
        order_by="invitation",
        count=rows.order_by().count(),
        noun="answer",
        columns=(
            MEMBER,
            MemberColumn(_("Score"), "score", "score"),
            MemberColumn(_("Answered"), "answered_on", "day"),
            MemberColumn(_("Tier"), "tier", "tier"),
            MemberColumn(_("Survey"), "wave.survey.name", "text"),
            MemberColumn(_("Wave"), "wave.label", "text"),
        ),
    )


def _behind_sendings(
    query: Mapping[str, str], months: Months, what: str, condition: Q
) -> Behind:
    labels = {
        "sent": _("Invitations sent"),
        "delivered": _("Invitations delivered"),
        "responded": _("Invitations answered"),
    }
    inside = Q(sent_on__gte=months.first, sent_on__lt=add_months(months.last, 1))
    narrowed = _place(query) & _tier(query, "invited_tier") & _wave(query)
    rows = selectors.sent(condition & inside & narrowed)
    return Behind(
        title=_title(str(labels[what]), months),
        rows=rows,
        order_by="invitation",
        count=rows.order_by().count(),
        noun="invitation",
        columns=(
            MEMBER,
            MemberColumn(_("Sent"), "sent_on", "day"),
            MemberColumn(_("Answered"), "answered_on", "day"),
            MemberColumn(_("Survey"), "wave.survey.name", "text"),
            MemberColumn(_("Wave"), "wave.label", "text"),
        ),
    )


def _title(label: str, months: Months) -> str:
    words = {
        "answers": label,
        "first": formats.month(months.first),
        "last": formats.month(months.last),
    }
    if months.count == 1:
        return gettext("%(answers)s, %(first)s") % words
    return gettext("%(answers)s, %(first)s to %(last)s") % words


def _group_label(group: str) -> str:
    labels = {
        "": _("Answers"),
        Group.PROMOTER: _("Promoters"),
        Group.PASSIVE: _("Passives"),
        Group.DETRACTOR: _("Detractors"),
    }
    if group in labels:
        return str(labels[group])
    return gettext("Answers with score %(score)s") % {"score": group}


def _scores(group: str) -> range:
    if not group:
        return SCORES
    if group in set(Group):
        return Group(group).scores
    if group.isascii() and group.isdigit() and int(group) in SCORES:
        return range(int(group), int(group) + 1)
    raise NoSuchFigure


def _place(query: Mapping[str, str]) -> Q:
    slug = query.get("touchpoint", "")
    return Q(touchpoint__slug=slug) if slug else Q()


def _tier(query: Mapping[str, str], column: str) -> Q:
    slug = query.get("tier", ALL)
    if slug == ALL:
        return Q()
    if slug == WITHOUT_TIER:
        return Q(**{column: None})
    return Q(**{f"{column}__slug": slug})


def _wave(query: Mapping[str, str]) -> Q:
    wave = query.get("wave", "")
    if not wave:
        return Q()
    try:
        return Q(wave__public_id=uuid.UUID(wave))
    except ValueError as error:
        raise NoSuchFigure from error
