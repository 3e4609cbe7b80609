"""Texts that are said often: written once, with places for what differs, and filled in for the ticket at hand."""

import re
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from tenants.activity import record
from tenants.vocabulary import refuse_nulls, refuse_unless

from . import arranging
from .models import CannedText
from .settings_vocabulary import CANNED_ADDED, CANNED_ARCHIVED, CANNED_CHANGED, CANNED_RENAMED, CANNED_RESTORED
from .vocabulary import Audience

LONGEST = 20_000
TOLD = 120
PLACE = re.compile(r"\{([^{}\n]{1,40})\}")
MARKUP = re.compile(r"[\\`*\[\]<>]|(?<!\w)_|_(?!\w)")
GAP = "…"


@dataclass(frozen=True)
class Placeholder:
    """A place for what differs: how people write it in their language, what stands there, and an example."""

    code: str
    spelling: object
    meaning: object
    example: object


PLACEHOLDERS = (
    Placeholder("client", pgettext_lazy("placeholder", "client"), _("the client company"), _("Bakery on the Corner")),
    Placeholder("contact", pgettext_lazy("placeholder", "contact"), _("whom we talk to"), _("Vera Somova")),
    Placeholder("phone", pgettext_lazy("placeholder", "phone"), _("the contact’s phone"), "+7 900 000-00-00"),
    Placeholder("ticket", pgettext_lazy("placeholder", "ticket"), _("the ticket’s number"), "1042"),
    Placeholder(
        "subject", pgettext_lazy("placeholder", "subject"), _("what it is about"), _("The till does not print")
    ),
    Placeholder("site", pgettext_lazy("placeholder", "site"), _("where it happens"), _("Shop 47")),
    Placeholder("partner", pgettext_lazy("placeholder", "partner"), _("the partner who works on it"), _("Vector")),
    Placeholder("me", pgettext_lazy("placeholder", "me"), _("the name of whoever writes"), ""),
    Placeholder("us", pgettext_lazy("placeholder", "us"), _("what clients call our company"), ""),
)


def spellings():
    """Every way to write a placeholder, in any language of the product: {spelling: code}."""
    known = {place.code: place.code for place in PLACEHOLDERS}
    for language, _name in settings.LANGUAGES:
        with override(language):
            known |= {str(place.spelling): place.code for place in PLACEHOLDERS}
    return known


def fill(body, values):
    """The text with its places filled; what is not known on this ticket leaves a visible gap."""
    known = spellings()

    def put(match):
        code = known.get(match[1].strip().lower())
        return match[0] if code is None else plain(values.get(code)) or GAP

    return PLACE.sub(put, body)


def plain(value):
    """A name or a number as Markdown shows it letter by letter, on one line."""
    return MARKUP.sub(lambda mark: "\\" + mark[0], " ".join(str(value or "").split()))


def facts(member, ticket):
    """What the ticket says in each place."""
    account, contact = member.account, ticket.contact
    partners = [row.label for row in ticket.counterparts.all() if row.open]
    return {
        "client": ticket.client and ticket.client.name,
        "contact": contact and contact.name,
        "phone": contact and contact.phone,
        "ticket": f"{account.prefix}-{ticket.number}",
        "subject": ticket.subject,
        "site": ticket.site and ticket.site.name,
        "partner": ", ".join(partners),
        "me": member.name,
        "us": account.brand or account.name,
    }


def examples(member):
    """What stands in the places when a text is looked at without a ticket."""
    said = {place.code: place.example for place in PLACEHOLDERS}
    account = member.account
    return said | {
        "ticket": f"{account.prefix}-{said['ticket']}",
        "me": member.name,
        "us": account.brand or account.name,
    }


def current():
    """The texts to choose from."""
    return CannedText.objects.filter(archived_at=None)


def texts_for(member, ticket):
    """The account's texts, ready to be said on this ticket: [{id, name, audience, body, gaps}]."""
    rows = list(current())
    if not rows:
        return []
    values = facts(member, ticket)
    return [
        {
            "id": row.pk,
            "name": row.name,
            "audience": row.audience,
            "body": fill(row.body, values),
            "gaps": bool(places(row.body) & {code for code, value in values.items() if not plain(value)}),
        }
        for row in rows
    ]


def places(body):
    """The codes of the placeholders in a text."""
    known = spellings()
    return {known.get(match[1].strip().lower()) for match in PLACE.finditer(body)} - {None}


@transaction.atomic
def add_text(name, body, *, by, audience=""):
    """A text that people will say often."""
    arranging.permit(by)
    text = CannedText(
        name=arranging.named(CannedText, name), body=checked_body(body), audience=checked_audience(audience)
    )
    arranging.keep(text)
    record(text, CANNED_ADDED, by=by, name=text.name)
    return text


@transaction.atomic
def change_text(text, *, by, name, body, audience):
    """The text is called or says something else from now on; what was said with it stays said."""
    arranging.permit(by)
    text = arranging.locked(text)
    before = text.name, text.body, text.audience
    text.name = arranging.named(CannedText, name, but=text)
    text.body, text.audience = checked_body(body), checked_audience(audience)
    arranging.keep(text)
    if text.name != before[0]:
        record(text, CANNED_RENAMED, by=by, before=before[0], after=text.name)
    if (text.body, text.audience) != before[1:]:
        with override(text.account.language):
            told = {"before": shortly(*before[1:]), "after": shortly(text.body, text.audience)}
        record(text, CANNED_CHANGED, by=by, name=text.name, **told)
    return text


@transaction.atomic
def archive_text(text, *, by):
    """Nobody is offered the text any more."""
    return arranging.archive(text, CANNED_ARCHIVED, by=by)


@transaction.atomic
def restore_text(text, *, by):
    """The text is offered again."""
    return arranging.restore(text, CANNED_RESTORED, by=by)


def checked_body(body):
    """The text, when all of its places are known."""
    refuse_nulls(body, "body")
    body = body.strip()
    refuse_unless(body, _("Write the text."), "body")
    refuse_unless(len(body) <= LONGEST, _("The text is too long: 20,000 characters at most."), "body")
    known = spellings()
    strange = [match[0] for match in PLACE.finditer(body) if match[1].strip().lower() not in known]
    refuse_unless(
        not strange, _("There is no such placeholder: %(placeholder)s") % {"placeholder": ", ".join(strange)}, "body"
    )
    return body


def checked_audience(audience):
    refuse_unless(audience in ("", *Audience.values), _("Say who will see it."), "audience")
    return audience


def shortly(body, audience):
    """The beginning of a text and whom it is for, as the history tells it."""
    said = Truncator(" ".join(body.split())).chars(TOLD)
    return f"{said} ({Audience(audience).label})" if audience else said
