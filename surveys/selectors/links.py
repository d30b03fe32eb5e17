"""What is behind a personal link; looking writes nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from surveys.content import Content, read_content
from surveys.errors import AnswersFinal, LinkUnknown
from surveys.models import Invitation, Response
from surveys.questions.base import Given
from surveys.tokens import hash_of

# After completion the member may change answers for this long.
EDIT_WINDOW = timedelta(hours=24)


@dataclass(frozen=True)
class OpenForm:
    """A survey as one member meets it, with what they have answered so far."""

    invitation: Invitation
    content: Content
    response: Response | None
    given: dict[str, Given]

    @property
    def language(self) -> str:
        """The language they answered in last, else the one they are written to in."""
        if self.response is not None:
            return self.response.language
        return self.invitation.member.language

    @property
    def is_complete(self) -> bool:
        """Whether the last step was sent."""
        return self.response is not None and self.response.completed_at is not None

    @property
    def change_until(self) -> datetime | None:
        """Until when a completed response may be changed."""
        if self.response is None or self.response.completed_at is None:
            return None
        return self.response.completed_at + EDIT_WINDOW

    @property
    def resume_step(self) -> int:
        """The step after the last one answered; 1 for a new or completed response."""
        if self.is_complete:
            return 1
        steps = enumerate(self.content.questions, start=1)
        last = max((step for step, q in steps if q.key in self.given), default=0)
        return min(last + 1, len(self.content.questions))


def form_behind(*, token: str, at: datetime) -> OpenForm:
    """Return the form of that link; raises LinkUnknown or AnswersFinal."""
    invitation = (
        Invitation.objects.select_related("survey", "member", "wave__version")
        .filter(token_hash=hash_of(token))
        .first()
    )
    if invitation is None:
        raise LinkUnknown
    response = Response.objects.filter(invitation=invitation).first()
    require_answerable(invitation=invitation, response=response, at=at)
    answers = response.answers.all() if response is not None else ()
    return OpenForm(
        invitation=invitation,
        content=read_content(invitation.wave.version.content),
        response=response,
        given={
            each.question: Given(each.value, each.is_no_experience, each.text)
            for each in answers
        },
    )


def require_answerable(
    *, invitation: Invitation, response: Response | None, at: datetime
) -> None:
    """Raise LinkUnknown or AnswersFinal when the link takes no more answers."""
    if response is not None and response.completed_at is not None:
        if at >= response.completed_at + EDIT_WINDOW:
            raise AnswersFinal(completed_at=response.completed_at)
    elif at >= invitation.expires_at:
        raise LinkUnknown
