"""What crosses at a hand-over. The dialog's preview and the letter itself come from the same function."""

from dataclasses import dataclass, field, fields, replace
from uuid import UUID

from django.utils.dateparse import parse_datetime

from tickets.models import Attachment, Comment, Ticket
from tickets.vocabulary import Audience, Direction

from .protocol import Allowed, Card, CardChanged, Chain, Contact, Device, File, Offered, Said, Site


@dataclass(frozen=True)
class Share:
    """What the giver ticked: whole facts as yes or no, files, comments and equipment one by one."""

    description: bool = True
    contact_name: bool = False
    contact_phone: bool = False
    site: bool = False
    agreement: bool = False
    given_equipment: bool = False
    files: tuple[UUID, ...] = field(default=())
    comments: tuple[UUID, ...] = field(default=())
    equipment: tuple[UUID, ...] = field(default=())
    # The description as it was reworded for this partner; empty: as the ticket has it.
    wording: str = ""

    def as_json(self):
        """As the hand-over keeps it."""
        return {
            name: [str(item) for item in value] if isinstance(value, tuple) else value
            for name, value in vars(self).items()
        }

    @classmethod
    def from_json(cls, data):
        """The share as it was kept."""
        return cls(
            **{
                name: tuple(UUID(item) for item in value) if isinstance(value, list) else value
                for name, value in data.items()
            }
        )


def usual_share(ticket, terms):
    """What the terms pass by default of this ticket: the starting point of the dialog."""
    files = Attachment.objects.filter(ticket=ticket, removed_at=None, comment=None)
    said = Comment.objects.filter(ticket=ticket, removed_at=None).exclude(audience=Audience.INTERNAL)
    # What was said with another partner alone goes to this one only when a person ticks it.
    said = said.exclude(audience=Audience.PARTNER, readers__direction=Direction.GIVEN)
    return Share(
        description=terms.pass_description,
        contact_name=terms.pass_contact_name,
        contact_phone=terms.pass_contact_phone,
        site=terms.pass_site,
        agreement=terms.pass_agreement,
        given_equipment=terms.pass_equipment,
        files=tuple(files.values_list("pk", flat=True)) if terms.pass_files else (),
        comments=tuple(said.values_list("pk", flat=True)) if terms.pass_comments else (),
        equipment=tuple(ticket.equipment.values_list("pk", flat=True)) if terms.pass_equipment else (),
    )


def offered(ticket: Ticket, handover) -> Offered:
    """Exactly what the partner will get of this ticket with this hand-over, saved or not."""
    share = Share.from_json(handover.share)
    return Offered(
        ref=ticket.ref,
        subject=ticket.subject,
        description=described(ticket, share),
        priority=ticket.priority,
        card=card(ticket, share, handover),
        chain=Chain(id=handover.chain, depth=handover.depth, marks=handover.marks),
        see_below=handover.see_below,
        client_replies=handover.client_replies,
        giver=ticket.account.name,
        files=[as_file(file) for file in shared_files(ticket, share)],
        comments=[said(comment, ticket.account.name) for comment in shared_comments(ticket, share)],
        due_at=handover.due_at,
        accept_by=handover.accept_by,
        type=ticket.type.name if ticket.type else "",
        wish_from=handover.wish_from,
        wish_until=handover.wish_until,
        hand_on=handover.hand_on,
        hand_on_to=[Allowed(**one) for one in handover.hand_on_to],
        checklist=[line["text"] for line in handover.checklist],
        auto_approve_hours=handover.auto_approve_hours,
        return_days=handover.return_days,
        client_due_at=client_due(ticket, handover),
    )


def client_due(ticket, handover):
    """Our own deadline, if our terms let him know it; while it stands still the one that was told last stays."""
    if not handover.show_client_due:
        return None
    if ticket.due_at or ticket.due_left is None:
        return ticket.due_at
    return parse_datetime(handover.told.get("client_due_at") or "")


def retold(ticket, handover) -> CardChanged:
    """What the partner would be told of this ticket now: the same facts as in the offer, by the same ticks."""
    share = Share.from_json(handover.share)
    return CardChanged(
        subject=ticket.subject,
        description=described(ticket, share),
        priority=ticket.priority,
        card=card(ticket, share, handover),
        due_at=handover.due_at,
        type=ticket.type.name if ticket.type else "",
        wish_from=handover.wish_from,
        wish_until=handover.wish_until,
        client_due_at=client_due(ticket, handover),
    )


