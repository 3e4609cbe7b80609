"""The verbs of the pure model, done in the database by the owners of two companies and by the product's carriers."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from partnerships import delivery, failpoints, lanes, parting, proposing, ratings, sharing
from partnerships.cards import Share
from partnerships.models import Handover, InboxLetter, Lane, Letter
from partnerships.transports import local
from partnerships.vocabulary import LinkState, State
from tenants.scoping import account_scope
from tenants.vocabulary import Refused
from tests import world
from tickets import conversation, lifecycle
from tickets import files as filing
from tickets.models import Attachment, Comment, Status
from tickets.vocabulary import DEFAULT_STATUSES, Audience

from .model.lanes import Died

# What the model does not tell: where the ticket stands further down the chain.
UNTOLD = ("chain.changed",)
GLYPHS = {names["ru"]: glyph for glyph, _category, names in DEFAULT_STATUSES}
REASONED = (State.DECLINED, State.GIVEN_BACK, State.WITHDRAWN, State.RETURNED)
MOVING = {
    State.ACCEPTED: sharing.accept,
    State.DECLINED: sharing.decline,
    State.DONE: sharing.deliver,
    State.GIVEN_BACK: sharing.give_back,
    State.EXPIRED: sharing.expire,
    State.WITHDRAWN: sharing.withdraw,
    State.APPROVED: sharing.approve,
    State.RETURNED: sharing.send_back,
}
RELINKING = {
    LinkState.PAUSED: parting.pause,
    LinkState.ACTIVE: parting.resume,
    LinkState.ENDING: parting.end_when_finished,
    LinkState.ENDED: parting.end,
}


class Desks:
    """The verbs of the model, done by the two companies' owners."""

    def __init__(self, pair):
        self.pair, self.keys, self.said = pair, {}, {}

    @property
    def names(self):
        return {key: name for name, key in self.keys.items()}

    def partner(self, side):
        return world.partner(self.pair[side], self.pair[1 - side])

    def hand(self, key):
        rows = Handover.objects.select_related("ticket__account", "ticket__status", "partnership", "counterpart")
        return rows.get(key=self.keys[key])

    def word(self, name):
        return Comment.objects.get(origin_id=self.said[name])

    def rows(self):
        """The hand-overs of the company whose scope this is."""
        return {
            self.names[row.key]: (
                f"{row.state} {row.returns} {row.score} {row.rating_answer}",
                row.pending is not None,
                f"shows {GLYPHS.get(row.peer_status, '')}, is {row.ticket.status.glyph}",
                f"told {row.told['priority']}, is {row.ticket.priority}",
            )
            for row in Handover.objects.select_related("ticket__status")
        }

    def words(self):
        """What is said on its tickets, and the files that lie there."""
        rows = list(Handover.objects.values_list("key", "ticket"))
        said, files = {}, {}
        for word in Comment.objects.prefetch_related("attachments"):
            held = any(file.removed_at is None for file in word.attachments.all())
            said.setdefault(word.ticket_id, []).append((word, held))
        for file in Attachment.objects.filter(comment=None):
            files.setdefault(file.ticket_id, []).append(file)
        names = {origin: name for name, origin in self.said.items()}
        return {
            (self.names[key], names[word.origin_id]): (word.body, word.revision, word.removed_at is not None, held)
            for key, ticket in rows
            for word, held in said.get(ticket, [])
        } | {
            (self.names[key], names[file.origin_id]): "gone" if file.removed_at else "file"
            for key, ticket in rows
            for file in files.get(ticket, [])
        }

    def terms(self, side):
        ours = self.partner(side)
        asked = ours.proposals.values_list("ours", "terms__return_days", "state", "pending")
        known = ours.their_terms["return_days"]
        return {"state": ours.state, "terms": ours.terms.return_days, "known": known, "asked": sorted(asked)}

    def press(self, side, verb, *about):
        """One verb of one side; whether it was allowed."""
        who = self.pair[side]
        try:
            with who.scope():
                getattr(self, verb)(who, side, *about)
        except Refused:
            return False
        return True

    def offer(self, who, side, key, again=None):
        ticket = (
            lifecycle.lock(self.hand(again).ticket)
            if again
            else lifecycle.open_ticket(key, by=who.owner, client=who.client)
        )
        made = sharing.offer(ticket, to=self.partner(side), by=who.owner, share=Share())
        self.keys[key] = made.key

    def move(self, who, side, key, word, report=""):
        details = {"reason": "причина"} if word in REASONED else {"report": report} if report else {}
        MOVING[word](self.hand(key), by=who.owner, **details)
        if report:
            self.said[report] = Comment.objects.get(body=report).origin_id

    def say(self, who, side, key, audience, name, file=False):
        hand = self.hand(key)
        said = conversation.comment(
            hand.ticket,
            name,
            by=who.owner,
            audience=Audience(audience),
            readers=[hand.counterpart] if "partner" in audience else [],
            uploads=[SimpleUploadedFile(f"{name}.txt", name.encode())] if file else [],
        )
        self.said[name] = said.origin_id

    def edit(self, who, side, key, name, text):
        conversation.edit(self.word(name), text, by=who.owner)

    def remove(self, who, side, key, name):
        conversation.remove(self.word(name), by=who.owner)

    def attach(self, who, side, key, name):
        hand = self.hand(key)
        upload = SimpleUploadedFile(name, name.encode())
        file = filing.attach(hand.ticket, upload, by=who.owner, audience=Audience.PARTNER, readers=[hand.counterpart])
        self.said[name] = file.origin_id

    def take_back(self, who, side, key, name):
        filing.remove(Attachment.objects.get(origin_id=self.said[name]), by=who.owner)

    def status(self, who, side, key, status):
        lifecycle.set_status(self.hand(key).ticket, to=Status.objects.get(glyph=status), by=who.owner)

    def priority(self, who, side, key, to):
        lifecycle.set_priority(self.hand(key).ticket, to=to, by=who.owner)

    def rate(self, who, side, key, score):
        ratings.rate(self.hand(key), by=who.owner, score=score)

    def answer_rating(self, who, side, key, text):
        ratings.answer_rating(self.hand(key), by=who.owner, text=text)

    def nudge(self, who, side, key):
        ratings.nudge(self.hand(key), by=who.owner)

    def relink(self, who, side, state):
        RELINKING[state](self.partner(side), by=who.owner)

    def propose(self, who, side, terms):
        proposing.change_terms(self.partner(side), by=who.owner, return_days=terms)

    def asked(self, side, ours):
        """What is asked now; where nothing is, what was asked last."""
        rows = self.partner(side).proposals.filter(ours=ours).order_by("made_at", "pk")
        return rows.filter(state="open").first() or rows.last()

    def withdraw_terms(self, who, side):
        asked = self.asked(side, ours=True)
        if asked is None:
            raise Refused("nothing is asked")
        proposing.withdraw(asked, by=who.owner)

    def answer_terms(self, who, side, yes):
        asked = self.asked(side, ours=False)
        if asked is None:
            raise Refused("nothing is asked")
        if yes:
            proposing.accept(asked, by=who.owner)
        else:
            proposing.decline(asked, by=who.owner, reason="причина")


