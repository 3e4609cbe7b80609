"""What of the terms one side asks the other, and the versions that were in force. Pure reading."""

from dataclasses import dataclass
from datetime import datetime

from tenants.models import Team

from . import clauses, conditions
from .models import Partnership, Proposal, Terms
from .vocabulary import ProposalState

SHOWN = 30


@dataclass(frozen=True)
class Asked:
    """A proposal as a person reads it: the lines that would change."""

    proposal: Proposal
    changes: list

    @property
    def at(self):
        return self.proposal.made_at


@dataclass(frozen=True)
class Version:
    """A version of our terms that was in force: by whom it was, and what changed with it."""

    number: int
    at: datetime
    by: str
    changes: list


@dataclass(frozen=True)
class Table:
    """What is asked now: by us, by the partner, what waits for his confirmation, and what he declined last."""

    ours: Asked | None = None
    theirs: Asked | None = None
    waiting: Asked | None = None
    declined: Asked | None = None


def table(partnership, known):
    """What lies on the table between the two companies; `known`: our partners' names by the ids of our links."""
    rows = list(Proposal.objects.filter(partnership=partnership).order_by("-made_at")[:SHOWN])
    still = [row for row in rows if row.state == ProposalState.OPEN]
    ours = next((row for row in rows if row.ours), None)
    found = {
        "ours": next((row for row in still if row.ours), None),
        "theirs": next((row for row in still if not row.ours), None),
        "waiting": next((row for row in rows if row.pending), None),
        "declined": ours if ours and ours.state == ProposalState.DECLINED else None,
    }
    return Table(**{name: row and asked(row, known) for name, row in found.items()})


def asked(proposal, known):
    """A proposal with the lines that would change."""
    before, after = (conditions.from_row(data) for data in (proposal.before, proposal.terms))
    if proposal.ours:
        before, after = conditions.named(before, known), conditions.named(after, known)
    return Asked(proposal, clauses.difference(before, after))


def history(partnership):
    """Our versions and what was asked by both sides, the newest first."""
    known = partner_names()
    versions = our_versions(partnership, known)
    rows = Proposal.objects.filter(partnership=partnership).order_by("-made_at")[:SHOWN]
    return sorted([*versions, *(asked(row, known) for row in rows)], key=lambda one: one.at, reverse=True)


def our_versions(partnership, known):
    """Each version with what it changed of the one before."""
    rows = Terms.objects.filter(partnership=partnership).select_related("account", "default_team", "default_assignee")
    teams = {str(pk): name for pk, name in Team.objects.values_list("pk", "name")}
    rows = list(rows.order_by("-version")[: SHOWN + 1])
    lines = [clauses.whole(row, teams, known) for row in rows]
    older = [*lines[1:], None]
    return [
        Version(row.version, row.created_at, row.created_by, clauses.changes(before, after) if before else [])
        for row, after, before in zip(rows, lines, older, strict=True)
    ][:SHOWN]


def partner_names():
    """Our partners' names by the ids of our links with them."""
    return {str(pk): name for pk, name in Partnership.objects.values_list("pk", "name")}
