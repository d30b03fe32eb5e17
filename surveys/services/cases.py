"""Cases: opened by low scores, worked on by staff."""

from datetime import datetime, timedelta

import pghistory
from django.db import transaction
from django.utils.translation import gettext as _

from loyalty_site.accounts.models import User
from loyalty_site.lib.actors import Actor
from surveys.errors import CaseResolved
from surveys.models import Case, CaseNote, Response

State = Case.State


def follow_score(*, response: Response, at: datetime) -> Case | None:
    """Open a case for a low score, once per response, or follow a changed one.

    Called inside the transaction that holds the response. A score that rose is noted
    on the case; whether that settles it is for its owner to say.
    """
    case = Case.objects.filter(response=response).first()
    is_low = response.score is not None and response.score <= response.survey.low_score
    if case is None:
        return _opened(response, at) if is_low else None
    if case.score != response.score:
        before, case.score = case.score, response.score
        case.save(update_fields=["score"])
        add_note(
            case=case,
            text=_("The member changed the score from %(before)s to %(after)s.")
            % {"before": before, "after": response.score},
            key="",
            at=at,
            actor=Actor("member", response.member.number),
        )
    return case


def _opened(response: Response, at: datetime) -> Case:
    hours = response.survey.case_hours
    return Case.objects.create(
        member=response.member,
        response=response,
        score=response.score,
        opened_at=at,
        due_at=at + timedelta(hours=hours),
    )


@transaction.atomic
def take_case(*, case: Case, owner: User | None, actor: Actor) -> Case:
    """Give the case to somebody, or to nobody; raises CaseResolved."""
    case = _locked(case)
    with pghistory.context(reason="owner", actor=str(actor)):
        case.owner = owner
        if owner is not None and case.state == State.OPEN:
            case.state = State.IN_PROGRESS
        case.save(update_fields=["owner", "state"])
    return case


@transaction.atomic
def add_note(
    *, case: Case, text: str, key: str, at: datetime, actor: Actor
) -> CaseNote:
    """Add what was done or learnt; the same non-empty `key` adds it once."""
    if key and (known := case.notes.filter(key=key).first()):
        return known
    return CaseNote.objects.create(
        case=case, text=text, key=key, at=at, author=str(actor)
    )


@transaction.atomic
def resolve_case(*, case: Case, resolution: str, at: datetime, actor: Actor) -> Case:
    """Close the case with what came of it; repeating it changes nothing."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.state != State.RESOLVED:
        with pghistory.context(reason="resolve", actor=str(actor)):
            case.state = State.RESOLVED
            case.resolved_at = at
            case.resolution = resolution
            case.save(update_fields=["state", "resolved_at", "resolution"])
    return case


@transaction.atomic
def reopen_case(*, case: Case, actor: Actor) -> Case:
    """Open a resolved case again; the history keeps how it was resolved."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.state == State.RESOLVED:
        with pghistory.context(reason="reopen", actor=str(actor)):
            case.state = State.IN_PROGRESS if case.owner_id else State.OPEN
            case.resolved_at = None
            case.resolution = ""
            case.save(update_fields=["state", "resolved_at", "resolution"])
    return case


def _locked(case: Case) -> Case:
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.state == State.RESOLVED:
        raise CaseResolved
    return case