class Carriers:
    """What the carriers of the model do, done by the product's own."""

    def __init__(self, desks, link):
        self.desks, self.link = desks, link
        self.before = {lane.pk: lane.written for lane in Lane.objects.filter(handover=None)}

    def lane(self, modelled):
        key = self.desks.keys[modelled.key] if modelled.key else None
        return Lane.objects.select_related("link", "receiver").get(
            handover=key, sender=self.desks.pair[modelled.sender].account
        )

    def claim(self, modelled):
        """This lane and no other is leased; an older lease has run out by then."""
        lane, now = self.lane(modelled), timezone.now()
        Lane.objects.exclude(pk=lane.pk).update(next_attempt_at=now + timedelta(hours=1))
        past = now - timedelta(minutes=5)
        Lane.objects.filter(pk=lane.pk).update(next_attempt_at=past, leased_until=past, attempts=0)
        claimed = lanes.claim()
        assert claimed == lane, f"{lane} was to be carried, {claimed} was"
        return claimed

    def carry(self, modelled, dies=None):
        def reach(place):
            if place == dies:
                raise Died

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(failpoints, "reach", reach)
            try:
                claimed = self.claim(modelled)
                reach("claimed")
                delivery.carry_lane(claimed)
            except Died:
                return
        assert dies is None, f"{dies} was never reached"

    def letters(self, lane, since=0, until=None):
        """The letters from behind a modelled one up to another: what the model does not tell goes along."""
        places = [0] + [letter.seq for letter in self.modelled(lane)]
        with account_scope(lane.sender_id):
            rows = Letter.objects.filter(lane=lane, seq__gt=places[since], seq__lte=places[until])
            return [delivery.envelope(letter, lane) for letter in rows.select_related("handover").order_by("seq")]

    def modelled(self, lane):
        with account_scope(lane.sender_id):
            rows = Letter.objects.filter(lane=lane, seq__gt=self.before.get(lane.pk, 0)).exclude(kind__in=UNTOLD)
            return list(rows.order_by("seq"))

    def seen(self):
        """Of each lane what was written, how much of it was read, and the sender's marks: without what is not told."""
        known = {lane.pk: lane for lane in Lane.objects.filter(link=self.link)}
        written, read = {pk: [] for pk in known}, set()
        for who in self.desks.pair:
            with who.scope():
                for letter in Letter.objects.filter(lane__in=known).exclude(kind__in=UNTOLD).order_by("seq"):
                    if letter.seq > self.before.get(letter.lane_id, 0):
                        written[letter.lane_id].append(letter)
                rows = InboxLetter.objects.filter(lane__in=known, stage="applied")
                read.update(rows.values_list("lane", "seq"))
        return {self.place(lane): tally(lane, written[pk], read) for pk, lane in known.items()}

    def place(self, lane):
        """How the model calls this lane."""
        return self.desks.names.get(lane.handover), int(lane.sender_id == self.desks.pair[1].account.pk)

    def hand_in(self, modelled, since, until):
        lane = self.lane(modelled)
        until = min(until, len(modelled.written))
        local.hand_in(lane, self.letters(lane, since, until))


def tally(lane, letters, read):
    marks = (lane.delivered, lane.applied)
    return (
        [letter.kind for letter in letters],
        sum((lane.pk, letter.seq) in read for letter in letters),
        *(sum(letter.seq <= mark for letter in letters) for mark in marks),
    )
