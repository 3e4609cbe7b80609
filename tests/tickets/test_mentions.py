"""Colleagues are called by name in what only we read, and only those who may see the ticket."""

import pytest
from django.utils.translation import override

from tenants.models import Activity
from tenants.vocabulary import Refused
from tickets import conversation, lifecycle
from tickets.models import Mention
from tickets.writing import as_html

from .conftest import opened

CALL = "Глянь, @Мария Титова, и ты, @игорь седых. Почта a@Мария Титова.ру не в счёт"


@pytest.fixture(autouse=True)
def english():
    """These tests look for the sentences as they stand in the code."""
    with override("en"):
        yield


def say(desk, body, audience="internal", **facts):
    ticket = lifecycle.open_ticket("Касса", by=desk.agent, client=desk.client, **facts)
    return conversation.comment(ticket, body, by=desk.dispatcher, audience=audience)


def called(comment):
    return sorted(comment.mentions.values_list("member__name", flat=True))


def mentioned(comment, kind):
    return Activity.objects.filter(kind=kind, subject_id=comment.pk).latest("at").details["mentioned"]


def test_names_after_an_at_are_kept_and_told_to_the_ledger(inside):
    comment = say(inside, CALL)
    assert called(comment) == ["Игорь Седых", "Мария Титова"]
    assert set(mentioned(comment, "commented")) == {str(inside.agent.pk), str(inside.owner.pk)}


@pytest.mark.parametrize(
    "body", ["Пиши на info@Мария Титова", "Мария Титова в курсе", "@Мария Титоваша", "@ Мария Титова"]
)
def test_what_only_looks_like_a_call_is_none(inside, body):
    assert called(say(inside, body)) == []


def test_others_never_read_whom_we_call(inside):
    with pytest.raises(Refused, match="take @Мария Титова out"):
        say(inside, "@Мария Титова, ответь", audience="client")
    assert not Mention.objects.exists()


def test_who_may_not_see_the_ticket_is_not_called(inside):
    with pytest.raises(Refused, match="Олег Юрьев may not see this ticket"):
        say(inside, "@Олег Юрьев")
    assert called(say(inside, "@Олег Юрьев", assignee=inside.engineer)) == ["Олег Юрьев"]


def test_an_edit_calls_the_new_ones_and_frees_the_others(inside):
    comment = say(inside, "@Мария Титова и @Анна Ковалёва")
    conversation.edit(comment, "@Мария Титова и @Нина Раева", by=inside.dispatcher)
    assert called(comment) == ["Мария Титова", "Нина Раева"]
    assert mentioned(comment, "comment_edited") == [str(inside.observer.pk)]
    conversation.remove(comment, by=inside.dispatcher)
    assert called(comment) == []


def test_a_call_is_a_chip_and_one_s_own_stands_out(desk, agent):
    ticket = opened(desk)
    with desk.scope():
        conversation.comment(ticket, "@Мария Титова и @Анна Ковалёва", by=desk.owner, audience="internal")
    page = agent.get(f"{ticket.number}/").content.decode()
    assert '<span class="mention mention--me">@Мария Титова</span>' in page
    assert '<span class="mention">@Анна Ковалёва</span>' in page


def test_a_chip_cannot_break_out_of_its_page():
    names = {"<b>x</b>": 1, "Ann": 2}
    assert as_html("@<b>x</b>", names) == '<p><span class="mention">@&lt;b&gt;x&lt;/b&gt;</span></p>\n'
    assert 'href="https://x.example/@Ann"' in as_html("https://x.example/@Ann", names)
    assert "<span" not in as_html('<span class="mention">@Ann</span>'.replace("@Ann", "Ann"), names)


@pytest.mark.parametrize("typed", ["тит", "nbn", "Мар", "vfhbz"])
def test_colleagues_are_found_in_either_layout(desk, agent, typed):
    ticket = opened(desk)
    found = agent.fragment(f"{ticket.number}/people/?q={typed}").content.decode()
    assert found.count('data-name="') == 1 and 'data-name="Мария Титова"' in found


def test_the_list_names_only_those_who_see_the_ticket(desk, agent):
    ticket = opened(desk)
    assert "Олег Юрьев" not in agent.fragment(f"{ticket.number}/people/").content.decode()
    with desk.scope():
        lifecycle.assign(ticket, to=desk.engineer, by=desk.agent)
    assert "Олег Юрьев" in agent.fragment(f"{ticket.number}/people/").content.decode()
