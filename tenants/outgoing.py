"""The outbox as administrators see it: what went, what waits, what will not go and why."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .mail import TIMER, TITLES, why
from .models import Mail, Timer
from .scoping import current_account_id

PAGE = 40
LEFT = Q(sent_at__isnull=False)
OVER = Q(dropped_at__isnull=False)
SETTLED = {"left", "hidden", "gone", "read", "joined"}  # nobody waits for these, so trying again means nothing
STATES = {
    "waiting": (_("Waiting"), ~LEFT & ~OVER),
    "trouble": (_("Waiting with trouble"), ~LEFT & ~OVER & ~Q(trouble="")),
    "sent": (_("Sent"), LEFT),
    "dropped": (_("Not sent"), OVER),
}


@dataclass(frozen=True)
class Page:
    """Some of the mails, the newest first, and the one after which the next page begins."""

    rows: list
    next: object = None


def page(state="", before=None):
    """One page of the account's mails, counting nothing."""
    rows = Mail.objects.select_related("member__user").filter(STATES[state][1] if state in STATES else Q())
    last = before and Mail.objects.filter(pk=before).first()
    if last:
        rows = rows.filter(Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, pk__lt=last.pk))
    found = list(rows.order_by("-created_at", "-pk")[: PAGE + 1])
    shown = found[:PAGE]
    tries = next_tries(shown)
    for mail in shown:
        mail.title = TITLES.get(mail.kind, mail.kind)
        mail.state = "sent" if mail.sent_at else "dropped" if mail.dropped_at else "waiting"
        mail.again = mail.state != "sent" and mail.trouble.split(":")[0] not in SETTLED
        mail.next_try = tries.get(mail.pk)
        mail.why, mail.said = why(mail.trouble) if mail.trouble else ("", "")
    return Page(shown, shown[-1].pk if len(found) > PAGE else None)


def next_tries(mails):
    """When each of these is tried next."""
    ids = [mail.pk for mail in mails if mail.sent_at is None and mail.dropped_at is None]
    timers = Timer.objects.filter(account_id=current_account_id(), kind=TIMER, subject_id__in=ids)
    return {timer.subject_id: max(filter(None, (timer.due_at, timer.retry_at))) for timer in timers}
