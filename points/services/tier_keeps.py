"""Who would fall by a changed draft keeps the tier for a while."""

from datetime import datetime

from django.db import transaction

from loyalty_site.lib.periods import add_days_at
from points import sql
from points.models import TierDraft, TierKeep
from points.selectors.tier_plan import current_plan
from points.services.tier_counters import span_scope
from points.services.tier_statements import falling
from points.services.tiers import MEMBERS_PER_CHUNK, what_is_beside
from points.tiering.plan import NONE, Plan


@transaction.atomic
def keep_tiers_between(*, draft: TierDraft, first: int, last: int, at: datetime) -> int:
    """Let the members from `first` to `last` keep what they would fall from now.

    They keep it as if they had reached it now or, by a draft for the next period, in
    the period before. Safe to repeat; returns how many keep something.
    """
    plan = current_plan()
    statement, params = falling(
        plan, span_scope(first, last), at, beside=what_is_beside()
    )
    periods_ago = int(draft.how == TierDraft.How.NEXT_PERIOD)
    keeps = [
        TierKeep(
            account_id=member_id,
            tier_id=tier_id,
            draft=draft,
            kept_at=at,
            ends_at=kept_until(plan, tier_id, at, opened_at, periods_ago=periods_ago),
        )
        for member_id, tier_id, opened_at in sql.run(
            statement, params, rows=MEMBERS_PER_CHUNK
        )
    ]
    lasting = [each for each in keeps if each.ends_at is None or each.ends_at > at]
    TierKeep.objects.bulk_create(lasting, batch_size=5000, ignore_conflicts=True)
    return len(lasting)


def kept_until(
    plan: Plan, tier_id: int, at: datetime, joined_at: datetime, *, periods_ago: int = 0
) -> datetime | None:
    """Return until when a tier lasts that was reached so many periods before `at`.

    Exclusive; None is for good. Of a rolling window it is until what is collected at
    `at` leaves it.
    """
    rung = plan.rungs[plan.tier_ids.index(tier_id)]
    if plan.downgrade == NONE or rung.is_for_life:
        return None
    window = plan.window
    if not window.is_periodic:
        return window.rolling_end(at)
    number = window.number_at(at, joined_at) - periods_ago
    end = window.start_of(number + 1 + plan.valid_periods, joined_at)
    return add_days_at(end, plan.grace_days, window.zone)
