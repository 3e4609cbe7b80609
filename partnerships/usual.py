"""What a hand-over starts from: what the terms pass by themselves, or a template of the link. Pure reading."""

from datetime import timedelta
from types import SimpleNamespace

from tenants import clock

from . import cards, conditions
from .models import HandoverTemplate, Terms
from .vocabulary import HandOn, Relay, SeeBelow

PASSES = ("description", "files", "comments", "contact_name", "contact_phone", "site", "equipment", "agreement")
# From the narrowest to the widest.
HAND_ON = (HandOn.NOBODY, HandOn.LISTED, HandOn.ANYONE)
SEE_BELOW = (SeeBelow.HIDDEN, SeeBelow.ROLE, SeeBelow.NAMED)
REPLIES = (Relay.NEVER, Relay.BY_HAND, Relay.AUTO)


def start(ticket, partners):
    """What the terms with all of these partners tick and choose; of several the narrowest."""
    terms = common(partners)
    ticks = vars(cards.usual_share(ticket, terms)) | {"wording": ticket.description}
    below = [conditions.theirs(one).see_below for one in partners]
    return {
        **ticks,
        "see_below": narrowest(below, SEE_BELOW),
        "client_replies": terms.relay_down,
        "hand_on": terms.hand_on,
        "hand_on_to": terms.hand_on_to,
        "shares_of": made_for(partners),
    }


def made_for(partners):
    """By this the dialog knows for whom its ticks were made."""
    return " ".join(sorted(str(one.pk) for one in partners))


def common(partners):
    """What the terms with every one of them allow, in one query however many they are."""
    rows = Terms.objects.filter(partnership__in=[one.pk for one in partners]).order_by("partnership_id", "-version")
    terms = list(rows.distinct("partnership_id"))
    passes = {f"pass_{name}": all(getattr(one, f"pass_{name}") for one in terms) for name in PASSES}
    lists = [set(one.hand_on_to) for one in terms if one.hand_on == HandOn.LISTED]
    return SimpleNamespace(
        **passes,
        relay_down=narrowest([one.relay_down for one in terms], REPLIES),
        hand_on=narrowest([one.hand_on for one in terms], HAND_ON),
        hand_on_to=sorted(set.intersection(*lists)) if lists else [],
    )


def narrowest(values, order):
    return min(values, key=lambda value: order.index(value) if value in order else 0)


def by_template(template: HandoverTemplate, form_values, messages=()):
    """The values of a dialog after a template was chosen: what it says is said, what was typed by hand stays."""
    values = dict(form_values)
    values |= {name: bool(template.share.get(name)) for name in WHOLE}
    if not template.share.get("given_equipment"):
        values["equipment"] = ()
    if not (values.get("message") or "").strip() or values["message"].strip() in messages:
        values["message"] = template.message
    if template.due_minutes:
        values["due_at"] = whole(clock.now() + timedelta(minutes=template.due_minutes))
    if template.checklist:
        values["checklist"] = "\n".join(template.checklist)
    named = ("see_below", "hand_on", "client_replies")
    return values | {name: getattr(template, name) for name in named if getattr(template, name)}


WHOLE = ("description", "contact_name", "contact_phone", "site", "agreement", "given_equipment")


def whole(moment):
    """A moment without seconds: those of a field of the form are lost anyway."""
    return moment.replace(second=0, microsecond=0)
