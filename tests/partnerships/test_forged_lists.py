"""A partner may compare as he likes: he makes us neither work without end nor stand still, nor tell what is not his."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from partnerships import arrival, delivery, holdings, inbox, lanes, outbox, reconcile, whole
from partnerships.models import Comparison, InboxLetter, Letter
from partnerships.protocol import CommentAdded, CommentRestated, Counted, File, Holdings, Recount, Said
from partnerships.protocol.tallies import FILE, Held
from tenants import clock
from tenants.scoping import new_id
from tests.partnerships.conftest import in_state
from tests.partnerships.sides import Side, night
from tests.partnerships.test_forged import set_aside
from tickets import conversation, files
from tickets.models import Attachment, Comment


def tell(side, *bodies):
    with side.company.scope():
        for body in bodies:
            outbox.write(side.handover(), body, by=side.company.dispatcher)
    delivery.drain()


def tell_sums(side):
    """As every night: the sums first, without which nobody may ask to count again."""
    with side.company.scope():
        mine = side.handover()
        reconcile.tell_sums(mine.partnership, holdings.known(type(mine).objects.filter(pk=mine.pk)), last=True)
    delivery.drain()


def told(side, kind):
    with side.company.scope():
        return list(Letter.objects.filter(handover=side.handover(), kind=kind).order_by("seq"))


@in_state("accepted")
def test_lists_are_answered_once_and_name_nothing_but_ours(sides):
    giver, taker = sides.values()
    with taker.company.scope():
        secret = files.attach(
            taker.handover().ticket, SimpleUploadedFile("наше.txt", b"1"), by=taker.company.dispatcher
        )
        files.remove(secret, by=taker.company.dispatcher)
    tell_sums(taker)
    tell(giver, Recount())
    (asked,) = told(taker, "handover.counted")

    empty = Holdings(asked.pk, 0, 1, last=False, entries=[], skipped=[new_id() for _n in range(50)])
    named = Holdings(asked.pk, 0, 1, last=False, entries=[Held(secret.origin_id, FILE)], skipped=[])
    tell(giver, empty, empty, named)

    assert len(told(taker, "comment.restated")) == 2
    assert told(taker, "file.removed") == []
    with taker.company.scope():
        assert Comparison.objects.get().left_out == []
    tell_sums(taker)
    tell(giver, Recount())
    asked = told(taker, "handover.counted")[-1]
    tell(giver, Holdings(asked.pk, 0, 1, last=True, entries=[Held(secret.origin_id, FILE)], skipped=[]))
    assert told(taker, "file.removed") == []
    assert set_aside(taker.company) == []


@in_state("accepted")
def test_whoever_asks_to_count_again_and_again_is_answered_once_for_every_sum(sides):
    giver, taker = sides.values()
    tell(giver, Recount())
    unasked = len(told(taker, "handover.counted"))
    tell_sums(taker)

    counted = []
    for _time in range(2):
        tell(giver, Recount(), Recount())
        asked = told(taker, "handover.counted")[-1]
        tell(giver, Holdings(asked.pk, 0, 1, last=True, entries=[], skipped=[]))
        counted.append([len(told(taker, kind)) for kind in ("handover.counted", "comment.restated")])
    tell_sums(taker)
    tell(giver, Recount())

    # The second of each round is the last word on it.
    assert (unasked, counted, len(told(taker, "handover.counted"))) == (0, [[2, 2], [2, 2]], 3)
    assert set_aside(taker.company) == []


@in_state("accepted")
@pytest.mark.parametrize(("revision", "text"), [(0, "не говорил"), (1, "сверху раз"), (2, "тихо иначе")])
def test_nobody_takes_back_a_wording_by_telling_it_again(sides, revision, text):
    giver, taker = sides.values()
    with giver.company.scope():
        said = Comment.objects.get(ticket=giver.handover().ticket, body="сверху раз")
        for wording in ("второе слово", "третье слово"):
            said = conversation.edit(said, wording, by=giver.company.dispatcher)
    delivery.drain()

    forged = Said(said.origin_id, text, "", giver.company.account.name, clock.now(), revision=revision)
    tell(giver, CommentRestated(forged, revision))

    with taker.company.scope():
        came = taker.came("третье слово")
        assert list(came.revisions.values_list("revision", "body")) == [(0, "сверху раз"), (1, "второе слово")]
    assert set_aside(taker.company) == [("comment.restated", "other_words")]


@in_state("accepted")
def test_a_wording_that_rotted_here_is_made_good_by_its_senders_word(sides):
    giver, taker = sides.values()
    with giver.company.scope():
        said = Comment.objects.get(ticket=giver.handover().ticket, body="сверху раз")
        conversation.edit(said, "второе слово", by=giver.company.dispatcher)
    delivery.drain()
    with taker.company.scope():
        Comment.objects.filter(origin_id=said.origin_id).update(body="сгнило", revision=9)

    night()

    with taker.company.scope():
        came = taker.came("второе слово")
        assert (came.revision, [one.body for one in came.revisions.all()]) == (1, ["сверху раз"])
    assert set_aside(taker.company) == []


@in_state("accepted")
def test_whoever_counts_in_many_parts_gets_few_lists(sides):
    giver, taker = sides.values()

    tell(giver, Counted(round=1, worded=True, read=99, sums=["x"] * 4096))

    lists = [(one.body["part"], one.body["parts"]) for one in told(taker, "handover.holdings")]
    assert lists == [(part, 16) for part in range(16)]
    named = [entry["id"] for one in told(taker, "handover.holdings") for entry in one.body["entries"]]
    assert len(named) == len(set(named)) == 4


@in_state("approved")
@pytest.mark.parametrize(("days", "moves_to"), [(13, "accepted"), (15, "approved")])
def test_no_count_reopens_work_that_may_not_be_sent_back_any_more(moved, days, moves_to):
    giver, taker = Side(moved.giver, moved.given), Side(moved.taker, moved.taken)

    with clock.at(clock.now() + timedelta(days=days)):
        tell(giver, Counted(round=2, worded=True, read=99, sums=["x"], state="accepted"))

    assert taker.handover().state == moves_to


@in_state("accepted")
def test_numbers_that_cannot_be_are_set_aside(sides):
    giver, taker = sides.values()

    tell(giver, Counted(round=2, worded=True, read=99, sums=["x"], again=10**12))

    assert set_aside(taker.company) == [("handover.counted", "out_of_place")]


@in_state("accepted")
def test_what_nobody_could_read_and_somebody_skipped_hinders_no_comparison(sides):
    giver, taker = sides.values()
    with giver.company.scope():
        mine = giver.handover()
        lane = lanes.next_place(mine.partnership.link_id, mine.key, mine.account_id)
        Letter.objects.create(
            lane=lane,
            handover=mine,
            seq=lane.written,
            kind="comment.edited",
            body={"comment": "нет"},
            by={"name": ""},
            sent_at=clock.now(),
        )
    delivery.drain()
    assert set_aside(taker.company) == [("comment.edited", "unknown field")]
    with taker.company.scope():
        inbox.skip(InboxLetter.objects.get(stage="set_aside"), by=taker.company.dispatcher)
        taker.came("сверху раз").delete()

    night()

    assert (set_aside(taker.company), taker.compared()) == ([], ("mended", 1, []))


@in_state("accepted")
def test_bytes_that_a_letter_names_often_are_read_once(sides, monkeypatch):
    giver, taker = sides.values()
    with giver.company.scope():
        kept = Attachment.objects.filter(came_through=None).first()
    read = []
    monkeypatch.setattr(arrival.whole, "is_whole", lambda file, ask=whole.is_whole: read.append(file) or ask(file))

    many = [File(new_id(), "а.txt", kept.size, kept.blob_id, "text/plain") for _n in range(30)]
    at = clock.now() - timedelta(minutes=1)
    tell(giver, CommentAdded(Said(new_id(), "вот", "", giver.company.account.name, at, files=many)))

    assert len(taker.files()) == 32
    assert len(read) == 1
