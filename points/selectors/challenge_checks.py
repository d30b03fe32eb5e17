"""Proof of challenges: what they gave is in the ledger once, and went to the right ones."""

from django.utils.translation import gettext_lazy as _

from points.selectors.verification import Check

CHALLENGE_CHECKS = (
    Check(
        "challenges-are-awarded-once",
        _("Every award of a challenge has its points in the ledger once."),
        """
        SELECT coalesce('award ' || w.id, 'entry ' || e.id),
          concat_ws(' to account ', coalesce(e.points, 0), e.account_id),
          concat_ws(' to account ', coalesce(w.points, 0), w.account_id)
        FROM (SELECT * FROM points_challengeaward WHERE points > 0) w
        FULL JOIN (
          SELECT * FROM points_entry WHERE kind = 'bonus' AND source = 'challenge'
        ) e ON e.id = w.entry_id
        WHERE (e.points, e.account_id) IS DISTINCT FROM (w.points, w.account_id)
        """,
    ),
    Check(
        "challenges-give-what-they-promise",
        _("An award is of a challenge that has started, within its time and points."),
        """
        SELECT 'award ' || w.id, concat_ws('/', w.points, w.period, w.at),
          concat_ws('/', c.points, c.starts_at, c.ends_at)
        FROM points_challengeaward w JOIN points_challenge c ON c.id = w.challenge_id
        WHERE c.state = 'draft' OR w.at < c.starts_at
          OR w.period > c.ends_at + interval '1 day'
          OR w.points > c.points OR w.points < c.points AND c.campaign_id IS NULL
        """,
    ),
    Check(
        "badges-follow-awards",
        _("Whoever reached a challenge with a badge has it, and no other has."),
        """
        SELECT 'badge ' || g.id, concat_ws(' of account ', g.badge_id, g.account_id),
          concat_ws(' of account ', c.badge_id, w.account_id)
        FROM points_badgegrant g JOIN points_challengeaward w ON w.id = g.award_id
        JOIN points_challenge c ON c.id = w.challenge_id
        WHERE (g.badge_id, g.account_id) IS DISTINCT FROM (c.badge_id, w.account_id)
        UNION ALL
        SELECT 'award ' || w.id, 'no badge', 'badge ' || c.badge_id
        FROM points_challengeaward w JOIN points_challenge c ON c.id = w.challenge_id
        JOIN members_member m ON m.id = w.account_id
        WHERE c.badge_id IS NOT NULL AND NOT EXISTS (
          SELECT FROM points_badgegrant g JOIN members_member o ON o.id = g.account_id
          WHERE g.badge_id = c.badge_id
            AND coalesce(o.merged_into_id, o.id) = coalesce(m.merged_into_id, m.id))
        """,
    ),
    Check(
        "challenges-give-nothing-to-members-kept-apart",
        _("Nobody whom a campaign keeps apart has an award of its challenges."),
        """
        SELECT 'award ' || w.id, 'given', 'kept apart'
        FROM points_challengeaward w JOIN points_challenge c ON c.id = w.challenge_id
        JOIN points_campaign g ON g.id = c.campaign_id
        WHERE ('x' || substr(md5(replace(g.public_id::text, '-', '') || ':'
            || w.account_id), 1, 8))::bit(32)::bigint %% 10000
          < g.holdout_percent * 100
        """,
    ),
)
