"""A policy in words: what it asks of a ticket, and what it promises."""

from django.utils.translation import gettext as _

from equipment.models import EquipmentModel, Site
from tenants import access
from tenants.models import Agreement, Client
from tickets.models import TicketType
from tickets.vocabulary import Priority

from . import durations
from .fitting import CONDITIONS
from .vocabulary import Target

# What conditions name by id.
ROWS = {"clients": Client, "agreements": Agreement, "sites": Site, "types": TicketType, "models": EquipmentModel}
SHOWN = 5


def names_of(whens):
    """How people call what these conditions name by id, in one query for each sort: {condition: {id: name}}."""
    names = {}
    for name, model in ROWS.items():
        ids = {pk for when in whens for pk in map(access.known, when.get(name, ())) if pk}
        rows = model.objects.filter(pk__in=ids) if ids else ()
        if name == "agreements" and ids:
            rows = rows.select_related("client")
        names[name] = {str(row.pk): called(row) for row in rows}
    return names | {"priorities": {code: str(label) for code, label in Priority.choices}}


def called(row):
    """A row of the registry as it is told from its namesakes on one line."""
    if isinstance(row, Agreement):
        return f"{row.number} · {row.client.name}"
    if isinstance(row, Site):
        return f"{row.code} · {row.name}" if row.code else row.name
    return str(row)


def conditions(when, names, shown=SHOWN):
    """What a policy asks for, a few words for each condition; empty when it asks for nothing."""
    said = []
    for name, (sentence, _other) in CONDITIONS.items():
        asked = when.get(name, ())
        if asked:
            known = [names.get(name, {}).get(one, one) for one in asked]
            more = [_("%(n)s more") % {"n": len(known) - shown}] if len(known) > shown else []
            said.append(str(sentence) % {"names": ", ".join([*known[:shown], *more])})
    return said


def promises(targets):
    """What a policy promises, target by target: [(target, words)]; one span is said once where all have it."""
    said = []
    for target in Target:
        spans = {code: targets.get(code, {}).get(target.value) for code in reversed(Priority.values)}
        if len(set(spans.values())) == 1 and any(spans.values()):
            said.append((target.label, durations.say(next(iter(spans.values())))))
        elif any(spans.values()):
            parts = [f"{Priority(code).label} {durations.say(span)}" for code, span in spans.items() if span]
            said.append((target.label, ", ".join(parts)))
    return said
