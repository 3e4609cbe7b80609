"""What a client and this account agree on: written down, changed, put away; and which agreement holds on a day."""

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from . import account_settings, clock
from .activity import record
from .models import Agreement, Client
from .vocabulary import (
    AGREEMENT_ADDED,
    AGREEMENT_ARCHIVED,
    AGREEMENT_EDITED,
    AGREEMENT_RESTORED,
    Refused,
    refuse_nulls,
    refuse_unless,
)

NO_CLIENT = _("There is no such client.")
TAKEN = _("This client has an agreement of this number already.")
# A fact, its longest text, and how the history calls it.
TEXTS = {
    "number": (80, _("number")),
    "name": (160, _("name")),
    "third_parties": (2000, _("part of third parties")),
}
DAYS = {"starts_on": pgettext_lazy("agreement", "from"), "ends_on": pgettext_lazy("agreement", "until")}
SOON = timedelta(days=30)
STATES = [
    ("", pgettext_lazy("agreements", "all but archived")),
    ("expiring", pgettext_lazy("agreements", "expiring within 30 days")),
    ("expired", pgettext_lazy("agreements", "expired")),
    ("archived", pgettext_lazy("agreements", "archived")),
]
permit = account_settings.permit


@transaction.atomic
def add(client, *, by, **facts):
    """An agreement with a client is written down: its number, its days, and whose part is not ours."""
    permit(by)
    refuse_unless(client and client.archived_at is None, NO_CLIENT, "client")
    agreement = Agreement(client=client, **checked(facts | {"number": facts.get("number", "")}))
    keep(agreement)
    record(agreement, AGREEMENT_ADDED, by=by, name=told(agreement))
    return agreement


@transaction.atomic
def change(agreement, *, by, **facts):
    """The agreement says this from now on; what stays as it was is not told again."""
    permit(by)
    agreement = locked(agreement)
    facts = checked(facts)
    before = {name: said(name, getattr(agreement, name)) for name in facts}
    for name, value in facts.items():
        setattr(agreement, name, value)
    after = {name: said(name, getattr(agreement, name)) for name in facts}
    changed = [name for name in facts if before[name] != after[name]]
    if changed:
        keep(agreement)
        was, now = (", ".join(words[name] for name in changed) for words in (before, after))
        record(agreement, AGREEMENT_EDITED, by=by, name=told(agreement), before=was, after=now)
    return agreement


@transaction.atomic
def archive(agreement, *, by):
    """Nothing is promised under it any more; tickets keep its number."""
    permit(by)
    agreement = locked(agreement)
    if agreement.archived_at is None:
        agreement.archived_at = clock.now()
        agreement.save(update_fields=["archived_at"])
        record(agreement, AGREEMENT_ARCHIVED, by=by, name=told(agreement))
    return agreement


@transaction.atomic
def restore(agreement, *, by):
    """It counts again."""
    permit(by)
    agreement = locked(agreement)
    if agreement.archived_at:
        agreement.archived_at = None
        agreement.save(update_fields=["archived_at"])
        record(agreement, AGREEMENT_RESTORED, by=by, name=told(agreement))
    return agreement


def locked(agreement):
    """The row as it is now, held until the transaction ends."""
    return Agreement.objects.select_for_update(of=("self",), no_key=True).select_related("client").get(pk=agreement.pk)


def keep(agreement):
    """Write it down; of two that take one number at once the later hears that it is taken."""
    starts, ends = agreement.starts_on, agreement.ends_on
    refuse_unless(not (starts and ends) or starts <= ends, _("It ends before it starts."), "ends_on")
    others = Agreement.objects.filter(client=agreement.client_id, number__iexact=agreement.number)
    refuse_unless(not others.exclude(pk=agreement.pk).exists(), TAKEN, "number")
    try:
        with transaction.atomic():
            agreement.save()
    except IntegrityError as taken:
        raise Refused(TAKEN, "number") from taken


def checked(facts):
    """The facts as they will stand, each mistake at its field."""
    facts = dict(facts)
    for name in TEXTS.keys() & facts.keys():
        longest, _word = TEXTS[name]
        refuse_nulls(facts[name], name)
        text = facts[name].strip() if name == "third_parties" else " ".join(facts[name].split())
        refuse_unless(len(text) <= longest, _("The text is too long."), name)
        facts[name] = text
    refuse_unless(facts.get("number", "-"), _("Give the agreement its number."), "number")
    for name in DAYS.keys() & facts.keys():
        refuse_unless(facts[name] is None or isinstance(facts[name], date), _("This is no date."), name)
    return facts


def told(agreement):
    """An agreement by its client and number, as the history names it."""
    return f"{agreement.client.name}, {agreement.number}"


def said(name, value):
    """A fact of an agreement in the words of whoever changed it."""
    if name == "answers_for_others":
        return str(_("we answer for third parties") if value else _("third parties answer for themselves"))
    if name in DAYS:
        return f"{DAYS[name]} {date_format(value, 'SHORT_DATE_FORMAT') if value else '—'}"
    text = value if len(value) <= 80 else value[:79] + "…"
    return text if name == "number" else f"{TEXTS[name][1]}: {text or '—'}"


def valid(agreement, day):
    """Whether the agreement holds on this day."""
    return (
        agreement.archived_at is None
        and (agreement.starts_on is None or agreement.starts_on <= day)
        and (agreement.ends_on is None or day <= agreement.ends_on)
    )


def pick(agreements, number, day):
    """Of one client's agreements the one that a ticket falls under: by its number, else the only one of that day."""
    holding = [one for one in agreements if valid(one, day)]
    wanted = " ".join(number.split()).casefold()
    named = [one for one in holding if wanted and one.number.casefold() == wanted]
    return next(iter(named), None) or (holding[0] if len(holding) == 1 else None)


def of_client(client):
    """A client's agreements that were not put away."""
    return Agreement.objects.filter(client=client, archived_at=None)


def numbers_of(client):
    """The numbers that a ticket of this client may name."""
    return of_client(client).order_by("number").values_list("number", flat=True)


def clients():
    """Whom an agreement can be made with."""
    return Client.objects.filter(archived_at=None)


def found(today, *, q="", state="", after=None, most=50):
    """Agreements by client and number, narrowed; one more than asked for when there are more."""
    rows = Agreement.objects.select_related("client").filter(archived_at__isnull=state != "archived")
    if state == "expiring":
        rows = rows.filter(ends_on__gte=today, ends_on__lte=today + SOON)
    elif state == "expired":
        rows = rows.filter(ends_on__lt=today)
    if q:
        rows = rows.filter(Q(client__name__icontains=q) | Q(number__icontains=q) | Q(name__icontains=q))
    if after:
        name = after.client.name
        rows = rows.filter(
            Q(client__name__gt=name)
            | Q(client__name=name, number__gt=after.number)
            | Q(client__name=name, number=after.number, pk__gt=after.pk)
        )
    return list(rows.order_by("client__name", "number", "pk")[: most + 1])


def standing(agreement, today):
    """How it stands on this day: in use, to begin, soon over, or over."""
    if agreement.starts_on and today < agreement.starts_on:
        return "coming"
    if agreement.ends_on is None or today + SOON < agreement.ends_on:
        return "used"
    return "expired" if agreement.ends_on < today else "expiring"
