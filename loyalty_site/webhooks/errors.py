"""Refusals of webhooks: addresses that are not sent to."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.errors import DomainError


class AddressRefused(DomainError):
    """The address is none that events are sent to."""

    code = "address_refused"
    field = "url"
    status = 422


class AddressNotPublic(AddressRefused):
    """The name leads into a private network."""

    def __init__(self) -> None:
        super().__init__(
            _("This name leads to a private address. Events go to public ones only.")
        )


class AddressUnknown(AddressRefused):
    """The name cannot be looked up."""

    def __init__(self) -> None:
        super().__init__(_("This name cannot be found. Check how it is written."))


class AddressNotHttps(AddressRefused):
    """The address is not a plain https address."""

    def __init__(self) -> None:
        super().__init__(
            _("Enter an address that begins with https:// and holds no password.")
        )
