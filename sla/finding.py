"""What of the registry a policy can ask for, found by a few words of whoever writes the policy."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from equipment.models import EquipmentModel
from tenants.models import Agreement
from tickets import lookup

from . import said

SHOWN = 6
LABELS = {
    "clients": _("Clients"),
    "agreements": _("Agreements"),
    "sites": _("Sites"),
    "models": _("Equipment models"),
}
NOTES = {"sites": lambda row: row.client.name, "agreements": lambda row: row.name}


def find(member, phrase):
    """The rows that answer to the phrase, by condition: [{name, label, hits: [(id, title, note)]}]."""
    phrase = phrase.replace("\0", " ").strip()[: lookup.LONGEST]
    if not phrase:
        return []
    found = {group["kind"]: group["rows"] for group in lookup.find(member, phrase)}
    rows = {
        "clients": found.get("client", ()),
        "agreements": agreements(phrase),
        "sites": found.get("site", ()),
        "models": models(phrase, found.get("equipment", ())),
    }
    return [
        {"name": name, "label": LABELS[name], "hits": [hit(name, row) for row in some]}
        for name, some in rows.items()
        if some
    ]


def hit(name, row):
    """One thing to choose: its id, what it is called, what tells it from its namesakes."""
    return str(row.pk), said.called(row), NOTES[name](row) if name in NOTES else ""


def agreements(phrase):
    """Agreements by number, name or client."""
    asked = Q(number__icontains=phrase) | Q(name__icontains=phrase) | Q(client__name__icontains=phrase)
    return list(Agreement.objects.filter(asked, archived_at=None).select_related("client")[:SHOWN])


def models(phrase, devices):
    """Models by maker and name, and those of the devices that were found."""
    asked = Q()
    for word in phrase.split():
        asked &= Q(manufacturer__icontains=word) | Q(name__icontains=word)
    rows = [*EquipmentModel.objects.filter(asked)[:SHOWN], *(device.model for device in devices)]
    return list({row.pk: row for row in rows}.values())[:SHOWN]
