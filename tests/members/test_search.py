"""What people type finds whom they mean."""

import pytest

from members.models import Identifier, Member
from members.selectors.search import exact_matches, matching
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return {
        "chan": make_member(
            name="陈大文", email="chan@example.com", phone="+85291234567"
        ),
        "lee": make_member(name="李文", email="lee.man@example.com"),
        "ada": make_member(name="Ada Weaver", email="ada@example.com"),
        "percent": make_member(name="100% Person_A"),
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("陈", {"chan"}),
        ("陈大", {"chan"}),
        ("大文", {"chan"}),
        ("陈大文", {"chan"}),
        ("李文", {"lee"}),
        ("  李文  ", {"lee"}),
        ("Ad", {"ada"}),
        ("weaver", {"ada"}),
        ("WEAVER ada", {"ada"}),
        ("9123 4567", {"chan"}),
        ("912345", {"chan"}),
        ("example.com", {"chan", "lee", "ada"}),
        ("lee.man", {"lee"}),
        ("100%", {"percent"}),
        ("%", set()),
        ("person_a", {"percent"}),
        ("ａｄａ", {"ada"}),  # noqa: RUF001 -- full width
        ("nobody", set()),
        ("\x00", {"chan", "lee", "ada", "percent"}),
    ],
)
def test_text_finds(people, text, found):
    rows = set(matching(Member.objects.all(), text))
    assert {name for name, member in people.items() if member in rows} == found


@pytest.mark.parametrize(
    "text",
    ["CHAN@example.com", "9123 4567", "+852 9123 4567", "card-77"],
)
def test_contact_data_and_cards_find_exactly(people, text):
    Identifier.objects.create(member=people["chan"], system="card", value="card-77")
    assert exact_matches(Member.objects.all(), text) == [people["chan"]]


def test_a_number_finds_exactly_in_any_case(people):
    number = people["ada"].number.lower()
    assert exact_matches(Member.objects.all(), number) == [people["ada"]]


def test_a_name_is_no_exact_match(people):
    assert exact_matches(Member.objects.all(), "陈大文") == []
