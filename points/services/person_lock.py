"""One thing at a time for each member of staff, where a limit counts what they did."""

from django.db import connection

from loyalty_site.lib.actors import Actor


def lock_person(purpose: str, actor: Actor) -> None:
    """Wait until no other transaction of this person does the same.

    Two pages of one person must not each find the day's limit untouched.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"points.{purpose}:{actor}"],
        )
