"""What each role may do, in one table. Verbs ask `by.may(...)`; pages ask the same before they draw a button."""

from django.utils.translation import gettext_lazy as _

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
    "export": DESK | {Role.OBSERVER},
    "export_all": LEADS | {Role.OBSERVER},
}
# The same table in words, as people read it when they choose a role.
WORDS = {
    "close_account": _("make and unmake owners, close the account"),
    "link": _("link partners and set the terms"),
    "manage_people": _("invite people, give roles, make teams"),
    "settings": _("set up statuses, types, tags and the account itself"),
    "see_all": _("see every ticket"),
    "create": _("open tickets"),
    "change": _("assign tickets and set their deadlines"),
    "work": _("move tickets on: statuses, files, resolving"),
    "hand_over": _("hand tickets over to partners and answer theirs"),
    "done": _("deliver the work to a partner"),
    "comment": _("comment on tickets"),
    "see_costs": _("see costs and prices"),
    "registry": _("add clients, contacts, sites and equipment"),
    "export": _("take out lists of one’s own tickets as a file"),
    "export_all": _("take out any list of tickets as a file"),
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


def meaning(role, *, restricted=False):
    """What a role may and what it may not, in the words of the table."""
    able = abilities(role, restricted=restricted)
    return {
        "may": [words for ability, words in WORDS.items() if ability in able],
        "may_not": [words for ability, words in WORDS.items() if ability not in able],
    }
