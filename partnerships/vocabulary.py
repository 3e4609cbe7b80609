"""The words of links, hand-overs and letters."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenants.vocabulary import Change, Named, kind


class LinkState(models.TextChoices):
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")
    # No new tickets; what is under way is finished, then the link ends by itself.
    ENDING = "ending", _("ending")
    ENDED = "ended", _("ended")


class Health(models.TextChoices):
    """How the letters of a link fare."""

    GOOD = "good", _("letters pass")
    SLOW = "slow", _("letters are slow")
    PERSON = "person", _("needs a person")
    HELD = "held", _("letters wait")
    OVER = "over", _("no letters pass any more")


class State(models.TextChoices):
    OFFERED = "offered", _("offered")
    ACCEPTED = "accepted", _("accepted")
    DECLINED = "declined", _("declined")
    EXPIRED = "expired", _("expired")
    WITHDRAWN = "withdrawn", _("withdrawn")
    DONE = "done", _("work delivered")
    APPROVED = "approved", _("work accepted")
    RETURNED = "returned", _("sent back")
    GIVEN_BACK = "given_back", _("given back")
    CUT = "cut", _("cut")


# What a row of the map may react to besides a status: a state of the hand-over, or the client's reopening.
MapEvent = models.TextChoices(
    "MapEvent",
    [(state.name, (state.value, state.label)) for state in State]
    + [("REOPENED", ("reopened", _("our client reopened the ticket")))],
)


RUNNING = (State.OFFERED, State.ACCEPTED, State.DONE, State.RETURNED)


class Side(models.TextChoices):
    GIVER = "giver", _("we gave it")
    TAKER = "taker", _("we took it")


class SeeBelow(models.TextChoices):
    NAMED = "named", _("by name")
    ROLE = "role", _("role only")
    HIDDEN = "hidden", _("hidden")


class Relay(models.TextChoices):
    NEVER = "never", _("never")
    BY_HAND = "by_hand", _("by hand")
    AUTO = "auto", _("automatically")


class MapAction(models.TextChoices):
    SET = "set", _("set my status")
    LEAVE = "leave", _("leave")
    ASK = "ask", _("ask me")
    # Only for the client's reopening: the partner gets his work back.
    RETURN = "return", _("send the work back")


class HandOn(models.TextChoices):
    NOBODY = "nobody", _("to nobody")
    LISTED = "listed", _("only to")
    ANYONE = "anyone", _("to anyone")


class ClientSees(models.TextChoices):
    NOTHING = "nothing", _("nothing")
    ROLE = "role", _("that a partner works on it")
    NAME = "name", _("the partner’s name")
    STATUS = "status", _("the partner’s name and how far he is")


class Mode(models.TextChoices):
    """How several partners are asked about one ticket."""

    PARALLEL = "parallel", _("all of them, each with his own part")
    SEQUENCE = "sequence", _("one after another, until somebody accepts")
    RACE = "race", _("all at once, the first to accept takes it")


class ProposalState(models.TextChoices):
    OPEN = "open", _("waits for an answer")
    ACCEPTED = "accepted", pgettext_lazy("proposal", "accepted")
    DECLINED = "declined", pgettext_lazy("proposal", "declined")
    WITHDRAWN = "withdrawn", _("taken back")
    REPLACED = "replaced", _("replaced by a newer one")


class Criterion(models.TextChoices):
    QUALITY = "quality", _("quality of the work")
    TIME = "time", _("kept the times")
    TALK = "talk", _("kept us informed")


class Stage(models.TextChoices):
    """Where a received letter stands."""

    WAITING = "waiting", _("waiting for its turn")
    APPLIED = "applied", _("applied")
    SET_ASIDE = "set_aside", _("set aside")
    SKIPPED = "skipped", _("skipped by a person")


# Why a letter was set aside: the word on the row, and what a person reads. A rule's own sentence stays as it is.
REASONS = {
    "worker_died": _("every attempt to read it stopped the worker"),
    "failed": _("it failed five times"),
    "link_ended": _("the link has ended"),
    "unknown_handover": _("there is no such hand-over here"),
    "came_from_here": _("this ticket already came from here"),
    "too_deep": _("the chain is too long"),
    "bytes_missing": _("a file’s content is missing"),
    "not_their_bytes": _("it names a file that its sender does not have"),
    "other_words": _("it contradicts what its sender wrote before"),
    "not_theirs": _("it was not for the sender to say"),
    "out_of_place": _("it speaks of work that was not delivered"),
    "unknown version": _("it was written by a newer version"),
    "unknown kind": _("it is of an unknown kind"),
    "text too long": _("its text is too long"),
    "list too long": _("it names too many things at once"),
    "unknown field": _("it holds an unknown field"),
    "missing field": _("something is missing in it"),
    "bad value": _("it holds a value that can’t be read"),
    "wrong type": _("it holds a value of the wrong sort"),
}


def why(reason):
    """The reason of a letter that was set aside, in the reader's language; a colon parts the word from its details."""
    return REASONS.get(reason.partition(":")[0], reason)


