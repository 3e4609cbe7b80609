from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_desk")]

    operations = [
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(
                condition=models.Q(("ticket_id", None)), fields=["account", "-id"], name="activity_settings"
            ),
        ),
    ]
