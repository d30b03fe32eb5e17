"""Tables of surveys, one module per aggregate."""

from surveys.models.cases import Case, CaseNote
from surveys.models.contacts import ContactLog, Suppression
from surveys.models.responses import Answer, Response
from surveys.models.survey import Survey, SurveyVersion, Touchpoint
from surveys.models.waves import Invitation, SkippedInvite, Wave

__all__ = [
    "Answer",
    "Case",
    "CaseNote",
    "ContactLog",
    "Invitation",
    "Response",
    "SkippedInvite",
    "Suppression",
    "Survey",
    "SurveyVersion",
    "Touchpoint",
    "Wave",
]
