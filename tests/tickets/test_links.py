"""Two tickets belong together: linked, seen from both ends, and taken apart; tags beside them."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from tenants.models import Activity
from tenants.vocabulary import Refused
from tickets import lifecycle, linking, tagging
from tickets.models import CustomField, Tag, Ticket, TicketLink, TicketType


@pytest.fixture(autouse=True)
def in_english():
    """The sentences as they stand in the code."""
    with override("en"):
        yield


def opened(desk, subject="Касса не печатает", **facts):
    return lifecycle.open_ticket(subject, by=desk.agent, client=desk.client, **facts)


def seen(ticket, member):
    return [(one.how, one.ticket.subject) for one in linking.ties(ticket, member)]


def test_a_link_is_read_from_both_ends_and_both_histories_tell_of_it(inside):
    whole, part = opened(inside, "Целое"), opened(inside, "Часть")

    made = linking.link(whole, part, kind="parent", by=inside.agent)

    assert seen(whole, inside.agent) == [("parent", "Часть")]
    assert seen(part, inside.agent) == [("child", "Целое")]
    told = Activity.objects.filter(kind="tied").order_by("pk")
    assert [(row.ticket_id, row.sentence) for row in told] == [
        (whole.pk, f"linked it: parent of {part.ref}"),
        (part.pk, f"linked it: part of {whole.ref}"),
    ]

    linking.unlink(made, by=inside.agent)

    assert seen(whole, inside.agent) == [] and Activity.objects.filter(kind="untied").count() == 2


def test_a_duplicate_may_be_closed_on_the_way(inside):
    first, again = opened(inside, "Первая"), opened(inside, "Снова")

    linking.link(again, first, kind="duplicate", by=inside.agent, close=True)

    assert Ticket.objects.select_related("status").get(pk=again.pk).status.category == "closed"
    assert not Ticket.objects.get(pk=first.pk).is_finished
    assert seen(first, inside.agent) == [("duplicated", "Снова")]
    assert Activity.objects.get(kind="closed").details["note"] == f"duplicate of {first.ref}"


def test_links_that_make_no_sense_are_refused(inside):
    one, two, three = (opened(inside, name) for name in "абв")
    linking.link(one, two, kind="parent", by=inside.agent)
    linking.link(two, three, kind="parent", by=inside.agent)

    def refused(source, target, kind):
        with pytest.raises(Refused) as no:
            linking.link(source, target, kind=kind, by=inside.agent)
        return str(no.value.sentence)

    assert refused(one, one, "related") == "A ticket can’t be linked with itself."
    assert refused(one, two, "related") == "These tickets are linked already."
    assert refused(three, one, "parent") == "That ticket is above this one already."
    assert refused(one, three, "parent") == "That ticket is a part of another one already."
    assert refused(one, three, "cousin") == "Choose how the tickets belong together."
    assert TicketLink.objects.count() == 2
    other, original = opened(inside, "г"), opened(inside, "д")
    linking.link(other, original, kind="duplicate", by=inside.agent)
    assert refused(other, three, "duplicate") == "This ticket is a duplicate of another one already."
    linking.link(three, other, kind="duplicate", by=inside.agent)
    assert refused(original, three, "duplicate") == "That ticket is itself a duplicate of this one."


def test_who_does_not_see_the_other_ticket_sees_no_link(inside):
    mine, other = opened(inside, "Моя", assignee=inside.engineer), opened(inside, "Чужая")
    linking.link(mine, other, kind="related", by=inside.agent)

    assert seen(mine, inside.engineer) == [] and seen(mine, inside.observer) == [("related", "Чужая")]
    with pytest.raises(Refused):
        linking.link(mine, other, kind="related", by=inside.engineer)


def test_a_tag_is_one_word_however_it_is_written(inside):
    ticket = opened(inside)

    first = tagging.tag(ticket, "  ФН  до нового года ", by=inside.agent)
    again = tagging.tag(ticket, "#фн до Нового года", by=inside.agent)

    assert first == again and [tag.name for tag in tagging.tags_of(ticket)] == ["ФН до нового года"]
    assert Activity.objects.filter(kind="tagged").count() == 1
    assert tagging.offered(ticket) == [] and tagging.offered(opened(inside, "Вторая")) == [first]
    tagging.untag(ticket, first, by=inside.agent)
    assert tagging.tags_of(ticket) == [] and Tag.objects.get() == first
    for words in ("", "я" * 41):
        with pytest.raises(Refused):
            tagging.tag(ticket, words, by=inside.agent)
    with pytest.raises(Refused):
        tagging.tag(ticket, "чужое", by=inside.observer)


def test_the_dialog_finds_the_other_ticket_and_ties_it(desk, agent, as_role):
    with desk.scope():
        mine, other = opened(desk, "Касса 3"), opened(desk, "Чековая лента", site=desk.site)
        near = lifecycle.open_ticket("Рядом", by=desk.agent, client=desk.client, site=desk.site)
    here = f"{mine.number}/link/"

    listed = agent.fragment(f"{here}?list=1&q=лента").content.decode()
    both = agent.post(here, {"how": "child", "q": other.ref}, htmx=True)
    again = agent.post(here, {"how": "related", "to": other.number, "q": "лента"}, htmx=True)
    nothing = agent.post(here, {"how": "related", "q": "ленточка"}, htmx=True)

    assert "Чековая лента" in listed and "Касса 3" not in listed and "Рядом" not in listed
    assert both.status_code == 204
    text = again.content.decode()
    assert again.status_code == 422 and "linked already" in text and 'value="лента"' in text
    assert nothing.status_code == 422 and "Find the other ticket first" in nothing.content.decode()
    assert "Касса 3" in agent.get(f"{other.number}/").content.decode()
    assert other.subject in agent.fragment(f"{near.number}/link/").content.decode()
    with desk.scope():
        made = TicketLink.objects.get()
        assert (made.source_id, made.target_id, made.kind) == (other.pk, mine.pk, "parent")
    assert as_role("observer").post(f"{mine.number}/unlink/", {"link": made.pk}, htmx=True).status_code == 422
    assert agent.post(f"{near.number}/unlink/", {"link": made.pk}, htmx=True).status_code == 422
    assert agent.post(f"{mine.number}/unlink/", {"link": made.pk}, htmx=True).status_code == 204
    with desk.scope():
        assert not TicketLink.objects.exists()


def test_a_link_to_what_one_may_not_see_is_told_by_no_line_either(desk, agent, as_role):
    with desk.scope():
        mine, other = opened(desk, "Моя", assignee=desk.engineer), opened(desk, "Чужая")
        linking.link(mine, other, kind="related", by=desk.agent)

    shown, hidden = (who.get(f"{mine.number}/").content.decode() for who in (agent, as_role("engineer")))

    assert shown.count(other.ref) >= 2 and "Чужая" in shown
    assert other.ref not in hidden and "Чужая" not in hidden


def test_tags_go_on_and_off_the_page(desk, agent):
    with desk.scope():
        ticket = opened(desk)
    agent.post(f"{ticket.number}/tags/", {"tag": "Вологда"}, htmx=True)
    page = agent.get(f"{ticket.number}/").content.decode()
    with desk.scope():
        word = Tag.objects.get()
    assert ">Вологда</a>" in page and f'value="{word.pk}"' in page
    agent.post(f"{ticket.number}/tags/", {"remove": word.pk})
    assert ">Вологда</a>" not in agent.get(f"{ticket.number}/").content.decode()


def test_a_ticket_is_given_a_type_and_its_answers(desk, agent, as_role):
    with desk.scope():
        kind = TicketType.objects.create(name="Замена ФН")
        number = CustomField.objects.create(type=kind, label="Номер ФН", kind="text", required=True)
        count = CustomField.objects.create(label="Касс", kind="number")
        ticket = opened(desk, assignee=desk.engineer)
    here = f"{ticket.number}/fields/"
    typed = {f"field_{number.pk.hex}": "99604", f"field_{count.pk.hex}": "3"}

    assert agent.post(f"{ticket.number}/type/", {"to": kind.pk}, htmx=True).status_code == 204
    wrong = as_role("engineer").post(here, {**typed, f"field_{count.pk.hex}": "три"}, htmx=True)
    right = as_role("engineer").post(here, typed, htmx=True)

    assert wrong.status_code == 422 and "99604" in wrong.content.decode() and right.status_code == 204
    page = agent.get(f"{ticket.number}/").content.decode()
    assert "Замена ФН" in page and "99604" in page and "<dt>Касс</dt><dd>3</dd>" in page
    with desk.scope():
        assert Ticket.objects.get(pk=ticket.pk).custom == {str(number.pk): "99604", str(count.pk): 3}
    assert as_role("observer").fragment(here).status_code == 422


def test_equipment_tells_how_often_it_was_in_trouble(desk, agent):
    with desk.scope():
        first, second, ticket = (
            lifecycle.open_ticket(name, by=desk.agent, client=desk.client, site=desk.site, equipment=[desk.device])
            for name in "абв"
        )
        Ticket.objects.filter(pk=first.pk).update(created_at=first.created_at - timedelta(days=400))

    page = agent.get(f"{ticket.number}/").content.decode()

    assert "1 ticket within a year</a>" in page and f"q={desk.device.serial_number}" in page and second.number == 2
