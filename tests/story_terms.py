"""What the demo's companies promise each other, and what one of them asks just now."""

from partnerships import proposing
from partnerships.models import Proposal
from tests import world

PROMISES = [
    {"priority": "critical", "response": 60, "resolution": 240},
    {"priority": "high", "response": 60, "resolution": 480},
    {"priority": "normal", "response": 120, "resolution": 2880},
]


def agree(month):
    """The subcontractor's promises are agreed; the maker of trackers waits for an answer."""
    terms = {"promises": PROMISES, "accept_regions": ["Вологда", "Сокол", "Грязовец"], "return_days": 10}
    month.step(month.ago("20d"), "vektor", lambda: ask(month, "vektor", **terms))
    month.step(month.ago("19d"), "meridian", lambda: accept(month, "vektor"))
    asked = {"promises": PROMISES[:1], "pass_comments": True, "hand_on": "nobody"}
    month.step(month.ago("3h"), "navis", lambda: ask(month, "navis", **asked))


def ask(month, slug, **terms):
    company, hub = month.cast[slug], month.cast["meridian"]
    proposing.change_terms(world.partner(company, hub), by=company.owner, **terms)


def accept(month, slug):
    hub = month.cast["meridian"]
    asked = Proposal.objects.get(partnership=world.partner(hub, month.cast[slug]), ours=False, state="open")
    proposing.accept(asked, by=hub.owner)