def told_by(offer: Offered) -> CardChanged:
    """What an offer tells of the ticket: the first of what later changes are compared with."""
    return CardChanged(**{one.name: getattr(offer, one.name) for one in fields(CardChanged)})


def described(ticket, share):
    """The description as the partner reads it: not at all, as it was reworded for him, or as the ticket has it."""
    return (share.wording or ticket.description) if share.description else ""


def shared_files(ticket, share):
    """The ticked files of this ticket; one that hangs on an internal comment stays, whatever was ticked."""
    rows = Attachment.objects.filter(ticket=ticket, pk__in=share.files, removed_at=None)
    return rows.exclude(comment__audience="internal")


def shared_comments(ticket, share):
    """The ticked comments of this ticket with their files; an internal one stays, whatever was ticked."""
    rows = Comment.objects.filter(ticket=ticket, pk__in=share.comments, removed_at=None)
    return rows.exclude(audience=Audience.INTERNAL).prefetch_related("attachments")


def card(ticket, share, handover):
    """The contact, the site and the equipment, as far as ticked; what we were given goes on only with them."""
    own = own_card(ticket, share)
    above = ticket.handovers.filter(direction="taken").first()
    if above is None:
        return own
    given = read_card(above.card)
    return Card(
        contact=own.contact or (hide_phone(given.contact, share) if share.contact_name else None),
        site=site_of(own.site, given.site, ticket, above) if share.site else None,
        equipment=own.equipment or (given.equipment if share.given_equipment else []),
        agreement=own.agreement,
    )


def site_of(own, given, ticket, above):
    """Our own site, or the given one; where the given one is ours, whose it is goes on as it was told to us."""
    if own and given and known(above).get("site") == str(ticket.site_id):
        return replace(own, client=given.client)
    return own or given


def known(handover):
    """What of the given card is known to be of our registry: {"site": id, "devices": {word: id}}."""
    return handover.card.get("known", {})


def own_card(ticket, share):
    """Facts out of our own registry."""
    contact, site = ticket.contact, ticket.site
    return Card(
        contact=Contact(name=contact.name, title=contact.title, phone=contact.phone if share.contact_phone else "")
        if contact and share.contact_name
        else None,
        site=Site(name=site.name, code=site.code, address=site.address, hours=site.hours, client=site.client.name)
        if site and share.site
        else None,
        equipment=[
            Device(
                name=str(device),
                serial_number=device.serial_number,
                inventory_number=device.inventory_number,
                warranty_until=device.warranty_until.isoformat() if device.warranty_until else "",
            )
            for device in ticket.equipment.filter(pk__in=share.equipment).select_related("model")
        ],
        agreement=ticket.agreement if share.agreement else "",
    )


def place(ticket, above):
    """Where the work is: our own site's address, or the one we were told with the ticket."""
    given = read_card(above.card).site if above else None
    site = ticket.site or given
    return site.address if site else ""


def hide_phone(contact, share):
    return contact if contact is None or share.contact_phone else replace(contact, phone="")


def read_card(data):
    """A card as a hand-over keeps it."""
    return Card(
        contact=Contact(**data["contact"]) if data.get("contact") else None,
        site=Site(**data["site"]) if data.get("site") else None,
        equipment=[Device(**device) for device in data.get("equipment", [])],
        agreement=data.get("agreement", ""),
    )


def as_file(file):
    """A file as it travels: its name and digest, no bytes."""
    return File(id=file.origin_id, name=file.name, size=file.size, sha256=file.blob_id, content_type=file.content_type)


def said(comment, company, *, masked=False, anonymous=False, nameless=False):
    """A comment as it travels: with its author, as ours when masked, nameless when only the role may be seen.

    `nameless`: our own people's names stay with us, the company speaks.
    """
    foreign = comment.author_kind in ("partner", "contact")
    if masked and foreign:
        author, from_company, via = "" if nameless else comment.passed_on_by, company, []
    elif anonymous and foreign and comment.came_through_id:
        author, from_company, via = "", "", []
    else:
        author = "" if nameless and not foreign else comment.author_name
        from_company = comment.author_company or company
        via = [comment.via] if comment.via else []
    return Said(
        id=comment.origin_id,
        text=comment.body,
        author=author,
        company=from_company,
        at=comment.created_at,
        via=via,
        files=[as_file(file) for file in comment.attachments.all() if file.removed_at is None],
        removed=comment.removed_at is not None,
        revision=comment.revision,
    )
