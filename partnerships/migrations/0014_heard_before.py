from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partnerships", "0013_client_due")]

    operations = [
        migrations.AddField(model_name="lane", name="heard", field=models.PositiveBigIntegerField(default=0)),
    ]
