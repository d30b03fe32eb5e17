"""Asking one rule version about a purchase."""

from typing import Any

from points.rules.base import EarningEvent, LineCheck, Need
from points.rules.caps import NO_CAPS, Cut
from points.rules.cutting import cut
from points.rules.lines import narrowed
from points.rules.tally import Tally
from points.rules.terms import Terms
from points.rules.versions import Fired, VersionInForce

# A step of the trace; see `pipeline`.
Step = tuple[Any, ...]


def ask(
    version: VersionInForce, event: EarningEvent, terms: Terms, tally: Tally | None
) -> tuple[Step, Fired | None]:
    """Return the step of the trace, and what the version gives within its limits.

    Conditions look at the whole purchase, the kind at its lines.
    """
    step: Step
    answer: Fired | None
    if code := version.refusal(event):
        return (version.id, code, None), None
    if version.need is not None:
        step, answer = _by_the_past(
            version, version.need, event, terms=terms, tally=tally
        )
    elif version.lines is None:
        value = version.ask(event)
        if terms.rounds_each_rule:
            value = terms.of_rule(version, value)
        if value is None:
            return (version.id, "not_met", None), None
        step, answer = (version.id, version.stage, str(value)), Fired(version, value)
    else:
        step, answer = _of_lines(version, version.lines, event, terms)
    if answer is None or version.caps is NO_CAPS:
        return step, answer
    found = cut(
        answer.value,
        version.caps,
        event,
        owner=version.rule_id,
        tally=tally,
        overflow=terms.overflow,
    )
    return (step, answer) if found is None else _cut(step, answer, found)


def _by_the_past(
    version: VersionInForce,
    need: Need,
    event: EarningEvent,
    *,
    terms: Terms,
    tally: Tally | None,
) -> tuple[Step, Fired | None]:
    """Ask what looks back; where nothing is tallied, by the past that the event says.

    The past is of whole purchases; of this one some line has to be meant.
    """
    if version.lines is not None and narrowed(event, version.lines) is None:
        return (version.id, "lines", None), None
    if tally is not None:
        event = event._replace(past=tally.past_of(version.rule_id, need, event))
    value = terms.of_rule(version, version.ask(event))
    detail = {"had": event.past.had}
    if value is None:
        code = "given" if event.past.is_given else "not_met"
        return (version.id, code, None, detail), None
    return (version.id, version.stage, str(value), detail), Fired(version, value)


def _of_lines(
    version: VersionInForce, check: LineCheck, event: EarningEvent, terms: Terms
) -> tuple[Step, Fired | None]:
    found = narrowed(event, check)
    if found is None:
        return (version.id, "lines", None), None
    part, chosen = found
    value = terms.of_rule(version, version.ask(part))
    if value is None:
        return (version.id, "not_met", None), None
    detail = {"lines": [place + 1 for place in chosen]} if event.lines else {}
    step = (version.id, version.stage, str(value), detail)
    return step, Fired(version, value, chosen)


def _cut(step: Step, fired: Fired, found: Cut) -> tuple[Step, Fired | None]:
    version_id, stage, before, *more = step
    detail = {**(more[0] if more else {}), "cap": found.cap, "before": before}
    if not found.left:
        return (version_id, "cap", None, detail), None
    step = (version_id, stage, str(found.left), detail)
    return step, fired._replace(value=found.left)
