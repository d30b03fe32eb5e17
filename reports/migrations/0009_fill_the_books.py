"""Read every member anew for the books; until then reports are being prepared."""

from django.db import migrations

EVERYBODY = """
INSERT INTO reports_touchedmember (member_id)
SELECT id FROM members_member ORDER BY id;
UPDATE reports_rollupstate SET as_of = NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0008_books_follow_lots")]

    operations = [migrations.RunSQL(EVERYBODY, migrations.RunSQL.noop)]
