"""What other systems are told of surveys."""

from datetime import UTC, datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from loyalty_site.webhooks.kinds import Data, EventKind
from members.events import sample_member
from surveys.models import Response, Survey

ANSWERED = "survey.answered"


def response_data(response: Response) -> Data:
    """Return what is told of a response: the score, never the words."""
    return {
        "id": response.public_id,
        "survey": response.survey.slug,
        "member": response.member.number,
        "score": response.score,
        "completed_at": response.completed_at,
        "points": response.points_given,
    }


def _sample() -> Data:
    response = Response(
        public_id=UUID("01939a3c-5b7e-7c1e-9a55-2f1d0c9a7b10"),
        survey=Survey(slug="how-are-we-doing"),
        member=sample_member(),
        score=9,
        completed_at=datetime(2026, 3, 1, 4, 30, tzinfo=UTC),
        points_given=20,
    )
    return response_data(response)


EVENT_KINDS = (
    EventKind(ANSWERED, _("A member answered a survey to its end."), _sample),
)
