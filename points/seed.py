"""What a new installation starts with: the row of programme settings."""

from django.apps import apps


def seed_programme(**_kwargs: object) -> None:
    """Make the programme's row after a migration, if it is not there yet."""
    apps.get_model("points", "Programme").objects.get_or_create(pk=1)
