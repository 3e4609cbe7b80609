"""What an account wants to know of its tickets: the fields of a type, their values checked, kept and shown."""

from decimal import Decimal
from uuid import UUID

from django import forms
from django.db import transaction
from django.db.models import Q
from django.utils.dateparse import parse_date
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from tenants import clock
from tenants.activity import record
from tenants.vocabulary import Refused, refuse_unless

from . import lifecycle
from .access import permit
from .models import CustomField, Ticket
from .settings_vocabulary import FIELD_CHANGED, TYPE_CHANGED
from .vocabulary import FieldKind

NONE = "—"
LINE, PAGE = 300, 5000
ANSWERS = (("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No")))


class NumberField(forms.DecimalField):
    """A number as people type it, with a comma or a point."""

    def __init__(self, **options):
        widget = forms.TextInput(attrs={"inputmode": "decimal"})
        super().__init__(max_digits=15, decimal_places=4, widget=widget, **options)

    def to_python(self, value):
        return super().to_python(value.replace(",", ".").replace(" ", "") if isinstance(value, str) else value)


def fields_for(type):
    """The fields that a ticket of this type has, those of every type first; `type` is a row, an id or None."""
    key = getattr(type, "pk", type)
    mine = CustomField.objects.filter(Q(type=None) | Q(type_id=key) if key else Q(type=None), archived_at=None)
    return sorted(mine, key=lambda field: (field.type_id is not None, field.position, field.pk))


def name_of(field):
    """What a form calls the field."""
    return f"field_{field.pk.hex}"


def form_fields(type, values=None):
    """The fields of a type for a Django form, filled with `values` as a ticket keeps them: {name: form field}."""
    values = values or {}
    return {name_of(field): form_field(field, values.get(str(field.pk))) for field in fields_for(type)}


def form_field(field, value=None):
    """One field as a form asks for it; its row is `.custom`."""
    common = {"label": field.label, "required": field.required, "initial": initial(field, value)}
    if field.kind == FieldKind.LONG:
        made = forms.CharField(max_length=PAGE, widget=forms.Textarea(attrs={"rows": 3}), **common)
    elif field.kind == FieldKind.NUMBER:
        made = NumberField(**common)
    elif field.kind == FieldKind.DATE:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        made = forms.DateField(widget=widget, input_formats=["%Y-%m-%d", "%d.%m.%Y"], **common)
    elif field.kind == FieldKind.CHOICE:
        offered = [*field.choices, *([value] if value and value not in field.choices else [])]
        made = forms.ChoiceField(choices=[("", NONE), *((choice, choice) for choice in offered)], **common)
    elif field.kind == FieldKind.YES:
        made = forms.ChoiceField(choices=[("", NONE), *ANSWERS], **common)
    else:
        made = forms.CharField(max_length=LINE, **common)
    made.custom = field
    return made


def initial(field, value):
    """A kept value as its form field starts with it."""
    if value is None:
        return ""
    if field.kind == FieldKind.YES:
        return "yes" if value else "no"
    return number_format(value) if field.kind == FieldKind.NUMBER else value


def as_kept(field, value):
    """A checked value as a ticket keeps it in JSON; nothing is None."""
    if value in (None, ""):
        return None
    if field.kind == FieldKind.YES:
        return value == "yes"
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value.isoformat() if field.kind == FieldKind.DATE else value


def kept(type, cleaned, before=None):
    """What a ticket keeps of a valid form with these fields; values of other fields stay as they were."""
    values = dict(before or {})
    for field in fields_for(type):
        if name_of(field) not in cleaned:
            continue
        value = as_kept(field, cleaned[name_of(field)])
        values.pop(str(field.pk), None)
        if value is not None:
            values[str(field.pk)] = value
    return values


def clean(type, data):
    """What a ticket of this type keeps of `data`, typed under the fields' names; the first mistake is refused."""
    form = forms.Form(data)
    form.fields.update(form_fields(type))
    for name, errors in form.errors.items():
        raise Refused(f"{form.fields[name].label}: {errors[0]}", name)
    return kept(type, form.cleaned_data)


def said(field, value):
    """A kept value as people read it; one that its field no longer understands is read as it was kept."""
    if value is None or value == "":
        return ""
    if field.kind == FieldKind.YES and isinstance(value, bool):
        return _("Yes") if value else _("No")
    if field.kind == FieldKind.NUMBER and isinstance(value, int | float):
        return number_format(value)
    if field.kind == FieldKind.DATE:
        day = parse_date(value) if isinstance(value, str) else None
        return date_format(day, "DATE_FORMAT") if day else str(value)
    return str(value)


def shown(ticket):
    """The ticket's fields for a card: [{field, label, value}]; an archived one only while it says something."""
    wanted = Q(type=None) | Q(type_id=ticket.type_id) if ticket.type_id else Q(type=None)
    rows = CustomField.objects.filter(wanted)
    rows = sorted(rows, key=lambda field: (field.type_id is not None, field.position, field.pk))
    facts = [{"field": row, "label": row.label, "value": said(row, ticket.custom.get(str(row.pk)))} for row in rows]
    return [fact for fact in facts if fact["value"] or not fact["field"].archived_at]


def field_or_none(ticket, value):
    """The ticket's field that a form names by its id."""
    try:
        key = UUID(str(value))
    except ValueError:
        return None
    return next((field for field in fields_for(ticket.type_id) if field.pk == key), None)


@transaction.atomic
def set_type(ticket, *, to, by):
    """The ticket is another kind of work, or none yet; what was filled in for the former kind is kept."""
    permit(by, "change", ticket)
    refuse_unless(to is None or to.archived_at is None, _("This type is archived."), "type")
    ticket = lifecycle.lock(ticket)
    if ticket.type_id == getattr(to, "pk", None):
        return ticket
    before = ticket.type.name if ticket.type else NONE
    return lifecycle.update(ticket, TYPE_CHANGED, by=by, before=before, after=to.name if to else NONE, type=to)


@transaction.atomic
def set_field(ticket, field, value, *, by):
    """The ticket says something else in this field; `value` is what was typed."""
    permit(by, "work", ticket)
    ticket = lifecycle.lock(ticket)
    refuse_unless(
        field.archived_at is None and field.type_id in (None, ticket.type_id), _("This ticket has no such field.")
    )
    before = ticket.custom.get(str(field.pk))
    try:
        after = as_kept(field, form_field(field, before).clean(value))
    except forms.ValidationError as wrong:
        raise Refused(f"{field.label}: {wrong.messages[0]}", name_of(field)) from wrong
    if before == after:
        return ticket
    ticket.custom = {key: one for key, one in ticket.custom.items() if key != str(field.pk)}
    if after is not None:
        ticket.custom[str(field.pk)] = after
    Ticket.objects.filter(pk=ticket.pk).update(custom=ticket.custom, updated_at=clock.now())
    with override(ticket.account.language):
        told = {"before": said(field, before)[:LINE] or NONE, "after": said(field, after)[:LINE] or NONE}
    record(ticket, FIELD_CHANGED, by=by, ticket=ticket, field=field.label, **told)
    return ticket
