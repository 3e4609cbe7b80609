"""The work is delivered with its report, accepted or sent back, by people or by itself; files keep to their readers."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from partnerships import delivery, reporting, sharing
from partnerships.models import InboxLetter, Letter, Terms, WorkReport
from partnerships.vocabulary import State
from tenants import clock, timers
from tenants.models import Activity, Timer
from tests.partnerships.conftest import hand, in_state, row, text_of
from tests.rewind import staged
from tickets import conversation, lifecycle, statuses
from tickets import files as filing
from tickets.models import Attachment, Comment, Notification, Upload
from tickets.vocabulary import Category

LINES = ["Тестовый чек", "Фото номера"]
ANSWERED = [{"done": True, "note": ""}, {"done": False, "note": "наклейка стёрта"}]


def photo(name="фото.txt", text="снимок"):
    return SimpleUploadedFile(name, text.encode())


@staged
def asked(w):
    """The retail chain's ticket at the service company: two lines to tick off, three days to accept the work."""
    from types import SimpleNamespace

    with w.retail.scope():
        Terms.objects.update(auto_approve_hours=72)
        ticket = lifecycle.open_ticket("Касса молчит", by=w.retail.dispatcher)
    given = hand(w.retail, w.service, ticket, checklist=LINES)
    delivery.drain()
    made = SimpleNamespace(
        giver=w.retail,
        taker=w.service,
        given=lambda: row(w.retail, pk=given.pk),
        taken=lambda: row(w.service, key=given.key),
        number=ticket.number,
    )
    with w.service.scope():
        sharing.accept(made.taken(), by=w.service.dispatcher)
        lifecycle.assign(made.taken().ticket, to=w.service.engineer, by=w.service.dispatcher)
    delivery.drain()
    return made


def deliver(made, **report):
    with made.taker.scope():
        sharing.deliver(made.taken(), by=made.taker.dispatcher, **({"checklist": ANSWERED} | report))
    delivery.drain()


def test_the_report_is_one_block_on_the_givers_ticket(asked, enter):
    with asked.taker.scope():
        ticket = asked.taken().ticket
        kept = filing.attach(ticket, photo("акт.txt", "акт"), by=asked.taker.engineer)

    deliver(asked, report="заменили ФН", uploads=[photo()], files=[kept])

    assert asked.given().checklist == asked.taken().checklist
    assert [line["done"] for line in asked.given().checklist] == [True, False]
    page = enter(asked.giver).get(f"tickets/{asked.number}/")
    for told in ("заменили ФН", "фото.txt", "акт.txt", *LINES, "наклейка стёрта", "accepted by itself"):
        assert told in text_of(page)


def test_a_line_needs_its_tick_or_its_reason(asked, enter):
    desk, data = enter(asked.taker), {"report": "готово", "done_0": "on", "why_1": " "}

    refused = desk.post(f"handovers/{asked.taken().pk}/done/", data)

    assert refused.status_code == 422
    assert "Say why it is not done: Фото номера" in text_of(refused) and "готово" in refused.content.decode()
    assert asked.taken().state == "accepted"
    assert desk.post(f"handovers/{asked.taken().pk}/done/", data | {"why_1": "стёрта"}).status_code == 302
    assert asked.taken().state == "done"


def test_only_ticked_files_cross_and_none_from_an_internal_comment(asked, enter):
    with asked.taker.scope():
        ticket, by = asked.taken().ticket, asked.taker.dispatcher
        ticked = filing.attach(ticket, photo("ticked.txt", "canary-ticked"), by=by)
        filing.attach(ticket, photo("unticked.txt", "canary-unticked"), by=by)
        said = conversation.comment(
            ticket, "у нас", by=by, audience="internal", uploads=[photo("secret.txt", "canary-secret")]
        )
        secret = said.attachments.get()
        assert [file.name for file in reporting.on_offer(asked.taken())] == ["ticked.txt", "unticked.txt"]
    data = {"report": "готово", "done_0": "on", "done_1": "on"}
    stolen = enter(asked.taker).post(f"handovers/{asked.taken().pk}/done/", data | {"on_ticket": [secret.pk]})
    assert stolen.status_code == 422

    enter(asked.taker).post(f"handovers/{asked.taken().pk}/done/", data | {"on_ticket": [ticked.pk]})
    delivery.drain()

    with asked.giver.scope():
        assert [file.name for file in Attachment.objects.all()] == ["ticked.txt"]
    with asked.taker.scope():
        mine = {file.name: file.audience for file in Attachment.objects.filter(comment=None)}
        assert mine == {"ticked.txt": "internal", "unticked.txt": "internal"}
        assert [file.name for file in reporting.on_offer(asked.taken())] == ["unticked.txt"]
        told = str(list(Letter.objects.values_list("body", flat=True)))
    assert "ticked.txt" in told and "unticked.txt" not in told and "secret.txt" not in told


