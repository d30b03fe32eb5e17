"""Budgets of campaigns: what they can still give, what they gave, what came back.

Budgets are locked after the accounts, in id order, and only where a campaign with a
budget gives points or gets some back.
"""

from collections.abc import Iterable, Sequence

import pghistory

from loyalty_site.lib.actors import system_actor
from points import sql
from points.models import Campaign
from points.selectors.outcomes import Earned, within_budgets
from points.services.purchase_statements import ASKED, EXISTING
from points.services.purchase_types import NewPurchase
from points.services.settings_lock import lock_settings
from points.sql import Given

LOCK = """
SELECT campaign_id, cap_points - given_points FROM points_campaignbudget
WHERE campaign_id = ANY(%(ids)s::bigint[])
ORDER BY campaign_id
FOR UPDATE
"""
GRANTS = Given("grants", "n int, campaign_id bigint, entry_id bigint, points bigint")
RECORD = f"""
WITH granted AS (
  INSERT INTO points_campaigngrant (campaign_id, entry_id, points)
  SELECT campaign_id, entry_id, points FROM {GRANTS} ORDER BY n
  RETURNING campaign_id, points
)
UPDATE points_campaignbudget b SET given_points = b.given_points + g.points
FROM (SELECT campaign_id, sum(points) AS points FROM granted GROUP BY 1) g
WHERE b.campaign_id = g.campaign_id
RETURNING b.campaign_id, b.cap_points - b.given_points
"""  # noqa: S608 -- put together from constants
# Of what a campaign gave for an entry, the share of the points that were taken back
# so far; rounded down in total, so that taking back everything gives back everything.
COMING_BACK = """
SELECT g.campaign_id, g.entry_id,
  (g.left_over - g.given + div(g.given * LEAST(r.taken, e.points), e.points))::bigint
FROM (
  SELECT campaign_id, entry_id, sum(points) AS left_over,
    sum(points) FILTER (WHERE points > 0) AS given
  FROM points_campaigngrant WHERE entry_id = ANY(%(ids)s::bigint[])
  GROUP BY campaign_id, entry_id
) g
JOIN points_entry e ON e.id = g.entry_id
CROSS JOIN LATERAL (
  SELECT coalesce(-sum(points), 0) AS taken FROM points_entry
  WHERE reverses_id = e.id
) r
ORDER BY g.campaign_id, g.entry_id
"""


def settle_budgets(
    purchases: Sequence[NewPurchase], earned: Sequence[Earned]
) -> list[Earned]:
    """Return what is earned as far as the budgets go, first come, first served.

    Locks the budgets until the transaction ends. A purchase that was posted before
    takes nothing. A campaign that could not give everything pauses itself.
    """
    left = _lock_budgets(
        share.campaign.id
        for each in earned
        for share in each.shares
        if share.campaign.has_budget
    )
    if not left:
        return list(earned)
    seen, settled, short = _known(purchases, earned), list[Earned](), set[int]()
    for purchase, each in zip(purchases, earned, strict=True):
        source = (purchase.source, purchase.source_id)
        if source in seen or not each.shares:
            settled.append(each)
            continue
        seen.add(source)
        given = within_budgets(each, left)
        settled.append(given)
        for asked, share in zip(each.shares, given.shares, strict=True):
            if share.campaign.id in left:
                left[share.campaign.id] -= share.points
            if share.points < asked.points:
                short.add(share.campaign.id)
    _pause(short)
    return settled


def record_grants(given: Iterable[tuple[int | None, Earned]]) -> None:
    """Write what campaigns gave, by the entry; those without an entry are not posted.

    Under the locks of `settle_budgets`. A campaign that gave its last point pauses itself.
    """
    _record(
        (share.campaign.id, entry_id, share.points)
        for entry_id, each in given
        if entry_id is not None
        for share in each.shares
        if share.points
    )


def take_from_budget(campaign: Campaign, wanted: Sequence[int]) -> list[int]:
    """Return what the budget can give of these points, first come, first served.

    Locks it until the transaction ends, after the accounts; without a budget all is
    given. A campaign that cannot give everything pauses itself.
    """
    left = _lock_budgets([campaign.pk]).get(campaign.pk)
    if left is None:
        return list(wanted)
    given = []
    for points in wanted:
        short = left if campaign.overflow == Campaign.Overflow.TRIM else 0
        given.append(points if points <= left else short)
        left -= given[-1]
    if given != list(wanted):
        _pause({campaign.pk})
    return given


def spend_budget(campaign: Campaign, given: Iterable[tuple[int, int]]) -> None:
    """Write what it gave beside purchases: pairs of entry id and points, as taken."""
    _record((campaign.pk, entry_id, points) for entry_id, points in given)


def return_to_budgets(entry_ids: Iterable[int]) -> None:
    """Give budgets back the share of what was taken back of these earn entries so far.

    Under the locks of the accounts; repeating it gives nothing back twice. A campaign
    that paused itself stays paused.
    """
    ids = list(entry_ids)
    rows = sql.run(COMING_BACK, {"ids": ids}, rows=len(ids))
    coming = [
        (campaign_id, entry_id, back) for campaign_id, entry_id, back in rows if back
    ]
    if coming:
        _lock_budgets(campaign_id for campaign_id, _entry_id, _back in coming)
        _record(
            (campaign_id, entry_id, -back) for campaign_id, entry_id, back in coming
        )


def _lock_budgets(campaign_ids: Iterable[int]) -> dict[int, int]:
    """Lock the budgets in id order, and return what they have left by campaign."""
    ids = sorted(set(campaign_ids))
    return dict(sql.run(LOCK, {"ids": ids})) if ids else {}


def _record(grants: Iterable[tuple[int, int, int]]) -> None:
    rows = [(n, *grant) for n, grant in enumerate(grants)]
    if not rows:
        return
    budgets = sql.run(RECORD, given={GRANTS: rows})
    _pause({campaign_id for campaign_id, left in budgets if not left})


def _known(
    purchases: Sequence[NewPurchase], earned: Sequence[Earned]
) -> set[tuple[str, str]]:
    asked = [
        (n, purchase.source, purchase.source_id)
        for n, (purchase, each) in enumerate(zip(purchases, earned, strict=True))
        if each.shares
    ]
    found = sql.run(EXISTING, given={ASKED: asked})
    return {(purchases[row[0]].source, purchases[row[0]].source_id) for row in found}


def _pause(campaign_ids: set[int]) -> None:
    if not campaign_ids:
        return
    # As every change of settings: see `lock_settings`.
    lock_settings()
    with pghistory.context(reason="budget", actor=str(system_actor("points.budget"))):
        Campaign.objects.filter(
            pk__in=campaign_ids, state=Campaign.State.RUNNING
        ).update(state=Campaign.State.PAUSED)
