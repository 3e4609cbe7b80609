"""A removal on its way while the carrier is killed: the words are gone in the end, and nothing else with them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from partnerships import delivery, failpoints
from tests.faults import story
from tests.faults.removed import words_that_live_on
from tickets import conversation
from tickets.models import Attachment, Comment


@pytest.mark.parametrize("place", [failpoints.RECEIVED, failpoints.APPLYING, failpoints.MARKING])
def test_a_carrier_killed_with_a_removal_in_hand_leaves_no_words_behind(pair, place):
    alfa, beta = pair
    story.shared(alfa, beta)
    said, stays = story.say(alfa, "given", "взять назад"), story.say(alfa, "given", "остаётся")
    with alfa.scope():
        mine = story.handover(alfa, "given")
        paper = SimpleUploadedFile("акт.txt", b"act")
        filed = conversation.comment(
            mine.ticket, "см.", by=alfa.owner, audience="partner", readers=[mine.counterpart], uploads=[paper]
        )
    assert delivery.drain()
    with alfa.scope():
        conversation.edit(said, "взять назад сейчас", by=alfa.owner)
        conversation.remove(said, by=alfa.owner)
        conversation.remove(filed, by=alfa.owner)

    story.carrier_dies(at=place)
    story.time_passes()
    assert delivery.drain()

    assert story.heard(beta) == ["остаётся"]
    with beta.scope():
        assert set(Comment.objects.exclude(removed_at=None).values_list("origin_id", flat=True)) == {
            said.origin_id,
            filed.origin_id,
        }
        assert Attachment.objects.get().name == "" and Comment.objects.filter(origin_id=stays.origin_id).exists()
    assert words_that_live_on() == []
