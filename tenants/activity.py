"""The one ledger: everything noteworthy becomes a row here, and everything else listens to that row."""

from django.dispatch import Signal

from . import clock
from .models import Activity

activity_recorded = Signal()


def record(subject, kind, /, *, by, ticket=None, **details):
    """Write down that something happened to `subject`, in the same transaction as the change itself.

    `by` is anything with an `.actor`, or an Actor; `details` are checked against the kind's own dataclass.
    """
    actor = getattr(by, "actor", by)
    activity = Activity.objects.create(
        subject_kind=type(subject)._meta.model_name,
        subject_id=subject.pk,
        ticket_id=getattr(ticket, "pk", None),
        kind=kind.code,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name,
        actor_company=actor.company,
        origin=actor.origin,
        details=kind.check(details),
        at=clock.now(),
    )
    activity_recorded.send(sender=Activity, activity=activity, subject=subject, by=by)
    return activity


def forget(lines, *names):
    """What was removed is not read in the ledger either: these details of these lines are empty from now on.

    The database lets a line lose words and take on none (tenants/fences.py).
    """
    for line in lines.order_by("pk"):
        kept = {**line.details, **dict.fromkeys(set(names) & line.details.keys(), "")}
        if kept != line.details:
            Activity.objects.filter(pk=line.pk).update(details=kept)
