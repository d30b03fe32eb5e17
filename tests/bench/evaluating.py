"""The rules alone: what purchases earn by ten of them, without the database."""

from functools import partial

from points.selectors.outcomes import outcome_of
from points.selectors.programme import current_rulebook
from points.services.purchase_types import MemberThen, NewPurchase, event_of
from tests.bench.clients import dice
from tests.bench.clock import now, say
from tests.bench.results import BOUNDED, Asked, Section, Spread, bounded
from tests.bench.scope import Scope
from tests.bench.seeding import make_rules
from tests.bench.timing import seconds_of

RULES = 10
PURCHASES = 20_000
ASKED = Asked("≥ 20,000", at_least=20_000)


def evaluate_rules(scope: Scope) -> list[Section]:
    """Purchases of random amounts, by one process."""
    make_rules(RULES)
    rulebook = current_rulebook()
    make_rules(1)
    amount, at = dice(1), now()
    purchases = [
        NewPurchase(1, "bench", str(n), amount.randint(2000, 20_000), at, "S1", "till")
        for n in range(PURCHASES)
    ]
    tier, member = next(iter(rulebook.tiers.values()), None), MemberThen()

    def ask() -> None:
        for purchase in purchases:
            event = event_of(purchase, member, rulebook.terms.basis)
            outcome_of(event, member_id=1, tier=tier, rulebook=rulebook)

    speeds = [PURCHASES / seconds_of(partial(ask)) for _ in range(scope.rounds)]
    found = Spread(tuple(speeds))
    say(f"    {found.middle:>9,.0f}/s   {RULES} rules")
    section = Section("Rules: what purchases earn, without the database", BOUNDED)
    section.rows.append(
        bounded(
            f"purchases in a second by one process, {RULES} rules",
            found.text(),
            found.middle,
            ASKED,
        )
    )
    return [section]
