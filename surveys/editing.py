"""Changes of a list of questions: add, remove, move; pure functions."""

from dataclasses import replace

from surveys.content import Content
from surveys.questions import QUESTION_KINDS
from surveys.questions.base import Question


def edited(content: Content, action: str) -> Content:
    """Return the content after an action such as `add-scale`, `up-why`, `remove-why`.

    An action that makes no sense, such as moving the first question up, changes
    nothing: it may come from a page that is out of date.
    """
    verb, _, about = action.partition("-")
    questions = list(content.questions)
    keys = [question.key for question in questions]
    if verb == "add" and about in QUESTION_KINDS:
        questions.append(_new_question(about, set(keys)))
    elif about in keys:
        place = keys.index(about)
        if verb == "remove":
            questions.pop(place)
        elif verb in {"up", "down"}:
            target = place + (1 if verb == "down" else -1)
            if 0 <= target < len(questions):
                questions.insert(target, questions.pop(place))
    return replace(content, questions=tuple(questions))


def _new_question(kind: str, taken: set[str]) -> Question:
    key = next(f"q{n}" for n in range(1, len(taken) + 2) if f"q{n}" not in taken)
    return Question(
        key=key,
        kind=kind,
        text={},
        is_required=kind == "nps",
        has_no_experience=kind == "scale",
    )
