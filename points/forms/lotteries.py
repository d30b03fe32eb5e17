"""Forms of draws."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.forms import Anything, InstantInput, RefusalsMixin, helper_of
from points.models import Lottery
from points.services.lotteries import LotteryPlan, Prize

MOST_PIECES = 10_000
MOST_PRIZES = 100


class LotteryForm(RefusalsMixin, forms.ModelForm[Lottery]):
    """What is promised of a draw; cleans to a LotteryPlan."""

    prizes = forms.CharField(
        label=_("Prizes"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "One a row, the highest first: how many; what. For example"
            " “3; Weekend in Kyoto”."
        ),
    )

    class Meta:
        model = Lottery
        fields = (
            "name",
            "name_zh_hans",
            "name_zh_hant",
            "closes_at",
            "prizes",
            "public_source",
        )
        widgets = {"closes_at": InstantInput}
        help_texts = {
            "closes_at": _(
                "In the programme's time zone. No ticket is sold from then on."
            ),
            "public_source": _(
                "Something nobody can know before sales close, such as “closing number"
                " of the Hang Seng Index on 24 December”."
            ),
        }

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of()

    def clean_prizes(self) -> list[Prize]:
        """Return the prizes in the order written."""
        rows = [row.strip() for row in self.cleaned_data["prizes"].splitlines()]
        prizes = [_prize(row) for row in rows if row]
        if len(prizes) > MOST_PRIZES:
            raise ValidationError(_("Write at most %(n)s rows."), params={"n": 100})
        if sum(prize.pieces for prize in prizes) > MOST_PIECES:
            raise ValidationError(_("At most 10,000 prizes are drawn."))
        return prizes

    @property
    def plan(self) -> LotteryPlan:
        """The cleaned form as the service takes it."""
        data: dict[str, Any] = self.cleaned_data
        return LotteryPlan(
            name=data["name"],
            name_zh_hans=data["name_zh_hans"],
            name_zh_hant=data["name_zh_hant"],
            closes_at=data["closes_at"],
            public_source=data["public_source"],
            prizes=tuple(data["prizes"]),
        )


def _prize(row: str) -> Prize:
    # A semicolon as Chinese input methods write it, too.
    pieces, _separator, name = row.replace("\uff1b", ";").partition(";")
    if not (pieces.strip().isdecimal() and int(pieces) and name.strip()):
        raise ValidationError(
            _("“%(row)s” is not like “3; Weekend in Kyoto”."), params={"row": row[:60]}
        )
    return Prize(name.strip()[:120], int(pieces))


class CallForm(RefusalsMixin, forms.Form):
    """The public value, as it was announced."""

    public_value = forms.CharField(
        label=_("Public value"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Exactly as it was published: every character counts."),
    )

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of()
