"""What members bought and earned already, for limits and rules that look back."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from fractions import Fraction
from typing import Any, NamedTuple

from points import sql
from points.models import RuleVersion
from points.rules.base import Need, as_whole
from points.rules.caps import SPANS
from points.rules.spans import EVER, start_after, start_before, start_of
from points.rules.tally import PROGRAMME, Bought, Tally
from points.selectors.programme import Rulebook
from points.services.purchase_statements import ASKED
from points.services.purchase_types import NewPurchase

# A purchase that was voided is as if it had never been. Of a refunded one, what it earned
# counts, and what it came to is less; one that came back whole is none any more.
STILL_PAID = """
(p.amount_minor = 0 OR p.amount_minor > (
  SELECT coalesce(sum(r.amount_minor), 0) FROM points_refund r WHERE r.purchase_id = p.id
))
"""
EARNED = """
SELECT p.member_id, e.occurred_at, e.points, e.trace -> 'steps', p.amount_minor,
  (p.amount_minor - coalesce(r.amount_minor, 0))::bigint
FROM points_purchase p
JOIN points_entry e ON e.account_id = coalesce(p.earned_account_id, p.member_id)
  AND e.key = 'earn:' || p.public_id
LEFT JOIN LATERAL (
  SELECT sum(r.amount_minor) AS amount_minor FROM points_refund r
  WHERE r.purchase_id = p.id
) r ON true
WHERE p.member_id = ANY(%(ids)s::bigint[]) AND p.voided_at IS NULL
  AND p.occurred_at >= %(start)s AND p.occurred_at < %(end)s
"""
EVER_BOUGHT = f"""
SELECT p.member_id, count(*) FROM points_purchase p
WHERE p.member_id = ANY(%(ids)s::bigint[]) AND p.voided_at IS NULL
  AND p.occurred_at < %(until)s AND {STILL_PAID}
GROUP BY p.member_id
"""  # noqa: S608 -- put together from constants
EVER_GIVEN = f"""
SELECT p.member_id, (step ->> 0)::bigint, (step -> 3 ->> 'had')::bigint
FROM points_purchase p
JOIN points_entry e ON e.account_id = coalesce(p.earned_account_id, p.member_id)
  AND e.key = 'earn:' || p.public_id
CROSS JOIN LATERAL jsonb_array_elements(e.trace -> 'steps') AS step
WHERE p.member_id = ANY(%(ids)s::bigint[]) AND p.voided_at IS NULL
  AND p.occurred_at < %(until)s AND {STILL_PAID}
  AND (step ->> 0)::bigint = ANY(%(versions)s::bigint[]) AND step ->> 2 IS NOT NULL
"""  # noqa: S608 -- put together from constants
KNOWN = f"""
SELECT p.source, p.source_id FROM {ASKED}
JOIN points_purchase p ON p.source = asked.source AND p.source_id = asked.source_id
  AND NOT p.is_released
