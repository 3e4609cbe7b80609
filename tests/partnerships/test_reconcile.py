"""Both sides of a link are compared; what was planted on either of them is mended, or a person is told of it."""

from datetime import timedelta

import pytest

from partnerships import compared, correspondence, delivery, reconcile, seeing, visiting
from partnerships.models import Handover, InboxLetter, Letter
from partnerships.protocol import Holdings
from tenants import clock
from tenants.models import Activity
from tenants.scoping import new_id
from tests import world
from tests.faults import invariants
from tests.partnerships.conftest import in_state, text_of
from tests.partnerships.sides import Side, facts, grown, night, other, state_of
from tickets import conversation
from tickets.models import Attachment, Comment, CommentReader, Counterpart, Notification
from tickets.vocabulary import Audience

WAYS = ("given", "taken")


def lose(side, text):
    side.came(text).delete()


def keep_old(side, text):
    Comment.objects.filter(pk=side.came(text).pk).update(body="старое")


def keep_file_off(side, text):
    Attachment.objects.filter(comment=side.came(text)).delete()


def lose_loose_file(side):
    Attachment.objects.filter(came_through=side.handover().counterpart, comment=None).delete()


def forget_status(side):
    Handover.objects.filter(pk=side.handover().pk).update(peer_status="Что-то другое")


@in_state("accepted")
@pytest.mark.parametrize("way", WAYS)
def test_what_was_planted_is_mended_once(sides, way):
    here = sides[way]
    word = "снизу" if way == "given" else "сверху"
    whole = facts(sides)
    with here.company.scope():
        lose(here, f"{word} раз")
        keep_file_off(here, f"{word} два")
        keep_old(here, f"{word} два")
        lose_loose_file(here)
        forget_status(here)
    assert len(here.heard()) == 1 and here.files() == []

    night()

    mended = facts(sides)
    assert [(sorted(map(str, said)), *rest) for said, *rest in mended] == [
        (sorted(map(str, said)), *rest) for said, *rest in whole
    ]
    assert here.compared() == ("mended", 4, [])
    assert sides[other(way)].compared() == ("agreed", 0, [])
    assert [side.lines() for side in sides.values()] == [[], []]
    before = invariants.rows()
    night()
    assert facts(sides) == mended
    assert here.compared() == ("agreed", 0, [])
    assert grown(before) == {"partnerships_letter", "partnerships_inboxletter"}


@in_state("accepted")
def test_the_card_and_the_visit_are_taken_over_from_whose_they_are(sides):
    giver, taker = sides.values()
    with taker.company.scope():
        starts = clock.now() + timedelta(days=1)
        visiting.plan(taker.handover(), by=taker.company.dispatcher, starts=starts, who="Руслан")
    delivery.drain()
    whole = facts(sides)
    with taker.company.scope():
        mine = taker.handover()
        Handover.objects.filter(pk=mine.pk).update(told=mine.told | {"subject": "Прежняя тема"})
    with giver.company.scope():
        Handover.objects.filter(pk=giver.handover().pk).update(visit_from=None, visit_who="")
    assert facts(sides) != whole

    night()

    assert facts(sides) == whole
    assert [side.compared() for side in sides.values()] == [("mended", 1, [])] * 2


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
def test_what_is_taken_back_leaves_the_lists_too(sides):
    giver, taker = sides.values()
    with taker.company.scope():
        taker.came("сверху раз").delete()
    night()
    with giver.company.scope():
        said = Comment.objects.get(ticket=giver.handover().ticket, body="сверху два")
        conversation.remove(said, by=giver.company.dispatcher)

    delivery.drain()

    marks = []
    for company, model in ((taker.company, Letter), (giver.company, InboxLetter)):
        with company.scope():
            listed = model.objects.get(kind="handover.holdings").body["entries"]
            marks.append({one["id"]: one["mark"] for one in listed}[str(said.origin_id)])
    assert marks == ["", ""]


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


@in_state("accepted")
@pytest.mark.parametrize(
    ("way", "see_below", "author"),
    [
        ("given", "named", ("", "us")),
        ("taken", "named", ("Пётр", "Третий")),
        ("taken", "role", ("", "")),
        ("taken", "hidden", ("", "us")),
    ],
)
def test_a_file_is_told_again_as_its_author_may_be_seen(sides, way, see_below, author):
    sender, reader = sides[way], sides[other(way)]
    with sender.company.scope():
        mine = sender.handover()
        Handover.objects.filter(pk=mine.pk).update(see_below=see_below)
        third = Counterpart.objects.create(ticket=mine.ticket, label="Третий", direction="given", state="accepted")
        lone = Attachment.objects.filter(ticket=mine.ticket, comment=None, came_through=None)
        lone.update(came_through=third, author_name="Пётр", author_company="Третий", author_kind="partner")
    with reader.company.scope():
        lose_loose_file(reader)

    night()

    with sender.company.scope():
        again = Letter.objects.filter(handover=mine, kind="file.added").order_by("seq").last()
    company = sender.company.account.name if author[1] == "us" else author[1]
    assert (again.body["author"], again.body["company"]) == (author[0], company)
    assert len(reader.files()) == 2
