"""The real baskets, moved so that they end yesterday."""

import csv
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

FILE = Path(__file__).parent / "data" / "baskets.csv.gz"
LAST_DAY = date(2017, 12, 31)
WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Basket:
    """One basket; `rank` numbers the household from 0, `bought_at` is an instant."""

    number: str
    rank: int
    household: str
    store: str
    units: int
    amount: Decimal
    bought_at: datetime


def shift_for(today: date) -> timedelta:
    """Return the whole weeks that move the last day to yesterday or just after it."""
    yesterday = today - timedelta(days=1)
    return -((LAST_DAY - yesterday) // WEEK) * WEEK


def read_baskets(*, today: date, zone: ZoneInfo, households: int) -> Sequence[Basket]:
    """Return the baskets of the first households that fall before `today`, in order."""
    shift = shift_for(today)
    baskets = []
    with gzip.open(FILE, "rt", newline="") as lines:
        for row in csv.DictReader(lines):
            local = datetime.fromisoformat(row["bought_at"]) + shift
            if int(row["rank"]) >= households or local.date() >= today:
                continue
            baskets.append(
                Basket(
                    number=row["basket"],
                    rank=int(row["rank"]),
                    household=row["household"],
                    store=f"S{row['store']}",
                    units=int(row["units"]),
                    amount=Decimal(row["amount"]),
                    bought_at=local.replace(tzinfo=zone).astimezone(UTC),
                )
            )
    return baskets
