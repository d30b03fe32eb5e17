"""Find the few merged members by what they were known by; they are closed."""

from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    # An index is built beside running writes only outside a transaction.
    atomic = False

    dependencies = [("members", "0003_merged_members")]

    operations = [
        AddIndexConcurrently(
            "member",
            models.Index(
                F("merged_into"),
                name="members_member_merged",
                condition=~Q(merged_into=None),
            ),
        ),
        AddIndexConcurrently(
            "member",
            models.Index(
                Lower("email"),
                name="members_member_merged_email",
                condition=~Q(merged_into=None),
            ),
        ),
        AddIndexConcurrently(
            "member",
            models.Index(
                F("phone"),
                name="members_member_merged_phone",
                condition=~Q(merged_into=None),
            ),
        ),
        AddConstraintNotValid(
            "member",
            models.CheckConstraint(
                condition=Q(merged_into=None)
                | Q(~Q(merged_into=F("id")), closed_at__isnull=False),
                name="members_member_merged_is_closed",
            ),
        ),
        ValidateConstraint("member", "members_member_merged_is_closed"),
    ]
