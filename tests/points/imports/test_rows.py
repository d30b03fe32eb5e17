"""The key of rows in files without ids."""

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given, strategies as st

from points.imports.columns import ColumnMap
from points.imports.problems import SENTENCES, Problem
from points.imports.reading import Record
from points.imports.rows import RowParser, content_key, occurrence_key
from tests.points.imports.files import wide

HEADER = ("member", "at", "amount", "store", "units")
COLUMNS = ColumnMap({name: name for name in HEADER}, header=HEADER)
NOW = datetime(2026, 6, 15, tzinfo=UTC)
PARSER = RowParser(COLUMNS, currency="USD", programme_zone="UTC", now=NOW)

CELLS = st.tuples(
    st.sampled_from(["1", "11", "a"]),
    st.sampled_from(["2026-01-01", "2026-01-01 10:00", "2026-01-02"]),
    st.sampled_from(["1", "11", "1.10"]),
    st.sampled_from(["", "1", "S"]),
    st.sampled_from(["", "1", "1.1"]),
)


def key_of(*cells: str) -> str:
    row = PARSER.parse(Record(2, list(cells)))
    assert not row.problems
    return row.source_id


def keys_of(file: list[tuple[str, ...]]) -> list[str]:
    seen: Counter[str] = Counter()
    keys = []
    for cells in file:
        content = key_of(*cells)
        seen[content] += 1
        keys.append(occurrence_key(content, seen[content]))
    return keys


@given(st.lists(CELLS, max_size=20))
def test_every_row_of_a_file_has_a_key_of_its_own(file):
    keys = keys_of(file)
    assert len(set(keys)) == len(keys)


@given(st.lists(CELLS, max_size=20), st.randoms())
def test_the_keys_are_the_same_in_any_order_of_the_rows(file, random):
    shuffled = random.sample(file, len(file))
    assert set(keys_of(file)) == set(keys_of(shuffled))


@given(st.lists(CELLS, max_size=15), st.lists(CELLS, max_size=5))
def test_a_longer_file_keeps_the_keys_of_the_shorter(file, more):
    assert keys_of(file + more)[: len(file)] == keys_of(file)


@given(CELLS, CELLS)
def test_rows_that_differ_have_keys_that_differ(one, other):
    assert (key_of(*one) == key_of(*other)) == (one == other)


def test_another_way_of_writing_a_row_has_the_same_key():
    plain = key_of("0001", "2026-01-01 08:00", "1234.50", "S1", "2")
    others = [
        (" 0001 ", "2026-01-01T08:00:00", "1,234.50", "S1", "2.0"),
        ("0001", "2026-01-01 16:00+08:00", wide("1234.5"), " S1", "2"),
    ]
    assert {key_of(*cells) for cells in others} == {plain}


def test_the_key_never_changes():
    # Files of today are imported again in years: this very key must come out.
    row = PARSER.parse(Record(2, ["0001", "1997-01-01", "29.33", "", "2"]))
    assert content_key(row) == "row:rE-ezcb8ts_Q3upPQ6PKjO3C3PLVGPNnJLhcrSVmMMs"
    assert occurrence_key("row:x", 2) == "row:x#2"


def test_every_problem_has_its_sentence():
    params: dict[str, int | str] = {"digits": 2, "limit": 5, "line": 7}
    params |= {"found": 1, "expected": 2}
    params |= {"currency": "USD", "reason": "The purchase is not known."}
    for code in SENTENCES:
        assert Problem(code, params=params).sentence


def test_all_that_is_wrong_with_a_row_is_said_at_once():
    row = PARSER.parse(Record(2, ["", "never", "-5", "S1", "few"]))
    assert [(each.column, each.code) for each in row.problems] == [
        ("member", "member_missing"),
        ("at", "date_unreadable"),
        ("amount", "amount_negative"),
        ("units", "units_unreadable"),
    ]


def test_a_giant_value_is_stored_short_and_without_nul():
    stored = Problem("too_long", "store", "\0" + "x" * 100_000).as_json()
    assert len(stored["value"]) == 81
    assert "\0" not in stored["value"]
