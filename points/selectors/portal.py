"""What members see of themselves in the portal, in plain sentences."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _, ngettext

from loyalty_site.lib import formats
from loyalty_site.lib.periods import day_of, month_of
from members.models import Member
from members.references import find_member
from points.models import Entry, Hold, Purchase, Redemption, Reward, RuleVersion, Tier
from points.selectors.activity import EARNED_BY, PURCHASE, earn_key, store_names
from points.selectors.lot_states import LotState, State, lot_states
from points.selectors.programme import Rulebook, current_rulebook
from points.selectors.rule_sentences import current_words, sentence_of
from points.selectors.traces import readable
from points.services.tier_counters import GIFT_SOURCE

REWARD = "reward"
HOUSEHOLD = (Entry.Kind.HOUSEHOLD_OUT, Entry.Kind.HOUSEHOLD_IN)
# Entries of these kinds without points say nothing to a member.
EXPLAIN_ONLY = (Entry.Kind.EARN, Entry.Kind.MERGE_IN, Entry.Kind.MERGE_OUT)


@dataclass(frozen=True)
class HistoryLine:
    """One change of a member's points: what it was, and why so many."""

    at: datetime
    title: str
    why: str
    points: int


@dataclass(frozen=True)
class HistoryMonth:
    """A month of changes, newest first; neighbours are None where nothing happened."""

    month: date
    lines: list[HistoryLine]
    earlier: date | None
    later: date | None

    @property
    def came(self) -> int:
        """Points that came in the month."""
        return sum(line.points for line in self.lines if line.points > 0)

    @property
    def went(self) -> int:
        """Points that went in the month, <= 0."""
        return sum(line.points for line in self.lines if line.points < 0)


def signed_up_member(email: str) -> Member | None:
    """Return the open membership with that e-mail, or the one that it was merged into."""
    found = find_member(email=email.strip())
    return Member.objects.active().filter(pk=found.pk).first() if found else None


def member_signed_in(member_id: object) -> Member | None:
    """Return the member of a session, while the membership is open."""
    if not isinstance(member_id, int):
        return None
    return Member.objects.active().filter(pk=member_id).first()


def vouchers_of(member: Member, *, at: datetime) -> list[tuple[Redemption, str]]:
    """Return the redemptions with their states: to be used first, then the newest."""
    rows = Redemption.objects.filter(account=member.pk).select_related("reward")
    newest = list(rows.order_by("-at", "-pk")[:100])
    states = [(each, each.state_at(at)) for each in newest]
    return sorted(states, key=lambda each: each[1] != Redemption.State.CONFIRMED)


def asked_by(member: Member, *, at: datetime) -> list[Hold]:
    """Return the rewards that wait for approval, the newest first."""
    holds = Hold.objects.filter(account=member.pk).to_approve(at)
    return list(holds.select_related("reward").order_by("-placed_at")[:20])


def voucher_of(member: Member, public_id: UUID) -> Redemption | None:
    """Return that redemption, when it is the member's own."""
    rows = Redemption.objects.filter(account=member.pk).select_related("reward")
    return rows.filter(public_id=public_id).first()


def history_of(
    member: Member, month: date | None, *, at: datetime, zone: ZoneInfo
) -> HistoryMonth:
    """Return a month of changes; without one the latest in which something happened."""
    entries = Entry.objects.filter(account=member.pk).exclude(
        kind__in=EXPLAIN_ONLY, points=0
    )
    newest = entries.order_by("-occurred_at").values_list("occurred_at", flat=True)
    latest = newest.first() or at
    period = month_of(month or day_of(latest, zone))
    start, end = period.as_datetimes(zone)
    rows = entries.filter(occurred_at__gte=start, occurred_at__lt=end)
    before = newest.filter(occurred_at__lt=start).first()
    after = newest.filter(occurred_at__gte=end).order_by("occurred_at").first()
    return HistoryMonth(
        month=period.start,
        lines=_at_once(list(rows.order_by("-occurred_at", "-pk")), at),
        earlier=month_of(day_of(before, zone)).start if before else None,
        later=month_of(day_of(after, zone)).start if after else None,
    )


def _at_once(entries: Sequence[Entry], at: datetime) -> list[HistoryLine]:
    """Return the lines, and one for all lots that a household moved at once."""
    said: list[HistoryLine] = []
    before = None
    for entry, line in zip(entries, history_lines(entries, at), strict=True):
        # The key of a move ends in its lot.
        move = entry.key.rsplit(":", 1)[0] if entry.kind in HOUSEHOLD else None
        if move and move == before:
            points = said[-1].points + line.points
            said[-1] = replace(said[-1], points=points, why="")
        else:
            said.append(line)
        before = move
    return said


