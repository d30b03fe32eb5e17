"""What each kind of question takes, and what it refuses."""

import pytest

from surveys.content import gaps_of, piped, read_content, stored_content
from surveys.editing import edited
from surveys.instruments import NPS_CONTENT
from surveys.questions import QUESTION_KINDS
from surveys.questions.base import AnswerNeeded, Given, NotAnAnswer, Question
from surveys.questions.nps import group_of

RECOMMEND, WHY, QUALITY, _SERVICE = NPS_CONTENT.questions


def parse(question: Question, raw: str) -> Given | None:
    return QUESTION_KINDS[question.kind].parse(raw, question)


@pytest.mark.parametrize(
    ("raw", "value"), [("0", 0), ("10", 10), (" 7 ", 7), ("09", 9)]
)
def test_recommendation_takes_0_to_10(raw, value):
    assert parse(RECOMMEND, raw) == Given(value=value)


@pytest.mark.parametrize(
    "raw",
    ["11", "-1", "1.5", "1e1", "nan", "٧", "７", "na", "ten", "0x1", "9" * 400],  # noqa: RUF001
)
def test_recommendation_refuses_what_no_button_sends(raw):
    with pytest.raises(NotAnAnswer):
        parse(RECOMMEND, raw)


def test_recommendation_cannot_be_left_out():
    with pytest.raises(AnswerNeeded):
        parse(RECOMMEND, "  ")


@pytest.mark.parametrize("raw", ["0", "6"])
def test_scale_refuses_what_is_beyond_its_ends(raw):
    with pytest.raises(NotAnAnswer):
        parse(QUALITY, raw)


def test_no_experience_is_a_code_of_its_own():
    assert parse(QUALITY, "na") == Given(value=None, is_no_experience=True)


def test_a_question_that_can_be_left_out_is_none():
    assert parse(QUALITY, "") is None
    assert parse(WHY, " \r\n ") is None


def test_text_keeps_its_lines():
    assert parse(WHY, "one\r\ntwo\rthree\n") == Given(text="one\ntwo\nthree")


def test_text_that_is_too_long_says_how_long_it_may_be():
    with pytest.raises(NotAnAnswer, match="2000 characters; it has 100000"):
        parse(WHY, "x" * 100_000)


@pytest.mark.parametrize("kind", QUESTION_KINDS)
def test_what_is_shown_again_reads_the_same(kind):
    question = Question(key="q", kind=kind, text={}, has_no_experience=True)
    given = Given(text="words") if kind == "long_text" else Given(value=3)
    assert parse(question, QUESTION_KINDS[kind].raw(given)) == given


@pytest.mark.parametrize(
    ("score", "group"),
    [
        (0, "detractor"),
        (6, "detractor"),
        (7, "passive"),
        (8, "passive"),
        (9, "promoter"),
    ],
)
def test_groups_of_the_recommendation(score, group):
    assert group_of(score) == group


def test_content_is_read_as_it_was_stored():
    assert read_content(stored_content(NPS_CONTENT)) == NPS_CONTENT


def test_the_shipped_survey_has_every_language():
    assert gaps_of(NPS_CONTENT) == []


def test_questions_are_added_moved_and_removed():
    longer = edited(NPS_CONTENT, "add-scale")
    assert [q.key for q in longer.questions][-1] == "q1"
    assert len(gaps_of(longer)) == 9
    assert edited(NPS_CONTENT, "up-why").questions[0].key == "why"
    assert edited(NPS_CONTENT, "remove-why").question("why") is None


@pytest.mark.parametrize("action", ["up-recommend", "down-service", "remove-x", "fly"])
def test_a_change_that_makes_no_sense_changes_nothing(action):
    assert edited(NPS_CONTENT, action) == NPS_CONTENT


@pytest.mark.parametrize(
    ("text", "programme", "shown"),
    [
        ("推薦{programme}嗎", "Perennial", "推薦 Perennial 嗎"),
        ("推薦{programme}嗎", "百佳", "推薦百佳嗎"),
        ("推薦 {programme} 嗎", "Perennial", "推薦 Perennial 嗎"),
        ("推薦{programme}？", "7-Store 店", "推薦 7-Store 店？"),  # noqa: RUF001
        ("{programme}", "Perennial", "Perennial"),
        ("Of {programme}?", "百佳", "Of 百佳?"),
    ],
)
def test_latin_and_chinese_letters_keep_a_space_between(text, programme, shown):
    assert piped(text, programme=programme) == shown
