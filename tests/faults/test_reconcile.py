"""Rows are lost behind the application's back, in a chain of companies with real commits: the night finds them."""

import itertools

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from partnerships import delivery, nightly, proposing
from partnerships.models import Comparison, Link
from tenants.models import Activity
from tests import world
from tests.conftest import as_owner
from tests.faults import invariants, story
from tickets import conversation
from tickets.models import Attachment
from tickets.vocabulary import Audience

TRACES = {
    "tickets_attachmentreader": "attachment_id IN (SELECT a.id FROM tickets_attachment a JOIN tickets_comment c"
    " ON c.id = a.comment_id WHERE c.body = %(body)s) AND account_id = %(at)s",
    "tickets_attachment": "comment_id IN (SELECT id FROM tickets_comment WHERE body = %(body)s)"
    " AND account_id = %(at)s",
    "tickets_commentreader": "comment_id IN (SELECT id FROM tickets_comment WHERE body = %(body)s)"
    " AND account_id = %(at)s",
    "tickets_comment": "body = %(body)s AND account_id = %(at)s",
    "partnerships_inboxletter": "body #>> '{comment,text}' = %(body)s AND account_id = %(at)s",
}


@pytest.fixture
def three(committed):
    """A ticket handed down from alfa to beta to gamma, with all words passed on by themselves, both ways."""
    alfa, beta, gamma = made = story.linked("alfa", "beta", "gamma")
    for giver, taker in itertools.pairwise(made):
        with giver.scope():
            proposing.change_terms(world.partner(giver, taker), by=giver.owner, relay_up="auto")
    story.shared(alfa, beta)
    with beta.scope():
        ticket = story.handover(beta, "taken").ticket
    story.shared(beta, gamma, ticket=ticket, client_replies="auto")
    story.say(alfa, "given", "сверху")
    with gamma.scope():
        mine = story.handover(gamma, "taken")
        photo = SimpleUploadedFile("щит.txt", b"1")
        said = {"audience": Audience.PARTNER, "readers": [mine.counterpart], "uploads": [photo]}
        conversation.comment(mine.ticket, "снизу", by=gamma.owner, **said)
    story.say(beta, "given", "из середины")
    assert delivery.drain()
    return made


def wipe(who, body):
    """As a restore of one table would: the words and every trace that they came are gone."""
    with as_owner(keep=True) as cursor:
        for table, which in TRACES.items():
            cursor.execute(f"DELETE FROM {table} WHERE {which}", {"body": body, "at": who.account.pk})
            assert cursor.rowcount > 0 or table not in ("tickets_comment", "tickets_commentreader")


def words(companies):
    """What each of them reads, and which files."""
    names = []
    for company in companies:
        with company.scope():
            names.append(sorted(Attachment.objects.filter(removed_at=None).values_list("name", flat=True)))
    return [(sorted(story.heard(company)), files) for company, files in zip(companies, names, strict=True)]


def results(companies):
    """What came of the last comparison, hand-over by hand-over."""
    found = []
    for company in companies:
        with company.scope():
            found.append(list(Comparison.objects.values_list("result", flat=True)))
    return found


def told(companies):
    """How many people's lines say that something could not be mended."""
    counts = []
    for company in companies:
        with company.scope():
            counts.append(Activity.objects.filter(kind="sides_differ").count())
    return counts


def test_words_that_each_of_three_lost_come_back_to_him(three):
    nightly.now(Link.objects.all())
    assert results(three) == [["agreed"], ["agreed", "agreed"], ["agreed"]]
    whole = words(three)
    for who, body in ((0, "снизу"), (1, "сверху"), (1, "снизу"), (2, "сверху"), (2, "из середины")):
        wipe(three[who], body)
    assert words(three) != whole

    nightly.now(Link.objects.all())
    nightly.now(Link.objects.all())

    assert words(three) == whole
    assert told(three) == [0, 0, 0]
    assert results(three) == [["agreed"], ["agreed", "agreed"], ["agreed"]]
    assert list(invariants.both_sides_agree()) == []
    before = invariants.rows()
    nightly.now(Link.objects.all())
    grown = {table for (slug, table), n in invariants.rows().items() if n != before[slug, table]}
    assert grown == {"partnerships_letter", "partnerships_inboxletter"}


def test_what_the_author_himself_lost_is_told_to_him_and_to_nobody_else(three):
    wipe(three[1], "из середины")

    for _night in range(3):
        nightly.now(Link.objects.all())

    assert told(three) == [0, 1, 0]
    assert words(three)[2][0] == ["из середины", "сверху", "снизу"]
