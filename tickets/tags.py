"""The words by which an account finds its tickets again: named, coloured, merged and put away."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants.activity import record
from tenants.vocabulary import Hue, refuse_unless

from . import arranging
from .models import Tag, TicketTag
from .settings_vocabulary import TAG_ADDED, TAG_ARCHIVED, TAG_COLOURED, TAG_MERGED, TAG_RENAMED, TAG_RESTORED


@transaction.atomic
def add_tag(name, *, by, hue=None):
    """A word that tickets may carry."""
    arranging.permit(by)
    tag = Tag(name=arranging.named(Tag, name.strip().lstrip("#")), hue=checked_hue(hue))
    arranging.keep(tag)
    record(tag, TAG_ADDED, by=by, name=tag.name)
    return tag


@transaction.atomic
def change_tag(tag, *, by, name, hue=None):
    """The word is written or coloured differently on every ticket that carries it."""
    arranging.permit(by)
    tag = arranging.locked(tag)
    before = tag.name, tag.hue
    tag.name, tag.hue = arranging.named(Tag, name.strip().lstrip("#"), but=tag), checked_hue(hue)
    arranging.keep(tag)
    if tag.name != before[0]:
        record(tag, TAG_RENAMED, by=by, before=before[0], after=tag.name)
    if tag.hue != before[1]:
        record(tag, TAG_COLOURED, by=by, name=tag.name, before=word(before[1]), after=word(tag.hue))
    return tag


@transaction.atomic
def merge_tags(tag, *, into, by):
    """Two words become one: every ticket that carried the first carries the second, and the first is gone."""
    arranging.permit(by)
    refuse_unless(into is not None and into.pk != tag.pk, _("Choose another tag."), "into")
    # Both in one order, whoever merges what into what: two people at once wait for each other and don't deadlock.
    rows = {row.pk: row for row in Tag.objects.select_for_update().filter(pk__in=[tag.pk, into.pk]).order_by("pk")}
    refuse_unless(tag.pk in rows and into.pk in rows, _("This tag is gone."), "into")
    tag, into = rows[tag.pk], rows[into.pk]
    refuse_unless(into.archived_at is None, arranging.GONE, "into")
    carried = TicketTag.objects.filter(tag=tag)
    tickets = carried.count()
    carried.exclude(ticket__in=TicketTag.objects.filter(tag=into).values("ticket")).update(tag=into)
    record(tag, TAG_MERGED, by=by, before=tag.name, after=into.name, tickets=tickets)
    tag.delete()
    return into


@transaction.atomic
def archive_tag(tag, *, by):
    """Nobody is offered the word any more; tickets that carry it keep it."""
    return arranging.archive(tag, TAG_ARCHIVED, by=by)


@transaction.atomic
def restore_tag(tag, *, by):
    """The word is offered again."""
    return arranging.restore(tag, TAG_RESTORED, by=by)


def checked_hue(hue):
    refuse_unless(hue is None or hue in Hue.values, _("There is no such colour."), "hue")
    return hue


def word(hue):
    """A colour as the ledger keeps it."""
    return "—" if hue is None else str(hue)
