"""Codes of the accounts, as people type them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.forms import Anything, RefusalsMixin, helper_of
from reports.selectors.accounts import account_codes
from reports.statistics.journal import Account

NAMES = {
    Account.SALES: _("Sales"),
    Account.CONTRACT_LIABILITY: _("Contract liability for points"),
    Account.REDEMPTION: _("Revenue of points redeemed"),
    Account.BREAKAGE: _("Revenue of points that nobody redeemed"),
    Account.GIFT_COST: _("Cost of points given as gifts"),
    Account.GIFT_PROVISION: _("Provision for points given as gifts"),
}


class AccountCodesForm(RefusalsMixin, forms.Form):
    """A code for each account of the journal."""

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        for account, code in account_codes().items():
            self.fields[account] = forms.CharField(
                label=NAMES[Account(account)], max_length=24, initial=code
            )
        self.helper = helper_of()

    @property
    def codes(self) -> dict[str, str]:
        """The cleaned codes by account."""
        return dict(self.cleaned_data)