def test_what_the_terms_hold_back_is_not_ticked_to_begin_with(asked):
    with asked.taker.scope():
        handover = asked.taken()
        filing.attach(handover.ticket, photo(), by=asked.taker.dispatcher)
        files = list(reporting.on_offer(handover))
        assert reporting.usual(handover, files) == [files[0].pk]

        Terms.objects.update(back_files=False)
        assert reporting.usual(handover, files) == []


def test_an_engineers_report_goes_to_the_dispatcher_first(asked, enter):
    engineer, desk = enter(asked.taker, "engineer"), enter(asked.taker)
    where, page = f"handovers/{asked.taken().pk}", f"tickets/{asked.taken().ticket.number}/"
    assert "Hand in the report" in text_of(engineer.get(page))
    data = {"report": "сделал", "done_0": "on", "why_1": "стёрта", "files": photo("с места.txt")}
    with asked.taker.scope():
        Notification.objects.update(read_at=clock.now())

    assert engineer.post(f"{where}/done/", data).status_code == 302

    assert asked.taken().state == "accepted", "only the desk delivers"
    assert engineer.post(f"{where}/report-back/", {"reason": "x"}).status_code == 302
    with asked.taker.scope():
        assert WorkReport.objects.get().answered_at is None
        told = Notification.objects.filter(member=asked.taker.dispatcher, read_at=None)
        assert [(one.event, one.reason) for one in told] == [("commented", "dispatch")]
    assert "сделал" in text_of(desk.get(page)) and "стёрта" in desk.get(f"{where}/done/").content.decode()

    assert desk.post(f"{where}/report-back/", {"reason": "нет подписи"}).status_code == 302
    assert "нет подписи" in text_of(engineer.get(page))
    engineer.post(f"{where}/done/", data | {"report": "подписали", "files": ""})
    with asked.taker.scope():
        kept = Attachment.objects.get()
    desk.post(f"{where}/done/", {"report": "подписали", "done_0": "on", "why_1": "стёрта", "on_ticket": [kept.pk]})
    delivery.drain()

    assert asked.given().report == "подписали"
    with asked.giver.scope():
        assert [file.name for file in Attachment.objects.all()] == ["с места.txt"]
    with asked.taker.scope():
        assert WorkReport.objects.filter(answered_at=None).count() == 0
        letters = set(Letter.objects.values_list("kind", flat=True))
    assert not {kind for kind in letters if "report" in kind}


def test_an_upload_outlives_a_refusal_and_goes_out_once(asked, enter):
    desk, where = enter(asked.taker), f"handovers/{asked.taken().pk}/done/"
    refused = desk.post(where, {"report": "готово", "files": photo()})
    assert refused.status_code == 422 and "фото.txt" in text_of(refused)
    with asked.taker.scope():
        kept = Upload.objects.get()

    desk.post(where, {"report": "готово", "done_0": "on", "done_1": "on", "uploads": [kept.pk]})
    delivery.drain()

    with asked.giver.scope():
        assert [file.name for file in Attachment.objects.all()] == ["фото.txt"]
    with asked.taker.scope():
        assert Upload.objects.count() == 0


def test_work_nobody_answers_is_accepted_by_itself_on_both_sides(asked):
    deliver(asked)
    due = asked.given().approve_at
    assert due == asked.given().done_at + timedelta(hours=72)
    assert abs(asked.taken().approve_at - due) < timedelta(seconds=1), "both sides show the same moment"

    with clock.at(due - timedelta(seconds=1)):
        timers.ring_due()
        assert asked.given().state == "done"
    with clock.at(due + timedelta(hours=5)):  # the installation was off meanwhile
        timers.ring_due()
        delivery.drain()

    assert asked.given().state == asked.taken().state == "approved"
    with asked.giver.scope():
        line = Activity.objects.get(kind="handover_approved")
        assert (line.actor_kind, line.details["text"]) == (
            "schedule",
            "За 72 ч никто не ответил: работа принята автоматически.",
        )
        assert Timer.objects.filter(kind="auto_approve").count() == 0


