"""Note the member whenever a fact that a report counts is written.

Invariant: a member whose rollups differ from the facts has a row in
reports_touchedmember, written in the same transaction as the fact. A refresh takes
the rows that are committed; the order in which transactions commit does not matter.
"""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION reports_touch_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_touchedmember (member_id) SELECT DISTINCT member_id FROM fresh;
    RETURN NULL;
END $$;

CREATE FUNCTION reports_touch_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_touchedmember (member_id)
    SELECT DISTINCT account_id FROM fresh;
    RETURN NULL;
END $$;

CREATE FUNCTION reports_touch_old_and_new_member() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_touchedmember (member_id)
    SELECT member_id FROM gone UNION SELECT member_id FROM fresh;
    RETURN NULL;
END $$;

CREATE FUNCTION reports_touch_old_member() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_touchedmember (member_id) SELECT DISTINCT member_id FROM gone;
    RETURN NULL;
END $$;

CREATE FUNCTION reports_touch_enrolled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_touchedmember (member_id) SELECT id FROM fresh;
    RETURN NULL;
END $$;

CREATE FUNCTION reports_touch_redated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_touchedmember (member_id)
    SELECT id FROM fresh JOIN gone USING (id)
    WHERE (fresh.enrolled_at, fresh.closed_at)
        IS DISTINCT FROM (gone.enrolled_at, gone.closed_at);
    RETURN NULL;
END $$;

CREATE FUNCTION reports_touch_invited() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_touchedmember (member_id)
    SELECT fresh.member_id FROM fresh JOIN gone USING (id)
    WHERE (fresh.state, fresh.sent_at, fresh.tier_id)
        IS DISTINCT FROM (gone.state, gone.sent_at, gone.tier_id);
    RETURN NULL;
END $$;

CREATE FUNCTION reports_touch_asked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO reports_touchedmember (member_id)
    SELECT DISTINCT asked.member_id
    FROM fresh JOIN gone USING (id)
    JOIN surveys_wave wave ON wave.survey_id = fresh.id
    JOIN surveys_invitation asked ON asked.wave_id = wave.id
    WHERE fresh.touchpoint_id <> gone.touchpoint_id;
    RETURN NULL;
END $$;
"""
DROP_FUNCTIONS = """
DROP FUNCTION reports_touch_member();
DROP FUNCTION reports_touch_account();
DROP FUNCTION reports_touch_old_and_new_member();
DROP FUNCTION reports_touch_old_member();
DROP FUNCTION reports_touch_enrolled();
DROP FUNCTION reports_touch_redated();
DROP FUNCTION reports_touch_invited();
DROP FUNCTION reports_touch_asked();
"""
TRIGGERS = (
    ("points_purchase", "INSERT", "reports_touch_member"),
    ("points_purchase", "UPDATE", "reports_touch_old_and_new_member"),
    ("points_purchase", "DELETE", "reports_touch_old_member"),
    ("points_entry", "INSERT", "reports_touch_account"),
    ("members_member", "INSERT", "reports_touch_enrolled"),
    ("members_member", "UPDATE", "reports_touch_redated"),
    ("surveys_invitation", "INSERT", "reports_touch_member"),
    ("surveys_invitation", "UPDATE", "reports_touch_invited"),
    ("surveys_invitation", "DELETE", "reports_touch_old_member"),
    ("surveys_response", "INSERT", "reports_touch_member"),
    ("surveys_response", "UPDATE", "reports_touch_old_and_new_member"),
    ("surveys_response", "DELETE", "reports_touch_old_member"),
    ("surveys_survey", "UPDATE", "reports_touch_asked"),
)
ROWS = {
    "INSERT": "NEW TABLE AS fresh",
    "UPDATE": "OLD TABLE AS gone NEW TABLE AS fresh",
    "DELETE": "OLD TABLE AS gone",
}
# The notes come and go: clean up after a few thousand, however big the table was.
CLEAN_OFTEN = """
ALTER TABLE reports_touchedmember SET (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_insert_scale_factor = 0.5
);
"""


def _trigger(table: str, event: str, function: str) -> migrations.RunSQL:
    name = f"reports_touched_by_{event.lower()}"
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} AFTER {event} ON {table} "
        f"REFERENCING {ROWS[event]} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}();",
        f"DROP TRIGGER {name} ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_rollups")]

    operations = [
        migrations.RunSQL(CLEAN_OFTEN, migrations.RunSQL.noop),
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        *(_trigger(*each) for each in TRIGGERS),
    ]
