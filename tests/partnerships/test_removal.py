"""A removal outranks every later edit and reaches search, caches, letters and storage, hop by hop."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from partnerships import cards, delivery, inbox, lanes, outbox, parting, reporting, seeing, sharing
from partnerships.models import InboxLetter, Lane, Letter, Link
from partnerships.protocol import CommentAdded, CommentEdited, CommentRemoved, Person, Said, render
from partnerships.protocol import Letter as Envelope
from partnerships.transports import local
from tenants import clock, postman
from tenants.models import Activity
from tenants.scoping import new_id
from tenants.vocabulary import Refused
from tests import world
from tests.faults import invariants
from tests.faults.removed import words_that_live_on
from tests.partnerships.conftest import hand, row
from tests.rewind import staged
from tickets import conversation, lifecycle, search, sweeping
from tickets import files as filing
from tickets.models import Attachment, Blob, Comment, Ticket

WORDS, BETTER, LATE = "zqwordsqz", "zqbetterqz", "zqlateqz"
NAME, BYTES = "zqnameqz", "zqbytesqz"
CANARY = re.compile(rb"zq(words|better|late|name|bytes)qz", re.IGNORECASE)


@staged
def chain(w):
    """The chain's ticket at its service company and at the subcontractor, and the stranger beside them."""
    a, b, c = w.retail, w.service, w.sub
    world.at_once(a, b, c)
    with a.scope():
        ticket = lifecycle.open_ticket("Касса", by=a.dispatcher)
    take(a, b, ticket)
    with b.scope():
        ours = row(b, direction="taken").ticket
    take(b, c, ours)
    return SimpleNamespace(a=a, b=b, c=c, companies=(a, b, c, w.stranger))


def take(giver, taker, ticket):
    hand(giver, taker, ticket)
    delivery.drain()
    with taker.scope():
        sharing.accept(row(taker, direction="taken"), by=taker.dispatcher)
    delivery.drain()


def say(company, direction, text, *uploads):
    """A comment for the partner of this hand-over."""
    with company.scope():
        mine = row(company, direction=direction)
        return conversation.comment(
            mine.ticket,
            text,
            by=company.dispatcher,
            audience="partner",
            readers=[mine.counterpart],
            uploads=uploads,
        )


def paper(name=NAME, body=BYTES):
    return SimpleUploadedFile(f"{name}.txt", body.encode())


def pass_down(company, origin_id):
    """What came from above goes on to the one below."""
    with company.scope():
        said = Comment.objects.get(origin_id=origin_id)
        return conversation.pass_on(said, by=company.dispatcher, readers=[row(company, direction="given").counterpart])


def had(company, origin_id):
    with company.scope():
        return Comment.objects.get(origin_id=origin_id)


COLUMNS = """
SELECT c.table_name, array_agg(c.column_name::text) FROM information_schema.columns c
JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
AND c.data_type IN ('text', 'character varying', 'json', 'jsonb', 'tsvector', 'bytea', 'ARRAY') GROUP BY 1
"""


def songs(companies):
    """Where a canary sings: every column that can hold a word, of every table, account by account; and the store."""
    found, canary = set(), CANARY.pattern.decode()
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        tables = dict(cursor.fetchall())
        assert sum(map(len, tables.values())) > 200 and "words" in tables["tickets_comment"]
        for company in companies:
            with company.scope():
                for table, columns in tables.items():
                    heard = ", ".join(f'bool_or("{column}"::text ~* %s)' for column in columns)
                    cursor.execute(f'SELECT {heard} FROM "{table}"', [canary] * len(columns))
                    found |= {
                        (table, column) for column, sings in zip(columns, cursor.fetchone(), strict=True) if sings
                    }
    for path in settings.FILES_ROOT.rglob("*"):
        if path.is_file() and CANARY.search(path.read_bytes()):
            found.add(("store", path.suffix))
    return found