@pytest.mark.parametrize("first", ["return", "timer"])
def test_a_return_at_the_very_moment_of_accepting_by_itself(asked, first):
    """One of both: a work that was sent back is not accepted, and one that was accepted may be sent back."""
    deliver(asked)
    with clock.at(asked.given().approve_at):
        deeds = [lambda: send_back(asked), timers.ring_due]
        for deed in deeds if first == "return" else reversed(deeds):
            deed()
        delivery.drain()
        timers.ring_due()

    assert asked.given().state == asked.taken().state == "returned"
    assert asked.given().approve_at is None and asked.taken().approve_at is None
    with asked.giver.scope():
        approved = Activity.objects.filter(kind="handover_approved").count()
    assert approved == (0 if first == "return" else 1)


def send_back(made, **more):
    with made.giver.scope():
        sharing.send_back(made.given(), by=made.giver.dispatcher, reason="не печатает", **more)


def test_a_return_shows_photos_and_is_counted_with_its_reasons(asked, enter):
    deliver(asked)
    desk = enter(asked.giver)
    where = f"handovers/{asked.given().pk}/return/"
    assert desk.post(where, {"reason": "", "files": photo("чек.txt")}).status_code == 422
    with asked.giver.scope():
        kept = Upload.objects.get()
    assert desk.post(where, {"reason": "нет подписи", "uploads": [kept.pk]}).status_code == 302
    delivery.drain()
    deliver(asked)
    send_back(asked)
    delivery.drain()

    assert asked.given().returns == asked.taken().returns == 2
    for company, ticket in ((asked.giver, asked.number), (asked.taker, asked.taken().ticket.number)):
        page = text_of(enter(company).get(f"tickets/{ticket}/"))
        assert "sent back 2 times" in page and "нет подписи" in page and "не печатает" in page
    with asked.taker.scope():
        assert [file.name for file in Attachment.objects.all()] == ["чек.txt"]


def test_a_double_click_accepts_once(asked, enter):
    deliver(asked)
    desk, where = enter(asked.giver), f"handovers/{asked.given().pk}/approve/"

    answers = [desk.post(where, {"score": "4", "quality": "5"}, **{"HX-Request": "true"}) for _press in range(2)]
    delivery.drain()

    assert [answer.status_code for answer in answers] == [204, 422]
    with asked.taker.scope():
        came = InboxLetter.objects.filter(kind__in=["handover.approved", "handover.rated"]).order_by("seq")
        assert [letter.kind for letter in came] == ["handover.approved", "handover.rated"]
    assert asked.taken().criteria == asked.given().criteria == {"quality": 5}


def test_a_delivery_and_a_withdrawal_that_cross(asked):
    with asked.giver.scope():
        sharing.withdraw(asked.given(), by=asked.giver.dispatcher, reason="сами")
    with asked.taker.scope():
        sharing.deliver(asked.taken(), by=asked.taker.dispatcher, report="успели", checklist=ANSWERED)
    delivery.drain()

    assert asked.given().state == asked.taken().state == "withdrawn"
    assert asked.given().approve_at is None and asked.taken().approve_at is None
    with asked.giver.scope():
        assert Comment.objects.get().body == "успели", "the work done is kept as a note"
        assert Activity.objects.get(kind="handover_missed").details["text"] == "успели"


@in_state("done")
def test_talk_files_and_statuses_pass_while_the_work_waits_and_after_it_was_sent_back(moved):
    for state in ("done", "returned"):
        if state == "returned":
            send_back(moved)
            delivery.drain()
        assert moved.given().state == moved.taken().state == state
        said = f"слово {state}"
        with moved.taker.scope():
            taken = moved.taken()
            reporting.say(taken, said, by=moved.taker.dispatcher, uploads=[photo(f"{state}.txt", state)])
            status = statuses.first(Category.WAITING)
            lifecycle.set_status(taken.ticket, to=status, by=moved.taker.dispatcher)
        delivery.drain()
        with moved.giver.scope():
            assert Comment.objects.filter(body=said, attachments__name=f"{state}.txt").count() == 1
        assert moved.given().peer_status == status.name


@in_state("approved")
def test_statuses_and_better_wordings_still_pass_after_the_work_was_accepted(moved):
    with moved.taker.scope():
        lifecycle.reopen(moved.taken().ticket, by=moved.taker.dispatcher)
        status = moved.taken().ticket.status.name
    delivery.drain()

    assert moved.given().peer_status == status
    assert moved.given().state == State.APPROVED
