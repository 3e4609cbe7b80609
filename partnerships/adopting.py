"""What the giver told of sites and equipment becomes ours: recognised, chosen, or added to our registry."""

import hashlib
from datetime import date

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat, Trim
from django.utils.translation import gettext_lazy as _

from equipment import registry
from equipment.models import Equipment, EquipmentModel, Site
from tenants import clock
from tenants.vocabulary import SCHEDULE, refuse_unless
from tickets import placing
from tickets.access import permit

from . import cards, matching, moves, recognising
from .models import Alias, Handover

SITE = "site"


def told_devices(card):
    """{word: device} of everything a card tells; what has no words of its own goes by its place in the card."""
    words = {}
    for place, device in enumerate(card.equipment):
        words.setdefault(matching.device_word(device, card.site) or f"#{place}", device)
    return words


def mark_of(word):
    """A device's word as an address carries it."""
    return hashlib.sha256(word.encode()).hexdigest()[:16]


def recognise(handover, *, by=SCHEDULE):
    """Put what of the told site and equipment is in our registry on the ticket; a doubtful hit is left to a person."""
    card, known = cards.read_card(handover.card), cards.known(handover)
    word, told = site_word(card), told_devices(card)
    if not (card.site or told or known):
        return
    place, found = recognising.recognise(card, handover.partnership)
    standing = placing.standing(handover.ticket)
    ours = str(standing["site"].pk) if standing["site"] else ""
    if known.get("word", "") != word and ours in ("", known.get("site", "")):
        site = Site.objects.select_related("client").get(pk=place.id) if place else None
        known = known | {"word": word, "site": str(site.pk) if site else "", "how": place.how if place else ""}
        stay = [row for row in standing["equipment"] if site is None or row.site_id == site.pk]
        placing.place(handover.ticket, site=site, equipment=stay, by=by, how=known["how"])
    devices = {one: pk for one, pk in known.get("devices", {}).items() if one in told}
    gone = set(known.get("devices", {}).values()) - set(devices.values())
    found = {one: match for one, match in found.items() if one not in devices and one not in known.get("denied", ())}
    attach(handover, found, gone, by=by)
    devices |= {one: str(match.id) for one, match in found.items()}
    keep(handover, known | {"devices": attached(handover, devices)})


def attach(handover, found, gone, *, by):
    """The recognised devices come onto the ticket, those no longer told go; one of another site is left out."""
    rows = {row.pk: row for row in Equipment.objects.filter(pk__in=[match.id for match in found.values()])}
    for how in sorted({match.how for match in found.values()} | ({""} if gone else set())):
        standing = placing.standing(handover.ticket)
        site = standing["site"]
        now = [row for row in standing["equipment"] if str(row.pk) not in gone]
        more = [rows[match.id] for match in found.values() if match.how == how and match.id in rows]
        now += [row for row in more if (site is None or row.site_id == site.pk) and row not in now]
        placing.place(handover.ticket, equipment=now, by=by, how=how)


def attached(handover, devices):
    """Those of the devices that stand on the ticket."""
    there = {str(pk) for pk in handover.ticket.equipment.values_list("pk", flat=True)}
    return {word: pk for word, pk in devices.items() if pk in there}


def site_word(card):
    return matching.site_word(card.site) if card.site else ""


def keep(handover, known):
    """The card remembers what of it is ours."""
    handover.card = handover.card | {"known": known}
    Handover.objects.filter(pk=handover.pk).update(card=handover.card)


@transaction.atomic
def adopt_site(handover, *, by, client=None):
    """Add the told site to our registry as it was told, and put the ticket there; twice is as once."""
    handover, card = ready(handover, "registry", by)
    refuse_unless(card.site, _("No site was told."))
    if site_known(handover):
        return handover
    client = client or handover.partnership.client
    refuse_unless(client, _("Choose the client this site belongs to."), "client")
    refuse_unless(client.archived_at is None, _("This client is archived."), "client")
    told = card.site
    name = (told.name or told.address or told.code)[:160]
    facts = {"code": told.code[:40], "address": told.address[:300], "hours": told.hours[:80]}
    taken = facts["code"] and Site.objects.filter(client=client, code=facts["code"]).exists()
    refuse_unless(not taken, _("There is a site with this code already: choose it."), "client")
    site = registry.add_site(client, name=name, by=by, **facts)
    settle_site(handover, site, by=by)
    return handover


@transaction.atomic
def adopt_device(handover, mark, *, by):
    """Add a told device to our registry at the ticket's site, and to the ticket; twice is as once."""
    handover, card = ready(handover, "registry", by)
    word, told = named(card, mark)
    if word in attached(handover, cards.known(handover).get("devices", {})):
        return handover
    site = placing.standing(handover.ticket)["site"]
    refuse_unless(site, _("Say first at which site it stands: add the site, or choose one of ours."))
    model, rest = model_of(told.name)
    serial = told.serial_number[:80]
    known = serial and model.pk and Equipment.objects.filter(model=model, serial_number=serial).exists()
    refuse_unless(not known, _("This equipment is in the registry already: choose it."))
    device = registry.add_equipment(
        site,
        model=model.name,
        manufacturer=model.manufacturer,
        name=rest[:120],
        serial_number=serial,
        inventory_number=told.inventory_number[:80],
        warranty_until=date_or_none(told.warranty_until),
        by=by,
    )
    settle_device(handover, word, device, by=by)
    return handover


