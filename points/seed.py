"""What a new installation starts with: the rows of settings."""

from django.apps import apps as current_apps
from django.apps.registry import Apps


def seed_programme(*, apps: Apps = current_apps, **_kwargs: object) -> None:
    """Make the rows of settings after a migration, where they are not there yet."""
    known = apps.all_models["points"]
    for name in ("programme", "tierterms"):
        if name in known:
            current_apps.get_model("points", name).objects.get_or_create(pk=1)
