"""Make the value of the programme's settings the first version, with every point redeemed."""

from django.db import migrations

FIRST_VERSION = """
INSERT INTO reports_valuation
    (valid_from, point_value, redemption_rate, note, made_at, made_by)
SELECT DATE '2000-01-01', point_value, 1, '', now(), 'system:reports.upgrade'
FROM points_programme
WHERE point_value > 0 AND NOT EXISTS (SELECT FROM reports_valuation);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0010_valuation"),
        ("points", "0013_pending_points"),
    ]

    operations = [migrations.RunSQL(FIRST_VERSION, migrations.RunSQL.noop)]
