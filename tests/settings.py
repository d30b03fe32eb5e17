"""The site's settings, tried out in a directory and a database of the tests.

`PYTEST_DB_SUFFIX` gives a run its own database beside another run; with it the names
in Valkey and so the Celery queue. `TEST_DATABASE_NAME` tells a process that a test
starts which of those databases is meant.
"""

import os
from pathlib import Path

os.environ.setdefault("TRYOUT", "on")
os.environ.setdefault(
    "VAR_DIR", str(Path(__file__).resolve().parent.parent / "var" / "test")
)

from loyalty_site.settings import *  # noqa: F403
from loyalty_site.settings import (
    CACHES,
    CELERY_BROKER_TRANSPORT_OPTIONS,
    DATABASES,
)

_parts = ["test_perennial", os.environ.get("PYTEST_DB_SUFFIX", "")]
_name = "_".join(filter(None, _parts))
DATABASES["default"]["TEST"] = {"NAME": _name}
if _started_by_a_test := os.environ.get("TEST_DATABASE_NAME"):
    DATABASES["default"]["NAME"] = _started_by_a_test

_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
_prefix = "_".join(filter(None, [_name, _worker]))
CELERY_BROKER_TRANSPORT_OPTIONS |= {"global_keyprefix": f"{_prefix}:"}
CACHES["default"]["KEY_PREFIX"] = _prefix

# Signing in with a password is tested once; hashing it slowly a hundred times is not.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# pytest shows the log of a test that fails; a worker's log is read by tests.
if not _started_by_a_test:
    LOGGING = {"version": 1, "disable_existing_loggers": False}
