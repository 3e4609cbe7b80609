"""What to look at twice before a ticket leaves: words that were meant for us alone, times that can't be kept.

Pure over what it is given; it forbids nothing, a person decides.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from sla import working_time

from .fit import plain, region_of
from .hours import as_hours, opening
from .protocol import SharedTerms

# A quotation: so many words in a row, or fewer long ones.
WORDS, LETTERS = 6, 30
# So many figures of the contact's own phone are no chance.
OWN_PHONE = 6
GAP = r"[\s().\-\u2010-\u2015\u00a0\u202f]{0,2}"
# Preceded by a letter, a figure or a number sign it is somebody's number, but no phone.
START, END = r"(?<![\w№#/.:\-])", r"(?![\w/]|[.,:\-]\d)"
PHONES = re.compile(
    rf"{START}(?:"
    rf"\+\d{{1,3}}{GAP}(?:\d{GAP}){{7,12}}\d"
    rf"|[78]{GAP}[3489]\d{{2}}{GAP}\d{{3}}{GAP}\d{{2}}{GAP}\d{{2}}"
    rf"|\(\d{{3,5}}\)\s?\d{{1,3}}(?:[\s\-]?\d{{2}}){{2}}"
    rf"|[3489]\d{{2}}[\s\-]\d{{3}}[\s\-]\d{{2}}[\s\-]\d{{2}}"
    rf"){END}"
)
# Every run is bounded: a text of nothing but figures or letters is read through once, not once for each of them.
MAILS = re.compile(r"(?<![\w.+\-])[\w.+\-]{1,64}@[\w\-]+(?:\.[\w\-]+)+")
AMOUNT = r"\d[\d\s\u00a0\u202f.,]{0,30}"
NEAR = 40
PRICES = re.compile(
    rf"(?<![\w№#]){AMOUNT}(?:(?:тыс|млн|k|к)\.?\s*)?"
    r"(?:₽|€|\$|£|руб(?:л(?:ей|ями|ях|ям|я|ь|ю|е)|\.)?(?!\w)|р\.(?!\s*\w\.)(?=\W|$)|(?<=\d)р(?![\w.])|(?:RUB|USD|EUR|euros?|евро|доллар\w*|roubles?|rubles?|dollars?)(?!\w))"
    rf"|(?:[₽€$£]|(?<!\w)(?:RUB|USD|EUR)\s)\s?{AMOUNT}"
    rf"|(?<!\w)(?:цен[аыу]|стоимость|сумма|price|costs?)\s*[:=—-]?\s*\d{AMOUNT}",
    re.IGNORECASE,
)
NUMBERED = re.compile(
    r"(?:№|#|s/?n|сер\w*|зав\w*|инв\w*|инн|огрн|заявк\w*|serial|ticket|inv\w*)\W{0,3}$", re.IGNORECASE
)


@dataclass(frozen=True)
class Warned:
    """One thing to look at, and the sentence that says so."""

    code: str
    sentence: str

    @property
    def digest(self):
        """By this the dialog knows that a person has seen it."""
        return hashlib.sha256(f"{self.code} {self.sentence}".encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Outgoing:
    """What is about to be said, and what must not be said along."""

    texts: tuple = ()
    internal: tuple = ()
    open_texts: tuple = ()
    phone: str = ""
    email: str = ""
    phone_passes: bool = False


@dataclass(frozen=True)
class Times:
    """The moments of a hand-over, and the ticket they are for."""

    now: datetime
    priority: str = ""
    type: str = ""
    address: str = ""
    due_at: datetime | None = None
    our_due: datetime | None = None
    accept_by: datetime | None = None


def of_words(outgoing: Outgoing):
    """What the texts give away: internal words, the contact's phone or e-mail, prices."""
    found = []
    said = "\n".join(outgoing.texts)
    quoted = quotation(said, outgoing.internal, outgoing.open_texts)
    if quoted:
        found.append(Warned("quotes", _("The text repeats an internal comment: “%(words)s”") % {"words": quoted}))
    if not outgoing.phone_passes:
        found += [
            Warned("phone", _("The text holds a phone number that is not passed: %(phone)s") % {"phone": one})
            for one in phones(said, outgoing.phone)
        ]
        found += [
            Warned("mail", _("The text holds an e-mail address: %(mail)s") % {"mail": one})
            for one in mails(said, outgoing.email)
        ]
    found += [Warned("price", _("The text names an amount: %(price)s") % {"price": one}) for one in prices(said)]
    return found


