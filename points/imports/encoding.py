"""Telling encodings apart, to name the one that a refused file is probably in."""

from django.utils.translation import gettext as _

from points.imports.errors import FileNotReadable

_MAGIC = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_CANDIDATES = (
    # GB 2312 is the part of GB 18030 that ordinary Chinese text stays inside.
    ("gb2312", "GB 18030 / GBK"),
    ("big5", "Big5"),
    ("gb18030", "GB 18030 / GBK"),
    ("cp1252", "Windows-1252"),
)


def refuse_other_formats(head: bytes) -> None:
    """Refuse by its first bytes what is no text, or text of another width.

    Raises FileNotReadable, which names the format and how to save the file instead.
    """
    if not head.strip(b"\xef\xbb\xbf \t\r\n"):
        raise FileNotReadable(
            _("The file is empty. Its first line must name the columns.")
        )
    if head.startswith(_WORKBOOKS):
        raise FileNotReadable(
            _(
                "The file is a spreadsheet workbook, not CSV. "
                "Open it and save it as “CSV UTF-8”."
            )
        )
    for mark, name in _MAGIC:
        if head.startswith(mark):
            raise _in(encoding=name, line=1)
    evens, odds = head[0:400:2], head[1:400:2]
    if max(evens.count(0), odds.count(0)) > len(head[:400]) // 4:
        raise _in(encoding="UTF-16", line=1)


def refuse_as_not_utf8(sample: bytes, *, line: int) -> FileNotReadable:
    """Return the refusal of a file whose `sample`, around `line`, is not UTF-8."""
    for codec, name in _CANDIDATES:
        try:
            sample.decode(codec)
        except UnicodeDecodeError:
            continue
        return _in(encoding=name, line=line)
    return FileNotReadable(
        _(
            "Line %(line)s is not UTF-8 text. "
            "Open the file in a spreadsheet or an editor and save it as “CSV UTF-8”."
        )
        % {"line": line}
    )


def _in(*, encoding: str, line: int) -> FileNotReadable:
    return FileNotReadable(
        _(
            "The file is not UTF-8: line %(line)s looks like %(encoding)s. "
            "Open it in a spreadsheet or an editor and save it as “CSV UTF-8”."
        )
        % {"line": line, "encoding": encoding}
    )
