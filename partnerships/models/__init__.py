"""Two companies, what they agreed, what they handed to each other, and the letters between them.

Each side keeps its own rows; the global tables only say which accounts are linked and how far letters got.
"""

from .comparisons import Comparison
from .handovers import Alias, Handover, HandoverTemplate, Round, WorkReport
from .letters import Halt, InboxLetter, Lane, Letter
from .links import CompanyCard, Invitation, InvitationKey, Link, Partnership
from .terms import MapRow, Proposal, Terms

__all__ = [
    "Alias",
    "CompanyCard",
    "Comparison",
    "Halt",
    "Handover",
    "HandoverTemplate",
    "InboxLetter",
    "Invitation",
    "InvitationKey",
    "Lane",
    "Letter",
    "Link",
    "MapRow",
    "Partnership",
    "Proposal",
    "Round",
    "Terms",
    "WorkReport",
]
