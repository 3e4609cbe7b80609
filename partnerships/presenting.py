"""What our company tells its partners of itself, and what they tell of themselves: the name and the company card."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from sla import policies, spans, tallies
from tenants import clock, timers
from tenants.activity import record
from tenants.models import Account
from tenants.scoping import current_account_id
from tenants.vocabulary import ACCOUNT_RENAMED, refuse_nulls, refuse_unless
from tickets import board, lifecycle
from tickets.models import Counterpart, Ticket
from tickets.vocabulary import Direction

from . import chain, outbox
from . import vocabulary as words
from .access import permit_linking
from .models import CompanyCard, Handover, Partnership
from .protocol import Company, LinkCard, Unreadable, read, render
from .vocabulary import RUNNING, LinkState, State

LONGEST = {
    name: CompanyCard._meta.get_field(name).max_length
    for name in ("about", "hours", "contact_name", "contact_title", "phone", "email")
}
LISTS = ("regions", "services")
MOST_WORDS, LONGEST_WORD = 40, 80
RENAMED = "partner_renamed"


def company():
    """What our card says now, as partners are told it; empty until somebody wrote it."""
    card = CompanyCard.objects.first()
    return Company(**{name: getattr(card, name) for name in (*LONGEST, *LISTS)}) if card else Company()


def card_of(partnership):
    """What a partner says of himself, as he last told it."""
    try:
        return read(Company, partnership.card)
    except Unreadable:
        return Company()


def as_kept(card):
    """A told card as a row keeps it, no longer than our own may be."""
    card = card or Company()
    lines = {name: " ".join(getattr(card, name).split())[:longest] for name, longest in LONGEST.items()}
    lists = {name: [word[:LONGEST_WORD] for word in getattr(card, name)[:MOST_WORDS]] for name in LISTS}
    return render(Company(**lines, **lists))


@transaction.atomic
def present(*, by, **said):
    """Our card says this from now on, and every partner is told."""
    permit_linking(by)
    refuse_unless(said.keys() <= {*LONGEST, *LISTS}, _("There is no such line on the card."))
    account = Account.objects.select_for_update(no_key=True).get(pk=current_account_id())
    card = CompanyCard.objects.first() or CompanyCard(changed_at=clock.now())
    before = {name: getattr(card, name) for name in said}
    for name, value in said.items():
        setattr(card, name, checked_list(name, value) if name in LISTS else checked_line(name, value))
    if not card._state.adding and before == {name: getattr(card, name) for name in said}:
        return card
    card.changed_at = clock.now()
    card.save()
    record(account, words.CARD_SAID, by=by)
    return card


def checked_line(name, text):
    refuse_nulls(text, name)
    text = " ".join(text.split())
    refuse_unless(len(text) <= LONGEST[name], _("This is too long."), name)
    return text


def checked_list(name, said):
    """Words one has said, each once, in their order."""
    for word in said:
        refuse_nulls(word, name)
    kept = list(dict.fromkeys(" ".join(word.split()) for word in said if word.strip()))
    refuse_unless(len(kept) <= MOST_WORDS, _("Forty lines at most."), name)
    refuse_unless(all(len(word) <= LONGEST_WORD for word in kept), _("A line is 80 characters long at most."), name)
    return kept


def on_activity(sender, activity, subject, by, **_more):
    """We are called otherwise, or say something else of ourselves: each partner is told by a letter."""
    if activity.kind in (ACCOUNT_RENAMED.code, words.CARD_SAID.code):
        tell_partners(subject.name, by)


def tell_partners(name, by):
    """One letter for each link that has not ended, in one order, so that no two wait in a ring."""
    letter = LinkCard(name=name, card=company())
    for partnership in Partnership.objects.exclude(state=LinkState.ENDED).order_by("link_id"):
        outbox.write_link(partnership, letter, by=by)


@transaction.atomic
def hear(partnership, *, name, card, by):
    """A partner told his name and his card; what we keep of him follows. A repeat changes nothing."""
    # What hangs on the link's row, an offer that is just being made and holds its ticket, does not wait for us.
    partnership = Partnership.objects.select_for_update(of=("self",), no_key=True).get(pk=partnership.pk)
    name = " ".join(name.split())[:160]
    if name and name != partnership.name:
        before, partnership.name = partnership.name, name
        partnership.save(update_fields=["name"])
        rename(partnership, before)
        record(partnership, words.PARTNER_RENAMED, by=by, before=before, after=name)
    if card is not None and as_kept(card) != as_kept(card_of(partnership)):
        partnership.card = as_kept(card)
        partnership.save(update_fields=["card"])
        record(partnership, words.CARD_HEARD, by=by, name=partnership.name)


def rename(partnership, before):
    """Tickets under way call the partner by his new name, in a constant number of queries; history keeps the old."""
    shown = Handover.objects.filter(partnership=partnership, state__in=(*RUNNING, State.APPROVED))
    Counterpart.objects.filter(pk__in=shown.values("counterpart")).update(label=partnership.name)
    board.rename(Handover.objects.filter(partnership=partnership).values("ticket"), before, partnership.name)
    spans.rename(shown.values("counterpart"), partnership.name)
    tallies.rename(shown.values("ticket"), before, partnership.name)
    policies.rename_partner(before, partnership.name)
    timers.set_timer(RENAMED, partnership, clock.now())


@timers.on_timer(RENAMED)
def tell_above(partnership_id):
    """Whoever gave us a ticket that this partner works on reads his new name too, as far as he may know it."""
    given = Handover.objects.filter(partnership=partnership_id, direction=Direction.GIVEN, state__in=chain.SHOWN)
    for ticket in Ticket.objects.filter(pk__in=given.values("ticket")).order_by("pk").iterator(chunk_size=500):
        chain.tell_above(lifecycle.lock(ticket).pk)