def of_times(name, times: Times, their: SharedTerms, promise=None):
    """What this partner can't keep or does not take, by what he told of himself. `promise`: minutes to finish in."""
    found, company = [], {"partner": name}
    if times.due_at and promise:
        found += of_promise(company | {"n": hours_of(promise)}, times, promised_by(their, times.now, promise))
    if times.due_at and times.our_due and times.due_at > times.our_due:
        found.append(Warned("late", _("The deadline for %(partner)s is later than our own.") % company))
    if times.due_at and times.accept_by and times.accept_by > times.due_at:
        found.append(Warned("order", _("%(partner)s may accept after the deadline has passed.") % company))
    if times.accept_by and opening(their, times.now) > times.accept_by:
        found.append(Warned("hours", _("%(partner)s does not work in the time left to accept.") % company))
    if times.type and their.accept_types and folded(times.type) not in map(folded, their.accept_types):
        words = company | {"type": times.type}
        found.append(Warned("type", _("%(partner)s does not take tickets of the type “%(type)s”.") % words))
    if times.address and their.accept_regions and not region_of(times.address, their.accept_regions):
        words = company | {"place": times.address}
        found.append(Warned("region", _("%(partner)s does not take tickets from there: %(place)s.") % words))
    return found


def of_promise(words, times, ready):
    """A deadline before the partner can be ready; where that is after our own no deadline helps."""
    if times.our_due and ready > times.our_due:
        return [Warned("unfit", _("%(partner)s promises %(n)s: more than is left for the client.") % words)]
    if ready > times.due_at:
        return [Warned("short", _("The deadline is too near: %(partner)s promises %(n)s.") % words)]
    return []


def promised_by(their, now, minutes):
    """When a partner who begins now is ready, in the hours in which he works."""
    return working_time.add(as_hours(their), now, minutes * 60) or now + timedelta(minutes=minutes)


def hours_of(minutes):
    """Minutes as a sentence says them."""
    hours, rest = divmod(minutes, 60)
    parts = [_("%(n)d h") % {"n": hours} if hours else "", _("%(n)d min") % {"n": rest} if rest or not hours else ""]
    return " ".join(part for part in parts if part)


def folded(text):
    """A text by which two writings of the same are equal."""
    return " ".join(plain(text))


def runs(text):
    """Every shortest run of words that is long enough to be a quotation."""
    words = plain(text)
    for start in range(len(words)):
        length, end = 0, start
        while end < len(words) and end - start < WORDS and length < LETTERS:
            length += len(words[end]) + (end > start)
            end += 1
        if end - start >= WORDS or length >= LETTERS:
            yield " ".join(words[start:end])


def quotation(text, internal, open_texts=()):
    """The first words of the text that stand in an internal comment and nowhere in the open."""
    known = {run for one in open_texts for run in runs(one)}
    secret = {run for one in internal for run in runs(one)} - known
    return next((run for run in runs(text) if run in secret), "")


def digits_of(text):
    return re.sub(r"\D", "", text)


def phones(text, known=""):
    """The phone numbers that a text holds: the contact's own in any writing, and whatever looks like one."""
    found = [
        one for one in PHONES.finditer(text) if not NUMBERED.search(text[max(0, one.start() - NEAR) : one.start()])
    ]
    seen = [one.group().strip() for one in found]
    tail = digits_of(known)[-10:]
    own = re.search(GAP.join(tail), text) if len(tail) >= OWN_PHONE else None
    if own and not any(tail in digits_of(one) for one in seen):
        seen.append(known)
    return list(dict.fromkeys(seen))


def mails(text, known=""):
    """The e-mail addresses that a text holds; the contact's own first."""
    seen = sorted(MAILS.findall(text), key=lambda one: one.casefold() != known.casefold())
    return list(dict.fromkeys(one.strip(".") for one in seen))


def prices(text):
    """The amounts of money that a text names."""
    found = (one.group().strip(" \n.,\u00a0") for one in PRICES.finditer(text))
    return list(dict.fromkeys(found))