DEPTH_LIMIT = 8
# The longest that terms may say: ninety days.
HOURS_LIMIT = 90 * 24
DAYS_LIMIT = 90


# What leaves the others of a round as they are: the ticket comes back when the last of them came to this.
SLIPS = (State.DECLINED, State.EXPIRED, State.CUT)
# Why an offer of a race ended; a code, so that each side reads it in its own language.
TAKEN_BY_OTHER = "taken_by_other"


def said_why(reason):
    """Why a hand-over ended, in the reader's language; what a person wrote stays as it is."""
    return _("another partner took it") if reason == TAKEN_BY_OTHER else reason


@dataclass(frozen=True)
class Handed:
    """A hand-over's verb: between whom, what was said with it, and whether its round goes on without it."""

    giver: str = ""
    taker: str = ""
    reason: str = ""
    text: str = ""
    score: int = 0
    goes_on: bool = False
    comment: str = ""


@dataclass(frozen=True)
class Reported:
    """A report between the engineer and the dispatcher; nobody outside hears of it."""

    name: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Proposed:
    """Terms that one side asks the other for, and why they are not as asked."""

    name: str = ""
    reason: str = ""


@dataclass(frozen=True)
class TheirStatus:
    """The partner's own number and status of a ticket; `caused` when it only followed a letter of ours."""

    ref: str = ""
    status: str = ""
    category: str = ""
    caused: bool = False


def _handed(code, sentence, icon, moves_turn=True, **words):
    return kind(f"handover_{code}", sentence, Handed, moves_turn=moves_turn, icon=icon, words=words)


def state_words(code):
    """A hand-over's state in the reader's language."""
    return State(code).label if code in State.values else code


def after_colon(text):
    """What was said with it, if anything was."""
    return f": {text}" if text else ""


def proposal_words(code):
    """A proposal's state in the reader's language."""
    return ProposalState(code).label if code in ProposalState.values else code


