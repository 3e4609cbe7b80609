"""What goes with a hand-over besides its state: a rating, its answer, a nudge."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants import clock
from tenants.models import Activity
from tenants.vocabulary import refuse_nulls, refuse_unless
from tickets.access import permit
from tickets.vocabulary import Direction

from . import vocabulary as words
from .moves import lock_both, long_approved, tell
from .vocabulary import Criterion, LinkState, State

RATING = ["score", "rating_text", "criteria"]


STARS = range(1, 6)


@transaction.atomic
def rate(handover, *, by, score, text="", criteria=None):
    """Say how well the partner did, if wanted by criteria too ({"quality": 5}); he sees it and may answer."""
    permit(by, "hand_over", handover.ticket)
    handover, given = lock_both(handover), dict(criteria or {})
    refuse_unless(handover.is_given, _("That is for the other company to do."))
    check_link(handover)
    refuse_unless(handover.state in (State.DONE, State.APPROVED), _("Rate the work when it is delivered."))
    refuse_unless(not is_settled(handover), _("The rating stands: it was answered, or is too old to change."))
    refuse_unless(score in STARS, _("Choose from one to five stars."), "score")
    fit = all(name in Criterion.values and value in STARS for name, value in given.items())
    refuse_unless(fit, _("Choose from one to five stars."), "score")
    refuse_nulls(text, "text")
    handover.score, handover.rating_text, handover.criteria = score, text.strip(), given
    handover.save(update_fields=RATING)
    tell(handover, words.RATED, by=by, score=score, text=handover.rating_text)
    return handover


def check_link(handover):
    """What is said of the work crosses; after the end of the link it would be said to nobody."""
    ended = LinkState.ENDED in (handover.partnership.state, handover.partnership.link.state)
    refuse_unless(not ended, _("The link has ended: the partner would not hear of it."))


def is_settled(handover):
    """A rating may be changed as long as the work may be sent back and the partner has not answered."""
    return bool(handover.score and (handover.rating_answer or long_approved(handover)))


@transaction.atomic
def answer_rating(handover, *, by, text):
    """Have the last word on a rating."""
    permit(by, "hand_over", handover.ticket)
    handover = lock_both(handover)
    refuse_unless(not handover.is_given and handover.score, _("There is no rating to answer."))
    check_link(handover)
    refuse_unless(not handover.rating_answer, _("The rating is answered already."))
    refuse_unless(text.strip(), _("Write the answer."), "text")
    refuse_nulls(text, "text")
    handover.rating_answer = text.strip()
    handover.save(update_fields=["rating_answer"])
    tell(handover, words.RATING_ANSWERED, by=by, text=handover.rating_answer)
    return handover


@transaction.atomic
def nudge(handover, *, by, text=""):
    """Ask the holder to hurry; once an hour, so that it stays a signal."""
    permit(by, "hand_over", handover.ticket)
    handover = lock_both(handover)
    holds = handover.is_given and handover.state in (State.OFFERED, State.ACCEPTED, State.RETURNED)
    waits = not handover.is_given and handover.state == State.DONE
    refuse_unless(holds or waits, _("It is not the partner's turn."))
    check_link(handover)
    refuse_unless(not nudged_lately(handover), _("You asked less than an hour ago."))
    refuse_nulls(text, "text")
    tell(handover, words.NUDGED, by=by, text=text.strip())
    return handover


def nudged_lately(handover):
    """Whether somebody of us asked within the last hour."""
    since = clock.now() - timedelta(hours=1)
    return (
        Activity.objects.filter(subject_id=handover.pk, kind=words.NUDGED.code, at__gt=since)
        .exclude(actor_kind="partner")
        .exists()
    )


def hear_word(handover, word, *, by, text, score, criteria=()):
    """The partner rates, answers a rating, or asks us to hurry."""
    score = min(5, max(1, score)) if word == "rated" else 0
    if word == "rated":
        handover.score, handover.rating_text = score, text
        handover.criteria = {
            mark.name: mark.score for mark in criteria if mark.name in Criterion.values and mark.score in STARS
        }
        handover.save(update_fields=RATING)
    elif word == "rating_answered":
        handover.rating_answer = text
        handover.save(update_fields=["rating_answer"])
    tell(handover, WORDS[word], by=by, text=text, score=score)


# Which side of ours hears it; either may be asked to hurry.
HEARERS = {"rated": Direction.TAKEN, "rating_answered": Direction.GIVEN}
WORDS = {"rated": words.RATED, "rating_answered": words.RATING_ANSWERED, "nudged": words.NUDGED}
