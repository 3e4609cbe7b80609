"""What terms may say: every mistake at its field, in a sentence."""

from django.utils.translation import gettext_lazy as _

from tenants import roles
from tenants.models import Team, TeamMember
from tenants.vocabulary import refuse_unless
from tickets.vocabulary import Priority

from .conditions import LONGEST_LIST, LONGEST_NAME, MINUTES_LIMIT
from .models import Partnership
from .vocabulary import DAYS_LIMIT, HOURS_LIMIT, ClientSees, HandOn, LinkState, Relay, SeeBelow

CHOICES = {
    "hand_on": HandOn,
    "see_below": SeeBelow,
    "relay_up": Relay,
    "relay_down": Relay,
    "client_sees": ClientSees,
}
NUMBERS = {
    "accept_minutes": (1, MINUTES_LIMIT, _("Give from one minute to ninety days to accept.")),
    "auto_approve_hours": (0, HOURS_LIMIT, _("Work is accepted by itself after ninety days at the latest.")),
    "return_days": (0, DAYS_LIMIT, _("Work may be sent back within ninety days at most.")),
}


def check(partnership, values):
    """Refuse values of terms that make no sense, as far as they are named."""
    for name, words in CHOICES.items():
        refuse_unless(name not in values or values[name] in words.values, _("There is no such choice."), name)
    for name, (least, most, sentence) in NUMBERS.items():
        refuse_unless(name not in values or least <= values[name] <= most, sentence, name)
    check_accepting(values)
    check_hand_on(partnership, values)
    check_handers(values)
    check_receivers(values.get("default_team"), values.get("default_assignee"))


def check_accepting(values):
    """What we accept, when, and what we promise."""
    for name in ("accept_types", "accept_regions"):
        told = values.get(name, [])
        sound = len(told) <= LONGEST_LIST and all(0 < len(one) <= LONGEST_NAME for one in told)
        refuse_unless(sound, _("A hundred names of at most 160 characters."), name)
    refuse_unless(set(values.get("accept_days", [])) <= set(range(7)), _("There is no such day."), "accept_days")
    both = bool(values.get("accept_from")) == bool(values.get("accept_until"))
    refuse_unless(both, _("Give both hours, or none."), "accept_until")
    for promise in values.get("promises", []):
        sound = promise["priority"] in Priority.values and all(
            0 <= promise[name] <= MINUTES_LIMIT for name in ("response", "resolution")
        )
        refuse_unless(sound, _("Promise at most ninety days."), "promises")


def check_hand_on(partnership, values):
    """To whom the partner may hand our tickets on: companies that we are linked with."""
    if "hand_on_to" not in values and "hand_on" not in values:
        return
    ids = {str(pk) for pk in values.get("hand_on_to", [])}
    if ids:
        known = Partnership.objects.exclude(pk=partnership.pk).exclude(state=LinkState.ENDED).filter(pk__in=ids)
        refuse_unless(known.count() == len(ids), _("Choose among our other partners."), "hand_on_to")
    listed = values.get("hand_on") == HandOn.LISTED
    refuse_unless(ids or not listed, _("Say to whom, or let nobody hand on."), "hand_on_to")


def check_handers(values):
    """Who of ours may hand over: roles that may at all, and teams that there are."""
    able = roles.ABILITIES["hand_over"]
    named = set(values.get("handers_roles", []))
    refuse_unless(named <= {str(role) for role in able}, _("This role hands nothing over."), "handers_roles")
    ids = {str(pk) for pk in values.get("handers_teams", [])}
    there = not ids or Team.objects.filter(pk__in=ids).count() == len(ids)
    refuse_unless(there, _("There is no such team."), "handers_teams")


def check_receivers(team, member):
    """Who of ours gets what the partner sends: somebody who works on tickets, of the team if one is named."""
    refuse_unless(
        member is None or (member.active and member.may("work")),
        _("This person does not work on tickets."),
        "default_assignee",
    )
    inside = team is None or member is None or TeamMember.objects.filter(team=team, member=member).exists()
    refuse_unless(inside, _("This person is not in the team."), "default_assignee")
