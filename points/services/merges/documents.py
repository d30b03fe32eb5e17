"""Purchases, redemptions and payments that go to the membership that stays, and back."""

from typing import Any

from points import sql

# Redemptions and payments are in the ledger of whoever made them, so their entries tell
# which of them came along; of purchases a column of their own does.
GO_ALONG = (
    """
    UPDATE points_purchase SET member_id = %(kept)s,
      earned_account_id = coalesce(earned_account_id, member_id)
    WHERE member_id = %(gone)s
    """,
    "UPDATE points_redemption SET account_id = %(kept)s WHERE account_id = %(gone)s",
    "UPDATE points_pointspayment SET account_id = %(kept)s WHERE account_id = %(gone)s",
    "UPDATE points_account SET is_merged = true WHERE member_id = %(gone)s",
)
GO_BACK = (
    """
    UPDATE points_purchase SET member_id = %(gone)s,
      earned_account_id = nullif(earned_account_id, %(gone)s)
    WHERE member_id = %(kept)s AND earned_account_id = ANY(%(tree)s::bigint[])
    """,
    """
    UPDATE points_redemption d SET account_id = %(gone)s FROM points_entry e
    WHERE e.id = d.entry_id AND d.account_id = %(kept)s
      AND e.account_id = ANY(%(tree)s::bigint[])
    """,
    """
    UPDATE points_pointspayment d SET account_id = %(gone)s FROM points_entry e
    WHERE e.id = d.entry_id AND d.account_id = %(kept)s
      AND e.account_id = ANY(%(tree)s::bigint[])
    """,
    "UPDATE points_account SET is_merged = false WHERE member_id = %(gone)s",
)
# Whoever had been merged into `gone` before, over any number of steps.
TREE = """
WITH RECURSIVE tree(id) AS (
  SELECT %(gone)s::bigint
  UNION
  SELECT g.gone_id FROM points_merge g JOIN tree ON g.kept_id = tree.id
  WHERE g.state = 'done'
)
SELECT id FROM tree
"""


def merged_before(gone_id: int) -> list[int]:
    """Return the account and all that had been merged into it."""
    return [account_id for (account_id,) in sql.run(TREE, {"gone": gone_id})]


def documents_go_along(*, gone_id: int, kept_id: int) -> None:
    """Let what `gone` bought and redeemed belong to `kept`."""
    _run(GO_ALONG, {"gone": gone_id, "kept": kept_id})


def documents_go_back(*, gone_id: int, kept_id: int) -> None:
    """Undo `documents_go_along`; what was posted since stays with `kept`."""
    tree = merged_before(gone_id)
    _run(GO_BACK, {"gone": gone_id, "kept": kept_id, "tree": tree})


def _run(statements: tuple[str, ...], values: dict[str, Any]) -> None:
    for statement in statements:
        sql.run(statement, values)
