"""Comments: to exactly these people, and refused in words when that can't be."""

import pytest

from tenants.scoping import new_id
from tenants.vocabulary import Actor, Refused
from tickets import conversation, lifecycle, readers
from tickets.models import Attachment, Comment

from .conftest import Page, counterpart, opened, picture, upload


def said(desk):
    with desk.scope():
        return list(Comment.objects.order_by("pk"))


@pytest.mark.parametrize("audience", ["internal", "client"])
def test_a_comment_is_said_to_the_chosen_audience(desk, agent, audience):
    ticket = opened(desk)
    answer = agent.post(f"{ticket.number}/comments/", {"audience": audience, "body": "Выезжаем"})
    comment = said(desk)[0]
    assert answer.status_code == 302 and answer["Location"].endswith(f"/{ticket.number}/#comment-{comment.pk}")
    assert (comment.audience, comment.body, comment.author_name) == (audience, "Выезжаем", "Мария Титова")


def test_a_comment_to_one_partner_names_him_alone(desk, agent):
    ticket = opened(desk)
    vector, _atlas = counterpart(desk, ticket), counterpart(desk, ticket, "АТЛАС")
    agent.post(f"{ticket.number}/comments/", {"audience": f"partner:{vector.pk}", "body": "Ваш ход"})
    with desk.scope():
        comment = Comment.objects.get()
        assert comment.audience == "partner" and [row.label for row in comment.readers.all()] == ["Вектор"]


def test_both_with_several_partners_needs_a_tick(desk, agent):
    ticket = opened(desk)
    vector, atlas = counterpart(desk, ticket), counterpart(desk, ticket, "АТЛАС")
    where = f"{ticket.number}/comments/"
    both = {"audience": "client_and_partner", "body": "Готово"}
    assert agent.post(where, both, htmx=True).status_code == 422
    assert agent.post(where, {**both, "readers": [str(atlas.pk)]}, htmx=True).status_code == 200
    with desk.scope():
        assert [row.label for row in Comment.objects.get().readers.all()] == ["АТЛАС"]
    assert vector.open


@pytest.mark.parametrize(
    ("posted", "sentence"),
    [
        ({"audience": "client", "body": "   "}, "Write something or attach a file."),
        ({"audience": "client", "body": "я" * 20_001}, "too long"),
        ({"audience": "", "body": "Тихо"}, "Choose who will see the comment."),
        ({"audience": "everybody", "body": "Тихо"}, "Choose who will see the comment."),
        ({"audience": "partner", "body": "Тихо"}, "Choose who will see the comment."),
        ({"audience": f"partner:{new_id()}", "body": "Тихо"}, "There is no such partner on this ticket."),
        ({"audience": "partner:nonsense", "body": "Тихо"}, "There is no such partner on this ticket."),
        ({"audience": "client:1", "body": "Тихо"}, "Choose who will see the comment."),
        ({"audience": "client_and_partner", "body": "Тихо"}, "Choose which partner will read this."),
    ],
)
def test_what_cannot_be_sent_stays_typed_and_says_why(desk, agent, posted, sentence):
    ticket = opened(desk)
    plain = agent.post(f"{ticket.number}/comments/", posted)
    page = plain.content.decode()
    assert plain.status_code == 422 and sentence in page
    assert posted["body"].strip() in page
    fragment = agent.post(f"{ticket.number}/comments/", posted, htmx=True)
    assert fragment.status_code == 422 and sentence in fragment.content.decode()
    assert said(desk) == []


def test_a_counterpart_of_another_ticket_or_of_a_closed_handover_is_no_reader(desk, agent):
    ticket, other = opened(desk), opened(desk, "Другая")
    foreign, closed = counterpart(desk, other), counterpart(desk, ticket, "АТЛАС", open=False)
    for row in (foreign, closed):
        posted = {"audience": f"partner:{row.pk}", "body": "Тихо"}
        assert agent.post(f"{ticket.number}/comments/", posted, htmx=True).status_code == 422
    open_one = counterpart(desk, ticket)
    counterpart(desk, ticket, "Навис")
    mixed = {"audience": "client_and_partner", "body": "Тихо", "readers": [str(open_one.pk), str(foreign.pk)]}
    assert agent.post(f"{ticket.number}/comments/", mixed, htmx=True).status_code == 422
    assert said(desk) == []


def test_a_ticket_without_a_client_offers_none(desk, agent):
    ticket = opened(desk, client=None)
    page = agent.get(f"{ticket.number}/").content.decode()
    assert 'value="client"' not in page and 'value="internal" data-key="internal" data-n="1" checked' in page
    assert agent.post(f"{ticket.number}/comments/", {"audience": "client", "body": "?"}).status_code == 422


