"""The accounts of the general ledger: what each is called, and its code."""

from reports.models import AccountCode
from reports.statistics.journal import Account

DEFAULT_CODES = {
    Account.SALES: "4000",
    Account.CONTRACT_LIABILITY: "2400",
    Account.REDEMPTION: "4010",
    Account.BREAKAGE: "4020",
    Account.GIFT_COST: "6400",
    Account.GIFT_PROVISION: "2410",
}


def account_codes() -> dict[str, str]:
    """Return the code of every account; those that nobody set have a usual one."""
    known = dict(AccountCode.objects.values_list("account", "code"))
    return {
        account.value: known.get(account, DEFAULT_CODES[account]) for account in Account
    }
