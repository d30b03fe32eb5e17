"""Keep the time of enrolment beside the tier, so that one index lists a tier's newest.

Invariant: an account is opened when its member enrols, also where that is corrected.
"""

from django.db import migrations, models
from django.db.models import F

FILL = """
UPDATE points_account a SET opened_at = m.enrolled_at
FROM members_member m WHERE m.id = a.member_id;
SET CONSTRAINTS ALL IMMEDIATE;
"""
FOLLOW = """
CREATE OR REPLACE FUNCTION points_open_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO points_account (member_id, opened_at, tier_is_due)
    SELECT id, enrolled_at, true FROM enrolled;
    RETURN NULL;
END $$;
CREATE FUNCTION points_redate_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE points_account SET opened_at = NEW.enrolled_at WHERE member_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER points_account_follows_its_member
    AFTER UPDATE ON members_member
    FOR EACH ROW WHEN (NEW.enrolled_at IS DISTINCT FROM OLD.enrolled_at)
    EXECUTE FUNCTION points_redate_account();
"""
LET_GO = """
DROP TRIGGER points_account_follows_its_member ON members_member;
DROP FUNCTION points_redate_account();
CREATE OR REPLACE FUNCTION points_open_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO points_account (member_id, tier_is_due) SELECT id, true FROM enrolled;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("points", "0008_earnings_follow_their_purchase")]

    operations = [
        migrations.AddField(
            "account", "opened_at", models.DateTimeField(null=True, editable=False)
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(FOLLOW, LET_GO),
        migrations.AlterField(
            "account", "opened_at", models.DateTimeField(editable=False)
        ),
        migrations.RemoveIndex("account", "points_account_by_tier"),
        migrations.AddIndex(
            "account",
            models.Index(
                F("tier"),
                F("opened_at").desc(),
                F("member").desc(),
                name="points_account_by_tier",
            ),
        ),
    ]
