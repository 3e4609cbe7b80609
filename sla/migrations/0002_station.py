"""Turns of companies behind a partner say where in the chain that was."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sla", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="turnspan",
            name="station",
            field=models.CharField(blank=True, max_length=60),
        ),
    ]
