"""Fetch the front-end files that are kept in the repository: `make update-vendor`.

Needs npm. Every file lands under `static/vendor/<name>/<version>/` with its licence,
and its hash in `static/vendor/vendor.json`; a test compares the two.
"""

import hashlib
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

STATIC = Path(__file__).resolve().parent.parent / "static"
SOURCE_MAP = re.compile(rb"\n?(?:/\*|//)# sourceMappingURL=\S+?(?: ?\*/)?\s*$")
SVG = "{http://www.w3.org/2000/svg}"
MIT = """The MIT License (MIT)

Copyright (c) 2018-2026 The Tabler Authors

Permission is hereby granted, free of charge, to any person obtaining a copy of this
software and associated documentation files (the "Software"), to deal in the Software
without restriction, including without limitation the rights to use, copy, modify,
merge, publish, distribute, sublicense, and/or sell copies of the Software, and to
permit persons to whom the Software is furnished to do so, subject to the following
conditions:

The above copyright notice and this permission notice shall be included in all copies
or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED,
INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A
PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT
HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF
CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE
OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


@dataclass(frozen=True)
class Package:
    """A package of npm and the files wanted from it."""

    name: str
    package: str
    version: str
    licence: str
    files: tuple[str, ...]


PACKAGES = (
    Package(
        "tabler",
        "@tabler/core",
        "1.6.1",
        "MIT",
        ("dist/css/tabler.min.css", "dist/js/tabler.min.js"),
    ),
    Package("htmx", "htmx.org", "2.0.11", "0BSD", ("dist/htmx.min.js",)),
    Package("echarts", "echarts", "6.1.0", "Apache-2.0", ("dist/echarts.min.js",)),
    Package("jsqr", "jsqr", "1.4.0", "Apache-2.0", ("dist/jsQR.js",)),
)
ICONS = Package("tabler-icons", "@tabler/icons", "3.51.0", "MIT", ())
ICON_NAMES = (
    "adjustments-horizontal alert-circle alert-triangle arrow-down arrow-left "
    "arrow-right arrow-up award barcode bell bolt building-store calendar cash "
    "chart-bar chart-dots chart-line check chevron-down chevron-left chevron-right "
    "chevron-up circle-check clock code coins copy device-desktop device-mobile dots "
    "download external-link eye file-import filter fingerprint gift heart-handshake "
    "help-circle history home hourglass id-badge-2 inbox info-circle key language "
    "link list-details lock logout mail mail-opened menu-2 message-2 minus mood-neutral "
    "mood-sad mood-smile moon note pencil percentage player-pause player-play "
    "player-stop plus printer qrcode receipt-2 refresh report-analytics scale search "
    "send settings shield-lock shopping-cart stairs-up star sun tag target ticket tool "
    "trash trophy upload user user-plus users x"
).split()


def fetch(package: Package, into: Path) -> Path:
    """Download a package with `npm pack` and return the folder of its files."""
    npm = shutil.which("npm")
    if npm is None:
        message = "Install npm to update the vendored files."
        raise SystemExit(message)
    command = [npm, "pack", "--silent", f"{package.package}@{package.version}"]
    done = subprocess.run(  # noqa: S603 -- a fixed command
        command, cwd=into, check=True, capture_output=True, text=True
    )
    folder = into / package.name
    with tarfile.open(into / done.stdout.split()[-1]) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def keep(package: Package, source: Path, static: Path) -> list[dict[str, str]]:
    """Copy the wanted files and the licence; return their lines of vendor.json."""
    target = static / "vendor" / package.name / package.version
    shutil.rmtree(target.parent, ignore_errors=True)
    target.mkdir(parents=True)
    licence = source / "LICENSE"
    text = licence.read_text(encoding="utf-8") if licence.exists() else MIT
    (target / "LICENSE").write_text(text, encoding="utf-8")
    lines = []
    for wanted in package.files:
        # The maps are not kept, and a static manifest refuses a dangling address.
        content = SOURCE_MAP.sub(b"\n", (source / wanted).read_bytes())
        path = target / Path(wanted).name
        path.write_bytes(content)
        lines.append(
            {
                "name": package.name,
                "version": package.version,
                "file": path.relative_to(static).as_posix(),
                "sha256": hashlib.sha256(content).hexdigest(),
                "licence": package.licence,
                "origin": f"npm:{package.package}@{package.version}/{wanted}",
            }
        )
    return lines


def sprite(source: Path) -> bytes:
    """Return one SVG with a symbol for each icon, to be used as `icons.svg#name`."""
    ElementTree.register_namespace("", SVG.strip("{}"))
    root = ElementTree.Element(f"{SVG}svg")
    for name in sorted(ICON_NAMES):
        path = source / "icons" / "outline" / f"{name}.svg"
        icon = ElementTree.parse(path).getroot()  # noqa: S314 -- the file is our own choice
        symbol = ElementTree.SubElement(
            root, f"{SVG}symbol", {"id": name, "viewBox": "0 0 24 24"}
        )
        symbol.extend(part for part in icon if part.get("stroke") != "none")
    ElementTree.indent(root, space=" ")
    return ElementTree.tostring(root) + b"\n"


def update(static: Path) -> None:
    """Fetch every package again and write files, sprite and `vendor.json`."""
    lines: list[dict[str, str]] = []
    with tempfile.TemporaryDirectory() as scratch:
        for package in PACKAGES:
            lines += keep(package, fetch(package, Path(scratch)), static)
        content = sprite(fetch(ICONS, Path(scratch)))
    (static / "icons.svg").write_bytes(content)
    lines.append(
        {
            "name": ICONS.name,
            "version": ICONS.version,
            "file": "icons.svg",
            "sha256": hashlib.sha256(content).hexdigest(),
            "licence": ICONS.licence,
            "origin": f"npm:{ICONS.package}@{ICONS.version}/icons/outline",
        }
    )
    text = json.dumps(lines, indent=2, ensure_ascii=False) + "\n"
    (static / "vendor" / "vendor.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    update(STATIC)
