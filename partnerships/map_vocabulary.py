"""The ledger's words about status maps."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tenants.vocabulary import Named, kind
from tickets.vocabulary import Category

from .vocabulary import MapAction, MapEvent, Side


@dataclass(frozen=True)
class RowChanged:
    """A row of a status map: `what` and the rules as codes, so that each reader has them in his own language."""

    name: str = ""
    side: str = ""
    what: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class WordMet:
    """A status word of the partner's that our map does not know, and whose map that is."""

    word: str = ""
    name: str = ""
    partnership: str = ""


def side_words(code):
    """Whose hand-overs a row of the map is about, in the reader's language."""
    return Side(code).label if code in Side.values else code


def row_words(code):
    """What a row of the map reacts to, kept as "sort:value"."""
    sort, _colon, value = code.partition(":")
    if sort == "event" and value in MapEvent.values:
        return MapEvent(value).label
    if sort == "category" and value in Category.values:
        return _("any status of the category “%(category)s”") % {"category": Category(value).label}
    return _("“%(word)s”") % {"word": value}


def rule_words(code):
    """What a row does, kept as an action or "set:status"; none is said as a dash."""
    action, _colon, status = code.partition(":")
    if status:
        return status
    return MapAction(action).label if action in MapAction.values else "—"


MAP_CHANGED = kind(
    "map_changed",
    _("changed the status map of the link with %(name)s, %(side)s, %(what)s: %(before)s → %(after)s"),
    RowChanged,
    icon="arrows-right-left",
    section="partners",
    words={"side": side_words, "what": row_words, "before": rule_words, "after": rule_words},
)
MAP_RESET = kind(
    "map_reset",
    _("brought back the usual status map of the link with %(name)s"),
    Named,
    icon="arrow-uturn-left",
    section="partners",
)
WORD_MET = kind(
    "word_met",
    _("met a status of %(name)s that the map does not know: “%(word)s”. It changes nothing here until you say what."),
    WordMet,
    icon="question-mark-circle",
)
