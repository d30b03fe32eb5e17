"""Every string of the program is translated, and the catalogues can be compiled."""

import gettext
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from loyalty_site.catalogs import compile_catalogs

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "loyalty_site" / "locale"
CATALOGS = sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w+\}")

PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "member"
msgstr "會員"
"""


def read(path: Path) -> Catalog:
    with path.open("rb") as readable:
        return read_po(readable)


def test_catalogue_is_compiled_once(tmp_path):
    folder = tmp_path / "zh_Hant" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(PO)
    assert (compile_catalogs(tmp_path), compile_catalogs(tmp_path)) == (1, 0)
    with (folder / "django.mo").open("rb") as compiled:
        assert gettext.GNUTranslations(compiled).gettext("member") == "會員"


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parts[-3])
def test_every_string_is_translated(path):
    untranslated = [
        message.id
        for message in read(path)
        if message.id and (message.fuzzy or not _is_whole(message.string))
    ]
    assert untranslated == []


def _is_whole(translation) -> bool:
    if isinstance(translation, str):
        return bool(translation)
    return all(translation)


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parts[-3])
def test_placeholders_are_the_same(path):
    wrong = {
        message.id: message.string
        for message in read(path)
        if message.id and _placeholders(message.id) != _placeholders(message.string)
    }
    assert wrong == {}


def _placeholders(text) -> set[str]:
    # A plural's last form speaks of many, and it is the one that names the number.
    text = text if isinstance(text, str) else text[-1]
    return set(PLACEHOLDER.findall(text))


@pytest.mark.skipif(not CATALOGS, reason="Nothing is translated yet.")
@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not installed.")
def test_catalogues_know_every_string(tmp_path):
    copy = tmp_path / "site"
    wanted = ("loyalty_site", "members", "points", "surveys", "reports", "templates")
    for name in wanted:
        shutil.copytree(ROOT / name, copy / name)
    shutil.copy(ROOT / "manage.py", copy)
    languages = [option for path in CATALOGS for option in ("-l", path.parts[-3])]
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", *languages, "--no-location"],
        cwd=copy,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "loyalty_site.settings"},
        check=True,
        capture_output=True,
    )
    for path in CATALOGS:
        known = {message.id for message in read(path)}
        found = {message.id for message in read(copy / path.relative_to(ROOT))}
        assert found - known == set(), path.parts[-3]
