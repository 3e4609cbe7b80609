"""Letters come twice, in the wrong order, or with a hole: a repeat changes nothing, a gap waits."""

from dataclasses import replace

from partnerships import delivery, lanes, ratings
from partnerships.models import Lane
from partnerships.transports import local
from tenants.scoping import new_id
from tests.faults import invariants, story


def test_letters_handed_in_twice_change_nothing(pair):
    alfa, beta = pair
    story.shared(alfa, beta)
    lane = story.lane(alfa, alfa)
    story.say(alfa, "given", "раз")
    story.do(alfa, "given", ratings.nudge)
    batch = story.letters(lane)
    first = local.hand_in(lane, batch)
    before = invariants.rows()

    again = local.hand_in(lane, batch)

    assert first == again and again.applied == len(batch) == 5
    assert invariants.rows() == before
    assert delivery.drain()
    assert invariants.rows() == before


def test_replaying_the_whole_outbox_changes_no_row(four):
    alfa, beta, gamma, delta = four
    story.shared(alfa, beta)
    for giver, taker in ((beta, gamma), (gamma, delta)):
        with giver.scope():
            ticket = story.handover(giver, "taken").ticket
        story.shared(giver, taker, ticket=ticket)
    for who in (alfa, beta, gamma):
        story.say(who, "given", f"от {who.slug}")
    assert delivery.drain()
    before, replayed = invariants.rows(), 0

    for lane in Lane.objects.all():
        batch = story.letters(lane)
        local.hand_in(lane, batch)
        local.hand_in(lane, batch[::-1])
        replayed += 2 * len(batch)

    assert delivery.drain()
    assert replayed > 60
    assert invariants.rows() == before
    assert list(invariants.both_sides_agree()) == []


def test_letters_in_the_wrong_order_wait_for_the_gap(pair):
    alfa, beta = pair
    story.shared(alfa, beta)
    lane = story.lane(alfa, alfa)
    start = Lane.objects.get(pk=lane.pk).applied
    for text in ("раз", "два", "три"):
        story.say(alfa, "given", text)
    one, two, three = story.letters(lane)[start:]

    assert local.hand_in(lane, [three]).applied == start
    assert story.heard(beta) == []
    assert local.hand_in(lane, [two]).applied == start
    assert [stage for _seq, stage in story.stages(lane)[start:]] == ["waiting", "waiting"]
    assert local.hand_in(lane, [one]).applied == start + 3
    assert story.heard(beta) == ["раз", "два", "три"]


def test_an_edit_or_a_removal_is_never_read_before_the_words(pair):
    from tickets import conversation

    alfa, beta = pair
    story.shared(alfa, beta)
    lane = story.lane(alfa, alfa)
    start = Lane.objects.get(pk=lane.pk).applied
    said = story.say(alfa, "given", "как есть")
    with alfa.scope():
        conversation.edit(said, "лучше", by=alfa.owner)
        conversation.remove(said, by=alfa.owner)
    added, edited, removed = story.letters(lane)[start:]

    for letter in (removed, edited, added):
        local.hand_in(lane, [letter])

    assert story.heard(beta) == []
    with beta.scope():
        said = story.Comment.objects.get()
        assert (said.body, bool(said.removed_at)) == ("", True)


def test_the_same_letter_under_another_number_is_not_read_twice(pair):
    """A sender that numbers anew after a restore: the id is known, the place stays empty, nothing is done again."""
    alfa, beta = pair
    story.shared(alfa, beta)
    lane = story.lane(alfa, alfa)
    story.say(alfa, "given", "раз")
    assert delivery.drain()
    last = story.letters(lane)[-1]

    local.hand_in(lane, [replace(last, seq=last.seq + 1)])
    assert story.heard(beta) == ["раз"]
    local.hand_in(lane, [replace(last, id=new_id())])
    assert story.heard(beta) == ["раз"]


def test_a_lane_longer_than_a_batch_arrives_whole_in_order_and_twice_as_once(pair):
    alfa, beta = pair
    story.shared(alfa, beta)
    said = [f"слово {n}" for n in range(2 * delivery.BATCH + 5)]
    for text in said:
        story.say(alfa, "given", text)

    assert delivery.drain()

    assert story.heard(beta) == said
    assert story.unfinished() == 0

    before, link = invariants.rows(), Lane.objects.first().link
    assert lanes.rewind(link) > len(said)
    assert delivery.drain()
    assert invariants.rows() == before
    assert story.unfinished() == 0


def test_words_that_were_edited_before_they_went_on_keep_the_number_of_their_wording(four):
    from tickets import conversation

    alfa, beta, gamma, _delta = four
    story.shared(alfa, beta)
    said = story.say(alfa, "given", "как есть")
    with alfa.scope():
        conversation.edit(said, "лучше", by=alfa.owner)
    assert delivery.drain()
    with beta.scope():
        ticket = story.handover(beta, "taken").ticket
    story.shared(beta, gamma, ticket=ticket)

    with beta.scope():
        told = story.Comment.objects.get(origin_id=said.pk)
        conversation.pass_on(told, by=beta.owner, readers=[story.handover(beta, "given").counterpart])
    assert delivery.drain()

    with gamma.scope():
        assert story.Comment.objects.values_list("body", "revision").get() == ("лучше", 1)
