"""What the clocks of a ticket show on its page: over the thread, and as a card beside it."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tenants import clock
from tickets.vocabulary import WaitReason

from . import calendars, clocks, pausing, policies
from .models import Clock, Pause, TurnSpan
from .vocabulary import ClockState, Party, Source, Target

LABELS = {
    Target.RESPONSE: gettext_lazy("First response"),
    Target.UPDATE: gettext_lazy("Next update"),
    Target.ARRIVAL: gettext_lazy("Arrival on site"),
    Target.RESOLUTION: gettext_lazy("To resolution"),
}
REASONS = {
    WaitReason.CLIENT: gettext_lazy("waiting for the client"),
    WaitReason.ACCESS: gettext_lazy("waiting for access to the site"),
    WaitReason.PRICE: gettext_lazy("waiting for a price to be agreed"),
    WaitReason.PART: gettext_lazy("waiting for a part"),
    "delivered": gettext_lazy("delivered, waiting to be accepted"),
    "resolved": pgettext_lazy("clock", "resolved"),
}
OTHERS = (Party.PARTNER, Party.FAR)


def register(slots):
    """Fill the slots that tickets leave open."""
    slots.dial(over_thread)
    slots.panel(card, later=True)
    slots.given_due(clocks.given_moment)


class Read:
    """The clocks of one ticket with all that explains them, each read once for the page."""

    def __init__(self, ticket):
        self.ticket, self.now = ticket, clock.now()
        rows = Clock.objects.filter(ticket=ticket).exclude(state=ClockState.OFF)
        known = {row.target: row for row in rows.select_related("policy__calendar")}
        self.clocks = [known[target] for target in Target if target in known]
        self.by_target = known
        self.pauses = list(Pause.objects.filter(ticket=ticket)) if known else []

    @property
    def over(self):
        """Whether the work is done now."""
        return pausing.delivered(self.pauses)[0] is not None

    def promise(self, row):
        """What a clock promises, as it is reckoned."""
        hours = calendars.hours_of(row.policy.calendar if row.policy else None)
        return clocks.Promise(
            row.started_at, row.seconds, row.fixed_at, hours, clocks.stretches(self.pauses, row.policy)
        )


def read(ticket):
    """What head and card of one page share."""
    if not hasattr(ticket, "_clocks_read"):
        ticket._clocks_read = Read(ticket)
    return ticket._clocks_read


def over_thread(ticket):
    """The first response until it is old news, and the resolution; and where the deadline comes from."""
    known = read(ticket)
    shown = [known.by_target.get(target) for target in (Target.RESPONSE, Target.RESOLUTION)]
    row = known.by_target.get(Target.RESOLUTION)
    return {
        "dials": [dial(one) for one in shown if one],
        "whence": whence(row) if row else "",
        "given": row is not None and row.fixed_at is not None,
        "policy": row.policy if row else None,
    }


def dial(row):
    """One clock over the thread: how it stands, and the moment, or the norm of what was kept."""
    response = row.target == Target.RESPONSE
    norm = response and row.met_at and row.seconds
    return {
        "label": LABELS[row.target],
        "norm": row.seconds if norm else None,
        "at": None if norm else row.due_at,
        "due_at": row.due_at,
        "left": row.left,
        "started_at": row.started_at,
        "done": row.met_at,
        "stands": row.state == ClockState.PAUSED,
    }


def whence(row):
    """Where the deadline comes from, in a sentence."""
    if row.source == Source.POLICY and row.policy:
        return _("By the SLA policy “%(name)s”") % {"name": row.policy.name}
    return {
        Source.HAND: _("Set by hand: it goes before the SLA policy"),
        Source.PARTNER: _("Given by the partner: it goes before our own SLA policy"),
        Source.OUTSIDE: _("Given by an outside system: it goes before the SLA policy"),
    }.get(row.source, "")


def card(ticket, member):
    """Every promise with how it stands, what stopped it, and why it is this one."""
    known = read(ticket)
    if not known.clocks:
        return None
    choice, agreement = policies.choose(ticket), policies.agreement_of(ticket)
    rows = [line(row, known, agreement, member) for row in known.clocks]
    return "sla/_clocks_card.html", {
        "rows": rows,
        "pauses": [stretch(pause, known.now) for pause in known.pauses],
        "because": choice.because,
        "source": whence(known.by_target[Target.RESOLUTION]) if Target.RESOLUTION in known.by_target else "",
        "calendar": next((row.policy.calendar.name for row in known.clocks if row.policy), ""),
        "agreement": agreement,
        "now": known.now,
        "may_change": member.may("change"),
    }


def line(row, known, agreement, member):
    """One promise of the card."""
    number, promise = known.ticket.number, known.promise(row)
    idle = known.over and row.state == ClockState.PAUSED
    used = promise.used(row.met_at or known.now)
    share = min(100, round(100 * used / promise.whole))
    missed = row.missed_at or (row.due_at if not row.met_at and row.due_at and row.due_at <= known.now else None)
    arrives = row.target == Target.ARRIVAL and not row.met_at and not known.over and member.may("work")
    return {
        "target": row.target,
        "label": LABELS[row.target],
        "clock": row,
        "idle": idle,
        "share": share,
        "tone": "late" if missed else "soon" if share >= 75 and not row.met_at else "ok",
        "missed": missed,
        "not_accountable": bool(missed) and not row.excuse and others_held(row, missed, agreement),
        "excuse": row.excuse,
        "excused_by": row.excused_by,
        "excuse_url": reverse("clocks:excuse", args=[number]),
        "blame_url": reverse("clocks:blame", args=[number]),
        "arrive_url": reverse("clocks:arrive", args=[number]) if arrives else "",
    }


def others_held(row, missed, agreement):
    """Whether a third party had the turn when it was missed, for whom the agreement does not make us answer."""
    if agreement is None or agreement.answers_for_others:
        return False
    spans = TurnSpan.objects.filter(ticket=row.ticket_id, from_at__lte=missed).order_by("-from_at", "-pk")
    return spans.values_list("party", flat=True).first() in OTHERS


def stretch(pause, now):
    """A pause in words, with how long it was."""
    return {
        "reason": REASONS.get(pause.reason, pause.reason),
        "owner": pause.owner,
        "from_at": pause.from_at,
        "until_at": pause.until_at,
        "length": (pause.until_at or now) - pause.from_at,
    }
