"""Migrations can be undone, are named for what they do, and follow each other."""

import re

import pytest
from django.apps import apps
from django.db.migrations import Migration, RunPython
from django.db.migrations.loader import MigrationLoader

OURS = {
    config.label
    for config in apps.get_app_configs()
    if config.name.split(".")[0]
    in {"loyalty_site", "members", "points", "surveys", "reports"}
}


@pytest.fixture(scope="module")
def migrations() -> dict[tuple[str, str], Migration]:
    loader = MigrationLoader(connection=None)
    return {key: one for key, one in loader.disk_migrations.items() if key[0] in OURS}


def test_every_step_can_be_undone(migrations):
    stuck = [
        f"{key[0]}.{key[1]}: {operation.describe()}"
        for key, migration in migrations.items()
        for operation in migration.operations
        if not operation.reversible
    ]
    assert stuck == []


def test_names_say_what_happens(migrations):
    vague = [
        key for key in migrations if re.search(r"_auto|_initial$|_merge(_|$)", key[1])
    ]
    assert vague == []


def test_history_is_a_line(migrations):
    numbers = [(app, name[:4]) for app, name in migrations]
    assert len(numbers) == len(set(numbers))


def test_schema_and_data_change_apart(migrations):
    mixed = [
        key
        for key, migration in migrations.items()
        if any(isinstance(step, RunPython) for step in migration.operations)
        and not all(isinstance(step, RunPython) for step in migration.operations)
    ]
    assert mixed == []
