"""One ticket, several partners: all at once, one after another, or the first who accepts takes it."""

from uuid import UUID

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from tenants import clock
from tenants.models import Membership
from tenants.vocabulary import refuse_unless
from tickets.access import permit
from tickets.lifecycle import lock

from . import lanes, sharing
from .models import Partnership, Round
from .vocabulary import Mode

MOST = 10
MOMENTS = ("due_at", "accept_by", "wish_from", "wish_until")
WORDS = ("see_below", "client_replies", "hand_on")


@transaction.atomic
def ask(ticket, *, partners, mode, by, share, message="", **choices):
    """Offer a ticket to several partners by one decision; what each gets is what was ticked for all of them.

    `choices` are those of sharing.offer. One after another offers to the first now; the others wait in the queue.
    """
    permit(by, "hand_over", ticket)
    partners = list(partners)
    refuse_unless(mode in Mode.values, _("Choose how the partners are asked."), "mode")
    refuse_unless(len({one.pk for one in partners}) == len(partners) > 1, _("Choose at least two partners."), "to")
    refuse_unless(len(partners) <= MOST, _("At most %(n)s partners at once.") % {"n": MOST}, "to")
    # Every link's row comes before the ticket's, in one order for everybody who holds several.
    for partner in sorted(partners, key=lambda one: one.link_id):
        lanes.stays_active(partner.link_id)
    now, first = clock.now(), partners[:1] if mode == Mode.SEQUENCE else partners
    row = Round.objects.create(
        ticket=lock(ticket),
        mode=mode,
        queue=[str(one.pk) for one in partners[len(first) :]],
        share=share.as_json(),
        choices=kept(choices),
        message=message.strip(),
        made_at=now,
        made_by=by if isinstance(by, Membership) else None,
        # Each has his own part and answers for himself: nothing follows from one answer for the others.
        settled_at=now if mode == Mode.PARALLEL else None,
    )
    for partner in first:
        sharing.offer(ticket, to=partner, by=by, share=share, message=message, round=row, **choices)
    return row


def kept(choices):
    """The choices of a hand-over as the round keeps them for those who are asked later."""
    moments = {name: choices[name].isoformat() for name in MOMENTS if choices.get(name)}
    said = {name: str(choices[name]) for name in WORDS if choices.get(name)}
    listed = choices.get("hand_on_to")
    to = {} if listed is None else {"hand_on_to": [str(one.pk) for one in listed]}
    lines = {"checklist": list(choices["checklist"])} if choices.get("checklist") else {}
    return {**moments, **said, **to, **lines}


def told(data):
    """Kept choices as sharing.offer takes them."""
    choices = {name: parse_datetime(data[name]) if name in MOMENTS else data[name] for name in data}
    if "hand_on_to" in choices:
        ids = [UUID(pk) for pk in choices["hand_on_to"]]
        choices["hand_on_to"] = Partnership.objects.filter(pk__in=ids).select_related("link")
    return choices
