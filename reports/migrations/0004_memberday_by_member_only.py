"""Lists walk members and look their days up; an index by day only cost writes."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_cohort_came_again")]

    operations = [
        migrations.RemoveIndex(model_name="memberday", name="reports_memberday_by_day"),
    ]
