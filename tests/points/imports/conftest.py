"""Files of imports go to a directory of the test."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _own_imports(request, settings, tmp_path: Path) -> None:
    # A real worker is told the directory by its environment, before it starts.
    if "start_worker" not in request.fixturenames:
        settings.VAR_DIR = tmp_path
