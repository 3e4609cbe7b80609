"""Who will read it: the composer's choices, the words for an audience, and to whom a comment may be passed on."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.vocabulary import refuse_unless

from . import slots
from .vocabulary import FOR_PARTNERS, Audience, Direction

# The frame's colours follow the chosen segment by number, and there are eight of those.
SEGMENTS = 8
NO_SUCH = gettext_lazy("There is no such partner on this ticket.")


@dataclass(frozen=True)
class Company:
    """One counterpart of the ticket as the page draws it."""

    row: object

    @property
    def sender(self):
        return self.row.direction == Direction.TAKEN

    @property
    def value(self):
        """What the form sends for this company."""
        return f"partner:{self.row.pk}"

    @property
    def key(self):
        """The sender of a co-ticket is drawn in the client's blue."""
        return "client" if self.sender else "partner"


def open_companies(counterparts):
    """The companies that can still be told something, the sender first."""
    rows = [Company(row) for row in counterparts if row.open]
    return sorted(rows, key=lambda one: not one.sender)


def client_reads(ticket, counterparts):
    """Whether the ticket has a client of ours who can be told; a co-ticket's client must be a contact of ours."""
    if ticket.client_id is None:
        return False
    taken = any(row.direction == Direction.TAKEN for row in counterparts)
    return ticket.contact_id is not None or not taken


def segments(ticket, counterparts, *, chosen="", ticked=()):
    """The composer's choices, each with the sentence that names its readers."""
    companies = open_companies(counterparts)
    told = slots.relays(ticket, [one.row for one in companies])
    given = [one for one in companies if not one.sender]
    drawn = [company_segment(one, told) for one in companies if one.sender]
    drawn.append(internal_segment(ticket))
    if client_reads(ticket, counterparts):
        drawn.append(client_segment(ticket, companies))
        both = [both_segment(ticket, given, told, ticked)] if given else []
    else:
        both = []
    room = SEGMENTS - len(drawn) - len(both)
    drawn += [company_segment(one, told) for one in given[:room]] + both
    values = [one["value"] for one in drawn]
    chosen = chosen if chosen in values else values[0] if values[0] != "internal" else default_of(values)
    for one in drawn:
        one["checked"] = one["value"] == chosen
    return drawn


def default_of(values):
    """A new ticket speaks to its client, never to both; without one it speaks to us."""
    return "client" if "client" in values else "internal"


def internal_segment(ticket):
    """Our own people and nobody else."""
    ours = _("only people of %(company)s") % {"company": ticket.account.name}
    return {
        "value": "internal",
        "key": "internal",
        "label": _("Only us"),
        "send": _("Save for our team"),
        "people": [],
        "readers": [read_by(), strong(ours), plain(".")],
    }


def client_segment(ticket, companies):
    """The client, and who of the others will not see it."""
    others = names(companies)
    rest = " " + _("Will not see it: %(names)s.") % {"names": others} if others else ""
    return {
        "value": "client",
        "key": "client",
        "label": _("Client"),
        "send": _("Send to the client"),
        "people": [client_name(ticket)],
        "readers": [read_by(), strong(client_name(ticket)), plain(client_company(ticket) + "." + rest)],
    }


def client_name(ticket):
    """The contact if there is one, else the client company."""
    return ticket.contact.name if ticket.contact else ticket.client.name


def client_company(ticket):
    """The contact's company, to stand after his name."""
    return f", {ticket.client.name}" if ticket.contact else ""


def company_segment(one, told):
    """One other company, and whoever reads what it reads."""
    label = one.row.label
    return {
        "value": one.value,
        "key": one.key,
        "label": label,
        "send": _("Send: %(name)s") % {"name": label},
        "people": [label],
        "readers": [read_by(), strong(label), plain("."), *relayed([one], told)],
    }


def both_segment(ticket, given, told, ticked):
    """The client and those we handed the ticket to; with several, each is ticked by hand."""
    several = len(given) > 1
    label = _("Client and partners") if several else _("Client and %(names)s") % {"names": given[0].row.label}
    first = [read_by(), strong(client_name(ticket)), plain(client_company(ticket))]
    rest = (
        [plain(". " + _("And those who are ticked:"))]
        if several
        else [
            plain(", "),
            strong(given[0].row.label),
            plain("."),
        ]
    )
    return {
        "value": str(Audience.CLIENT_AND_PARTNER),
        "key": str(Audience.CLIENT_AND_PARTNER),
        "label": label,
        "send": _("Send: %(name)s") % {"name": label},
        "people": [client_name(ticket), *(one.row.label for one in given)],
        "readers": first + rest + relayed(given, told),
        "choices": [choice(one, ticked) for one in given] if several else [],
    }


