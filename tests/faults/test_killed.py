"""A worker is killed between any two steps: nothing is lost, nothing is doubled."""

import signal

import pytest
from django.utils import timezone

from partnerships import delivery, lanes, ratings
from partnerships.models import Lane
from partnerships.transports import local
from tests.faults import invariants, story

WORDS = ["раз", "два", "три"]


def speak(alfa):
    for text in WORDS:
        story.say(alfa, "given", text)


@pytest.mark.parametrize(
    "at, leased, received, applied, marked",
    [
        ("claiming", False, 0, 0, 0),
        ("claimed", True, 0, 0, 0),
        ("receiving", True, 0, 0, 0),
        ("received", True, 3, 0, 0),
        ("applying", True, 3, 0, 0),
        ("applied", True, 3, 3, 0),
        ("marking", True, 3, 3, 0),
        ("marked", False, 3, 3, 3),
    ],
)
def test_a_carrier_killed_at_any_step_loses_and_doubles_nothing(pair, at, leased, received, applied, marked):
    alfa, beta = pair
    story.shared(alfa, beta)
    lane = story.lane(alfa, alfa)
    before = len(story.stages(lane))
    speak(alfa)

    story.carrier_dies(at)

    lane.refresh_from_db()
    fresh = story.stages(lane)[before:]
    assert len(fresh) == received
    assert [stage for _seq, stage in fresh].count("applied") == applied
    assert lane.delivered - before == marked
    assert bool(lane.leased_until and lane.leased_until > timezone.now()) == leased == bool(lane.attempts)
    assert invariants.everything() == []

    assert delivery.drain()
    assert story.unfinished() == leased, "the lease of the dead is honoured until it runs out"
    story.time_passes()
    assert delivery.drain()
    assert story.unfinished() == 0
    assert story.heard(beta) == WORDS
    assert list(invariants.both_sides_agree()) == []


def test_a_person_killed_before_the_commit_said_nothing_and_after_it_everything(pair):
    alfa, beta = pair
    story.shared(alfa, beta)
    say = "from tests.faults import story; from tests import world; from tenants.models import Account, Membership; "
    say += "a = world.Company(Account.objects.get(slug='alfa'))\nwith a.scope(): a.people['owner'] = "
    say += "Membership.objects.select_related('account').get(role='owner')\nstory.say(a, 'given', 'ау')"

    for at in ("writing", "written"):
        assert story.elsewhere(say, COTICKET_FAILPOINT=at) == -signal.SIGKILL
        assert delivery.drain()

    assert story.heard(alfa) == story.heard(beta) == ["ау"]


def test_killed_again_and_again_at_every_step_in_turn(pair):
    alfa, beta = pair
    story.offer(alfa, beta)

    killed = 0
    for at in ("claimed", "received", "applied", "marking", "applying"):
        story.carrier_dies(at)
        killed += 1
        story.time_passes()
    assert delivery.drain()
    story.accept(beta)
    story.carrier_dies("applied")
    story.time_passes()
    assert delivery.drain()

    assert killed == 5
    assert (story.state(alfa, "given"), story.state(beta, "taken")) == ("accepted", "accepted")
    assert list(invariants.both_sides_agree()) == []
    assert story.unfinished() == 0


def test_a_letter_that_kills_every_worker_is_set_aside(pair):
    alfa, beta = pair
    story.shared(alfa, beta)
    lane = story.lane(alfa, alfa)
    story.say(alfa, "given", "убийца")
    for _try in range(lanes.TRIES):
        story.carrier_dies("applying")
        story.time_passes()

    assert delivery.drain()

    assert story.stages(lane)[-1][1] == "set_aside"
    assert Lane.objects.get(pk=lane.pk).stuck
    with beta.scope():
        assert story.InboxLetter.objects.get(stage="set_aside").reason == "worker_died"


def test_a_lost_lease_is_harmless(pair):
    """One carrier falls asleep with the lane; another carries it; the first wakes up and carries it again."""
    alfa, beta = pair
    story.shared(alfa, beta)
    speak(alfa)
    lane = story.lane(alfa, alfa)
    sleeper = lanes.claim()
    assert sleeper.pk == lane.pk
    story.time_passes()
    assert delivery.drain()
    story.do(alfa, "given", ratings.nudge)
    before = Lane.objects.get(pk=lane.pk)

    delivery.carry_lane(sleeper)

    after = Lane.objects.get(pk=lane.pk)
    assert (after.delivered, after.applied, after.lease) == (before.delivered, before.applied, None)
    assert delivery.drain()
    assert story.heard(beta) == WORDS
    assert story.unfinished() == 0


def test_a_sleeper_that_only_wakes_to_mark_does_not_move_the_mark_back(pair):
    alfa, beta = pair
    story.shared(alfa, beta)
    speak(alfa)
    sleeper = lanes.claim()
    outcome = local.hand_in(sleeper, story.letters(sleeper))
    story.time_passes()
    story.say(alfa, "given", "четыре")
    assert delivery.drain()
    before = Lane.objects.get(pk=sleeper.pk)

    marks = {"delivered": sleeper.delivered, "applied": outcome.applied, "heard": outcome.applied, "stuck": False}
    assert not lanes.advance(sleeper, **marks, retry_in=delivery.pause(sleeper))

    assert Lane.objects.get(pk=sleeper.pk).applied == before.applied
    assert story.heard(beta) == [*WORDS, "четыре"]


def test_real_workers_killed_in_the_middle_of_a_stream(pair, worker):
    alfa, beta = pair
    story.shared(alfa, beta)
    lane = story.lane(alfa, alfa)
    hit = 0
    said = [f"слово {n}" for n in range(45)]
    for text in said:
        story.say(alfa, "given", text)
    for _life in range(2):
        process = worker()
        story.wait(lambda: Lane.objects.get(pk=lane.pk).lease, seconds=15)
        process.kill()
        process.wait()
        hit += Lane.objects.filter(lease__isnull=False).count()
        story.time_passes()
        story.ring()
    last = worker()
    story.ring()
    story.wait(lambda: story.unfinished() == 0, seconds=15)

    assert last.poll() is None
    assert hit >= 1, "no worker was killed while it held the lane"
    assert story.heard(beta) == said
