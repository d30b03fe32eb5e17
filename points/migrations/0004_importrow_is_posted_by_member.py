"""Let staged rows be read member by member, and known ones be passed over."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("points", "0003_redemption_settled_by")]

    operations = [
        migrations.AddField(
            model_name="purchaseimport",
            name="summary",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="importrow",
            name="is_known",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="importrow",
            index=models.Index(
                condition=models.Q(
                    ("error__isnull", True),
                    ("is_known", False),
                    ("member_id__isnull", False),
                ),
                fields=["batch", "member_id", "occurred_at", "line"],
                name="points_importrow_by_member",
            ),
        ),
        migrations.AddIndex(
            model_name="importrow",
            index=models.Index(
                condition=models.Q(
                    ("error__isnull", True),
                    ("is_known", False),
                    ("member_id__isnull", True),
                ),
                fields=["batch", "member_ref", "occurred_at", "line"],
                name="points_importrow_to_enrol",
            ),
        ),
    ]
