"""Templates of a link: a hand-over as we make it often. Owners and administrators keep them, dispatchers use them."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants.activity import record
from tenants.vocabulary import refuse_unless
from tickets.access import permit

from .models import HandoverTemplate, Partnership
from .vocabulary import TEMPLATE_ADDED, TEMPLATE_CHANGED, TEMPLATE_REMOVED

MOST = 50


@transaction.atomic
def add(partnership, *, by, name, **values):
    """One more way to hand over to this partner that need not be ticked anew each time."""
    permit(by, "link")
    # Held until the end, so that the count and the name stay true.
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    refuse_unless(partnership.templates.count() < MOST, _("At most %(n)s templates for a partner.") % {"n": MOST})
    check_name(partnership, name)
    template = HandoverTemplate.objects.create(partnership=partnership, name=name.strip(), **values)
    record(partnership, TEMPLATE_ADDED, by=by, name=named(template))
    return template


@transaction.atomic
def change(template, *, by, name, **values):
    """The template says something else from now on; what was handed over by it stays."""
    permit(by, "link")
    Partnership.objects.select_for_update().get(pk=template.partnership_id)
    check_name(template.partnership, name, but=template.pk)
    for field, value in (values | {"name": name.strip()}).items():
        setattr(template, field, value)
    template.save()
    record(template.partnership, TEMPLATE_CHANGED, by=by, name=named(template))
    return template


@transaction.atomic
def remove(template, *, by):
    """The template is no longer offered in the dialog."""
    permit(by, "link")
    record(template.partnership, TEMPLATE_REMOVED, by=by, name=named(template))
    template.delete()


def check_name(partnership, name, but=None):
    """A template is chosen by its name."""
    taken = partnership.templates.filter(name__iexact=name.strip()).exclude(pk=but)
    refuse_unless(name.strip(), _("Name the template."), "name")
    refuse_unless(not taken.exists(), _("There is a template of this name already."), "name")


def named(template):
    """As the ledger names it: of two partners' templates of one name it says whose."""
    return f"{template.name} ({template.partnership.name})"
