"""Amounts as the API reads and writes them: decimals as text, in one currency."""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.money import AmountNotReadable, from_minor, to_minor
from points.selectors.programme import current_rulebook


class WrongCurrency(DomainError):
    """The amount is in another currency than the programme's."""

    code = "wrong_currency"
    field = "currency"
    status = 422

    def __init__(self, *, currency: str) -> None:
        super().__init__(
            _("This programme counts in %(currency)s.") % {"currency": currency}
        )


def programme_currency(said: str, *, known: str = "") -> str:
    """Return the programme's currency, or raise WrongCurrency if another one is said.

    `known` is given where it was looked up already.
    """
    currency = known or current_rulebook().currency
    if said != currency:
        raise WrongCurrency(currency=currency)
    return currency


def minor_of(text: str, currency: str, *, field: str) -> int:
    """Return minor units; a refusal names the field."""
    try:
        return to_minor(Decimal(text), currency)
    except AmountNotReadable as error:
        error.field = field
        raise


def amount_text(amount_minor: int, currency: str) -> str:
    """Return the amount as the API writes it: `128.50`."""
    return format(from_minor(amount_minor, currency), "f")