def test_the_sender_of_a_co_ticket_is_the_first_segment_in_the_clients_blue(desk, agent):
    ticket = opened(desk, client=None)
    sender = counterpart(desk, ticket, "Лукошко", "taken")
    page = agent.get(f"{ticket.number}/").content.decode()
    assert f'value="partner:{sender.pk}" data-key="client" data-n="1" checked' in page
    assert 'value="client"' not in page and 'value="client_and_partner"' not in page


def test_the_default_is_the_last_outward_audience_and_never_both(inside):
    ticket = opened_inside(inside)
    vector = counterpart_inside(ticket)

    def chosen():
        rows = list(ticket.counterparts.all())
        from tickets.timeline import last_outward

        drawn = readers.segments(ticket, rows, chosen=readers.chosen_by(last_outward(ticket), rows))
        return next(one["value"] for one in drawn if one["checked"])

    assert chosen() == "client"
    conversation.comment(ticket, "а", by=inside.agent, audience="partner", readers=[vector])
    assert chosen() == f"partner:{vector.pk}"
    conversation.comment(ticket, "б", by=inside.agent, audience="internal")
    assert chosen() == f"partner:{vector.pk}"
    conversation.comment(ticket, "в", by=inside.agent, audience="client_and_partner", readers=[vector])
    assert chosen() == "client"


def opened_inside(desk, **facts):
    from tickets import lifecycle

    ticket = lifecycle.open_ticket("Касса", by=desk.agent, client=desk.client, contact=desk.contact, **facts)
    ticket.account = desk.account
    return ticket


def counterpart_inside(ticket, label="Вектор", direction="given"):
    from tickets.models import Counterpart

    return Counterpart.objects.create(ticket=ticket, label=label, direction=direction, state="accepted")


def test_the_readers_line_names_who_reads_and_who_does_not(inside):
    ticket = opened_inside(inside)
    counterpart_inside(ticket)
    lines = {
        one["value"].partition(":")[0]: "".join(part["text"] for part in one["readers"])
        for one in readers.segments(ticket, list(ticket.counterparts.all()))
    }
    assert lines["internal"] == "Read by: only people of Меридиан Сервис."
    assert lines["client"] == "Read by: Ольга Петренко, Лукошко. Will not see it: Вектор."
    assert lines["partner"] == "Read by: Вектор."
    assert lines["client_and_partner"] == "Read by: Ольга Петренко, Лукошко, Вектор."


def test_what_is_said_among_us_is_never_passed_on(inside):
    ticket = opened_inside(inside)
    word = conversation.comment(ticket, "Между нами", by=inside.agent, audience="internal")
    with pytest.raises(Refused):
        conversation.pass_on(word, by=inside.agent, to_client=True)


def test_only_the_author_edits_and_removes(desk, agent, as_role):
    ticket = opened(desk)
    agent.post(f"{ticket.number}/comments/", {"audience": "client", "body": "Было"})
    word = said(desk)[0]
    where = f"{ticket.number}/comments/{word.pk}/"
    assert as_role("owner").get(where + "edit/").status_code == 404
    assert as_role("owner").post(where + "remove/").status_code == 404
    assert "Было" in agent.get(where + "edit/").content.decode()
    empty = agent.post(where + "edit/", {"body": " "})
    assert empty.status_code == 422 and "Write something" in empty.content.decode()
    assert agent.post(where + "edit/", {"body": "я" * 20_001}).status_code == 422
    assert agent.post(where + "edit/", {"body": "Стало"}, htmx=True).status_code == 204
    assert "Стало" in agent.get(f"{ticket.number}/").content.decode()
    assert "close-dialog" in agent.post(where + "remove/", htmx=True)["HX-Trigger"]
    page = agent.get(f"{ticket.number}/").content.decode()
    assert "Стало" not in page and "removed a comment" in page


def test_a_comment_of_another_ticket_is_not_found_under_this_one(desk, agent):
    ticket, other = opened(desk), opened(desk, "Другая")
    agent.post(f"{other.number}/comments/", {"audience": "client", "body": "Там"})
    word = said(desk)[0]
    assert agent.get(f"{ticket.number}/comments/{word.pk}/edit/").status_code == 404
    assert agent.post(f"{ticket.number}/comments/{word.pk}/pass-on/", {"to": "client"}).status_code == 404


