"""Find a card by its value alone, and the few closed memberships among many."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    # An index is built beside running writes only outside a transaction.
    atomic = False

    dependencies = [("members", "0001_member_identifier_and_consent")]

    operations = [
        AddIndexConcurrently(
            "identifier",
            models.Index(F("value"), name="members_identifier_by_value"),
        ),
        AddIndexConcurrently(
            "member",
            models.Index(
                F("closed_at").desc(),
                name="members_member_closed",
                condition=~Q(closed_at=None),
            ),
        ),
    ]
