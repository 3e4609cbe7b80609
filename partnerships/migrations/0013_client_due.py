from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0012_taken_back")]

    operations = [
        migrations.AddField(
            model_name="terms",
            name="show_client_due",
            field=models.BooleanField(default=False, verbose_name="client’s deadline"),
        ),
        migrations.AddField(
            model_name="handover",
            name="show_client_due",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="handover",
            name="client_due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
