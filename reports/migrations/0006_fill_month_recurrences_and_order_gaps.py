"""Fill the new cubes from the recurrences that are there; harmless to run again."""

from django.db import migrations

FILL_MONTHS = """
INSERT INTO reports_monthrecurrence (what, month, previous_month, members)
SELECT what, date_trunc('month', day)::date, date_trunc('month', previous_day)::date,
    sum(members)
FROM reports_recurrence
WHERE date_trunc('month', previous_day) < date_trunc('month', day)
GROUP BY 1, 2, 3
ON CONFLICT (what, month, previous_month) DO UPDATE SET members = excluded.members;
"""
FILL_GAPS = """
INSERT INTO reports_ordergap (days, gaps)
SELECT day - previous_day, sum(members) FROM reports_recurrence
WHERE what = 'order' AND previous_day > DATE '0001-01-01'
GROUP BY 1
ON CONFLICT (days) DO UPDATE SET gaps = excluded.gaps;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0005_month_recurrences_and_order_gaps")]

    operations = [
        migrations.RunSQL(FILL_MONTHS, migrations.RunSQL.noop),
        migrations.RunSQL(FILL_GAPS, migrations.RunSQL.noop),
    ]
