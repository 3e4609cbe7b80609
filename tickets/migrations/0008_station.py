"""Where in the chain behind a partner the ticket lies, also where that company has no name for us."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0007_waits_and_weights"),
    ]

    operations = [
        migrations.AddField(
            model_name="counterpart",
            name="station",
            field=models.CharField(blank=True, max_length=60),
        ),
    ]
