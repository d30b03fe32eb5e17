"""Every write to users and their roles."""

from django.contrib.auth.models import Group
from django.db import transaction

from loyalty_site.accounts.models import User
from loyalty_site.accounts.roles import ROLES


@transaction.atomic
def create_staff(
    *,
    username: str,
    email: str,
    role: str,
    password: str | None = None,
    full_name: str = "",
    language: str = "",
) -> User:
    """Return the staff user of that name, made when missing, with that role added.

    Without a password nobody can sign in until one is set. A user who exists keeps
    the password and the name. Raises KeyError for an unknown role.
    """
    group, _ = Group.objects.get_or_create(name=ROLES[role].slug)
    user = User.objects.filter(username=username).first()
    if user is None:
        user = User.objects.create_user(
            username,
            email,
            password,
            full_name=full_name,
            language=language,
            is_staff=True,
        )
    user.groups.add(group)
    return user


def set_language(*, user: User, language: str) -> None:
    """Remember the language of the pages; an empty one follows the browser."""
    User.objects.filter(pk=user.pk).update(language=language)


def set_theme(*, user: User, theme: str) -> None:
    """Remember the colours of the pages; raises ValueError for unknown ones."""
    User.objects.filter(pk=user.pk).update(theme=User.Theme(theme))


def change_profile(
    *, user: User, full_name: str, email: str, language: str, theme: str
) -> None:
    """Change what people may change of their own account."""
    User.objects.filter(pk=user.pk).update(
        full_name=full_name,
        email=User.objects.normalize_email(email),
        language=language,
        theme=User.Theme(theme),
    )