"""  # noqa: S608 -- put together from constants
BALANCES = """
SELECT member_id, balance FROM points_account WHERE member_id = ANY(%(ids)s::bigint[])
"""
LATEST = datetime.max.replace(tzinfo=UTC)


def tally_for(
    purchases: Sequence[NewPurchase],
    rulebook: Rulebook,
    balances: Mapping[int, int] | None = None,
    *,
    until: datetime = LATEST,
) -> Tally | None:
    """Return the tally of the members, None where nothing asks for one.

    It is as right as the caller's locks; whoever holds them knows the balances. Only
    what was bought before `until` is in it.
    """
    if not purchases or not rulebook.needs_tally:
        return None
    ids = sorted({each.member_id for each in purchases})
    if balances is None:
        balances = dict(sql.run(BALANCES, {"ids": ids}, rows=len(ids)))
    tally = Tally(
        rulebook.zone,
        balances=dict(balances),
        known=_known(purchases),
        spans=frozenset(each.need.span for each in rulebook.versions if each.need),
    )
    book = _Book(rulebook)
    if book.looks_at_spans:
        _count_spans(tally, purchases, book, until=until)
    if ever := book.rules_that_need(EVER):
        _count_ever(tally, ids, ever, until=until)
    return tally


class _Book:
    """Which rules look back at what, by the id of the rule."""

    def __init__(self, rulebook: Rulebook) -> None:
        versions = rulebook.versions
        self.zone = rulebook.zone
        self.needs: dict[int, set[Need]] = {}
        for each in versions:
            if each.need is not None:
                self.needs.setdefault(each.rule_id, set()).add(each.need)
        self.capped = {each.rule_id for each in versions if each.caps.has_spans}
        self.has_caps = bool(self.capped) or rulebook.terms.caps.has_spans
        self.spans = [
            need for needs in self.needs.values() for need in needs if need.span != EVER
        ]
        if self.has_caps:
            self.spans += [Need(span) for span in SPANS]

    @property
    def looks_at_spans(self) -> bool:
        """Whether anything looks back at less than all the time."""
        return bool(self.spans)

    def rules_that_need(self, span: str) -> dict[int, Need]:
        """Return the rules that look back at such spans, with what they need."""
        return {
            rule_id: need
            for rule_id, needs in self.needs.items()
            for need in needs
            if need.span == span
        }

    def rules_of_versions(self) -> dict[int, int]:
        """Return the rule of each version, earlier ones too, of rules that look back."""
        rules = self.capped | set(self.needs)
        if not rules:
            return {}
        found = RuleVersion.objects.filter(rule_id__in=rules)
        return dict(found.values_list("pk", "rule_id"))

    def around(self, purchases: Sequence[NewPurchase]) -> tuple[datetime, datetime]:
        """Return the instants between which other purchases matter to these."""
        first = min(each.occurred_at for each in purchases).astimezone(self.zone)
        last = max(each.occurred_at for each in purchases).astimezone(self.zone)
        start = min(
            start_before(
                need.span, start_of(need.span, first.date()), times=need.length - 1
            )
            for need in self.spans
        )
        end = max(
            start_after(need.span, start_of(need.span, last.date()))
            for need in self.spans
        )
        return self._midnight(start), self._midnight(end)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.zone)


def _count_spans(
    tally: Tally, purchases: Sequence[NewPurchase], book: _Book, *, until: datetime
) -> None:
    ids = sorted({each.member_id for each in purchases})
    start, end = book.around(purchases)
    params = {"ids": ids, "start": start, "end": min(end, until)}
    rules = book.rules_of_versions()
    for row in sql.run(EARNED, params, rows=len(ids)):
        earned = _Earned(*row)
        day = earned.occurred_at.astimezone(book.zone).date()
        tally.count(PROGRAMME, earned.member_id, day, earned.points)
        if earned.is_paid:
            for span in tally.spans - {EVER}:
                bought = Bought(1, earned.left_minor)
                tally.add_bought(earned.member_id, span, start_of(span, day), bought)
        for rule_id, value, had in earned.fired(rules):
            if rule_id in book.capped:
                exact = as_whole(Fraction(value))
                tally.count(rule_id, earned.member_id, day, exact)
            for need in book.needs.get(rule_id, ()) if earned.is_paid else ():
                tally.add_gift(
                    rule_id, need, member_id=earned.member_id, day=day, had=had
                )


class _Earned(NamedTuple):
    """A row of `EARNED`."""

    member_id: int
    occurred_at: datetime
    points: int
    steps: list[list[Any]] | None
    amount_minor: int
    left_minor: int

    @property
    def is_paid(self) -> bool:
        """Whether it did not come back whole."""
        return not self.amount_minor or self.left_minor > 0

    def fired(self, rules: Mapping[int, int]) -> Iterator[tuple[int, str, int]]:
        """Yield the rule, the exact points, and what the past came to, of what fired."""
        for version_id, _code, value, *detail in self.steps or ():
            if value is not None and version_id in rules:
                had = detail[0].get("had", 0) if detail else 0
                yield rules[version_id], value, had


def _count_ever(
    tally: Tally, ids: Sequence[int], needs: Mapping[int, Need], *, until: datetime
) -> None:
    found = RuleVersion.objects.filter(rule_id__in=needs)
    rules = dict(found.values_list("pk", "rule_id"))
    params = {"ids": ids, "until": until, "versions": list(rules)}
    for member_id, count in sql.run(EVER_BOUGHT, params, rows=len(ids)):
        tally.add_bought(member_id, EVER, date.min, Bought(count))
    for member_id, version_id, had in sql.run(EVER_GIVEN, params, rows=len(ids)):
        rule_id = rules[version_id]
        tally.add_gift(
            rule_id, needs[rule_id], member_id=member_id, day=date.min, had=had
        )


def _known(purchases: Sequence[NewPurchase]) -> set[tuple[str, str]]:
    asked = [(n, each.source, each.source_id) for n, each in enumerate(purchases)]
    found = sql.run(KNOWN, given={ASKED: asked})
    return {(source, source_id) for source, source_id in found}
