"""Name the entries of earlier purchases after the purchase, as those of today are."""

from django.db import migrations

FORWARD = """
ALTER TABLE points_entry DISABLE TRIGGER USER;
UPDATE points_entry e SET key = 'earn:' || p.public_id
FROM points_purchase p
WHERE e.account_id = p.member_id AND e.kind = 'earn'
  AND e.key = 'earn:' || p.source || ':' || p.source_id;
ALTER TABLE points_entry ENABLE TRIGGER USER;
"""
# Of a receipt that came again after a reversal only the last one has the old name.
BACKWARD = """
ALTER TABLE points_entry DISABLE TRIGGER USER;
UPDATE points_entry e SET key = 'earn:' || p.source || ':' || p.source_id
FROM points_purchase p
WHERE e.account_id = p.member_id AND e.kind = 'earn'
  AND e.key = 'earn:' || p.public_id AND NOT p.is_released;
ALTER TABLE points_entry ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("points", "0007_chinese_descriptions_and_perks")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
