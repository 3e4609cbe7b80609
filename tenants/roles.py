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
    "settings": ADMINS,
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
# Whom an administrator may restrict: then he sees what he was granted, as an engineer always does.
RESTRICTABLE = frozenset({Role.AGENT})


def may(role, ability, *, restricted=False):
    """Whether a person of this role has this ability."""
    narrow = restricted and role in RESTRICTABLE and ability == "see_all"
    return role in ABILITIES[ability] and not narrow


def abilities(role, *, restricted=False):
    """Every ability of a role, for drawing pages."""
    return {ability for ability in ABILITIES if may(role, ability, restricted=restricted)}