def _noteworthy(state: LotState | None) -> str:
    """Say what became of points, unless it is the common thing."""
    if state is None or state.state in {State.SPENT, State.ACTIVE}:
        return ""
    return state.sentence


def history_lines(entries: Sequence[Entry], at: datetime) -> list[HistoryLine]:
    """Return what each entry was, in their order, and why, as of `at`."""
    purchases = _purchases(entries)
    stores = store_names() if purchases else {}
    sentences = _Sentences(entries)
    states = lot_states([each.pk for each in entries if each.points > 0], at=at)
    return [
        HistoryLine(
            at=entry.occurred_at,
            title=_title(entry, purchases, stores, sentences.rulebook.currency),
            why=formats.sentences(
                sentences.why(entry), _noteworthy(states.get(entry.pk))
            ),
            points=entry.points,
        )
        for entry in entries
    ]


def _purchases(entries: Sequence[Entry]) -> Mapping[str, Purchase]:
    ids = [
        entry.key.removeprefix(EARNED_BY)
        for entry in entries
        if entry.source == PURCHASE
    ]
    rows = Purchase.objects.filter(public_id__in=ids) if ids else []
    return {earn_key(purchase): purchase for purchase in rows}


def _title(
    entry: Entry,
    purchases: Mapping[str, Purchase],
    stores: Mapping[str, str],
    currency: str,
) -> str:
    purchase = purchases.get(entry.key)
    if purchase is None:
        return str(entry.get_kind_display())
    amount = formats.money(purchase.amount_minor, currency)
    if purchase.store:
        return _("Purchase of %(amount)s, %(store)s") % {
            "amount": amount,
            "store": stores.get(purchase.store, purchase.store),
        }
    return _("Purchase of %(amount)s") % {"amount": amount}


class _Sentences:
    """Says why, with the rules and tiers of all entries looked up once."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.rulebook: Rulebook = current_rulebook()
        traces = [trace for entry in entries if (trace := _rules_in(entry))]
        ids = {step[0] for trace in traces for step in trace["steps"]}
        self._versions = RuleVersion.objects.select_related("rule").in_bulk(ids)
        self._words = current_words(self.rulebook.currency)
        asks_tiers = traces or any(entry.source == GIFT_SOURCE for entry in entries)
        tiers = Tier.objects.all() if asks_tiers else ()
        self._tiers = {tier.slug: tier for tier in tiers}
        rewards = [entry.source_id for entry in entries if entry.source == REWARD]
        self._rewards = {
            str(reward.public_id): reward
            for reward in Reward.objects.filter(public_id__in=rewards)
        }

    def why(self, entry: Entry) -> str:
        """Return what fired as a sentence, else the reason that was given."""
        trace = _rules_in(entry)
        if not trace:
            return self._plain(entry)
        said = [
            self._said(version_id)
            for version_id, _code, value, *_more in trace["steps"]
            if value is not None
        ]
        parts = trace.get("rise") or [trace.get("tier") or ("", "1")]
        said += [
            _("× %(factor)s as %(tier)s.")  # noqa: RUF001 -- the sign of times
            % {"factor": readable(factor), "tier": self._tiers[slug].local_name}
            for slug, factor, *_share in parts
            if slug in self._tiers and factor != "1"
        ]
        return formats.sentences(*said)

    def _said(self, version_id: int) -> str:
        version = self._versions.get(version_id)
        if version is None:
            return ""
        return sentence_of(version, self._words)

    def _plain(self, entry: Entry) -> str:
        if entry.kind == Entry.Kind.EXPIRE:
            return _("These points were not used in time.")
        if entry.debt:
            return formats.sentences(entry.reason_text, _debt_moved(entry.debt))
        if entry.source == GIFT_SOURCE and (tier := self._tiers.get(entry.source_id)):
            return _("Welcome to %(tier)s.") % {"tier": tier.local_name}
        if entry.source == "confirmation":
            return _("The purchase was not confirmed in time.")
        reward = self._rewards.get(entry.source_id)
        return reward.local_name if reward else entry.reason_text


def _debt_moved(debt: int) -> str:
    points = formats.number(abs(debt))
    if debt < 0:
        return ngettext(
            "%(points)s point settled what you owed.",
            "%(points)s points settled what you owed.",
            -debt,
        ) % {"points": points}
    return ngettext(
        "You owe %(points)s point of them.",
        "You owe %(points)s points of them.",
        debt,
    ) % {"points": points}


def _rules_in(entry: Entry) -> dict[str, Any]:
    """Return the trace, when rules made the entry."""
    trace = entry.trace
    return trace if isinstance(trace, dict) and "steps" in trace else {}
