"""Two tickets belong together: linked, seen from both ends, and taken apart; tags beside them."""

import pytest

from tenants.models import Activity
from tenants.vocabulary import Refused
from tickets import lifecycle, linking, tagging
from tickets.models import Tag, Ticket, TicketLink


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
