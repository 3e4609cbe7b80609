"""What kinds of work an account knows, and what it wants to know of each: types and their custom fields."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants.activity import record
from tenants.vocabulary import refuse_nulls, refuse_unless

from . import arranging
from .models import CustomField, TicketType
from .settings_vocabulary import (
    FIELD_ADDED,
    FIELD_ARCHIVED,
    FIELD_PLACED,
    FIELD_RENAMED,
    FIELD_RESHAPED,
    FIELD_RESTORED,
    TYPE_ADDED,
    TYPE_ARCHIVED,
    TYPE_PLACED,
    TYPE_RENAMED,
    TYPE_RESTORED,
)
from .vocabulary import FieldKind

MOST_FIELDS = 60
MOST_CHOICES = 100
LONGEST_LABEL = 80


@transaction.atomic
def add_type(name, *, by):
    """A kind of work that tickets may be of."""
    arranging.permit(by)
    made = TicketType(name=arranging.named(TicketType, name), position=arranging.last_place(TicketType.objects.all()))
    arranging.keep(made)
    record(made, TYPE_ADDED, by=by, name=made.name)
    return made


@transaction.atomic
def rename_type(type, *, by, name):
    """The kind of work is called differently; tickets of it stay so."""
    arranging.permit(by)
    type = arranging.locked(type)
    before, type.name = type.name, arranging.named(TicketType, name, but=type)
    if type.name != before:
        arranging.keep(type)
        record(type, TYPE_RENAMED, by=by, before=before, after=type.name)
    return type


@transaction.atomic
def place_type(type, *, up, by):
    """The type stands higher or lower in lists."""
    arranging.permit(by)
    type = arranging.locked(type)
    if arranging.shift(TicketType.objects.filter(archived_at=None), type, up=up):
        record(type, TYPE_PLACED, by=by, name=type.name)
    return type


@transaction.atomic
def archive_type(type, *, by):
    """No ticket gets this type any more; those that have it keep it with all that was filled in."""
    return arranging.archive(type, TYPE_ARCHIVED, by=by)


@transaction.atomic
def restore_type(type, *, by):
    """Tickets may be of this type again."""
    return arranging.restore(type, TYPE_RESTORED, by=by)


@transaction.atomic
def add_field(label, *, by, kind, type=None, choices=(), required=False):
    """One more thing to know of tickets of a type, or of all of them."""
    arranging.permit(by)
    refuse_unless(type is None or type.archived_at is None, arranging.GONE, "type")
    refuse_unless(kind in FieldKind.values, _("There is no such kind of value."), "kind")
    rows = CustomField.objects.filter(type=type)
    refuse_unless(rows.filter(archived_at=None).count() < MOST_FIELDS, _("There are 60 fields here already."))
    field = CustomField(
        type=type,
        label=free_label(label, type),
        kind=kind,
        choices=checked_choices(kind, choices),
        required=bool(required),
        position=arranging.last_place(rows),
    )
    field.save()
    record(field, FIELD_ADDED, by=by, name=field.label)
    return field


@transaction.atomic
def change_field(field, *, by, label, choices=(), required=False):
    """The field is called differently, has other choices or must be filled in; its kind stays, values depend on it."""
    arranging.permit(by)
    field = arranging.locked(field)
    before = field.label, shape(field)
    field.label = free_label(label, field.type_id, but=field)
    field.choices, field.required = checked_choices(field.kind, choices), bool(required)
    field.save(update_fields=["label", "choices", "required"])
    if field.label != before[0]:
        record(field, FIELD_RENAMED, by=by, before=before[0], after=field.label)
    if shape(field) != before[1]:
        record(field, FIELD_RESHAPED, by=by, name=field.label, before=before[1], after=shape(field))
    return field


def shape(field):
    """What a field asks for, as the ledger keeps it."""
    return "|".join([field.kind, "required" if field.required else "", ", ".join(field.choices)])


@transaction.atomic
def place_field(field, *, up, by):
    """The field stands higher or lower among the fields of its type."""
    arranging.permit(by)
    field = arranging.locked(field)
    if arranging.shift(CustomField.objects.filter(type=field.type_id, archived_at=None), field, up=up):
        record(field, FIELD_PLACED, by=by, name=field.label)
    return field


@transaction.atomic
def archive_field(field, *, by):
    """Nobody is asked for it any more; what was filled in stays to be read."""
    return arranging.archive(field, FIELD_ARCHIVED, by=by)


@transaction.atomic
def restore_field(field, *, by):
    """Tickets have this field again, with the values they had."""
    arranging.permit(by)
    free_label(field.label, field.type_id, but=field)
    return arranging.restore(field, FIELD_RESTORED, by=by)


def free_label(label, type, but=None):
    """A label that no other field of this type has, nor one of those that every type has."""
    label = arranging.one_line(label, LONGEST_LABEL, "label")
    key = getattr(type, "pk", type)
    beside = CustomField.objects.filter(label__iexact=label, archived_at=None)
    if key:
        beside = beside.filter(type__in=[key]) | beside.filter(type=None)
    others = beside.exclude(pk=but.pk) if but else beside
    refuse_unless(not others.exists(), arranging.TAKEN, "label")
    return label


def checked_choices(kind, choices):
    """The choices without blanks and repetitions; only a field that offers some has any."""
    if kind != FieldKind.CHOICE:
        return []
    lines = []
    for choice in choices:
        refuse_nulls(choice, "choices")
        choice = " ".join(choice.split())
        refuse_unless(len(choice) <= LONGEST_LABEL, _("A choice is too long: 80 characters at most."), "choices")
        if choice and choice not in lines:
            lines.append(choice)
    refuse_unless(len(lines) >= 2, _("Give at least two choices, one a line."), "choices")
    refuse_unless(len(lines) <= MOST_CHOICES, _("That is too many: 100 choices at most."), "choices")
    return lines
