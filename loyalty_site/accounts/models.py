"""The user: somebody who signs in, on the staff or as a member."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person who signs in; staff see the staff pages, roles are groups."""

    class Theme(models.TextChoices):
        """Colours of the pages; `auto` follows the device."""

        AUTO = "auto", _("Same as the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    # One name, never split: Chinese names and many others have no first and last.
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    full_name = models.CharField(_("full name"), max_length=150, blank=True)
    language = models.CharField(
        _("language"),
        max_length=10,
        blank=True,
        choices=settings.LANGUAGES,
        help_text=_("Empty means the language of the browser."),
    )
    theme = models.CharField(
        _("colours"), max_length=5, choices=Theme.choices, default=Theme.AUTO
    )

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(theme__in=["auto", "light", "dark"]),
                name="accounts_user_theme_known",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        """Return the full name, or the user name when there is none."""
        return str(self)

    def get_short_name(self) -> str:
        """Return what fits the top bar."""
        return str(self)

    @property
    def initial(self) -> str:
        """The character that stands for the person in a small circle."""
        return str(self)[:1].upper()