def choice(one, ticked):
    """A partner to tick."""
    pk = str(one.row.pk)
    return {"name": "readers", "value": pk, "label": one.row.label, "checked": pk in ticked}


def relayed(companies, told):
    """The sentence in the partner's colour about who reads it after him."""
    return [{"text": f" {told[one.row.pk]}", "tone": "relay"} for one in companies if one.row.pk in told]


def read_by():
    """The words before the readers' names."""
    return plain(_("Read by:") + " ")


def strong(text):
    """A reader's name."""
    return {"text": text, "tone": "strong"}


def plain(text):
    """The words between the names."""
    return {"text": text}


def names(companies):
    """Companies in a row, with the language's own "and"."""
    return get_text_list([one.row.label for one in companies], _("and"))


def chosen_by(said, counterparts):
    """The segment that answers this comment: the same readers, but never both at once."""
    if said is None:
        return ""
    if said.audience in (Audience.CLIENT, Audience.CLIENT_AND_PARTNER):
        return "client"
    readers = {row.counterpart_id for row in said.reader_rows.all()}
    still = [one for one in open_companies(counterparts) if one.row.pk in readers]
    return still[0].value if still else ""


def audience_of(value, ticked, ticket, counterparts):
    """The audience and the readers that a posted choice means; anything not on offer is refused."""
    companies = open_companies(counterparts)
    kind, _sep, wanted = value.partition(":")
    known = kind in (Audience.INTERNAL, Audience.CLIENT, Audience.PARTNER, Audience.CLIENT_AND_PARTNER)
    refuse_unless(
        known and bool(wanted) == (kind == Audience.PARTNER),
        _("Choose who will see the comment."),
        "audience",
    )
    if kind in (Audience.CLIENT, Audience.CLIENT_AND_PARTNER):
        can = client_reads(ticket, counterparts)
        refuse_unless(can, _("This ticket has no client to read it."), "audience")
    if kind not in FOR_PARTNERS:
        return kind, []
    if kind == Audience.PARTNER:
        readers = [one.row for one in companies if str(one.row.pk) == wanted]
    else:
        given = [one.row for one in companies if not one.sender]
        readers = given if len(given) == 1 else [row for row in given if str(row.pk) in ticked]
        refuse_unless(len(given) == 1 or set(ticked) <= {str(row.pk) for row in given}, NO_SUCH, "audience")
        refuse_unless(readers, _("Choose which partner will read this."), "audience")
    refuse_unless(readers, NO_SUCH, "audience")
    return kind, readers


def words_for(said, ticket, counterparts):
    """How a comment's audience is drawn: (colour key, words)."""
    if said.audience == Audience.INTERNAL:
        return "internal", _("Only us")
    if said.audience == Audience.CLIENT:
        return "client", _("Client")
    known = {row.pk: Company(row) for row in counterparts}
    reading = [known[row.counterpart_id] for row in said.reader_rows.all() if row.counterpart_id in known]
    if said.audience == Audience.CLIENT_AND_PARTNER:
        return "client_and_partner", _("Client and %(names)s") % {"names": names(reading)}
    key = "client" if reading and all(one.sender for one in reading) else "partner"
    ours = [_("us")] if said.came_through_id else []
    return key, get_text_list([*(one.row.label for one in reading), *ours], _("and"))


def ways_on(said, ticket, counterparts):
    """To whom else a comment of somebody outside may be shown: [{value, label}]."""
    outside = said.came_through_id or said.author_kind == "contact"
    if not outside or said.audience == Audience.INTERNAL:
        return []
    reading = {row.counterpart_id for row in said.reader_rows.all()}
    ways = []
    if not said.for_client and client_reads(ticket, counterparts):
        ways.append({"value": "client", "label": _("Pass on to the client")})
    for one in open_companies(counterparts):
        if one.row.pk not in reading:
            ways.append({"value": one.value, "label": _("Pass on: %(name)s") % {"name": one.row.label}})
    return ways
