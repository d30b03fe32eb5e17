"""Rows out of files: quotes, long lines, and going on from anywhere."""

import csv
import io
from itertools import islice

import pytest
from hypothesis import given, strategies as st

from points.imports.reading import LONGEST_LINE_BYTES, Record, RecordReader


def read(text: str | bytes, *, width: int = 3, offset: int = 0, line: int = 1):
    data = text.encode() if isinstance(text, str) else text
    reader = RecordReader(
        io.BytesIO(data), delimiter=",", width=width, offset=offset, line=line
    )
    return list(reader), reader


def outcome(record: Record) -> tuple[int, object]:
    return record.line, record.problem.code if record.problem else record.cells


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b,c\n", [(1, ["a", "b", "c"])]),
        ("a,b,c", [(1, ["a", "b", "c"])]),
        ("a,b,c\r\nd,e,f\r\n", [(1, ["a", "b", "c"]), (2, ["d", "e", "f"])]),
        ('a,"b,b",c\n', [(1, ["a", "b,b", "c"])]),
        ('a,"b ""x"" b",c\n', [(1, ["a", 'b "x" b', "c"])]),
        ('a,"b\nb",c\nd,e,f\n', [(1, ["a", "b\nb", "c"]), (3, ["d", "e", "f"])]),
        ("\n\na,b,c\n\n", [(3, ["a", "b", "c"])]),
        (",,\n , ,\na,b,c\n", [(3, ["a", "b", "c"])]),
        ("a,b\n", [(1, "columns_wrong")]),
        ("a,b,c,d\n", [(1, "columns_wrong")]),
        ('a,"b,c\nd,e,f\n', [(1, "quotes_broken"), (2, ["d", "e", "f"])]),
        ('a,"b"x,c\nd,e,f\n', [(1, "quotes_broken"), (2, ["d", "e", "f"])]),
        ('a,b"c,d\n', [(1, ["a", 'b"c', "d"])]),
        ("", []),
    ],
)
def test_rows(text, expected):
    records, _reader = read(text)
    assert [outcome(record) for record in records] == expected


def test_an_open_quote_costs_one_line_of_a_large_file():
    lines = ["a,b,c\n"] * 5_000
    lines[10] = 'a,"b,c\n'
    records, _reader = read("".join(lines))
    bad = [record.line for record in records if record.problem]
    assert (len(records), bad) == (5_000, [11])


def test_a_line_without_end_is_passed_over_in_pieces():
    text = b"a," + b"x" * (2 * LONGEST_LINE_BYTES) + b",c\nd,e,f\n"
    records, _reader = read(text)
    assert [outcome(each) for each in records] == [
        (1, "line_too_long"),
        (2, ["d", "e", "f"]),
    ]


def test_a_quoted_field_beyond_the_limit_says_so():
    long = "x" * (csv.field_size_limit() + 1)
    records, _reader = read(f'a,"{long}",c\nd,e,f\n')
    assert [outcome(each) for each in records] == [
        (1, "line_too_long"),
        (2, ["d", "e", "f"]),
    ]


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=8)


@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=8),
    stop=st.integers(0, 8),
    ending=st.sampled_from(["\n", "\r\n"]),
)
def test_reading_goes_on_from_any_row(rows, stop, ending):
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator=ending).writerows(rows)
    data = buffer.getvalue().encode()
    whole, _reader = read(data)

    begun, reader = begin(data, stop)
    rest, _reader = read(data, offset=reader.offset, line=reader.line)
    assert [outcome(each) for each in begun + rest] == [outcome(r) for r in whole]


def begin(data: bytes, stop: int) -> tuple[list[Record], RecordReader]:
    reader = RecordReader(io.BytesIO(data), delimiter=",", width=3, offset=0, line=1)
    return list(islice(reader, stop)), reader


@given(rows=st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=8))
def test_rows_written_by_the_standard_library_come_back(rows):
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    records, _reader = read(buffer.getvalue())
    assert [record.cells for record in records] == [
        row for row in rows if "".join(row).strip()
    ]
