"""Vendored files are exactly those that were fetched, and all of them are listed."""

import hashlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LISTS = (
    (ROOT / "static" / "vendor" / "vendor.json", ROOT / "static"),
    (ROOT / "tests" / "vendor" / "vendor.json", ROOT / "tests" / "vendor"),
)
LISTED = [(line, base) for path, base in LISTS for line in json.loads(path.read_text())]


@pytest.mark.parametrize(("line", "base"), LISTED, ids=[x["file"] for x, _ in LISTED])
def test_file_has_its_hash(line, base):
    content = (base / line["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == line["sha256"]


@pytest.mark.parametrize(("path", "base"), LISTS, ids=["static", "tests"])
def test_every_vendored_file_is_listed(path, base):
    listed = {line["file"] for line in json.loads(path.read_text())}
    found = {
        file.relative_to(base).as_posix()
        for file in path.parent.rglob("*")
        if file.is_file() and file.name not in {"LICENSE", "vendor.json"}
    }
    assert found <= listed


@pytest.mark.parametrize(("path", "base"), LISTS, ids=["static", "tests"])
def test_every_package_has_its_licence(path, base):
    for line in json.loads(path.read_text()):
        folder = (base / line["file"]).parent
        assert line["licence"]
        assert folder == base or (folder / "LICENSE").stat().st_size > 100
