from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partnerships", "0008_comparisons"),
    ]

    operations = [
        migrations.RemoveIndex(model_name="lane", name="lane_has_work"),
        migrations.AddIndex(
            model_name="lane",
            index=models.Index(
                condition=models.Q(
                    ("delivered__lt", models.F("written")),
                    models.Q(("applied__lt", models.F("delivered")), ("stuck", False)),
                    _connector="OR",
                ),
                fields=["sender", "next_attempt_at"],
                name="lane_waits",
            ),
        ),
        migrations.RemoveField(model_name="lane", name="served_at"),
        migrations.DeleteModel(name="Courier"),
    ]
