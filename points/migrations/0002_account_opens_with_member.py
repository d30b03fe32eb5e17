"""Open an account with every member, and leave room on pages that change in place.

Invariant: every row of members_member has a row of points_account, whoever wrote it,
so that a write to points always finds a row to lock.
"""

from django.db import migrations

OPEN_ACCOUNT = """
CREATE FUNCTION points_open_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO points_account (member_id, tier_is_due) SELECT id, true FROM enrolled;
    RETURN NULL;
END $$;
CREATE TRIGGER points_account_opens_with_member
    AFTER INSERT ON members_member
    REFERENCING NEW TABLE AS enrolled
    FOR EACH STATEMENT EXECUTE FUNCTION points_open_account();
"""
KEEP_ROOM = """
ALTER TABLE points_account SET (fillfactor = 80);
ALTER TABLE points_lot SET (fillfactor = 85);
ALTER TABLE points_rewardstock SET (fillfactor = 20);
"""


class Migration(migrations.Migration):
    dependencies = [("points", "0001_ledger_rules_tiers_rewards_purchases")]

    operations = [
        migrations.RunSQL(
            OPEN_ACCOUNT,
            "DROP TRIGGER points_account_opens_with_member ON members_member;"
            "DROP FUNCTION points_open_account();",
        ),
        migrations.RunSQL(
            KEEP_ROOM,
            "ALTER TABLE points_account RESET (fillfactor);"
            "ALTER TABLE points_lot RESET (fillfactor);"
            "ALTER TABLE points_rewardstock RESET (fillfactor);",
        ),
    ]
