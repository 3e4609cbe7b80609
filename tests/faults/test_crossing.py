"""Both companies act at once: letters cross, and when it is quiet both sides say the same."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from partnerships import delivery, lanes, parting, ratings, sharing
from partnerships.models import Lane, Link
from partnerships.transports import local
from tenants.vocabulary import Refused
from tests import world
from tests.faults import invariants, story
from tickets import conversation, lifecycle
from tickets.vocabulary import Audience


def agreed():
    assert delivery.drain()
    return list(invariants.both_sides_agree())


def carry_only(lane):
    """One lane is quicker than the other."""
    Lane.objects.exclude(pk=lane.pk).update(next_attempt_at=story.timezone.now() + story.timedelta(hours=1))
    assert delivery.drain()
    story.time_passes()


@pytest.mark.parametrize("quicker", ["alfa", "beta"])
@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_an_answer_crosses_a_withdrawal(pair, quicker, answer):
    alfa, beta = pair
    story.offer(alfa, beta)
    assert delivery.drain()
    reason = {"reason": "не наше"} if answer == "decline" else {}
    story.do(beta, "taken", getattr(sharing, answer), **reason)
    story.do(alfa, "given", sharing.withdraw, reason="передумали")
    assert (story.state(alfa, "given"), story.state(beta, "taken")) != ("withdrawn", "withdrawn")

    carry_only(story.lane(alfa, {"alfa": alfa, "beta": beta}[quicker]))

    assert agreed() == []
    assert (story.state(alfa, "given"), story.state(beta, "taken")) == ("withdrawn", "withdrawn")
    assert story.unfinished() == 0


@pytest.mark.parametrize("quicker", ["alfa", "beta"])
def test_the_delivery_of_work_crosses_a_withdrawal(pair, quicker):
    alfa, beta = pair
    story.shared(alfa, beta)
    story.do(beta, "taken", sharing.deliver, report="готово")
    story.do(alfa, "given", sharing.withdraw, reason="передумали")

    carry_only(story.lane(alfa, {"alfa": alfa, "beta": beta}[quicker]))

    assert agreed() == []
    assert (story.state(alfa, "given"), story.state(beta, "taken")) == ("withdrawn", "withdrawn")
    assert story.heard(alfa) == ["готово"], "what the partner did so far stays"


def test_a_return_crosses_a_giving_back_of_the_next_try(pair):
    alfa, beta = pair
    story.shared(alfa, beta)
    story.do(beta, "taken", sharing.deliver, report="готово")
    assert delivery.drain()
    story.do(alfa, "given", sharing.send_back, reason="не печатает")
    carry_only(story.lane(alfa, alfa))
    story.do(beta, "taken", sharing.give_back, reason="нет запчастей")
    story.do(alfa, "given", sharing.withdraw, reason="долго")

    assert agreed() == []
    assert story.state(alfa, "given") == story.state(beta, "taken") == "withdrawn"


def test_a_comment_crosses_the_delivery_of_work(pair):
    alfa, beta = pair
    story.shared(alfa, beta)
    story.say(alfa, "given", "ещё вопрос")
    story.do(beta, "taken", sharing.deliver, report="готово")
    story.say(beta, "taken", "и ещё слово")

    assert agreed() == []
    assert sorted(story.heard(alfa)) == sorted(story.heard(beta)) == ["готово", "ещё вопрос", "и ещё слово"]
    assert story.state(alfa, "given") == story.state(beta, "taken") == "done"


def test_edits_of_both_sides_cross_and_the_last_revision_wins(pair):
    alfa, beta = pair
    story.shared(alfa, beta)
    ours, theirs = story.say(alfa, "given", "а0"), story.say(beta, "taken", "б0")
    for said, company, texts in ((ours, alfa, ("а1", "а2")), (theirs, beta, ("б1", "б2"))):
        with company.scope():
            for text in texts:
                conversation.edit(said, text, by=company.owner)

    assert agreed() == []
    assert sorted(story.heard(alfa)) == sorted(story.heard(beta)) == ["а2", "б2"]
    with beta.scope():
        copy = story.Comment.objects.get(body="а2")
        with pytest.raises(Refused):
            conversation.edit(copy, "подделка", by=beta.owner)


def test_two_people_and_a_letter_change_one_ticket_at_once(pair):
    """A form is saved while letters arrive: neither is lost."""
    alfa, beta = pair
    story.shared(alfa, beta)
    for n in range(5):
        story.say(alfa, "given", f"письмо {n}")
    start = Barrier(3)

    def person(name):
        start.wait()
        for n in range(5):
            with beta.scope():
                ticket = story.handover(beta, "taken").ticket
                conversation.comment(ticket, f"{name} {n}", by=beta.owner, audience=Audience.INTERNAL)
                lifecycle.set_priority(ticket, to="high" if n % 2 else "low", by=beta.owner)
        connection.close()

    def carrier():
        start.wait()
        delivery.drain()
        connection.close()

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(person, "раз"), pool.submit(person, "два"), pool.submit(carrier)]:
            done.result()

    assert agreed() == []
    assert len(story.heard(beta)) == 15 and story.heard(alfa) == [f"письмо {n}" for n in range(5)]


def test_many_carriers_at_once_double_nothing(four):
    alfa, beta, gamma, _delta = four
    story.shared(alfa, beta)
    with beta.scope():
        ticket = story.handover(beta, "taken").ticket
    story.shared(beta, gamma, ticket=ticket)
    for n in range(8):
        story.say(alfa, "given", f"а{n}")
        story.say(beta, "given", f"б{n}")
        story.say(gamma, "taken", f"в{n}")
    carried = []

    def carrier(_n):
        while lane := lanes.claim():
            carried.append(lane.pk)
            delivery.carry_lane(lane)
        connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(carrier, range(6)))

    assert len(carried) >= 3
    assert agreed() == []
    assert story.unfinished() == 0


# The link itself


def partner(of, other):
    return world.partner(of, other)


def link_state(alfa, beta):
    sides = []
    for one, other in ((alfa, beta), (beta, alfa)):
        with one.scope():
            sides.append(partner(one, other).state)
    return Link.objects.get().state, *sides


def change(who, other, verb):
    with who.scope():
        verb(partner(who, other), by=who.owner)


def test_letters_wait_while_the_link_is_paused_and_go_on_where_they_stopped(pair):
    alfa, beta = pair
    story.shared(alfa, beta)
    story.say(alfa, "given", "до паузы")
    change(beta, alfa, parting.pause)
    before = invariants.rows()
    assert delivery.drain()

    assert story.heard(beta) == []
    assert link_state(alfa, beta) == ("paused", "paused", "paused")
    assert invariants.rows()["beta", "partnerships_inboxletter"] == before["beta", "partnerships_inboxletter"]

    story.say(alfa, "given", "во время паузы")
    change(alfa, beta, parting.resume)
    assert agreed() == []
    assert story.heard(beta) == ["до паузы", "во время паузы"]
    assert link_state(alfa, beta) == ("active", "active", "active")


def test_after_the_end_not_one_row_comes_from_the_other_side(pair):
    """Also of letters that a carrier had in his hands when the link ended."""
    alfa, beta = pair
    story.shared(alfa, beta)
    for n in range(3):
        story.say(alfa, "given", f"а{n}")
        story.say(beta, "taken", f"б{n}")
    held = [lanes.claim(), lanes.claim()]
    batches = [story.letters(lane) for lane in held]
    change(beta, alfa, parting.end)
    before = invariants.rows()

    for lane, batch in zip(held, batches, strict=True):
        local.hand_in(lane, batch)
        delivery.carry_lane(lane)
    counted = invariants.rows()

    assert len(held) == len(batches) == 2
    assert counted == before
    story.time_passes()
    assert delivery.drain()
    after = invariants.rows()
    for table in ("tickets_ticket", "tickets_comment", "tickets_attachment", "partnerships_handover"):
        assert (after["alfa", table], after["beta", table]) == (before["alfa", table], before["beta", table])
    assert link_state(alfa, beta) == ("ended", "ended", "ended")
    assert story.state(alfa, "given") == story.state(beta, "taken") == "cut"
    with alfa.scope(), pytest.raises(Refused):
        ratings.nudge(story.handover(alfa, "given"), by=alfa.owner)


@pytest.mark.parametrize("race", range(3))
def test_the_end_races_a_carrier(pair, race):
    alfa, beta = pair
    story.shared(alfa, beta)
    for n in range(10):
        story.say(alfa, "given", f"а{n}")
    start, seen = Barrier(2), {}

    def carrier():
        start.wait()
        delivery.drain()
        connection.close()

    def ender():
        start.wait()
        change(beta, alfa, parting.end)
        seen.update(invariants.rows())
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(carrier), pool.submit(ender)]:
            done.result()

    after = invariants.rows()
    assert after["beta", "tickets_comment"] == seen["beta", "tickets_comment"]
    story.time_passes()
    assert delivery.drain()
    assert invariants.rows()["beta", "tickets_comment"] == seen["beta", "tickets_comment"]
    assert link_state(alfa, beta) == ("ended", "ended", "ended")


def test_an_ended_link_is_not_woken_by_a_resume_that_crossed(pair):
    alfa, beta = pair
    change(alfa, beta, parting.pause)
    assert delivery.drain()
    change(alfa, beta, parting.end)

    with beta.scope(), pytest.raises(Refused):
        parting.resume(partner(beta, alfa), by=beta.owner)

    assert delivery.drain()
    assert link_state(alfa, beta) == ("ended", "ended", "ended")
    assert lanes.link_between(alfa.account.pk, beta.account.pk) is None


def test_a_pause_that_crosses_a_resume_leaves_both_sides_with_one_word(pair):
    alfa, beta = pair
    change(alfa, beta, parting.pause)
    change(beta, alfa, parting.pause)
    change(alfa, beta, parting.resume)
    assert delivery.drain()

    assert len(set(link_state(alfa, beta))) == 1


def test_a_suspended_company_parks_its_lanes(pair):
    alfa, beta = pair
    story.shared(alfa, beta)
    story.say(alfa, "given", "потом")
    beta.account.suspended_at = story.timezone.now()
    beta.account.save()
    assert delivery.drain()
    assert story.heard(beta) == [] and story.unfinished() == 1

    beta.account.suspended_at = None
    beta.account.save()
    assert agreed() == []
    assert story.heard(beta) == ["потом"]


def test_a_map_that_asks_for_what_is_refused_leaves_a_note_and_not_a_stuck_lane(four):
    """Our map says: when the partner delivers, resolve. But we owe this ticket to somebody above."""
    from partnerships.models import MapRow
    from tenants.models import Activity
    from tickets import statuses
    from tickets.vocabulary import Category

    alfa, beta, gamma, _delta = four
    story.shared(alfa, beta)
    with beta.scope():
        ticket = story.handover(beta, "taken").ticket
        MapRow.objects.filter(partnership=partner(beta, gamma), side="giver", handover_state="done").update(
            action="set", status=statuses.first(Category.RESOLVED)
        )
    story.shared(beta, gamma, ticket=ticket)

    story.do(gamma, "taken", sharing.deliver, report="готово")

    assert agreed() == []
    assert story.state(beta, "given") == "done" and story.heard(beta) == ["готово"]
    assert story.unfinished() == 0
    with beta.scope():
        note = Activity.objects.filter(kind="noted").latest("at").details["note"]
        assert "Alfa" in note and "Gamma" in note


def test_a_file_of_an_internal_comment_stays_whatever_was_ticked(pair):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from partnerships.cards import Share
    from tickets.models import Attachment

    alfa, beta = pair
    with alfa.scope():
        ticket = lifecycle.open_ticket("Касса", by=alfa.owner)
        upload = SimpleUploadedFile("секрет.txt", "цена закупки".encode())
        conversation.comment(ticket, "между нами", by=alfa.owner, audience=Audience.INTERNAL, uploads=[upload])
        share = Share(files=tuple(Attachment.objects.values_list("pk", flat=True)))
        assert len(share.files) == 1
        sharing.offer(ticket, to=partner(alfa, beta), by=alfa.owner, share=share)

    assert agreed() == []
    with beta.scope():
        assert not Attachment.objects.exists()
