"""Let the ids of a reversed import come again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("points", "0004_importrow_is_posted_by_member")]

    operations = [
        migrations.RemoveConstraint(
            model_name="purchase",
            name="points_purchase_once_per_source",
        ),
        migrations.AddField(
            model_name="purchase",
            name="is_released",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Voided with its import; the same id may come again.",
                verbose_name="id released",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_released", False)),
                fields=("source", "source_id"),
                name="points_purchase_once_per_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="purchase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_released", False),
                    ("voided_at__isnull", False),
                    _connector="OR",
                ),
                name="points_purchase_released_only_when_voided",
            ),
        ),
    ]
