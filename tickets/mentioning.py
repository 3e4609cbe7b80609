"""Calling a colleague by name in what only we read."""

import re

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.models import Membership
from tenants.vocabulary import refuse_unless

from .access import who_sees
from .models import Mention
from .search import CYRILLIC, LATIN
from .vocabulary import Audience

# An address has letters before its @, a mention has none.
CALL = re.compile(r"(?<![\w@.])@(?=\w)")
LONGEST = 120
TO_RU = str.maketrans(LATIN + LATIN.upper(), CYRILLIC + CYRILLIC.upper())
TO_EN = str.maketrans(CYRILLIC + CYRILLIC.upper(), LATIN + LATIN.upper())


def called(body, people):
    """Whoever of these people the text calls by name; of two names that fit, the longer one."""
    named = {}
    for person in people:
        named.setdefault(person.name.casefold(), []).append(person)
    names = sorted(named, key=len, reverse=True)
    found = {}
    for call in CALL.finditer(body):
        rest = body[call.end() : call.end() + LONGEST + 1].casefold()
        name = next((name for name in names if whole(rest, name)), None)
        if name:
            found.update((person.pk, person) for person in named[name])
    return list(found.values())


def whole(text, name):
    """Whether the text begins with this name and the name ends where a word does."""
    return text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()


def suggested(ticket, typed):
    """Those who may be called here and whose name has a word that begins so, whichever layout it was typed in."""
    words, typed = Q(), typed.replace("\0", "").strip()
    for form in {typed, *other_layouts(typed)}:
        words |= Q(name__istartswith=form) | Q(name__icontains=f" {form}")
    return who_sees(ticket).filter(words).order_by("name")


def other_layouts(typed):
    """The same keys pressed in the other layout."""
    return {typed.translate(TO_RU), typed.translate(TO_EN)}


def people_in(body, ticket, audience):
    """The members that a comment calls; refused where others would read it, or where one may not see the ticket."""
    if not CALL.search(body):
        return []
    people = called(body, Membership.objects.filter(active=True))
    if not people:
        return []
    refuse_unless(
        audience == Audience.INTERNAL,
        _("Colleagues are mentioned only in what nobody outside reads: take @%(name)s out.") % {"name": people[0].name},
        "body",
    )
    seeing = set(who_sees(ticket).filter(pk__in=[person.pk for person in people]).values_list("pk", flat=True))
    blind = next((person for person in people if person.pk not in seeing), None)
    refuse_unless(blind is None, _("%(name)s may not see this ticket.") % {"name": blind and blind.name}, "body")
    return people


def note(said, people):
    """Keep who is called in this wording; returns those who were not called before."""
    before = set(said.mentions.values_list("member_id", flat=True))
    now = {person.pk for person in people}
    said.mentions.exclude(member_id__in=now).delete()
    fresh = [person for person in people if person.pk not in before]
    Mention.objects.bulk_create(Mention(comment=said, member=person) for person in fresh)
    return fresh
