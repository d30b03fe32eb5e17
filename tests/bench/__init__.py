"""The product beside the raw floor: the same rows, in the same run, turn by turn.

`python -m tests.bench` seeds a database of its own, measures, prints a table and writes
docs/benchmarks.md. The floor is what PostgreSQL itself can do: one raw, prepared
statement that writes the same rows, by as many clients.
"""

import os
import warnings
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings")
os.environ.setdefault("TRYOUT", "on")
# Servers of its own, so that a demo that runs at the same time keeps its files.
os.environ.setdefault(
    "VAR_DIR", str(Path(__file__).resolve().parents[2] / "var" / "bench")
)
os.environ.setdefault("LOG_LEVEL", "ERROR")
# Nothing is collected while trying out, and nothing is missing.
warnings.filterwarnings("ignore", "No directory at")
django.setup()
