"""Count the members who ordered on two days or more of a month, cohort by cohort."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0002_facts_touch_members")]

    operations = [
        migrations.AddField(
            model_name="cohortcube",
            name="came_again",
            field=models.BigIntegerField(
                db_default=0,
                default=0,
                verbose_name="members with two order-days or more",
            ),
        ),
    ]
