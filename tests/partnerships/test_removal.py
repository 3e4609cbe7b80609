"""A removal outranks every later edit and reaches search, caches, letters and storage, hop by hop."""

import re
from datetime import timedelta
from types import SimpleNamespace

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from partnerships import delivery, sharing
from partnerships.models import Lane
from partnerships.protocol import CommentAdded, CommentEdited, Person, Said, render
from partnerships.protocol import Letter as Envelope
from partnerships.transports import local
from tenants import clock, postman
from tenants.scoping import new_id
from tests import world
from tests.faults.removed import words_that_live_on
from tests.partnerships.conftest import hand, row
from tests.rewind import staged
from tickets import conversation, lifecycle, search, sweeping
from tickets.models import Blob, Comment, Ticket
from tickets.vocabulary import Audience

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
            audience=Audience.PARTNER,
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
SELECT c.table_name, c.column_name FROM information_schema.columns c JOIN information_schema.tables t
USING (table_schema, table_name) WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
AND (c.data_type IN ('text', 'character varying', 'json', 'jsonb', 'tsvector', 'bytea') OR c.data_type = 'ARRAY')
ORDER BY 1, 2
"""


def songs(companies):
    """Where a canary sings: every column that can hold a word, of every table, account by account; and the store."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        columns = cursor.fetchall()
        assert len(columns) > 200 and ("tickets_comment", "words") in columns
        for company in companies:
            with company.scope():
                for table, column in columns:
                    cursor.execute(
                        f'SELECT "{column}"::text FROM "{table}" WHERE "{column}"::text ~* %s',
                        [CANARY.pattern.decode()],
                    )
                    found |= {(table, column) for _one in cursor.fetchall()}
    for path in settings.FILES_ROOT.rglob("*"):
        if path.is_file() and CANARY.search(path.read_bytes()):
            found.add(("store", path.suffix))
    return found


def sweep():
    with clock.at(timezone.now()):
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
