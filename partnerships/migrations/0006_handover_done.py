from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("partnerships", "0005_work_reports"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="handover",
            index=models.Index(
                condition=models.Q(("direction", "given"), ("done_at__isnull", False)),
                fields=["account", "done_at"],
                include=("partnership", "offered_at", "due_at", "score"),
                name="handover_done",
            ),
        ),
    ]