OFFERED = _handed("offered", _("handed the ticket over: %(giver)s → %(taker)s"), "arrow-right")
ACCEPTED = _handed("accepted", _("accepted the ticket"), "check")
DECLINED = _handed("declined", _("declined the ticket: %(reason)s"), "x-mark")
EXPIRED = _handed("expired", _("nobody accepted in time: %(taker)s"), "clock")
WITHDRAWN = _handed("withdrawn", _("withdrew the ticket: %(reason)s"), "arrow-uturn-left", reason=said_why)
DONE = _handed("done", _("delivered the work"), "arrow-left")
APPROVED = _handed("approved", _("accepted the work"), "check")
RETURNED = _handed("returned", _("sent the work back: %(reason)s"), "arrow-uturn-left")
GIVEN_BACK = _handed("given_back", _("gave the ticket back: %(reason)s"), "arrow-uturn-left")
CUT = _handed("cut", _("the link has ended: %(giver)s → %(taker)s"), "scissors")
RATED = _handed("rated", _("rated the work: %(score)s of 5"), "star", moves_turn=False)
RATING_ANSWERED = _handed("rating_answered", _("answered the rating"), "star", moves_turn=False)
NUDGED = _handed("nudged", _("asked to hurry up"), "bell", moves_turn=False)
WORK_REPORTED = kind(
    "work_reported", _("finished the work; the report waits for the dispatcher"), Reported, icon="document-text"
)
REPORT_RETURNED = kind(
    "report_returned", _("sent the report back to %(name)s: %(reason)s"), Reported, icon="arrow-uturn-left"
)
MISSED = _handed(
    "missed",
    _("answered too late, the hand-over is “%(reason)s”%(text)s"),
    "exclamation-triangle",
    reason=state_words,
    text=after_colon,
)
OVERRULED = _handed("overruled", _("the answer came too late: %(reason)s"), "exclamation-triangle", reason=state_words)
HANDED_ON = _handed("handed_on", _("%(giver)s handed the ticket on: %(taker)s"), "arrow-right")
SKIPPED = _handed("skipped", _("could not ask %(taker)s: %(reason)s"), "forward", moves_turn=False)
ROUND_STOPPED = _handed("stopped", _("asks nobody else: %(taker)s"), "stop")
ROUND_OVER = _handed("round_over", _("nobody took the ticket, it is back with us"), "arrow-uturn-left")
PEER_STATUS = kind("peer_status", _("now has it as “%(status)s”, %(ref)s"), TheirStatus, icon="arrow-path")
LETTER_SET_ASIDE = kind(
    "letter_set_aside", _("a letter could not be applied: %(name)s"), Named, icon="envelope", words={"name": why}
)
LINK_LETTER_SET_ASIDE = kind(
    "link_letter_set_aside",
    _("a letter of %(name)s could not be applied: %(reason)s"),
    Proposed,
    icon="envelope",
    section="partners",
    words={"reason": why},
)
LETTERS_STAND = kind(
    "letters_stand",
    _("letters between us and %(name)s have stood still for more than ten minutes"),
    Named,
    icon="exclamation-triangle",
    section="partners",
)
LETTERS_PASS = kind(
    "letters_pass", _("letters between us and %(name)s pass again"), Named, icon="check", section="partners"
)
LETTER_SKIPPED = kind(
    "letter_skipped", _("let the letters go on without one: %(name)s"), Named, icon="envelope", words={"name": why}
)
INVITED = kind("invited", _("invited %(name)s"), Named, icon="envelope", section="partners")
REINVITED = kind("reinvited", _("renewed the invitation for %(name)s"), Named, icon="envelope", section="partners")
INVITATION_DECLINED = kind(
    "invitation_declined", _("declined our invitation"), Named, icon="x-mark", section="partners"
)
DECLINED_TO_LINK = kind(
    "declined_to_link", _("declined the invitation of %(name)s"), Named, icon="x-mark", section="partners"
)
INVITATION_REVOKED = kind(
    "invitation_revoked", _("revoked the invitation for %(name)s"), Named, icon="x-mark", section="partners"
)
LINKED = kind("linked", _("linked with %(name)s"), Named, icon="link", section="partners")
PAUSED = kind("link_paused", _("paused the link with %(name)s"), Named, icon="pause", section="partners")
RESUMED = kind("link_resumed", _("resumed the link with %(name)s"), Named, icon="play", section="partners")
ENDING = kind(
    "link_ending",
    _("lets the link with %(name)s end when the open tickets are finished"),
    Named,
    icon="x-mark",
    section="partners",
)
ENDED = kind("link_ended", _("ended the link with %(name)s"), Named, icon="x-mark", section="partners")
TERMS_PROPOSED = kind(
    "terms_proposed", _("proposed new terms of the link with %(name)s"), Proposed, icon="pencil", section="partners"
)
TERMS_ACCEPTED = kind(
    "terms_accepted", _("accepted the new terms of the link with %(name)s"), Proposed, icon="check", section="partners"
)
TERMS_DECLINED = kind(
    "terms_declined",
    _("declined the new terms of the link with %(name)s: %(reason)s"),
    Proposed,
    icon="x-mark",
    section="partners",
)
TERMS_WITHDRAWN = kind(
    "terms_withdrawn",
    _("took back the new terms of the link with %(name)s"),
    Proposed,
    icon="arrow-uturn-left",
    section="partners",
)
TERMS_MISSED = kind(
    "terms_missed",
    _("the answer about the terms with %(name)s came too late: the proposal is “%(reason)s”"),
    Proposed,
    icon="exclamation-triangle",
    section="partners",
    words={"reason": proposal_words},
)
TERMS_CHANGED = kind(
    "terms_changed", _("changed the terms of the link with %(name)s"), Named, icon="document-text", section="partners"
)
TEMPLATE_ADDED = kind("template_added", _("added a template: %(name)s"), Named, icon="plus", section="partners")
TEMPLATE_CHANGED = kind(
    "template_changed", _("changed a template: %(name)s"), Named, icon="document-text", section="partners"
)
TEMPLATE_REMOVED = kind("template_removed", _("deleted a template: %(name)s"), Named, icon="trash", section="partners")
PARTNER_RENAMED = kind(
    "partner_renamed",
    _("the partner has another name: %(before)s → %(after)s"),
    Change,
    icon="pencil",
    section="partners",
)
CARD_SAID = kind(
    "company_card_changed", _("changed what partners read of us"), icon="identification", section="partners"
)
CARD_HEARD = kind(
    "partner_card_changed",
    _("the partner changed his card: %(name)s"),
    Named,
    icon="identification",
    section="partners",
)
