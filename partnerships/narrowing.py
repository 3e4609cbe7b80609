"""What comes is not shown wider than our own row of the hand-over allows: the sender's word is checked once more."""

from dataclasses import replace

from tenants.vocabulary import Actor

from . import chain
from .protocol import render
from .vocabulary import SeeBelow

STATIONS = 50


def takes_part(handover):
    """Whether the partner still has a say here: what he wrote before he heard of the end moves and shows nothing."""
    return handover.state in chain.SHOWN


def stations(handover, told):
    """The chain below as this hand-over lets us see it, whatever was told."""
    told = [chain.clipped(station) for station in told[:STATIONS]]
    return [render(station) for station in chain.redact(told, handover.see_below)]


def words(handover, said):
    """A comment with its author as far as we may know him."""
    if sees_all(handover):
        return said
    name, company = signature(handover, said.author, said.company)
    return replace(said, author=name, company=company, via=[])


def author(handover, name, company, by):
    """Whose file it is, as far as we may know."""
    if not sees_all(handover):
        name, company = signature(handover, name, company)
    return Actor(kind="partner", name=name, company=company, id=by.id, origin="partner")


def sees_all(handover):
    """Whether those below our partner may be known by name; who gave us the ticket speaks for himself."""
    return not handover.is_given or handover.see_below == SeeBelow.NAMED


def signature(handover, name, company):
    """Our partner's own people by name; whoever is below him nameless, or as the partner where he is hidden."""
    partner = handover.partnership.name
    if company == partner:
        return name, company
    return "", partner if handover.see_below == SeeBelow.HIDDEN else ""
