"""Files that spreadsheets open without running anything."""

import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from python_calamine import load_workbook

from loyalty_site.lib import exports

HEADER = ["Name", "Points", "Amount", "On", "At", "Active"]
ROW: list[exports.Cell] = [
    "陈大文",
    -5,
    Decimal("12.50"),
    date(2026, 11, 22),
    datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC),
    True,
]


def test_csv_has_a_bom_and_plain_numbers():
    text = "".join(exports.csv_lines(HEADER, [ROW]))
    assert text == (
        "\ufeffName,Points,Amount,On,At,Active\r\n"
        "陈大文,-5,12.50,2026-11-22,2026-11-22T01:02:03+00:00,True\r\n"
    )


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b"]
)
def test_text_cannot_become_a_formula(start):
    assert exports.csv_cell(f"{start}1+1") == f"'{start}1+1"


def test_numbers_below_zero_are_not_escaped():
    assert exports.csv_cell(-5) == "-5"
    assert exports.csv_cell(Decimal("-5.10")) == "-5.10"


def test_csv_of_a_file_counts_rows(tmp_path: Path):
    assert exports.write_csv(tmp_path / "x.csv", HEADER, [ROW, ROW]) == 2
    assert (tmp_path / "x.csv").read_bytes().startswith(b"\xef\xbb\xbfName")


def test_csv_is_streamed_row_by_row():
    taken = []

    def rows():
        for number in range(10):
            taken.append(number)
            yield [number]

    lines = exports.csv_lines(["n"], rows())
    assert [next(lines) for _ in range(3)][2] == "0\r\n"
    assert taken == [0]


def test_xlsx_reads_back(tmp_path: Path):
    path = tmp_path / "x.xlsx"
    assert exports.write_xlsx(path, HEADER, [[*ROW], ["=1+1", None]]) == 2
    rows = load_workbook(str(path)).get_sheet_by_index(0).to_python()
    assert rows[0] == HEADER
    assert rows[1] == [
        "陈大文", -5.0, 12.5, date(2026, 11, 22), "2026-11-22T01:02:03+00:00", True
    ]  # fmt: skip
    assert rows[2][0] == "'=1+1"


def test_xlsx_goes_on_with_another_sheet(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(exports, "SHEET_ROWS", 3)
    exports.write_xlsx(tmp_path / "x.xlsx", ["n"], ([n] for n in range(5)))
    book = load_workbook(str(tmp_path / "x.xlsx"))
    sheets = [book.get_sheet_by_index(i).to_python() for i in range(3)]
    assert sheets == [[["n"], [0.0], [1.0]], [["n"], [2.0], [3.0]], [["n"], [4.0]]]


def test_xlsx_takes_constant_memory(tmp_path: Path):
    tracemalloc.start()
    exports.write_xlsx(
        tmp_path / "x.xlsx", ["a", "b"], ([n, f"text {n}"] for n in range(20_000))
    )
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_downloads_are_named_and_not_kept(kind):
    make = getattr(exports, f"{kind}_response")
    response = make("members 2026", HEADER, [ROW])
    assert f'filename="members_2026.{kind}"' in response["Content-Disposition"]
    assert response["Cache-Control"] == "no-store"
    assert b"".join(response.streaming_content)
    response.close()


def test_name_in_chinese_becomes_a_plain_one():
    response = exports.export_response("csv", "会员", HEADER, [])
    assert 'filename="export.csv"' in response["Content-Disposition"]
