"""Both sides of a link are compared; what was planted on either of them is mended, or a person is told of it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships import compared, correspondence, delivery, nightly, parting, reconcile, seeing
from partnerships.models import Comparison, Handover, InboxLetter, Letter, Link
from partnerships.protocol import Holdings, tallies
from tenants import clock
from tenants.models import Account, Activity, Timer
from tenants.scoping import new_id
from tenants.vocabulary import Refused
from tests import world
from tests.faults import invariants
from tests.partnerships.conftest import hand, in_state, text_of
from tests.rewind import staged
from tickets import conversation, files, lifecycle
from tickets.models import Attachment, Comment, CommentReader, Notification
from tickets.vocabulary import Audience

WAYS = ("given", "taken")


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


@staged
def sides(moved):
    """Both companies on an accepted ticket; each said two things, one of them with a file."""
    giver, taker = Side(moved.giver, moved.given), Side(moved.taker, moved.taken)
    for side, word in ((giver, "сверху"), (taker, "снизу")):
        side.say(f"{word} раз")
        side.say(f"{word} два", uploads=[SimpleUploadedFile(f"{word}.txt", word.encode())])
        with side.company.scope():
            mine = side.handover()
            upload = SimpleUploadedFile(f"{word} отдельно.txt", b"1")
            files.attach(
                mine.ticket, upload, by=side.company.dispatcher, readers=[mine.counterpart], audience="partner"
            )
    delivery.drain()
    return {"given": giver, "taken": taker}


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


@in_state("accepted")
def test_two_sides_that_agree_write_one_letter_each_and_nothing_else(sides):
    night()
    before = invariants.rows()

    night()

    after = invariants.rows()
    assert {key: after[key] - before[key] for key in after if after[key] != before[key]} == {
        (slug, table): 1
        for slug in ("lukoshko", "meridian")
        for table in ("partnerships_letter", "partnerships_inboxletter")
    }
    assert [side.compared() for side in sides.values()] == [("agreed", 0, [])] * 2


def lose(side, text):
    side.came(text).delete()


def keep_old(side, text):
    Comment.objects.filter(pk=side.came(text).pk).update(body="старое")


def keep_file_off(side, text):
    Attachment.objects.filter(comment=side.came(text)).delete()


def lose_loose_file(side, _text):
    Attachment.objects.filter(came_through=side.handover().counterpart, comment=None).delete()


def forget_status(side, _text):
    Handover.objects.filter(pk=side.handover().pk).update(peer_status="Что-то другое")


@in_state("accepted")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("plant", [lose, keep_old, keep_file_off, lose_loose_file, forget_status])
def test_what_was_planted_is_mended_once(sides, plant, way):
    here = sides[way]
    word = "снизу" if way == "given" else "сверху"
    whole = facts(sides)
    with here.company.scope():
        plant(here, f"{word} два")
    assert facts(sides) != whole

    night()

    mended = facts(sides)
    assert [(sorted(map(str, said)), *rest) for said, *rest in mended] == [
        (sorted(map(str, said)), *rest) for said, *rest in whole
    ]
    assert here.compared() == ("mended", 1, [])
    assert sides[other(way)].compared() == ("agreed", 0, [])
    assert [side.lines() for side in sides.values()] == [[], []]
    before = invariants.rows()
    night()
    assert facts(sides) == mended
    assert here.compared() == ("agreed", 0, [])
    assert grown(before) == {"partnerships_letter", "partnerships_inboxletter"}


def grown(before):
    return {table for (slug, table), n in invariants.rows().items() if n != before[slug, table]}


@in_state("accepted")
def test_a_removal_that_was_missed_reaches_the_other_side(sides):
    giver, taker = sides.values()
    with giver.company.scope():
        said = Comment.objects.get(ticket=giver.handover().ticket, body="сверху раз")
        conversation.remove(said, by=giver.company.dispatcher)
    delivery.drain()
    with taker.company.scope():
        Comment.objects.filter(origin_id=said.origin_id).update(removed_at=None, body="сверху раз")

    night()

    assert taker.heard() == [None, "сверху два"]
    assert taker.compared() == ("mended", 1, [])


@in_state("accepted")
def test_words_that_nobody_told_are_told_to_a_person_once(sides):
    giver, taker = sides.values()
    with taker.company.scope():
        mine = taker.handover()
        planted = conversation.write(
            mine.ticket,
            "никто этого не говорил",
            author=taker.company.dispatcher.actor,
            audience=Audience.PARTNER,
            origin_id=new_id(),
            came_through=mine.counterpart,
        )

    night()
    night()

    differing = {"name": giver.company.account.name, "facts": [["untold", 1]]}
    assert taker.compared() == ("differs", 0, [["untold", 1]])
    assert taker.lines() == [differing]
    with taker.company.scope():
        partner = world.partner(taker.company, giver.company)
        assert compared.of(partner).differs == 1
        assert [one.handover.pk for one in compared.differing(partner)] == [mine.pk]
        Comment.objects.filter(pk=planted.pk).delete()
    night()
    assert taker.compared() == ("agreed", 0, [])


@in_state("accepted")
@pytest.mark.parametrize("planted", ["offered", "given_back", "withdrawn"])
def test_the_givers_row_decides_where_the_takers_own_letters_bear_it_out(sides, planted):
    taker = sides["taken"]
    with taker.company.scope():
        Handover.objects.filter(pk=taker.handover().pk).update(state=planted)

    night()

    assert state_of(taker)[0] == "accepted"
    assert taker.compared() == ("mended", 1, [])


@in_state("offered")
def test_a_givers_row_makes_nobody_work_who_never_accepted(moved):
    giver, taker = Side(moved.giver, moved.given), Side(moved.taker, moved.taken)
    with giver.company.scope():
        Handover.objects.filter(pk=giver.handover().pk).update(state="accepted")

    night()
    night()

    assert state_of(taker)[0] == "offered"
    assert taker.compared() == ("differs", 0, [["state", 1]])
    assert len(taker.lines()) == 1


@in_state("accepted")
def test_a_confirmation_that_never_came_is_made_up_for(sides):
    taker = sides["taken"]
    with taker.company.scope():
        accepted = Letter.objects.get(handover=taker.handover(), kind="handover.accepted")
        Handover.objects.filter(pk=taker.handover().pk).update(pending=accepted.pk)

    night()

    assert state_of(taker)[:2] == ("accepted", None)


@in_state("withdrawn")
def test_after_an_ending_removals_are_told_again_and_words_are_not(moved):
    giver, taker = Side(moved.giver, moved.given), Side(moved.taker, moved.taken)
    with giver.company.scope():
        mine = giver.handover()
        for text in ("было", "убрано"):
            said = conversation.write(
                mine.ticket, text, author=giver.company.dispatcher.actor, audience=Audience.PARTNER
            )
            CommentReader.objects.create(comment=said, counterpart=mine.counterpart)
        conversation.remove(said, by=giver.company.dispatcher)

    night()
    night()

    name = {side: side.company.account.name for side in (giver, taker)}
    assert taker.heard() == [None]
    assert giver.lines() == [{"name": name[taker], "facts": [["withheld", 1]]}]
    assert taker.lines() == [{"name": name[giver], "facts": [["missing", 1]]}]
    assert giver.compared() == ("differs", 0, [["withheld", 1]])
    with clock.at(clock.now() + timedelta(days=2)):
        with giver.company.scope():
            Comment.objects.filter(body="было").delete()
        night()
    assert [side.compared() for side in (giver, taker)] == [("agreed", 0, [])] * 2


@in_state("accepted")
def test_what_a_person_passed_over_is_not_told_again(sides):
    taker = sides["taken"]
    with taker.company.scope():
        said = taker.came("сверху раз")
        letters = InboxLetter.objects.filter(body__comment__id=str(said.origin_id))
        letters.update(stage="skipped")
        said.delete()

    night()

    assert taker.heard() == ["сверху два"]
    assert taker.compared() == ("agreed", 0, [])


@in_state("accepted")
def test_nobody_gets_more_out_of_a_list_than_one_round(sides):
    taker = sides["taken"]
    with taker.company.scope():
        taker.came("сверху раз").delete()
    night()
    with taker.company.scope():
        asked = InboxLetter.objects.filter(kind="handover.counted").order_by("seq")
        for answers in (*asked.values_list("letter", flat=True), new_id()):
            reconcile.outbox.write(taker.handover(), Holdings(answers, 0, 1, True), by=taker.company.dispatcher)
    before = invariants.rows()

    delivery.drain()

    assert grown(before) == {"partnerships_inboxletter"}


@in_state("accepted")
def test_a_link_that_stands_still_tells_nothing(sides):
    giver, taker = sides.values()
    with giver.company.scope():
        parting.pause(world.partner(giver.company, taker.company), by=giver.company.owner)
    delivery.drain()
    before = invariants.rows()

    night()

    assert grown(before) == set()
    with giver.company.scope():
        with pytest.raises(Refused):
            reconcile.compare(world.partner(giver.company, taker.company), by=giver.company.owner)
        parting.resume(world.partner(giver.company, taker.company), by=giver.company.owner)
    delivery.drain()
    Account.objects.filter(pk=taker.company.account.pk).update(suspended_at=clock.now())
    before = invariants.rows()
    night()
    assert grown(before) == set()


@in_state("accepted")
def test_owners_and_admins_have_a_link_compared_at_once(sides):
    giver, taker = sides.values()
    with giver.company.scope():
        partner = world.partner(giver.company, taker.company)
        with pytest.raises(Refused):
            reconcile.compare(partner, by=giver.company.dispatcher)

        reconcile.compare(partner, by=giver.company.owner)

        with pytest.raises(Refused):
            reconcile.compare(partner, by=giver.company.owner)
    assert nightly.work() is False
    delivery.drain()
    assert [side.compared() for side in sides.values()] == [("agreed", 0, [])] * 2
    tonight = Timer.objects.filter(kind=reconcile.NIGHT, subject_id=partner.link_id)
    assert [timedelta(0) < one.due_at - clock.now() <= timedelta(days=1) for one in tonight] == [True, True]


@in_state("accepted")
def test_a_thousand_comments_are_compared_in_as_many_queries_as_two(sides):
    giver, taker = sides.values()
    night()
    counts = []
    for more in (0, 1000):
        ids = [new_id() for _one in range(more)]
        add_many(giver, ids, author_kind="member")
        add_many(taker, ids, author_kind="partner")
        with CaptureQueriesContext(connection) as queries:
            night()
        counts.append(len(queries))
    with taker.company.scope():
        taker.came(f"слово {ids[500]}").delete()

    night()

    assert counts[0] == counts[1]
    assert taker.heard().count(f"слово {ids[500]}") == 1
    assert taker.compared() == ("mended", 1, [])
    with taker.company.scope():
        listed = Letter.objects.get(kind="handover.holdings").body
    assert (listed["parts"], listed["part"]) == (16, tallies.part_of(ids[500], 16))
    assert len(listed["entries"]) < 200


def add_many(side, ids, *, author_kind):
    """Words that crossed long ago, as rows."""
    with side.company.scope():
        mine = side.handover()
        through = mine.counterpart if author_kind == "partner" else None
        said = {"ticket": mine.ticket, "audience": Audience.PARTNER, "author_kind": author_kind}
        Comment.objects.bulk_create(
            Comment(origin_id=one, body=f"слово {one}", created_at=clock.now(), came_through=through, **said)
            for one in ids
        )
        known = Comment.objects.filter(origin_id__in=ids)
        CommentReader.objects.bulk_create(CommentReader(comment=one, counterpart=mine.counterpart) for one in known)


@in_state("accepted")
def test_many_handovers_go_in_pages(sides, monkeypatch):
    giver, taker = sides.values()
    counts = [queries_of_a_night()]

    for n in range(2):
        with giver.company.scope():
            ticket = lifecycle.open_ticket(f"Ещё {n}", by=giver.company.dispatcher)
        hand(giver.company, taker.company, ticket)
    delivery.drain()
    counts.append(queries_of_a_night())
    monkeypatch.setattr(nightly, "PAGE", 1)

    night()

    assert counts[0] == counts[1]
    with taker.company.scope():
        rows = InboxLetter.objects.filter(kind="link.digest").order_by("seq")
        pages = [(len(one.body["sums"]), one.body["last"]) for one in rows]
        assert pages == [*[(1, True)] * 2, *[(3, True)] * 2, (1, False), (1, False), (1, True)]
        assert compared.of(world.partner(taker.company, giver.company)).agreed == 3


@in_state("accepted")
def test_people_are_told_and_read_each_thing_once(sides, enter):
    giver, taker = sides.values()
    with taker.company.scope():
        mine = taker.handover()
        taker.came("сверху раз").delete()
        said = {"audience": Audience.PARTNER, "origin_id": new_id(), "came_through": mine.counterpart}
        conversation.write(mine.ticket, "подброшено", author=taker.company.dispatcher.actor, **said)
        Notification.objects.all().delete()

    night()

    with taker.company.scope():
        line = Activity.objects.get(kind="sides_differ")
        told = Notification.objects.filter(ticket=mine.ticket, activity_id=line.pk)
        assert [one.member for one in told] == [taker.company.dispatcher]
    with giver.company.scope():
        seen = seeing.sight(giver.handover())
        assert [one.text for one in seen.lines].count("сверху раз") == 1
        page = correspondence.page(world.partner(giver.company, taker.company))[0]
        assert page[0].words == correspondence.WORDS["comment.restated"]
    page = text_of(enter(taker.company).get(f"tickets/{mine.ticket.number}/"))
    assert "1 comment or file is here that the partner does not have" in page


def queries_of_a_night():
    """Of the second, when every hand-over was compared once before."""
    night()
    with CaptureQueriesContext(connection) as queries:
        night()
    return len(queries)
