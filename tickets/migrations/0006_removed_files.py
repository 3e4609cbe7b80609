import django.db.models.deletion
from django.db import migrations, models

# What was removed before keeps neither its name nor its bytes.
EMPTY = """
UPDATE tickets_blob SET released_at = now()
    WHERE sha256 IN (SELECT blob_id FROM tickets_attachment WHERE removed_at IS NOT NULL);
UPDATE tenants_activity SET details = details || '{"name": ""}'
    WHERE kind = 'file_added' AND details ->> 'file' IN (SELECT id::text FROM tickets_attachment WHERE removed_at IS NOT NULL);
UPDATE tickets_attachment SET name = '', content_type = '', size = 0, blob_id = NULL WHERE removed_at IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [("tickets", "0005_reasons_and_links"), ("tenants", "0005_mail_waiting")]

    operations = [
        migrations.AddField(
            model_name="blob",
            name="released_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="blob",
            index=models.Index(
                condition=models.Q(("released_at__isnull", False)), fields=["released_at"], name="blob_released"
            ),
        ),
        migrations.AlterField(
            model_name="attachment",
            name="blob",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tickets.blob"
            ),
        ),
        migrations.RunSQL(EMPTY, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(("removed_at", None), ("body", ""), _connector="OR"), name="comment_removed"
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("blob__isnull", False), ("removed_at", None)),
                    models.Q(("blob", None), ("name", ""), ("removed_at__isnull", False)),
                    _connector="OR",
                ),
                name="file_removed",
            ),
        ),
    ]
