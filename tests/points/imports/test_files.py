"""Whole files that cannot be read: each has one answer that says how to mend it."""

import pytest

from points.imports.columns import guess_columns
from points.imports.errors import FileNotReadable
from points.imports.files import Utf8Watch, read_header
from tests.points.imports.files import everything_written, upload

HEADER = "member,at,amount\n"
ROW = "0001,2026-06-01,5.00\n"
CHINESE = "会员号,日期,金额\n0001,2026-06-01,5.00\n"
TRADITIONAL = "會員編號,日期,金額\n0001,2026-06-01,5.00\n"

BROKEN = {
    "empty": (b"", "The file is empty"),
    "only a mark": (b"\xef\xbb\xbf", "The file is empty"),
    "blank lines": (b"\r\n\r\n  \n", "The file is empty"),
    "UTF-16 with mark": ((HEADER + ROW).encode("utf-16"), "line 1 looks like UTF-16"),
    "UTF-16 big-endian": (
        b"\xfe\xff" + (HEADER + ROW).encode("utf-16-be"),
        "line 1 looks like UTF-16",
    ),
    "UTF-16 without mark": (
        (HEADER + ROW).encode("utf-16-le"),
        "line 1 looks like UTF-16",
    ),
    "GBK header": (CHINESE.encode("gbk"), "line 1 looks like GB 18030 / GBK"),
    "GB 18030 in row 3": (
        (HEADER + ROW + "张三,2026-06-01,5.00\n").encode("gb18030"),
        "line 3 looks like GB 18030 / GBK",
    ),
    "Big5": (TRADITIONAL.encode("big5"), "line 1 looks like Big5"),
    "Windows-1252": (
        (HEADER + "Zoë,2026-06-01,5.00\n").encode("cp1252"),
        "line 2 looks like",
    ),
    "cut inside a character": ((HEADER + "陈").encode()[:-1], "line 2"),
    "workbook": (b"PK\x03\x04" + bytes(200), "spreadsheet workbook"),
    "old workbook": (b"\xd0\xcf\x11\xe0" + bytes(200), "spreadsheet workbook"),
    "no column names": (b",,,\n1,2,3,4\n", "Line 1 is blank"),
    "a name twice": (b"member,at,at,amount\n", "names the column “at” twice"),
    "open quote in the header": (b'member,"at,amount\n' + ROW.encode(), "not closed"),
    "NUL in the header": (b"member,a\0t,amount\n", "NUL"),
    "old line ends": (HEADER.replace("\n", "\r").encode() + b"1,2,3\r", "Macintosh"),
    "a header without end": (b"x" * 200_000, "too long to be a header"),
    "a thousand columns": (b"a" + b",b" * 999, "names 1000 columns"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_one_clear_refusal_and_writes_nothing(name):
    content, sentence = BROKEN[name]
    before = everything_written()
    with pytest.raises(FileNotReadable, match=sentence):
        upload(content)
    assert everything_written() == before


@pytest.mark.django_db
def test_a_file_over_the_limit_is_refused_while_it_comes_in(settings):
    settings.UPLOAD_MAX_BYTES = 1_000_000
    before = everything_written()
    with pytest.raises(FileNotReadable, match="larger than 1 MB"):
        upload(HEADER + ROW * 60_000)
    assert everything_written() == before


@pytest.mark.parametrize("block_bytes", [1, 2, 3, 7, 1000])
def test_characters_may_be_cut_by_blocks(block_bytes):
    data = ("member,日期\n陈大文,😀\n" * 20).encode()
    watch = Utf8Watch()
    for start in range(0, len(data), block_bytes):
        watch.see(data[start : start + block_bytes])
    watch.finish()
    assert (watch.lines, watch.size) == (40, len(data))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "header"),
    [
        (b"\xef\xbb\xbfmember,at,amount\n", ["member", "at", "amount"]),
        (b"member;at;amount\n", ["member", "at", "amount"]),
        (b"member\tat\tamount\r\n", ["member", "at", "amount"]),
        (b'"member","at, local",amount\n', ["member", "at, local", "amount"]),
        (b" member , at ,amount", ["member", "at", "amount"]),
    ],
)
def test_headers(content, header):
    assert upload(content).mapping["header"] == header


@pytest.mark.parametrize(
    ("header", "guess"),
    [
        (
            ["customer_id_master", "date", "number_of_cds", "dollar_value"],
            {
                "member": "customer_id_master",
                "at": "date",
                "units": "number_of_cds",
                "amount": "dollar_value",
            },
        ),
        (
            ["basket_id", "household_id", "store_id", "ts", "units", "sales_value"],
            {
                "id": "basket_id",
                "member": "household_id",
                "store": "store_id",
                "at": "ts",
                "units": "units",
                "amount": "sales_value",
            },
        ),
        (
            ["订单号", "会员卡号", "交易日期", "实付金额", "门店"],
            {
                "id": "订单号",
                "member": "会员卡号",
                "at": "交易日期",
                "amount": "实付金额",
                "store": "门店",
            },
        ),
        (["foo", "bar"], {}),
    ],
)
def test_columns_are_guessed_from_their_names(header, guess):
    assert guess_columns(header) == guess


def test_the_header_says_where_the_rows_begin(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b"\xef\xbb\xbfa,b\r\n1,2\r\n")
    with path.open("rb") as file:
        assert read_header(file) == (("a", "b"), ",", 8)
