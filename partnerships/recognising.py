"""A told site and told devices against our registry: the rows are fetched in a few queries, matching.py decides."""

from django.db import connection

from equipment.models import Equipment, Site
from tickets import lookup

from . import matching
from .matching import Ours, code_of
from .models import Alias

CODES = """
SELECT DISTINCT hit.kind, hit.row_id FROM unnest(%s::text[]) AS told(code),
LATERAL registry_lookup('{}', '', told.code, '') AS hit WHERE hit.closeness = 0
"""
# As many as the registry's search gives: of more we don't know all, and so we know none.
MOST = 200
# Of a longer list of devices a person chooses.
MOST_DEVICES = 200


def recognise(card, partnership):
    """(Match of the site or None, {word of a device: Match}) for what a card tells."""
    devices = [(matching.device_word(device, card.site), device) for device in card.equipment[:MOST_DEVICES]]
    site_aliases, device_aliases = aliases(partnership, card, devices)
    sites, equipment = candidates(card)
    place = None
    if card.site:
        alias = site_aliases.get(matching.site_word(card.site))
        place = matching.site(card.site, sites, alias=alias, client_id=partnership.client_id)
    found = {}
    for word, device in devices:
        match = matching.device(
            device, equipment, alias=word and device_aliases.get(word), site_id=place.id if place else None
        )
        if match and word and match.id not in {one.id for one in found.values()}:
            found[word] = match
    return place, found


def aliases(partnership, card, devices):
    """What was learnt on this link about these very words: {word: site id}, {word: equipment id}."""
    words = {word for word, _device in devices} | ({matching.site_word(card.site)} if card.site else set())
    rows = list(Alias.objects.filter(partnership=partnership, word__in=words - {""}))
    sites = {row.word: row.site_id for row in rows if row.site_id}
    return sites, {row.word: row.equipment_id for row in rows if row.equipment_id}


def candidates(card):
    """The sites and the devices of ours that bear a told code, number or address."""
    sites, equipment = numbered(codes_of(card))
    if card.site:
        sites |= standing_at(card.site.address)
    rows = Site.objects.filter(pk__in=sites).select_related("client") if sites else ()
    places = [
        Ours(row.pk, row.name, row.code, row.address, client=row.client.name, client_id=row.client_id) for row in rows
    ]
    rows = Equipment.objects.filter(pk__in=equipment).select_related("model") if equipment else ()
    devices = [
        Ours(
            row.pk,
            str(row),
            serial_number=row.serial_number,
            inventory_number=row.inventory_number,
            site_id=row.site_id,
        )
        for row in rows
    ]
    return places, devices


def codes_of(card):
    """Every code and number that the card tells, in all their spellings."""
    told = [card.site.code] if card.site else []
    for device in card.equipment[:MOST_DEVICES]:
        told += [device.serial_number, device.inventory_number]
    return sorted({spelt for code in told if code for spelt in matching.spellings(code_of(code)) if spelt})


def numbered(codes):
    """Ids of the sites and of the devices that bear exactly one of these codes, in one query."""
    if not codes:
        return set(), set()
    with connection.cursor() as cursor:
        cursor.execute(CODES, [codes])
        hits = cursor.fetchall()
    return {pk for kind, pk in hits if kind == "site"}, {pk for kind, pk in hits if kind == "equipment"}


def standing_at(address):
    """Ids of the sites whose words hold those of this address."""
    # None of ours is longer than that.
    words = matching.sought(address) if len(address) <= matching.WORD else ""
    hits = {pk for kind, pk, _close in lookup.asked(words) if kind == "site"} if words else set()
    return hits if len(hits) < MOST else set()
