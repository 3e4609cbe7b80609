from collections import defaultdict

from django.db import migrations

from partnerships.protocol.removal import without

WORDY = ("comment.added", "comment.edited", "comment.restated", "handover.offered", "handover.done", "file.added")


def forget(apps, schema_editor):
    """What was taken back before letters could forget leaves them now, at each company that has it as removed."""
    using, gone = schema_editor.connection.alias, defaultdict(set)
    for name in ("Comment", "Attachment"):
        rows = apps.get_model("tickets", name).objects.using(using).exclude(removed_at=None)
        for account, origin in rows.values_list("account_id", "origin_id"):
            gone[account].add(str(origin))
    if not gone:
        return
    for name in ("Letter", "InboxLetter"):
        letters = apps.get_model("partnerships", name).objects.using(using)
        for letter in letters.filter(account_id__in=gone, kind__in=WORDY).order_by("pk").iterator():
            left = without(letter.body, gone[letter.account_id])
            if left != letter.body:
                letters.filter(pk=letter.pk).update(body=left)
    forget_reports(apps, using, gone)


def forget_reports(apps, using, gone):
    lines = apps.get_model("tenants", "Activity").objects.using(using)
    reports = apps.get_model("partnerships", "Handover").objects.using(using)
    told = lines.filter(account_id__in=gone, kind="handover_done").order_by("pk")
    for line in told.exclude(details__text="").iterator():
        if line.details.get("comment") in gone[line.account_id]:
            reports.filter(pk=line.subject_id, report=line.details["text"]).update(report="")
            lines.filter(pk=line.pk).update(details={**line.details, "text": ""})


class Migration(migrations.Migration):
    dependencies = [
        ("partnerships", "0011_comparisons_asked"),
        ("tickets", "0006_removed_files"),
        ("tenants", "0005_mail_waiting"),
    ]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop)]
