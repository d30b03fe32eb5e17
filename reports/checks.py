"""What `manage.py verify` proves of the books.

Members with a note are left out: their rows follow with the next refresh.
"""

from django.utils.translation import gettext_lazy as _

from points.selectors.verification import Check

CHECKS = (
    Check(
        "books-close-at-the-balance",
        _("Each member's books close at the balance of the account."),
        """
        SELECT 'account ' || a.member_id, coalesce(b.points, 0), a.balance
        FROM points_account a LEFT JOIN (
          SELECT member_id, sum(points_in - points_out) AS points
          FROM reports_memberbook WHERE strpos(line, '.') = 0 GROUP BY 1
        ) b ON b.member_id = a.member_id
        WHERE a.balance <> coalesce(b.points, 0)
          AND a.member_id NOT IN (SELECT member_id FROM reports_touchedmember)
        """,
    ),
    Check(
        "roll-forward-closes-at-the-balances",
        _("The roll-forward closes at the sum of the balances."),
        """
        WITH noted AS MATERIALIZED (
          SELECT DISTINCT member_id FROM reports_touchedmember
        ),
        books AS (
          SELECT (
            SELECT coalesce(sum(points_in - points_out), 0) FROM reports_bookcube
            WHERE strpos(line, '.') = 0
          ) - (
            SELECT coalesce(sum(points_in - points_out), 0)
            FROM reports_memberbook JOIN noted USING (member_id)
            WHERE strpos(line, '.') = 0
          ) AS points
        ),
        ledger AS (
          SELECT coalesce(sum(balance), 0) AS points FROM points_account
          WHERE member_id NOT IN (SELECT member_id FROM noted)
        )
        SELECT 'roll-forward', books.points, ledger.points FROM books, ledger
        WHERE books.points <> ledger.points
        """,
    ),
    Check(
        "vintages-hold-what-the-lots-hold",
        _("Each member's vintages hold the balance of the account and its debt."),
        """
        SELECT 'account ' || a.member_id, coalesce(v.points, 0), a.balance + a.debt
        FROM points_account a LEFT JOIN (
          SELECT member_id,
            sum(issued + taken_back + redeemed + expired + other) AS points
          FROM reports_membervintage GROUP BY 1
        ) v ON v.member_id = a.member_id
        WHERE a.balance + a.debt <> coalesce(v.points, 0)
          AND a.member_id NOT IN (SELECT member_id FROM reports_touchedmember)
        """,
    ),
)
