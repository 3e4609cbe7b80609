"""The words by which people find a ticket again."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants import clock
from tenants.activity import record
from tenants.vocabulary import refuse_nulls, refuse_unless

from .access import permit
from .lifecycle import lock
from .models import Tag, Ticket, TicketTag
from .vocabulary import TAGGED, UNTAGGED

LONGEST = 40
MOST = 20


def tags_of(ticket):
    """The ticket's tags by name."""
    return list(ticket.tags.order_by("name"))


def offered(ticket, *, limit=200):
    """The tags that may still be put on the ticket."""
    rows = Tag.objects.filter(archived_at=None).exclude(pk__in=TicketTag.objects.filter(ticket=ticket).values("tag"))
    return list(rows.order_by("name")[:limit])


@transaction.atomic
def tag(ticket, name, *, by):
    """The ticket carries this word from now on; a word nobody used before is made on the way."""
    permit(by, "change", ticket)
    refuse_nulls(name, "tag")
    name = " ".join(name.split()).lstrip("#")
    refuse_unless(name, _("Write the tag."), "tag")
    refuse_unless(len(name) <= LONGEST, _("A tag has 40 characters at most."), "tag")
    ticket = lock(ticket)
    refuse_unless(TicketTag.objects.filter(ticket=ticket).count() < MOST, _("A ticket has 20 tags at most."), "tag")
    word = known(name)
    _row, made = TicketTag.objects.get_or_create(ticket=ticket, tag=word)
    if made:
        touch(ticket)
        record(ticket, TAGGED, by=by, ticket=ticket, name=word.name)
    return word


def known(name):
    """The account's tag of this name however it is written; an archived one comes back into use."""
    word = Tag.objects.filter(name__iexact=name).first() or Tag.objects.get_or_create(name=name)[0]
    if word.archived_at:
        Tag.objects.filter(pk=word.pk).update(archived_at=None)
    return word


@transaction.atomic
def untag(ticket, word, *, by):
    """The ticket no longer carries this word; the word itself stays with the account."""
    permit(by, "change", ticket)
    ticket = lock(ticket)
    gone, _rows = TicketTag.objects.filter(ticket=ticket, tag=word).delete()
    if gone:
        touch(ticket)
        record(ticket, UNTAGGED, by=by, ticket=ticket, name=word.name)


def touch(ticket):
    Ticket.objects.filter(pk=ticket.pk).update(updated_at=clock.now())
