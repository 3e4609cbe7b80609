"""Whether a policy fits a ticket: its conditions against plain facts, and the words for either answer."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

# What a policy may ask for, in the order of the form; each is said of the ticket that has it, and of one that has not.
CONDITIONS = {
    "clients": (pgettext_lazy("policy fits", "client %(names)s"), pgettext_lazy("policy", "another client")),
    "agreements": (pgettext_lazy("policy fits", "agreement %(names)s"), pgettext_lazy("policy", "another agreement")),
    "sites": (pgettext_lazy("policy fits", "site %(names)s"), pgettext_lazy("policy", "another site")),
    "types": (pgettext_lazy("policy fits", "type %(names)s"), pgettext_lazy("policy", "another type")),
    "priorities": (pgettext_lazy("policy fits", "priority %(names)s"), pgettext_lazy("policy", "another priority")),
    "models": (pgettext_lazy("policy fits", "equipment %(names)s"), pgettext_lazy("policy", "other equipment")),
    "partners": (pgettext_lazy("policy fits", "partner %(names)s"), pgettext_lazy("policy", "another partner")),
}
NONE_FITS = gettext_lazy("No SLA policy fits this ticket.")


@dataclass(frozen=True)
class Choice:
    """The policy of a ticket, or None; what of the ticket it asked for, and which before it asked for other things."""

    policy: object = None
    met: dict = field(default_factory=dict)  # {condition: names of the ticket that it asked for}
    passed: tuple = ()  # ((policy, conditions that were not met)…)

    @property
    def why(self):
        """In one sentence, why the ticket's deadlines are these."""
        if self.policy is None:
            return str(NONE_FITS)
        said = [str(CONDITIONS[name][0]) % {"names": ", ".join(map(str, names))} for name, names in self.met.items()]
        if not said:
            return _("SLA “%(name)s”: it fits every ticket") % {"name": self.policy.name}
        return _("SLA “%(name)s”: %(facts)s") % {"name": self.policy.name, "facts": ", ".join(said)}

    @property
    def passed_by(self):
        """A sentence for each policy that stands before and did not fit."""
        return [
            _("“%(name)s” does not fit: %(reasons)s")
            % {"name": policy.name, "reasons": ", ".join(str(CONDITIONS[name][1]) for name in missed)}
            for policy, missed in self.passed
        ]

    @property
    def because(self):
        """The sentences that explain the choice, the one that decides first."""
        return [self.why, *self.passed_by]


def missed(when, facts):
    """The conditions that these facts do not meet; a condition that names nothing asks for nothing."""
    return [name for name in CONDITIONS if when.get(name) and not facts.get(name, {}).keys() & set(when[name])]


def met(when, facts):
    """What of the facts was asked for, in words: {condition: names}."""
    asked = {name: set(when[name]) for name in CONDITIONS if when.get(name)}
    return {name: [said for code, said in facts[name].items() if code in codes] for name, codes in asked.items()}


def first_that_fits(policies, facts):
    """Of the account's policies in their order the first whose conditions these facts meet.

    `facts` are {condition: {code: how people call it}}: ids as text, priorities by code, partners by name.
    """
    passed = []
    for policy in policies:
        lacking = missed(policy.when, facts)
        if not lacking:
            return Choice(policy, met(policy.when, facts), tuple(passed))
        passed.append((policy, tuple(lacking)))
    return Choice(passed=tuple(passed))
