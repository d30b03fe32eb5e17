"""The people of the demo: one sign-in per role. Nothing here runs in production."""

from dataclasses import dataclass

from loyalty_site.accounts.models import User
from loyalty_site.accounts.roles import ROLES
from loyalty_site.accounts.services import create_staff

PASSWORD = "perennial-demo"  # noqa: S105 -- printed by the demo, refused elsewhere


@dataclass(frozen=True)
class SignIn:
    """What somebody types to come in."""

    role: str
    username: str
    password: str


FULL_NAMES = {
    "counter": "Casey Lin",
    "agent": "Avery Wong",
    "marketer": "Morgan Chan",
    "manager": "Mei Tanaka",
    "auditor": "Audrey Ho",
    "admin": "Adrian Cheung",
}


def demo_sign_ins() -> list[SignIn]:
    """Return one sign-in per role; staff who are missing are made."""
    known = set(User.objects.values_list("username", flat=True))
    for slug in ROLES:
        if slug not in known:
            create_staff(
                username=slug,
                email=f"{slug}@example.com",
                role=slug,
                password=PASSWORD,
                full_name=FULL_NAMES.get(slug, slug),
            )
    return [SignIn(str(role.label), slug, PASSWORD) for slug, role in ROLES.items()]
