"""The nouns of an account: people, whom it serves, its ledger, its mail and its grants."""

from .grants import ClientGrant, Grant, GrantManager, TeamGrant
from .invitations import MemberInvitation, MemberInvitationKey
from .ledger import Activity, Counter, Timer
from .mail import Mail
from .people import LANGUAGES, Account, Membership, Seat, Team, TeamMember, User
from .registry import Agreement, Client, Contact

__all__ = [
    "LANGUAGES",
    "Account",
    "Activity",
    "Agreement",
    "Client",
    "ClientGrant",
    "Contact",
    "Counter",
    "Grant",
    "GrantManager",
    "Mail",
    "MemberInvitation",
    "MemberInvitationKey",
    "Membership",
    "Seat",
    "Team",
    "TeamGrant",
    "TeamMember",
    "Timer",
    "User",
]
