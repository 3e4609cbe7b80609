"""What each role may do, in one table. Verbs ask `by.may(...)`; pages ask the same before they draw a button."""

from .vocabulary import Role

EVERYBODY = frozenset(Role)
DESK = frozenset({Role.OWNER, Role.ADMIN, Role.DISPATCHER, Role.AGENT})
LEADS = frozenset({Role.OWNER, Role.ADMIN, Role.DISPATCHER})
ADMINS = frozenset({Role.OWNER, Role.ADMIN})

ABILITIES = {
    "close_account": frozenset({Role.OWNER}),
    "link": ADMINS,
    "manage_people": ADMINS,
    "see_all": EVERYBODY - {Role.ENGINEER},
    "create": DESK,
    "change": DESK,
    "work": DESK | {Role.ENGINEER},
    "hand_over": DESK,
    "done": DESK,
    "comment": DESK | {Role.ENGINEER},
    "see_costs": LEADS | {Role.OBSERVER},
    "registry": DESK,
}


def may(role, ability):
    """Whether a person of this role has this ability."""
    return role in ABILITIES[ability]


def abilities(role):
    """Every ability of a role, for drawing pages."""
    return {ability for ability, roles in ABILITIES.items() if role in roles}