def sweep():
    Blob.objects.update(released_at=timezone.now() - timedelta(days=1))
    return sweeping.sweep()


TOLD = {
    ("tickets_comment", "body"),
    ("tickets_comment", "words"),
    ("tickets_commentrevision", "body"),
    ("tickets_attachment", "name"),
    ("partnerships_letter", "body"),
    ("partnerships_inboxletter", "body"),
    ("store", ""),
}


def test_no_word_and_no_byte_of_a_removed_comment_is_left_anywhere(chain, mailoutbox):
    a, b, c = chain.a, chain.b, chain.c
    said = say(a, "given", WORDS, paper())
    with a.scope():
        conversation.edit(said, BETTER, by=a.dispatcher)
    assert delivery.drain()
    pass_down(b, said.origin_id)
    assert delivery.drain()
    assert had(c, said.origin_id).body == BETTER
    assert songs(chain.companies) == TOLD
    assert [found(one, BETTER) for one in (a, b, c)] == [1] * 3

    with a.scope():
        conversation.remove(said, by=a.dispatcher)
    assert delivery.drain()
    late = envelope(a, "comment.edited", CommentEdited(said.origin_id, LATE, 9))
    assert local.hand_in(*late).stuck is False
    assert local.hand_in(*envelope(a, "comment.added", said_as(said, LATE), place=2)).stuck is False
    with clock.at(timezone.now() + timedelta(hours=1)):
        while postman.deliver_due():
            pass

    assert sweep() == 1
    assert songs(chain.companies) == set()
    assert not [mail for mail in mailoutbox if CANARY.search(mail.message().as_bytes())]
    assert [bool(had(one, said.origin_id).removed_at) for one in (a, b, c)] == [True] * 3
    assert words_that_live_on() == []
    assert [found(one, BETTER) for one in (a, b, c)] == [0] * 3


def found(company, word):
    """How many tickets the company's search finds by a word."""
    with company.scope():
        return search.matching(Ticket.objects.all(), word).count()


def said_as(said, text):
    """The comment as it would travel with these words."""
    return CommentAdded(Said(said.origin_id, text, said.author_name, "Лукошко", said.created_at))


def envelope(company, kind, body, place=1):
    """A letter of the company's only given hand-over as a carrier would bring it, beyond what is written."""
    with company.scope():
        key = row(company, direction="given").key
    lane = Lane.objects.select_related("receiver", "link").get(handover=key, sender=company.account)
    seq = lane.written + place
    told = Envelope(new_id(), lane.link_id, key, seq, kind, timezone.now(), Person(), render(body))
    return lane, [told]


def test_what_is_removed_before_it_is_carried_never_gets_across(chain):
    a, b = chain.a, chain.b
    with a.scope():
        parting.pause(world.partner(a, b), by=a.owner)
    assert delivery.drain()
    said = say(a, "given", WORDS, paper())
    with a.scope():
        conversation.edit(said, BETTER, by=a.dispatcher)
        conversation.remove(said, by=a.dispatcher)
    with b.scope():
        lines = Activity.objects.count()
    assert songs(chain.companies) == {("store", "")}

    with a.scope():
        parting.resume(world.partner(a, b), by=a.owner)
    assert delivery.drain()

    there = had(b, said.origin_id)
    assert (there.body, bool(there.removed_at), there.author_name) == ("", True, said.author_name)
    with b.scope():
        assert not Attachment.objects.filter(ticket=there.ticket).exists()
        told = set(Activity.objects.values_list("kind", flat=True)[lines:])
        assert not told & {"commented", "comment_edited", "comment_removed", "file_added"}
    with a.scope():
        assert [line.said for line in seeing.sight(row(a, direction="given")).lines if line.author] == [False]
        assert cards.said(Comment.objects.get(pk=said.pk), "").removed, "told once more, it is told as removed"
    assert words_that_live_on() == []


