"""The mail outbox: who is to be told what. It is written with the change, and drawn and sent when the postman comes."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import clock, doorbell
from .models import Mail, Timer
from .timers import set_timer
from .vocabulary import refuse_unless

TIMER = "mail"
TASK = "tenants.post"
TELLERS = {}
TITLES = {}
# Why a mail has not left, or never will: the word on the row, and what a person reads. After the colon stand the
# mail server's own words.
TROUBLES = {
    "left": _("the person is no longer a member"),
    "hidden": _("the reader may not see it any more"),
    "gone": _("there is nothing left to tell"),
    "read": _("the reader has seen it here meanwhile"),
    "joined": _("it went together with another"),
    "server": _("the mail server does not answer"),
    "later": _("the mail server asked to come again"),
    "refused": _("the mail server refused it for good"),
    "failed": _("the mail could not be written"),
}


class Untold(Exception):
    """The reader is not to be told any more; the word says why."""


class Later(Exception):
    """The reader is not to be told yet."""

    def __init__(self, at):
        super().__init__(str(at))
        self.at = at


def why(trouble):
    """What is the matter with a mail, in the reader's language: the sentence, and the mail server's words."""
    word, _colon, said = trouble.partition(": ")
    return TROUBLES.get(word, word), said


def teller(kind, title):
    """Name who knows at sending time what a mail of this kind says: tell(mail) → the templates' context.

    It may raise Untold("word") when the reader may not know it any more, and Later(moment).
    """

    def register(tell):
        TELLERS[kind], TITLES[kind] = tell, title
        return tell

    return register


def send(kind, *, key, member=None, email="", language="", ticket_id=None, thread="", not_before=None, **details):
    """Somebody is told by mail, once however often his `key` is named; returns the mail unless it was written before.

    The templates are templates/mail/<kind>.subject.txt, .txt and .html. They see `details` as they stand here beside
    `account`, `member`, `home` (the account's address) and what the kind's teller adds; nothing is drawn before it
    goes.
    """
    if doorbell.is_muffled():
        return None
    mail, made = Mail.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "member": member,
            "email": email.strip().lower(),
            "language": language,
            "ticket_id": ticket_id,
            "thread": thread or (f"ticket:{ticket_id}" if ticket_id else ""),
            "details": details,
            "created_at": clock.now(),
        },
    )
    if not made:
        return None
    set_timer(TIMER, mail, not_before or clock.now())
    if not_before is None:
        doorbell.ring_on_commit(TASK)
    return mail


def gather(kind, members, *, cause, ticket_id=None, wait, **details):
    """Each of these members is told in one mail what happens from now until it goes.

    Whoever has such a mail under way that is not drawn yet gets no other: its lock makes the postman and us wait for
    one another, so that nothing falls between two mails.
    """
    if doorbell.is_muffled() or not members:
        return
    now = clock.now()
    waiting = Mail.objects.filter(
        kind=kind, ticket_id=ticket_id, member_id__in=members, attempts=0, sent_at=None, dropped_at=None
    )
    known = set(waiting.order_by("pk").select_for_update(no_key=True).values_list("member_id", flat=True))
    fresh = [
        Mail(
            key=f"{kind}:{cause}:{member_id}",
            kind=kind,
            member_id=member_id,
            ticket_id=ticket_id,
            thread=f"ticket:{ticket_id}" if ticket_id else kind,
            details=details,
            created_at=now,
        )
        for member_id in members
        if member_id not in known
    ]
    Mail.objects.bulk_create(fresh)
    Timer.objects.bulk_create(
        Timer(account_id=mail.account_id, kind=TIMER, subject_id=mail.pk, due_at=now + wait) for mail in fresh
    )


def absorb(mail):
    """What waits beside this mail to tell the same reader of the same goes with it: all since the first of them."""
    beside = Mail.objects.filter(kind=mail.kind, member=mail.member, ticket_id=mail.ticket_id)
    others = beside.filter(sent_at=None, dropped_at=None).exclude(pk=mail.pk)
    since = [str(details["since"]) for details in others.values_list("details", flat=True)]
    mail.details["since"] = min(since, default=mail.details["since"])
    others.update(dropped_at=clock.now(), trouble="joined")


def quiet_until(member):
    """When this member may be disturbed again, in the zone that is his now; None when he may be now."""
    start, end, now = member.quiet_from, member.quiet_to, timezone.localtime(clock.now())
    if start is None or start == end:
        return None
    inside = start <= now.time() < end if start < end else now.time() >= start or now.time() < end
    if not inside:
        return None
    today = now.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return today if now < today else today + timedelta(days=1)


def send_again(mail, *, by):
    """Somebody wants a mail that did not leave to be tried now."""
    refuse_unless(by.may("settings"), _("Your role does not allow this."))
    mail = Mail.objects.select_for_update().get(pk=mail.pk)
    refuse_unless(mail.sent_at is None, _("This mail was sent."))
    Mail.objects.filter(pk=mail.pk).update(dropped_at=None, trouble="")
    set_timer(TIMER, mail, clock.now())
    doorbell.ring_on_commit(TASK)
    return mail
