"""The card a ticket came with, as its page draws it: what was told, what of it changed, and what of it is ours."""

from django.urls import reverse
from django.utils.translation import gettext as _

from tenants.models import Activity
from tickets.vocabulary import HOW

from . import adopting, cards, mirror, visiting
from .card_vocabulary import CARD_CHANGED, span


def card(above, ticket, member):
    """Facts, places to recognise, the wish and the visit; None where nothing was told and nothing is to plan."""
    told, fresh = cards.read_card(above.card), changed_lately(ticket)
    things = [*site(above, told, ticket, member, fresh), *devices(above, told, ticket, member, fresh)]
    facts = [fact for fact in facts_of(above, told, fresh) if fact["value"]]
    plans = above.state in visiting.OPEN and member.may("work")
    drawn = {
        "name": above.partnership.name,
        "facts": facts,
        "things": things,
        "wish": {"starts": above.wish_from, "until": above.wish_until} if above.wish_from or above.wish_until else None,
        "wish_new": "wish" in fresh,
        "visit": visiting.of(above),
        "visit_url": reverse("partnerships:visit", args=[above.pk]) if plans else "",
    }
    return drawn if facts or things or drawn["wish"] or drawn["visit"] or plans else None


def changed_lately(ticket):
    """The facts told anew since one of us last did anything on the ticket."""
    lines = Activity.objects.filter(ticket_id=ticket.pk)
    ours = lines.filter(actor_kind="member").order_by("-pk").values_list("pk", flat=True).first()
    told = lines.filter(kind=CARD_CHANGED.code, actor_kind="partner")
    told = told.filter(pk__gt=ours) if ours else told
    return {fact for line in told.order_by("-pk")[:20] for fact, _was, _now in line.details["changes"]}


def facts_of(above, told, fresh):
    """The contact, the agreement and the client's deadline; site and equipment stand by themselves."""
    contact, due_at = told.contact, above.client_due_at
    name = ", ".join(part for part in (contact.name, contact.title) if part) if contact else ""
    return [
        marked({"label": _("Contact"), "value": name}, "contact" in fresh),
        marked({"label": _("Phone"), "value": contact.phone if contact else ""}, "phone" in fresh),
        marked({"label": _("Agreement"), "value": told.agreement}, "agreement" in fresh),
        marked(
            {"label": _("Client’s deadline"), "value": span(due_at.isoformat()) if due_at else ""},
            "client_due_at" in fresh,
        ),
    ]


def marked(fact, new):
    """A fact that was told anew says so."""
    return fact | {"tag": _("changed"), "tone": "soon"} if new else fact


def site(above, told, ticket, member, fresh):
    """The told site, and which of ours it is."""
    if told.site is None:
        return []
    row, known = ticket.site, cards.known(above)
    ours = row if row and known.get("site") == str(row.pk) else None
    name = f"{told.site.name} ({told.site.code})" if told.site.code else told.site.name
    note = [part for part in (told.site.client, told.site.address, told.site.hours) if part]
    new = bool(fresh & {"site", "client", "address", "hours"})
    return [thing(above, adopting.SITE, member, name=name, note=note, ours=ours, how=known.get("how", ""), new=new)]


def devices(above, told, ticket, member, fresh):
    """Each told device, and which of ours it is."""
    rows = {str(row.pk): row for row in ticket.equipment.select_related("model")} if told.equipment else {}
    known = cards.known(above).get("devices", {})
    return [
        thing(
            above,
            adopting.mark_of(word),
            member,
            name=device.name,
            note=[mirror.device_note(device)],
            ours=rows.get(known.get(word)),
            new="equipment" in fresh,
            placed=ticket.site_id is not None,
        )
        for word, device in adopting.told_devices(told).items()
    ]


def thing(above, what, member, *, name, note, ours, new, how="", placed=True):
    """One told thing with what may be done about it."""

    def url(route, ability):
        return reverse(f"partnerships:{route}", args=[above.pk, what]) if member.may(ability) else ""

    return {
        "site": what == adopting.SITE,
        "name": name,
        "note": ", ".join(part for part in note if part),
        "new": new,
        "ours": str(ours) if ours else "",
        "how": HOW.get(how, ""),
        "asks": what == adopting.SITE and above.partnership.client_id is None,
        "adopt_url": url("adopt", "registry") if not ours and placed else "",
        "choose_url": url("ours", "change"),
        "not_url": url("none_of_ours", "change") if ours else "",
    }