def test_a_replay_of_the_whole_outbox_after_a_removal_changes_no_row(chain):
    a, b = chain.a, chain.b
    said = say(a, "given", WORDS, paper())
    assert delivery.drain()
    pass_down(b, said.origin_id)
    with a.scope():
        conversation.remove(said, by=a.dispatcher)
    assert delivery.drain()
    before, bodies = invariants.rows(), bodies_of(chain)

    assert sum(lanes.rewind(link) for link in Link.objects.all()) > 20
    assert delivery.drain()

    assert invariants.rows() == before and bodies_of(chain) == bodies
    assert had(chain.c, said.origin_id).removed_at


def bodies_of(chain):
    found = []
    for company in chain.companies:
        with company.scope():
            for model in (Letter, InboxLetter):
                found.append(list(model.objects.order_by("pk").values_list("pk", "body")))
    return found


def test_the_inbox_loses_the_words_also_while_its_lane_waits_for_a_person(chain):
    a, b = chain.a, chain.b
    with a.scope():
        outbox.write(row(a, direction="given"), CommentRemoved(new_id()), by=a.dispatcher, kind="nobody.knows")
    said = say(a, "given", WORDS, paper())
    assert delivery.drain()
    with b.scope():
        assert InboxLetter.objects.get(kind="nobody.knows").stage == "set_aside"
        assert WORDS in str(InboxLetter.objects.get(kind="comment.added", stage="waiting").body)

    with a.scope():
        conversation.remove(said, by=a.dispatcher)
    delivery.drain()
    assert songs(chain.companies) == {("store", "")}

    with b.scope():
        inbox.skip(InboxLetter.objects.get(kind="nobody.knows"), by=b.dispatcher)
    assert delivery.drain()
    assert had(b, said.origin_id).removed_at
    assert words_that_live_on() == []


def test_after_the_end_each_keeps_what_he_has_and_ones_own_letters_lose_it(chain):
    a, b = chain.a, chain.b
    said = say(a, "given", WORDS)
    assert delivery.drain()
    waits = say(a, "given", LATE)
    with a.scope():
        parting.end(world.partner(a, b), by=a.owner)
        conversation.remove(said, by=a.dispatcher)
        conversation.remove(waits, by=a.dispatcher)
    delivery.drain()

    assert had(b, said.origin_id).body == WORDS
    with a.scope():
        assert not [body for body in Letter.objects.values_list("body", flat=True) if "zq" in str(body)]
    with b.scope():
        assert not Comment.objects.filter(origin_id=waits.origin_id).exists()
    assert words_that_live_on() == []


def test_only_its_author_takes_it_back_and_only_once(chain):
    a, b, c = chain.a, chain.b, chain.c
    said = say(a, "given", WORDS, paper())
    assert delivery.drain()
    pass_down(b, said.origin_id)
    assert delivery.drain()
    for company in (b, c):
        with company.scope():
            there = Comment.objects.get(origin_id=said.origin_id)
            with pytest.raises(Refused):
                conversation.remove(there, by=company.dispatcher)
            with pytest.raises(Refused):
                filing.remove(there.attachments.get(), by=company.dispatcher)
    with a.scope():
        with pytest.raises(Refused):
            filing.remove(said.attachments.get(), by=a.owner)
        conversation.remove(said, by=a.dispatcher)
        letters = Letter.objects.count()
        with pytest.raises(Refused):
            conversation.remove(Comment.objects.get(pk=said.pk), by=a.dispatcher)
        conversation.erase(said, by=a.dispatcher)
        assert Letter.objects.count() == letters
    assert delivery.drain()
    with pytest.raises(Refused):
        pass_down(b, said.origin_id)


