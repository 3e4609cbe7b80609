"""The ledger's words for how an account sets up its own words."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tenants.vocabulary import Change, Hue, Named, kind

from .vocabulary import Category, FieldKind, Glyph, Tone


@dataclass(frozen=True)
class NamedChange:
    """Something of this name was one way and is another."""

    name: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class StatusArchived:
    """A status went; `replacement` is the id of the one that its open tickets and rules go to, if any."""

    name: str = ""
    after: str = ""
    replacement: str = ""


@dataclass(frozen=True)
class TagMerged:
    before: str = ""
    after: str = ""
    tickets: int = 0


@dataclass(frozen=True)
class FieldChange:
    """A custom field of a ticket, by its label."""

    field: str = ""
    before: str = ""
    after: str = ""


def look(code):
    """How a status looked, in words: what the ledger keeps is "category glyph tone"."""
    parts = code.split(" ")
    words = [enum(value).label for enum, value in zip((Category, Glyph, Tone), parts, strict=False) if value in enum]
    return ", ".join(str(word) for word in words)


def shape(code):
    """What a field asked for, in words: what the ledger keeps is "kind|required|choice, choice"."""
    value, required, choices = [*code.split("|", 2), "", ""][:3]
    words = [
        FieldKind(value).label if value in FieldKind else value,
        _("must be filled in") if required else "",
        choices,
    ]
    return ", ".join(str(word) for word in words if word)


TYPE_CHANGED = kind("type_changed", _("changed the type: %(before)s → %(after)s"), Change, icon="rectangle-stack")
FIELD_CHANGED = kind(
    "field_changed", _("changed “%(field)s”: %(before)s → %(after)s"), FieldChange, icon="pencil-square"
)

S = {"section": "statuses"}
STATUS_ADDED = kind("status_added", _("added the status %(name)s"), Named, icon="plus", **S)
STATUS_RENAMED = kind("status_renamed", _("renamed the status: %(before)s → %(after)s"), Change, icon="pencil", **S)
STATUS_RESHAPED = kind(
    "status_reshaped",
    _("changed the status %(name)s: %(before)s → %(after)s"),
    NamedChange,
    icon="swatch",
    words={"before": look, "after": look},
    **S,
)
STATUS_PLACED = kind("status_placed", _("moved the status %(name)s in the list"), Named, icon="arrows-up-down", **S)
STATUS_ARCHIVED = kind(
    "status_archived",
    _("archived the status %(name)s, in its place: %(after)s"),
    StatusArchived,
    icon="archive-box",
    **S,
)
STATUS_RESTORED = kind("status_restored", _("brought back the status %(name)s"), Named, icon="arrow-path", **S)

T = {"section": "types"}
TYPE_ADDED = kind("type_added", _("added the type %(name)s"), Named, icon="plus", **T)
TYPE_RENAMED = kind("type_renamed", _("renamed the type: %(before)s → %(after)s"), Change, icon="pencil", **T)
TYPE_PLACED = kind("type_placed", _("moved the type %(name)s in the list"), Named, icon="arrows-up-down", **T)
TYPE_ARCHIVED = kind("type_archived", _("archived the type %(name)s"), Named, icon="archive-box", **T)
TYPE_RESTORED = kind("type_restored", _("brought back the type %(name)s"), Named, icon="arrow-path", **T)
FIELD_ADDED = kind("field_added", _("added the field %(name)s"), Named, icon="plus", **T)
FIELD_RENAMED = kind("field_renamed", _("renamed the field: %(before)s → %(after)s"), Change, icon="pencil", **T)
FIELD_RESHAPED = kind(
    "field_reshaped",
    _("changed the field %(name)s: %(before)s → %(after)s"),
    NamedChange,
    icon="pencil",
    words={"before": shape, "after": shape},
    **T,
)
FIELD_PLACED = kind("field_placed", _("moved the field %(name)s in the list"), Named, icon="arrows-up-down", **T)
FIELD_ARCHIVED = kind("field_archived", _("archived the field %(name)s"), Named, icon="archive-box", **T)
FIELD_RESTORED = kind("field_restored", _("brought back the field %(name)s"), Named, icon="arrow-path", **T)

G = {"section": "tags"}
TAG_ADDED = kind("tag_added", _("added the tag %(name)s"), Named, icon="plus", **G)
TAG_RENAMED = kind("tag_renamed", _("renamed the tag: %(before)s → %(after)s"), Change, icon="pencil", **G)
TAG_COLOURED = kind(
    "tag_coloured",
    _("changed the colour of the tag %(name)s: %(before)s → %(after)s"),
    NamedChange,
    icon="swatch",
    words={"before": Hue.said, "after": Hue.said},
    **G,
)
TAG_MERGED = kind(
    "tag_merged", _("merged the tag %(before)s into %(after)s, tickets: %(tickets)s"), TagMerged, icon="tag", **G
)
TAG_ARCHIVED = kind("tag_archived", _("archived the tag %(name)s"), Named, icon="archive-box", **G)
TAG_RESTORED = kind("tag_restored", _("brought back the tag %(name)s"), Named, icon="arrow-path", **G)

C = {"section": "canned"}
CANNED_ADDED = kind("canned_added", _("added the canned text %(name)s"), Named, icon="plus", **C)
CANNED_RENAMED = kind(
    "canned_renamed", _("renamed the canned text: %(before)s → %(after)s"), Change, icon="pencil", **C
)
CANNED_CHANGED = kind(
    "canned_changed", _("changed the canned text %(name)s: %(before)s → %(after)s"), NamedChange, icon="pencil", **C
)
CANNED_ARCHIVED = kind("canned_archived", _("archived the canned text %(name)s"), Named, icon="archive-box", **C)
CANNED_RESTORED = kind("canned_restored", _("brought back the canned text %(name)s"), Named, icon="arrow-path", **C)

VIEW_ADDED = kind("view_added", _("gave everybody the view %(name)s"), Named, icon="bookmark", section="views")
VIEW_RENAMED = kind(
    "view_renamed", _("renamed the view %(before)s to %(after)s"), Change, icon="bookmark", section="views"
)
VIEW_REMOVED = kind("view_removed", _("removed the view %(name)s"), Named, icon="bookmark", section="views")
