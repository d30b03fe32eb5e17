"""Benefits that a person gets once, and that two memberships have had."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from points import sql
from points.rules.conditions.birthday import Birthday
from points.rules.conditions.who import FirstPurchase

ONCE = {
    FirstPurchase.slug: gettext_lazy("First purchase"),
    Birthday.slug: gettext_lazy("Birthday"),
}

# Bonuses with the same cause on both sides; what is given again and again is no double.
BONUSES = """
SELECT e.source, e.reason, sum(e.points) FILTER (WHERE e.account_id = %(gone)s)::bigint
FROM points_entry e
WHERE e.account_id IN (%(kept)s, %(gone)s) AND e.kind = 'bonus' AND e.points > 0
GROUP BY e.source, e.reason
HAVING count(DISTINCT e.account_id) = 2
ORDER BY 1, 2
"""
# Rules with one of those conditions that fired for purchases of both.
RULES = """
SELECT r.name, c.condition, count(*) FILTER (WHERE p.member_id = %(gone)s)
FROM points_purchase p
JOIN points_entry e ON e.account_id = coalesce(p.earned_account_id, p.member_id)
  AND e.key = 'earn:' || p.public_id
CROSS JOIN LATERAL jsonb_array_elements(e.trace -> 'steps') AS step
JOIN points_ruleversion v ON v.id = (step ->> 0)::bigint AND step ->> 2 IS NOT NULL
JOIN points_earningrule r ON r.id = v.rule_id
CROSS JOIN LATERAL unnest(%(conditions)s::text[]) AS c(condition)
WHERE p.member_id IN (%(kept)s, %(gone)s) AND p.voided_at IS NULL
  AND v.conditions ? c.condition
GROUP BY r.id, r.name, c.condition
HAVING count(DISTINCT p.member_id) = 2
ORDER BY 1, 2
"""
REWARDS = """
SELECT w.name, count(*), w.limit_per_member
FROM points_redemption r JOIN points_reward w ON w.id = r.reward_id
WHERE r.account_id IN (%(kept)s, %(gone)s) AND w.limit_per_member IS NOT NULL
  AND r.state NOT IN ('cancelled', 'reversed')
GROUP BY w.id, w.name, w.limit_per_member
HAVING count(*) > w.limit_per_member
ORDER BY 1
"""


@dataclass(frozen=True)
class Doubled:
    """What both had, and in words how often or how much."""

    what: str | Promise
    detail: str


def doubled_benefits(kept_id: int, gone_id: int) -> list[Doubled]:
    """Return the once-only benefits that both memberships have had."""
    ids = {"kept": kept_id, "gone": gone_id}
    bonuses = [
        Doubled(
            reason or source,
            _("Bonus of both; that of the one that goes: %(points)s points.")
            % {"points": points},
        )
        for source, reason, points in sql.run(BONUSES, ids)
    ]
    rules = [
        Doubled(name, _("Rule of both: %(cause)s.") % {"cause": ONCE[condition]})
        for name, condition, _times in sql.run(RULES, ids | {"conditions": list(ONCE)})
    ]
    rewards = [
        Doubled(
            name,
            _("Redeemed %(times)s times by both together; the limit is %(limit)s.")
            % {"times": times, "limit": limit},
        )
        for name, times, limit in sql.run(REWARDS, ids)
    ]
    return [*bonuses, *rules, *rewards]
