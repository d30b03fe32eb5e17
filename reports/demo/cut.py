"""Cut the demo's baskets out of the Complete Journey: `python -m reports.demo.cut FILE`.

Kept so that anybody can make the shipped file again; the demo itself never runs it.
"""

import csv
import gzip
import hashlib
import sys
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

TARGET = Path(__file__).parent / "data" / "baskets.csv.gz"
# The data's instants are in UTC; its shops keep a clock five hours behind.
BEHIND = timedelta(hours=5)
LAST_DAY = "2017-12-31"
# Most households shop in January already. Fewer of them, more of those who come later
# and of those who leave, show what cohorts and churn look like.
FIRST_MONTHS = {1: 111, 2: 100, 3: 66, 4: 47, 5: 40}
LEFT_EARLY = 40
LEFT_BEFORE = "2017-11-01"
Basket = dict[str, str]


def local_time(basket: Basket) -> str:
    """Return the wall time at the shop."""
    return str(datetime.fromisoformat(basket["ts"]) - BEHIND)


def rank(household: str) -> str:
    """Return an order of households that is random and always the same."""
    return hashlib.sha256(household.encode()).hexdigest()


def chosen(households: dict[str, list[Basket]]) -> list[str]:
    """Return the households of the demo, so that any first part of them is mixed too."""
    by_month: dict[int, list[str]] = defaultdict(list)
    for household in sorted(households, key=rank):
        by_month[int(local_time(households[household][0])[5:7])].append(household)
    picked = {
        household
        for month, those in by_month.items()
        for household in those[: FIRST_MONTHS.get(month, len(those))]
    }
    gone = [
        household
        for household in by_month[1]
        if household not in picked
        and local_time(households[household][-1]) < LEFT_BEFORE
    ]
    return sorted(picked.union(gone[:LEFT_EARLY]), key=rank)


def cut(source: Path, target: Path) -> int:
    """Write the chosen households' baskets in order of time; return how many."""
    households: dict[str, list[Basket]] = defaultdict(list)
    with gzip.open(source, "rt", newline="") as lines:
        for basket in sorted(csv.DictReader(lines), key=lambda each: each["ts"]):
            if local_time(basket)[:10] <= LAST_DAY:
                households[basket["household_id"]].append(basket)
    order = {household: n for n, household in enumerate(chosen(households))}
    rows = sorted(
        (
            (local_time(each), each["basket_id"], order[household], household, each)
            for household in order
            for each in households[household]
        ),
        key=lambda row: row[:2],
    )
    _write(target, rows)
    return len(rows)


def _write(target: Path, rows: Iterable[tuple[str, str, int, str, Basket]]) -> None:
    # No time and no name inside: the same input makes the same bytes.
    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed,
    ):
        packed.write(b"bought_at,basket,rank,household,store,units,amount\n")
        for at, basket_id, place, household, each in rows:
            # The source went through binary floats: 6.13 is 6.130000000000001 there.
            amount = Decimal(each["sales_value"]).quantize(Decimal("0.01"))
            fields = (at, basket_id, place, household, each["store_id"])
            line = ",".join(map(str, (*fields, each["units"], amount)))
            packed.write(f"{line}\n".encode())


if __name__ == "__main__":
    sys.stdout.write(f"{cut(Path(sys.argv[1]), TARGET)} baskets\n")
