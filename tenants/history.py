"""The settings' history: who set up what, when, and what it was before. Read from the ledger, in pages by key."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .models import Activity
from .vocabulary import KINDS

PAGE = 40
SHORT = 5
SECTIONS = {
    "account": _("Account"),
    "people": _("People"),
    "teams": _("Teams"),
    "partners": _("Partners"),
    "agreements": _("Agreements"),
    "calendars": _("Calendars"),
    "policies": pgettext_lazy("settings", "SLA policies"),
    "statuses": _("Statuses"),
    "types": _("Types and fields"),
    "tags": _("Tags"),
    "canned": _("Canned texts"),
    "views": _("Views"),
}


@dataclass(frozen=True)
class Page:
    """Some lines of the history, the newest first, and the line after which the next ones come."""

    rows: list
    next: object = None


def kinds(section=""):
    """The ledger's words that belong to a part of the settings, or to any of them."""
    return [code for code, kind in KINDS.items() if kind.section and section in ("", kind.section)]


def lines(section="", person=None):
    """What was set up, the newest first; `person` is a member's id."""
    rows = Activity.objects.filter(ticket_id=None, kind__in=kinds(section)).order_by("-id")
    return rows.filter(actor_kind="member", actor_id=person) if person else rows


def page(section="", person=None, before=None, size=PAGE):
    """One page of the history, counting nothing."""
    rows = lines(section, person)
    found = list((rows.filter(id__lt=before) if before else rows)[: size + 1])
    return Page(found[:size], found[size - 1].pk if len(found) > size else None)


def short(section):
    """The last few lines about one part of the settings."""
    return list(lines(section)[:SHORT])
