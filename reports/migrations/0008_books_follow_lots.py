"""Touch a member when the dates of a lot change.

Invariant: as for facts, a member whose vintages differ from the lots has a row in
reports_touchedmember. The trigger looks at statements that set these columns alone, so
taking points from a lot costs nothing.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION reports_touch_redated_lot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_touchedmember (member_id) VALUES (NEW.account_id);
    RETURN NULL;
END $$;
"""
TRIGGER = """
CREATE TRIGGER reports_touched_by_dates
AFTER UPDATE OF effective_at, expires_at ON points_lot
FOR EACH ROW WHEN (
    (OLD.effective_at, OLD.expires_at)
        IS DISTINCT FROM (NEW.effective_at, NEW.expires_at)
)
EXECUTE FUNCTION reports_touch_redated_lot();
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0007_books"), ("points", "0013_pending_points")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION reports_touch_redated_lot();"),
        migrations.RunSQL(
            TRIGGER, "DROP TRIGGER reports_touched_by_dates ON points_lot;"
        ),
    ]
