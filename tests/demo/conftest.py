"""A load of a few households, lived once for all tests that only look at it."""

import io
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.management import call_command
from django.test import override_settings

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
HOUSEHOLDS = 12


def load_demo_data(**options):
    """Run the command and return what it said."""
    out = io.StringIO()
    call_command("load_demo_data", stdout=out, households=HOUSEHOLDS, **options)
    return out.getvalue()


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker, tmp_path_factory):
    """The loaded database, and what the command said; tests only read it."""
    directory = tmp_path_factory.mktemp("var")
    with django_db_blocker.unblock(), override_settings(VAR_DIR=directory):
        with time_machine.travel(NOW, tick=False):
            yield load_demo_data()
        call_command("flush", interactive=False, verbosity=0)