@pytest.mark.parametrize("alone", [True, False], ids=["on the ticket", "on a comment"])
def test_one_file_goes_alone_hop_by_hop(chain, alone):
    a, b, c = chain.a, chain.b, chain.c
    kept = say(a, "given", "осталось", *([] if alone else [paper(), paper("other", "others")]))
    with a.scope():
        if alone:
            given = row(a, direction="given")
            file = filing.attach(given.ticket, paper(), by=a.dispatcher, readers=[given.counterpart])
        else:
            file = kept.attachments.get(name=f"{NAME}.txt")
    assert delivery.drain()
    pass_down(b, kept.origin_id)
    assert delivery.drain()
    reached = [a, b] if alone else [a, b, c]
    assert [filed(one, file) for one in reached] == [(f"{NAME}.txt", False)] * len(reached)

    with a.scope():
        filing.remove(file, by=a.dispatcher)
    assert delivery.drain()

    assert [filed(one, file) for one in reached] == [("", True)] * len(reached)
    assert sweep() == 1
    assert songs(chain.companies) == set()
    assert [had(one, kept.origin_id).body for one in (a, b, c)] == ["осталось"] * 3
    if not alone:
        with c.scope():
            assert [one.name for one in Attachment.objects.filter(removed_at=None)] == ["other.txt"]
    with a.scope():
        seen = seeing.sight(row(a, direction="given"))
        assert NAME not in str(seen) and ("other.txt" in str(seen)) is not alone
        assert Activity.objects.filter(kind="file_removed").count() == 1
    assert words_that_live_on() == []


def test_a_file_removed_before_it_is_carried_is_known_as_removed(chain):
    """So that it can't come by another way, and both sides count alike."""
    a, b = chain.a, chain.b
    kept = say(a, "given", "осталось", paper(), paper("other", "others"))
    with a.scope():
        given = row(a, direction="given")
        loose = filing.attach(given.ticket, paper("loose"), by=a.dispatcher, readers=[given.counterpart])
        for file in (loose, kept.attachments.get(name=f"{NAME}.txt")):
            filing.remove(file, by=a.dispatcher)
    assert delivery.drain()

    with b.scope():
        there = Attachment.objects.values_list("name", "comment__body", "blob__size")
        assert set(there) == {("", "осталось", None), ("", None, None), ("other.txt", "осталось", 6)}
        assert not Activity.objects.filter(kind__in=["file_added", "file_removed"]).exists()
    assert songs(chain.companies) == {("store", "")}


def filed(company, file):
    with company.scope():
        there = Attachment.objects.get(origin_id=file.origin_id)
        return there.name, bool(there.removed_at)


def test_a_removed_report_is_read_in_no_hand_over_and_no_line_of_the_ledger(chain):
    b, c = chain.b, chain.c
    with c.scope():
        taken = row(c, direction="taken")
        reporting.hand_in(taken, by=c.dispatcher, report=WORDS)
        sharing.deliver(taken, by=c.dispatcher, report=WORDS)
    assert delivery.drain()
    with b.scope():
        assert row(b, direction="given").report == WORDS
    with c.scope():
        said = Comment.objects.get(body=WORDS)
        conversation.remove(said, by=c.dispatcher)
    assert delivery.drain()

    assert songs(chain.companies) == set()
    for company, direction in ((b, "given"), (c, "taken")):
        with company.scope():
            assert (row(company, direction=direction).report, row(company, direction=direction).state) == ("", "done")
    assert words_that_live_on() == []


def test_the_helper_that_looks_for_what_lives_on_sees_it(chain):
    """Each way of forgetting left out on purpose is named."""
    a, b = chain.a, chain.b
    said = say(a, "given", WORDS, paper())
    assert delivery.drain()
    with a.scope():
        Comment.objects.filter(pk=said.pk).update(body="", removed_at=timezone.now())
    Blob.objects.update(released_at=timezone.now() - timedelta(days=1))
    for company in (a, b):
        with company.scope():
            Attachment.objects.update(removed_at=timezone.now(), blob=None, name="")

    found = " ".join(words_that_live_on())
    assert "Letter comment.added" in found and "is there for nobody" in found
    assert "was removed where it came from" in found
