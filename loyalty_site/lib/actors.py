"""Who did it: a person, an API key or a part of the system, as one short string."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Actor:
    """The doer of a write, stored with it; `kind` is user, member, api or system."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


def name_of_actor(text: str) -> str:
    """Return a stored actor as people read it: the name without its kind, or "System"."""
    kind, _separator, name = text.partition(":")
    if kind == "system":
        return _("System")
    return name or kind


def staff_actor(username: str) -> Actor:
    """Return the actor of a signed-in member of staff."""
    return Actor("user", username)


def member_actor(number: str) -> Actor:
    """Return the actor of a member who acts for themselves."""
    return Actor("member", number)


def api_actor(key_name: str) -> Actor:
    """Return the actor of a call with an API key."""
    return Actor("api", key_name)


def system_actor(part: str) -> Actor:
    """Return the actor of scheduled work, such as `points.expiry`."""
    return Actor("system", part)
