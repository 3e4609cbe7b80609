"""Nobody shows what he never had: a letter may name a digest, the bytes are taken only from whom has them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from partnerships import delivery, inbox
from partnerships.models import InboxLetter, Lane
from partnerships.protocol import CommentAdded, File, FileAdded, Said
from tenants import clock
from tenants.scoping import account_scope, new_id
from tests.partnerships.conftest import in_state
from tests.partnerships.sides import Side
from tests.partnerships.test_forged import set_aside
from tests.partnerships.test_forged_lists import tell
from tickets import files, lifecycle
from tickets.models import Attachment

NOWHERE = "0" * 64


def attached(company, text):
    """A file on a ticket of this company."""
    with company.scope():
        ticket = lifecycle.open_ticket("Тайное", by=company.dispatcher)
        return files.attach(ticket, SimpleUploadedFile("тайна.txt", text), by=company.dispatcher)


def named(sha256):
    """Bytes of this digest as a letter names them."""
    return File(new_id(), "а.txt", 5, sha256, "text/plain")


def alone(giver, sha256):
    return FileAdded(named(sha256), "", giver.company.account.name)


def on_words(giver, sha256):
    said = Said(new_id(), "вот", "", giver.company.account.name, clock.now(), files=[named(sha256)])
    return CommentAdded(said)


@in_state("accepted")
@pytest.mark.parametrize("write", [alone, on_words])
@pytest.mark.parametrize("whose", ["the stranger's", "the reader's own", "nobody's"])
def test_bytes_that_the_sender_does_not_have_are_refused_wherever_they_lie(w, sides, write, whose):
    giver, taker = sides.values()
    owner = {"the stranger's": w.stranger, "the reader's own": taker.company}.get(whose)
    sha256 = attached(owner, b"12345").blob_id if owner else NOWHERE
    before = taker.files()

    tell(giver, write(giver, sha256))
    with taker.company.scope():
        inbox.try_again(InboxLetter.objects.get(stage="set_aside"), by=taker.company.dispatcher)
    delivery.drain()

    assert set_aside(taker.company) == [(write(giver, sha256).kind, "not_their_bytes")]
    assert taker.files() == before and taker.heard() == ["сверху раз", "сверху два"]


@in_state("accepted")
def test_what_is_taken_back_while_it_is_carried_makes_nobody_a_forger(moved):
    giver = Side(moved.giver, moved.given)
    said = giver.say("вот", uploads=[SimpleUploadedFile("акт.txt", b"akt")])
    lane = Lane.objects.get(handover=giver.handover().key, sender=giver.company.account)
    with account_scope(lane.sender_id):
        letters = [delivery.envelope(letter, lane) for letter in delivery.waiting(lane)]
        files.remove(Attachment.objects.get(comment=said), by=giver.company.dispatcher)

        strange = delivery.unfounded(lane, letters)

    assert strange == set()
