"""The words of two sides that compare what they have of one hand-over."""

from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from tenants.vocabulary import Named, kind


class Result(models.TextChoices):
    """What came of comparing what the partner told with what is here."""

    NONE = "", _("not compared yet")
    AGREED = "agreed", _("both sides agree")
    ASKED = "asked", _("being compared")
    MENDED = "mended", _("differed and was mended")
    DIFFERS = "differs", _("differs")


@dataclass(frozen=True)
class Mended:
    """How many things were told again."""

    name: str = ""
    n: int = 0


@dataclass(frozen=True)
class Differing:
    """With whom, and what of it: [[fact, how many]]."""

    name: str = ""
    facts: list = field(default_factory=list)


# What could not be mended, and how it is said to a person.
FACTS = {
    "missing": ngettext_lazy("%(n)s comment or file is not here", "%(n)s comments or files are not here", "n"),
    "other": _("something reads otherwise here"),
    "untold": ngettext_lazy(
        "%(n)s comment or file is here that the partner does not have",
        "%(n)s comments or files are here that the partner does not have",
        "n",
    ),
    "lost": ngettext_lazy(
        "%(n)s comment or file that the partner was told is gone here",
        "%(n)s comments or files that the partner was told are gone here",
        "n",
    ),
    "withheld": ngettext_lazy(
        "%(n)s comment or file is missing at the partner, who is told nothing more of this ticket",
        "%(n)s comments or files are missing at the partner, who is told nothing more of this ticket",
        "n",
    ),
    "state": _("the partner says another state of the hand-over"),
}


def said_facts(facts):
    """What differs, in the reader's language."""
    return "; ".join(str(FACTS[fact] % {"n": n}) for fact, n in facts if fact in FACTS)


LINK_COMPARED = kind(
    "link_compared", _("let both sides of the link with %(name)s be compared"), Named, icon="scale", section="partners"
)
SIDES_MENDED = kind(
    "sides_mended", _("compared with %(name)s; told again and mended: %(n)s"), Mended, icon="arrow-path"
)
SIDES_DIFFER = kind(
    "sides_differ",
    _("compared with %(name)s, and it could not be mended: %(facts)s"),
    Differing,
    icon="exclamation-triangle",
    words={"facts": said_facts},
)
