"""Journal lines of the books: each month's revenue as debits and credits that balance."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from loyalty_site.lib.periods import add_months
from reports.statistics.revenue import Position, RevenueMonth


class Account(StrEnum):
    """An account of the general ledger; its code is set by the operator."""

    SALES = "sales"
    CONTRACT_LIABILITY = "contract_liability"
    REDEMPTION = "redemption"
    BREAKAGE = "breakage"
    GIFT_COST = "gift_cost"
    GIFT_PROVISION = "gift_provision"


class Cause(StrEnum):
    """Why a month has a pair of lines."""

    DEFERRED = "deferred"
    REVERSED = "reversed"
    REDEEMED = "redeemed"
    BROKEN = "broken"
    PROVISION = "provision"


# What each cause debits and credits while its amount is above zero.
ACCOUNTS = {
    Cause.DEFERRED: (Account.SALES, Account.CONTRACT_LIABILITY),
    Cause.REVERSED: (Account.CONTRACT_LIABILITY, Account.SALES),
    Cause.REDEEMED: (Account.CONTRACT_LIABILITY, Account.REDEMPTION),
    Cause.BROKEN: (Account.CONTRACT_LIABILITY, Account.BREAKAGE),
    Cause.PROVISION: (Account.GIFT_COST, Account.GIFT_PROVISION),
}


@dataclass(frozen=True)
class JournalLine:
    """One line: an amount on one side of one account, in minor units."""

    on: date
    account: Account
    debit_minor: int
    credit_minor: int
    cause: Cause


def journal(months: Iterable[RevenueMonth]) -> list[JournalLine]:
    """Return the lines of the months, dated on their last days.

    Every amount is on a debit and on a credit side, so each month balances; an amount
    below zero changes the sides.
    """
    lines = []
    for each in months:
        on = add_months(each.month, 1) - timedelta(days=1)
        for cause in Cause:
            lines += _pair(on, cause, _amount(each.moved, cause))
    return lines


def _amount(moved: Position, cause: Cause) -> int:
    amount: int = getattr(moved, cause)
    return amount


def _pair(on: date, cause: Cause, amount: int) -> list[JournalLine]:
    debited, credited = ACCOUNTS[cause]
    if amount < 0:
        debited, credited, amount = credited, debited, -amount
    if not amount:
        return []
    return [
        JournalLine(on, debited, amount, 0, cause),
        JournalLine(on, credited, 0, amount, cause),
    ]
