"""What an expiry policy is: when points that become active at an instant are gone."""

from datetime import datetime
from typing import Any, ClassVar, Protocol
from zoneinfo import ZoneInfo

from django import forms
from django.utils.functional import Promise


class ExpiryPolicy(Protocol):
    """One kind of expiry with its parameters: pure, in the programme's zone.

    The parameters are the fields of a dataclass, of types that JSON can hold, and are
    what `form` cleans to.
    """

    slug: ClassVar[str]
    label: ClassVar[str | Promise]
    form: ClassVar[type[forms.Form]]

    def expires_at(self, since: datetime, zone: ZoneInfo) -> datetime | None:
        """Return the first instant after `since` at which they are gone; None is never."""

    def sentence(self) -> str:
        """Return the policy in words."""


class NoForm(forms.Form):
    """Nothing to ask."""


Params = dict[str, Any]
