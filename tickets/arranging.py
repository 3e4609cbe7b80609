"""What all of the account's own words have in common: who may change them, how they are called, and their order."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from tenants import account_settings, clock
from tenants.activity import record
from tenants.vocabulary import Refused, refuse_nulls, refuse_unless

TAKEN = _("There is one of this name already.")
GONE = _("This one is archived.")

permit = account_settings.permit


def one_line(text, longest, field="name"):
    """A name that fits on one line everywhere."""
    refuse_nulls(text, field)
    text = " ".join(text.split())
    refuse_unless(text, _("Give it a name."), field)
    refuse_unless(len(text) <= longest, _("The name is too long."), field)
    return text


def named(model, name, but=None):
    """The name for a row of this model, which nobody else of its kind has in any spelling."""
    name = one_line(name, model._meta.get_field("name").max_length)
    others = model.objects.filter(name__iexact=name)
    refuse_unless(not (others.exclude(pk=but.pk) if but else others).exists(), TAKEN, "name")
    return name


def keep(row):
    """Write the row down; of two that take one name at once the later hears that it is taken."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as taken:
        raise Refused(TAKEN, "name") from taken
    return row


def locked(row):
    """The row as it is now, held until the transaction ends; tickets that point to it don't wait."""
    return type(row).objects.select_for_update(no_key=True).get(pk=row.pk)


def last_place(rows):
    """The position behind all of these."""
    last = rows.order_by("-position").first()
    return last.position + 1 if last else 0


def shift(rows, row, *, up):
    """Let the row change places with its neighbour; at the end of the line nothing moves."""
    line = list(rows.select_for_update(no_key=True))
    at = next((n for n, one in enumerate(line) if one.pk == row.pk), None)
    to = None if at is None else at - 1 if up else at + 1
    if to is None or not 0 <= to < len(line):
        return False
    line[at], line[to] = line[to], line[at]
    for position, one in enumerate(line):
        if one.position != position:
            type(one).objects.filter(pk=one.pk).update(position=position)
    return True


@transaction.atomic
def archive(row, kind, *, by):
    """Put the row away, once, with its line of history."""
    permit(by)
    row = locked(row)
    if row.archived_at is None:
        put_away(row)
        record(row, kind, by=by, name=str(row))
    return row


@transaction.atomic
def restore(row, kind, *, by):
    """Take the row into use again, once, with its line of history."""
    permit(by)
    row = locked(row)
    if row.archived_at:
        bring_back(row)
        record(row, kind, by=by, name=str(row))
    return row


def put_away(row):
    """Nobody chooses it any more; what has it keeps it."""
    row.archived_at = clock.now()
    type(row).objects.filter(pk=row.pk).update(archived_at=row.archived_at)
    return row


def bring_back(row):
    """It can be chosen again."""
    row.archived_at = None
    type(row).objects.filter(pk=row.pk).update(archived_at=None)
    return row
