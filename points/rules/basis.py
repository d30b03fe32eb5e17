"""Which part of what was paid earns points."""

from dataclasses import dataclass
from typing import NamedTuple


class Parts(NamedTuple):
    """Parts of a purchase in minor units, >= 0; None where they are not known.

    But for the discount, which was taken off before, they are part of the amount.
    """

    discount_minor: int | None = None
    tax_minor: int | None = None
    delivery_minor: int | None = None
    gift_card_minor: int | None = None
    points_paid_minor: int | None = None


UNKNOWN = Parts()


@dataclass(frozen=True, slots=True)
class Basis:
    """What earns beside the goods as they were paid with money."""

    discount: bool = False
    tax: bool = True
    delivery: bool = True
    gift_card: bool = True
    points_paid: bool = False

    def changes(self, parts: Parts) -> dict[str, int]:
        """Return what is added to the amount and taken off it, by the part's name."""
        if parts == UNKNOWN:
            return {}
        changes = {
            "discount": (parts.discount_minor or 0) * self.discount,
            "tax": -(parts.tax_minor or 0) * (not self.tax),
            "delivery": -(parts.delivery_minor or 0) * (not self.delivery),
            "gift_card": -(parts.gift_card_minor or 0) * (not self.gift_card),
            "points_paid": -(parts.points_paid_minor or 0) * (not self.points_paid),
        }
        return {name: change for name, change in changes.items() if change}


STANDARD = Basis()