def test_files_go_with_the_comment_and_a_refused_one_leaves_nothing(desk, agent, settings):
    ticket = opened(desk)
    where = f"{ticket.number}/comments/"
    settings.FILE_LIMIT = 5000
    big = {"audience": "client", "body": "Фото", "files": [picture(), upload("big.bin", b"x" * 5001)]}
    answer = agent.post(where, big, htmx=True)
    assert answer.status_code == 422 and "big.bin" in answer.content.decode()
    assert said(desk) == []
    agent.post(where, {"audience": "client", "body": "", "files": [picture("а.jpg"), picture("б.jpg")]})
    with desk.scope():
        assert [file.name for file in Attachment.objects.order_by("pk")] == ["а.jpg", "б.jpg"]
        assert {file.audience for file in Attachment.objects.all()} == {"client"}


def test_an_observer_cannot_comment_and_an_engineer_only_on_his_own(desk, as_role):
    mine, other = opened(desk, assignee=desk.engineer), opened(desk, "Чужая")
    word = {"audience": "internal", "body": "Сделал"}
    assert as_role("observer").post(f"{other.number}/comments/", word, htmx=True).status_code == 422
    assert as_role("engineer").post(f"{other.number}/comments/", word).status_code == 404
    assert as_role("engineer").post(f"{mine.number}/comments/", word).status_code == 302
    assert len(said(desk)) == 1


def test_a_stranger_cannot_comment_here(desk, stranger):
    ticket = opened(desk)
    outsider = Page(stranger, "owner")
    word = {"audience": "internal", "body": "Я тут"}
    assert outsider.post(f"{ticket.number}/comments/", word).status_code == 404
    assert outsider.browser.post(f"/a/{desk.slug}/tickets/{ticket.number}/comments/", word).status_code == 404
    assert said(desk) == []


def test_an_answer_to_something_older_is_asked_about_first(desk, agent):
    ticket = opened(desk)
    page = agent.get(f"{ticket.number}/").content.decode()
    known = page.partition('name="known" value="')[2].partition('"')[0]
    with desk.scope():
        conversation.comment(ticket, "Уже починили", by=desk.dispatcher, audience="client")
    word = {"audience": "client", "body": "Выезжаем", "known": known}

    for htmx in (True, False):
        answer = agent.post(f"{ticket.number}/comments/", word, htmx=htmx)
        text = answer.content.decode()
        assert answer.status_code == 422 and "Уже починили" in text and "Send anyway" in text
    seen = text.partition('name="anyway" value="')[2].partition('"')[0]
    agent.post(f"{ticket.number}/comments/", {**word, "anyway": seen})
    assert [one.body for one in said(desk)] == ["Уже починили", "Выезжаем"]


def test_ones_own_words_and_quiet_changes_stop_nobody(desk, agent):
    ticket = opened(desk)
    page = agent.get(f"{ticket.number}/").content.decode()
    known = page.partition('name="known" value="')[2].partition('"')[0]
    with desk.scope():
        conversation.comment(ticket, "Моё", by=desk.agent, audience="internal")
        lifecycle.set_priority(ticket, to="high", by=desk.dispatcher)
    agent.post(f"{ticket.number}/comments/", {"audience": "client", "body": "Выезжаем", "known": known})
    assert [one.body for one in said(desk)] == ["Моё", "Выезжаем"]


def test_an_edited_comment_keeps_how_it_read_and_a_removed_one_keeps_nothing(desk, agent, as_role):
    ticket = opened(desk)
    with desk.scope():
        word = conversation.comment(ticket, "Раз", by=desk.agent, audience="client")
        conversation.edit(word, "Два", by=desk.agent)
        conversation.edit(word, "Три", by=desk.agent)
    where = f"{ticket.number}/comments/{word.pk}/history/"
    shown = as_role("observer").fragment(where).content.decode()
    assert f"/{where}" in agent.get(f"{ticket.number}/").content.decode()
    assert shown.index("Три") < shown.index("Два") < shown.index("Раз")
    with desk.scope():
        conversation.remove(word, by=desk.agent)
        assert not word.revisions.exists()
    assert agent.get(where).status_code == 404
    assert as_role("engineer").get(where).status_code == 404


def test_a_partners_better_wording_keeps_the_former_once(inside):
    ticket = opened_inside(inside)
    through, by = counterpart_inside(ticket), Actor(kind="partner", name="Руслан", company="Вектор", origin="partner")
    word = conversation.write(ticket, "Было", author=by, audience="internal", came_through=through)
    for _time in range(2):
        conversation.revise(word, "Стало", by=by, revision=1)
    assert list(word.revisions.values_list("revision", "body")) == [(0, "Было")]
