"""What people do all day, each act one transaction of the product's own verbs, on something chosen at random."""

import uuid
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from partnerships import ratings, sharing, visiting
from partnerships.cards import Share
from partnerships.models import Handover, Partnership
from partnerships.vocabulary import SeeBelow, State
from tenants import clock
from tenants.models import Membership
from tickets import conversation, lifecycle
from tickets.models import Comment, Counterpart, Status, Ticket
from tickets.vocabulary import Audience, Direction

LATEST = 30
ENOUGH = 12  # hand-overs that one company keeps under way


class Person:
    """Somebody of one company, who takes whatever lies on his desk; `dice` decides."""

    def __init__(self, account_id, dice):
        self.dice = dice
        self.by = Membership.objects.select_related("account", "user").filter(account=account_id, role="owner").get()

    def act(self):
        """One thing; returns what the diary keeps of it, or None."""
        acts, weights = zip(*ACTS.items(), strict=True)
        return self.dice.choices(acts, weights)[0](self)

    def pick(self, rows):
        found = list(rows[:LATEST])
        return self.dice.choice(found) if found else None

    def ticket(self):
        return self.pick(Ticket.objects.select_related("account", "status").order_by("-updated_at"))

    def handover(self, *states, **more):
        rows = Handover.objects.select_related("ticket__account", "ticket__status", "partnership__link", "counterpart")
        rows = rows.filter(state__in=states) if states else rows
        return self.pick(rows.filter(**more).order_by("-offered_at"))

    def words(self, kind):
        return f"{kind} {uuid.UUID(int=self.dice.getrandbits(128))}"


def told(said):
    """What the diary keeps of a comment: it was acknowledged, so it is never lost."""
    return {"comment": str(said.pk), "body": said.body, "audience": said.audience}


def open_ticket(person):
    lifecycle.open_ticket(person.words("заявка"), by=person.by, description=person.words("описание"))


def offer(person):
    running = Handover.objects.filter(state__in=[State.OFFERED, State.ACCEPTED, State.RETURNED, State.DONE])
    to, ticket = person.pick(Partnership.objects.filter(state="active").order_by("pk")), person.ticket()
    if to and ticket and running.count() < ENOUGH:
        ticket = ticket if person.dice.random() < 0.4 else lifecycle.open_ticket(person.words("заявка"), by=person.by)
        below = person.dice.choice(SeeBelow.values)
        sharing.offer(ticket, to=to, by=person.by, share=Share(), see_below=below, message=person.words("просьба"))


def say_to_partner(person):
    row = person.handover(State.OFFERED, State.ACCEPTED, State.RETURNED, State.DONE)
    if row:
        readers = Counterpart.objects.filter(ticket=row.ticket, open=True)
        heard = [one for one in readers if one.pk == row.counterpart_id or person.dice.random() < 0.5]
        said = person.words("партнёру")
        return told(conversation.comment(row.ticket, said, by=person.by, audience=Audience.PARTNER, readers=heard))


def say_among_us(person):
    ticket = person.ticket()
    if ticket:
        said = person.words("тайна")
        return told(conversation.comment(ticket, said, by=person.by, audience=Audience.INTERNAL))


def say_to_client(person):
    ticket = person.pick(Ticket.objects.exclude(client=None).select_related("account").order_by("-updated_at"))
    if ticket:
        said = person.words("клиенту")
        return told(conversation.comment(ticket, said, by=person.by, audience=Audience.CLIENT))


def say_to_both(person):
    row = person.handover(State.ACCEPTED, State.RETURNED, ticket__client__isnull=False)
    if row:
        said, readers = person.words("обоим"), [row.counterpart]
        audience = Audience.CLIENT_AND_PARTNER
        return told(conversation.comment(row.ticket, said, by=person.by, audience=audience, readers=readers))


def own_comment(person):
    mine = Comment.objects.select_related("ticket__account").filter(author_id=person.by.pk, removed_at=None)
    return person.pick(mine.order_by("-created_at"))


def edit(person):
    said = own_comment(person)
    if said:
        conversation.edit(said, person.words("тайна" if said.audience == Audience.INTERNAL else "иначе"), by=person.by)


def remove(person):
    said = own_comment(person)
    if said:
        conversation.remove(said, by=person.by)
        return {"removed": str(said.pk)}


def attach(person):
    row = person.handover(State.OFFERED, State.ACCEPTED, State.RETURNED)
    if row:
        # Now and then the same bytes as somebody else.
        data = person.dice.choice([b"same" * 500, person.dice.randbytes(3000)])
        file = SimpleUploadedFile(f"{person.words('фото')}.bin", data)
        ours = person.dice.random() < 0.2
        audience = (
            {"audience": Audience.INTERNAL} if ours else {"audience": Audience.PARTNER, "readers": [row.counterpart]}
        )
        body = person.words("тайна" if ours else "файл")
        return told(conversation.comment(row.ticket, body, by=person.by, uploads=[file], **audience))


def pass_on(person):
    said = person.pick(Comment.objects.exclude(came_through=None).filter(removed_at=None).order_by("-created_at"))
    if said:
        others = Counterpart.objects.filter(ticket=said.ticket, open=True).exclude(pk=said.came_through_id)
        if others:
            conversation.pass_on(said, by=person.by, readers=list(others), masked=person.dice.random() < 0.3)


def set_status(person):
    ticket = person.ticket()
    if ticket:
        # Finished tickets would soon be all there is.
        likely = Status.objects.filter(archived_at=None).exclude(category__in=["resolved", "closed"])
        rows = likely if person.dice.random() < 0.9 else Status.objects.filter(archived_at=None)
        lifecycle.set_status(ticket, to=person.pick(rows.order_by("pk")), by=person.by)


def reword(person):
    ticket = person.ticket()
    if ticket:
        lifecycle.reword(ticket, subject=person.words("тема"), description=person.words("описание"), by=person.by)


def accept(person):
    row = person.handover(State.OFFERED, direction=Direction.TAKEN)
    if row:
        sharing.accept(row, by=person.by)


def any_verb(person):
    row, why = person.handover(), person.words("потому что")
    if row is None:
        return
    verbs = {
        sharing.accept: {},
        sharing.decline: {"reason": why},
        sharing.deliver: {"report": person.words("отчёт")},
        sharing.give_back: {"reason": why},
        sharing.withdraw: {"reason": why},
        sharing.approve: {},
        sharing.send_back: {"reason": why},
        ratings.rate: {"score": person.dice.randint(1, 5), "text": why},
        ratings.answer_rating: {"text": why},
        ratings.nudge: {"text": why},
        visiting.plan: {"starts": clock.now() + timedelta(hours=person.dice.randint(1, 40))},
    }
    verb, details = person.dice.choice(list(verbs.items()))
    verb(row, by=person.by, **details)


# How often each of them is chosen.
ACTS = {
    say_to_partner: 40,
    say_among_us: 6,
    say_to_client: 3,
    say_to_both: 4,
    edit: 8,
    remove: 4,
    attach: 7,
    pass_on: 4,
    set_status: 6,
    reword: 3,
    accept: 8,
    any_verb: 12,
    offer: 8,
    open_ticket: 1,
}
