"""The kinds of questions; adding one is a file, a line here and a test table."""

from surveys.questions.base import QuestionKind
from surveys.questions.long_text import LongText
from surveys.questions.nps import Nps
from surveys.questions.scale import Scale

_KINDS: tuple[QuestionKind, ...] = (Nps(), Scale(), LongText())
QUESTION_KINDS: dict[str, QuestionKind] = {kind.slug: kind for kind in _KINDS}
