"""A staged row keeps what further columns of its file say."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("points", "0039_seals_of_the_ledger"),
    ]

    operations = [
        migrations.AddField(
            model_name="importrow",
            name="more",
            field=models.JSONField(blank=True, null=True),
        ),
    ]
