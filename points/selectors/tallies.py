"""What members have earned already in the spans that limits look at."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from points import sql
from points.models import RuleVersion
from points.rules.base import as_whole
from points.rules.caps import DAY, MONTH, PROGRAMME, SPANS, WEEK, Tally, start_of
from points.selectors.programme import Rulebook
from points.services.purchase_statements import ASKED
from points.services.purchase_types import NewPurchase

# A purchase that was voided frees its points again, a refund does not.
EARNED = """
SELECT e.account_id, e.occurred_at, e.points, e.trace -> 'steps'
FROM points_entry e
JOIN points_purchase p
  ON p.public_id = substr(e.key, length('earn:') + 1)::uuid AND p.voided_at IS NULL
WHERE e.account_id = ANY(%(ids)s::bigint[]) AND e.kind = 'earn'
  AND e.occurred_at >= %(start)s AND e.occurred_at < %(end)s
"""
KNOWN = f"""
SELECT p.source, p.source_id FROM {ASKED}
JOIN points_purchase p ON p.source = asked.source AND p.source_id = asked.source_id
  AND NOT p.is_released
"""  # noqa: S608 -- put together from constants
BALANCES = """
SELECT member_id, balance FROM points_account WHERE member_id = ANY(%(ids)s::bigint[])
"""
LONGEST = {DAY: 1, WEEK: 7, MONTH: 31}


def tally_for(
    purchases: Sequence[NewPurchase],
    rulebook: Rulebook,
    balances: Mapping[int, int] | None = None,
) -> Tally | None:
    """Return the tally of the members, None where no limit asks for one.

    It is as right as the caller's locks; whoever holds them knows the balances.
    """
    if not purchases or not rulebook.needs_tally:
        return None
    ids = sorted({each.member_id for each in purchases})
    if balances is None:
        balances = dict(sql.run(BALANCES, {"ids": ids}, rows=len(ids)))
    known = _known(purchases)
    tally = Tally(rulebook.zone, balances=dict(balances), known=known)
    start, end = _span_of(purchases, rulebook)
    rows = sql.run(EARNED, {"ids": ids, "start": start, "end": end}, rows=len(ids))
    rules = _rules_with_limits(rulebook)
    for member_id, occurred_at, points, steps in rows:
        day = occurred_at.astimezone(rulebook.zone).date()
        tally.count(PROGRAMME, member_id, day, points)
        for version_id, _code, value, *_detail in json.loads(steps or "[]"):
            if value is not None and version_id in rules:
                exact = as_whole(Fraction(value))
                tally.count(rules[version_id], member_id, day, exact)
    return tally


def _known(purchases: Sequence[NewPurchase]) -> set[tuple[str, str]]:
    asked = [(n, each.source, each.source_id) for n, each in enumerate(purchases)]
    found = sql.run(KNOWN, given={ASKED: asked})
    return {(source, source_id) for source, source_id in found}


def _span_of(
    purchases: Sequence[NewPurchase], rulebook: Rulebook
) -> tuple[datetime, datetime]:
    """Return the instants between which earlier purchases matter to these."""
    first = min(each.occurred_at for each in purchases).astimezone(rulebook.zone)
    last = max(each.occurred_at for each in purchases).astimezone(rulebook.zone)
    start = min(start_of(span, first.date()) for span in SPANS)
    end = max(
        start_of(span, last.date()) + timedelta(days=LONGEST[span]) for span in SPANS
    )
    return _midnight(start, rulebook), _midnight(end, rulebook)


def _midnight(day: date, rulebook: Rulebook) -> datetime:
    return datetime.combine(day, time.min, rulebook.zone)


def _rules_with_limits(rulebook: Rulebook) -> dict[int, int]:
    """Return the rule of each version, earlier ones too, of rules with such limits."""
    rules = {each.rule_id for each in rulebook.versions if each.caps.has_spans}
    if not rules:
        return {}
    found = RuleVersion.objects.filter(rule_id__in=rules)
    return dict(found.values_list("pk", "rule_id"))
