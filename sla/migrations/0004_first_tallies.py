"""Every account is woken once, to add up what was finished before there were reports."""

from django.db import migrations
from django.utils import timezone


def wake(apps, schema_editor):
    Account, Timer = apps.get_model("tenants", "Account"), apps.get_model("tenants", "Timer")
    now, using = timezone.now(), schema_editor.connection.alias
    rows = (
        Timer(account_id=pk, kind="tallies", subject_id=pk, due_at=now)
        for pk in Account.objects.using(using).values_list("pk", flat=True)
    )
    Timer.objects.using(using).bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [
        ("sla", "0003_tallies"),
    ]

    operations = [migrations.RunPython(wake, migrations.RunPython.noop)]
