"""A last look at a hand-over before it leaves: gathers what the warnings are judged by. Reading."""

from tickets.models import Comment
from tickets.vocabulary import Audience

from . import budget, cards, chain, conditions, hours, warnings


def over(ticket, partners, share, message, choices, left):
    """Everything that a person should look at twice before these partners are asked, each sentence once.

    `left`: what is left for the client, as budget.of tells it.
    """
    found = warnings.of_words(outgoing(ticket, share, message))
    place = cards.place(ticket, chain.taken(ticket))
    for one in partners:
        found += of_partner(ticket, place, one, choices, left)
    return list(dict.fromkeys(found))


def outgoing(ticket, share, message):
    """What is about to be said in our own words, and what must not be said along."""
    texts = tuple(text for text in (message, cards.described(ticket, share)) if text.strip())
    mine = (message, share.wording if share.description else "")
    internal, known = (), ()
    if any(any(True for _run in warnings.runs(text)) for text in mine):
        rows = Comment.objects.filter(ticket=ticket, removed_at=None).values_list("audience", "body")
        internal = tuple(body for audience, body in rows if audience == Audience.INTERNAL)
        known = tuple(body for audience, body in rows if audience != Audience.INTERNAL)
    contact = ticket.contact
    return warnings.Outgoing(
        texts=texts,
        internal=internal,
        open_texts=(ticket.subject, ticket.description, *known),
        phone=contact.phone if contact else "",
        email=contact.email if contact else "",
        phone_passes=share.contact_phone,
    )


def of_partner(ticket, place, to, choices, left):
    """What this partner can't keep or does not take, by what he told of himself."""
    their, now = conditions.theirs(to), left.now
    promise = budget.promise_of(their, ticket.priority)
    times = warnings.Times(
        now=now,
        priority=ticket.priority,
        type=ticket.type.name if ticket.type else "",
        address=place,
        due_at=choices.get("due_at"),
        our_due=left.due_at,
        accept_by=choices.get("accept_by") or hours.accept_by(their, now, ticket.priority),
    )
    return warnings.of_times(to.name, times, their, promise.resolution if promise else None)