@transaction.atomic
def choose(handover, what, row, *, by):
    """This told site or device is that one of ours; the partner's words for it are remembered."""
    handover, card = ready(handover, "change", by)
    if what == SITE:
        refuse_unless(card.site and isinstance(row, Site), _("Choose a site."))
        settle_site(handover, row, by=by)
    else:
        word, _told = named(card, what)
        refuse_unless(isinstance(row, Equipment), _("Choose a piece of equipment."))
        settle_device(handover, word, row, by=by)
    return handover


@transaction.atomic
def let_go(handover, what, *, by):
    """It is none of ours after all: it leaves the ticket, and what was learnt about its words is forgotten."""
    handover, card = ready(handover, "change", by)
    known = cards.known(handover)
    if what == SITE:
        if site_known(handover):
            placing.place(handover.ticket, site=None, equipment=[], by=by)
        forget(handover, site_word(card), site__isnull=False)
        keep(handover, {"word": site_word(card), "site": "", "devices": {}})
        return handover
    word, _told = named(card, what)
    pk = known.get("devices", {}).get(word)
    stay = [row for row in placing.standing(handover.ticket)["equipment"] if str(row.pk) != pk]
    placing.place(handover.ticket, equipment=stay, by=by)
    forget(handover, word, equipment__isnull=False)
    devices = {one: kept for one, kept in known.get("devices", {}).items() if one != word}
    keep(handover, known | {"devices": devices, "denied": sorted({*known.get("denied", ()), word})})
    return handover


def ready(handover, ability, by):
    """The hand-over under its lock, and the card it came with."""
    permit(by, ability, handover.ticket)
    handover = moves.lock_both(handover)
    refuse_unless(not handover.is_given, _("That is for the other company to do."))
    return handover, cards.read_card(handover.card)


def site_known(handover):
    """Whether the told site is the site of ours that the ticket is at."""
    pk = cards.known(handover).get("site")
    return bool(pk) and pk == str(handover.ticket.site_id)


def named(card, mark):
    """The told device that an address names."""
    found = next((pair for pair in told_devices(card).items() if mark_of(pair[0]) == mark), None)
    refuse_unless(found, _("The partner does not name this equipment any more."))
    return found


def settle_site(handover, site, *, by):
    """The ticket is at this site, and the partner's words for it are learnt."""
    stay = [row for row in placing.standing(handover.ticket)["equipment"] if row.site_id == site.pk]
    placing.place(handover.ticket, site=site, client=site.client, equipment=stay, by=by)
    handover.ticket.refresh_from_db(fields=["site", "client"])
    word = site_word(cards.read_card(handover.card))
    learn(handover, word, by, site=site)
    devices = attached(handover, cards.known(handover).get("devices", {}))
    keep(handover, {"word": word, "site": str(site.pk), "how": "", "devices": devices})


def settle_device(handover, word, device, *, by):
    """The ticket is about this device too, and the partner's words for it are learnt."""
    standing, known = placing.standing(handover.ticket), cards.known(handover)
    before = known.get("devices", {}).get(word)
    stay = [row for row in standing["equipment"] if str(row.pk) != before and row != device]
    placing.place(handover.ticket, site=standing["site"] or device.site, equipment=[*stay, device], by=by)
    learn(handover, word, by, equipment=device)
    keep(handover, known | {"devices": known.get("devices", {}) | {word: str(device.pk)}})


def learn(handover, word, by, **ours):
    """From now on these words of this partner mean that row of ours."""
    if not word or word.startswith("#"):
        return
    field = next(iter(ours))
    Alias.objects.update_or_create(
        partnership=handover.partnership,
        word=word,
        **{f"{field}__isnull": False},
        defaults={**ours, "learnt_at": clock.now(), "learnt_by": getattr(by, "actor", by).name},
    )


def forget(handover, word, **which):
    Alias.objects.filter(partnership=handover.partnership, word=word, **which).delete()


def model_of(name):
    """The model that a told name begins with, ours where we have it, and the rest of the name."""
    head, _comma, rest = (part.strip() for part in name.partition(","))
    said = Trim(Concat("manufacturer", Value(" "), "name"))
    model = EquipmentModel.objects.annotate(said=said).filter(said__iexact=head).first()
    return model or EquipmentModel(name=(head or str(_("unknown model")))[:120]), rest


def date_or_none(told):
    """A date as it was told, as far as it is one."""
    try:
        return date.fromisoformat(told)
    except ValueError:
        return None
