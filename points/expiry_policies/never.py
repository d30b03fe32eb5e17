"""Points that do not expire."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _

from points.expiry_policies.base import NoForm


@dataclass(frozen=True)
class Never:
    """No expiry."""

    slug: ClassVar[str] = "never"
    label: ClassVar[str | Promise] = _("Never")
    form: ClassVar[type[forms.Form]] = NoForm

    def expires_at(self, since: datetime, zone: ZoneInfo) -> datetime | None:
        """Return None."""
        del since, zone
        return None

    def sentence(self) -> str:
        """Return the policy in words."""
        return gettext("Points do not expire.")
