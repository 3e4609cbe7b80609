"""Two companies at work on one hand-over, for tests of how both sides are compared."""

from partnerships import nightly
from partnerships.models import Comparison, Link
from tenants.models import Activity
from tests.faults import invariants
from tickets import conversation
from tickets.models import Attachment, Comment
from tickets.vocabulary import Audience


class Side:
    """One company at work on the hand-over, and what it says and hears there."""

    def __init__(self, company, handover):
        self.company, self.handover = company, handover

    def say(self, text, uploads=()):
        with self.company.scope():
            mine = self.handover()
            return conversation.comment(
                mine.ticket,
                text,
                by=self.company.dispatcher,
                audience=Audience.PARTNER,
                readers=[mine.counterpart],
                uploads=uploads,
            )

    def heard(self):
        """What came: {text: revision}, removed ones as None."""
        with self.company.scope():
            rows = Comment.objects.filter(came_through=self.handover().counterpart).order_by("created_at", "pk")
            return [None if said.removed_at else said.body for said in rows]

    def files(self):
        with self.company.scope():
            rows = Attachment.objects.filter(came_through=self.handover().counterpart, removed_at=None)
            return sorted((file.name, file.comment.body if file.comment else "") for file in rows)

    def came(self, text):
        return Comment.objects.get(came_through=self.handover().counterpart, body=text)

    def compared(self):
        with self.company.scope():
            one = Comparison.objects.filter(handover=self.handover()).first()
            return one and (str(one.result), one.mended if one.result == "mended" else 0, one.facts)

    def lines(self, kind="sides_differ"):
        with self.company.scope():
            rows = Activity.objects.filter(kind=kind, ticket_id=self.handover().ticket_id)
            return [line.details for line in rows]


def night():
    nightly.now(Link.objects.all())


def facts(sides):
    """All that both sides have and show."""
    return [(side.heard(), side.files(), state_of(side)) for side in sides.values()]


def state_of(side):
    with side.company.scope():
        mine = side.handover()
        return (mine.state, mine.pending, mine.peer_status, mine.told, mine.visit_from)


def other(way):
    return "taken" if way == "given" else "given"


def grown(before):
    return {table for (slug, table), n in invariants.rows().items() if n != before[slug, table]}
