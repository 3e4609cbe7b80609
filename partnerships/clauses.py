"""The terms in words, one line each, and the lines that differ between two versions."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from tenants.vocabulary import Role
from tickets.vocabulary import Priority

from .conditions import kept, named
from .models import Terms
from .vocabulary import ClientSees, HandOn, Relay, SeeBelow


@dataclass(frozen=True)
class Clause:
    """One line of the terms: what it is about, and what it says."""

    name: str
    label: str
    value: str


@dataclass(frozen=True)
class Changed:
    """A line that says something else from now on."""

    label: str
    before: str
    after: str


def changes(before, after):
    """The lines of two versions that differ, in the order of the terms."""
    then = {one.name: one.value for one in before}
    return [
        Changed(one.label, str(then.get(one.name, "")), str(one.value))
        for one in after
        if then.get(one.name, "") != one.value
    ]


def difference(before, after):
    """What of told terms would change."""
    return changes(shared(before), shared(after))


def shared(terms):
    """Told terms, line by line; the same words whoever of the two sides reads them."""
    return [
        *(passed(name, terms, _("passes: %(what)s")) for name in vars(terms) if name.startswith("pass_")),
        Clause("show_client_due", _("the partner sees the client’s deadline"), yes_or_no(terms.show_client_due)),
        *(passed(name, terms, _("passes back: %(what)s")) for name in vars(terms) if name.startswith("back_")),
        Clause("accept_types", _("takes tickets of types"), listed(terms.accept_types)),
        Clause("accept_regions", _("takes tickets of regions"), listed(terms.accept_regions)),
        Clause("accept_hours", _("takes tickets on"), times(terms)),
        Clause("auto_accept", _("takes tickets"), automatically(terms.auto_accept)),
        Clause("accept_minutes", _("answers an offer within"), span(terms.accept_minutes)),
        *(promised(terms, priority) for priority in reversed(Priority)),
        Clause("auto_approve", _("work counts as accepted after"), after_hours(terms.auto_approve_hours)),
        Clause("return_days", _("work may be sent back within"), days(terms.return_days)),
        Clause("hand_on", _("tickets may be handed on"), allowed(terms)),
        Clause("see_below", _("the sender sees those below"), SeeBelow(terms.see_below).label),
    ]


def own_rules(terms):
    """Told terms without what is shared and promised: these have tables of their own."""
    return [one for one in shared(terms) if not one.name.startswith(("pass_", "show_", "back_", "promise_"))]


def passed(name, terms, words):
    label = words % {"what": Terms._meta.get_field(name).verbose_name}
    return Clause(name, label, yes_or_no(getattr(terms, name)))


def yes_or_no(value):
    return _("yes") if value else _("no")


def listed(names):
    return ", ".join(names) if names else _("all")


def automatically(value):
    return _("automatically") if value else _("by hand")


def after_hours(hours):
    return span(hours * 60) if hours else _("never by itself")


def days(number):
    return ngettext("%(n)d day", "%(n)d days", number) % {"n": number}


def allowed(terms):
    """Whether and to whom tickets of this side may be handed on."""
    nobody = HandOn.NOBODY.label
    if terms.hand_on == HandOn.LISTED:
        return _("only to %(names)s") % {"names": ", ".join(terms.hand_on_to)} if terms.hand_on_to else nobody
    return HandOn(terms.hand_on).label


def promised(terms, priority):
    """What is promised for one priority."""
    one = next((one for one in terms.promises if one.priority == priority), None)
    parts = []
    if one and one.response:
        parts.append(_("response %(time)s") % {"time": span(one.response)})
    if one and one.resolution:
        parts.append(_("work %(time)s") % {"time": span(one.resolution)})
    label = _("promises, priority “%(priority)s”") % {"priority": priority.label}
    return Clause(f"promise_{priority}", label, ", ".join(parts) or _("nothing"))


def times(terms):
    """The days and hours in which tickets are taken."""
    parts = [day_names(terms.accept_days)] if terms.accept_days else []
    if terms.accept_from or terms.accept_until:
        parts.append(f"{terms.accept_from}–{terms.accept_until}")
    if not parts:
        return _("any day, any hour")
    return ", ".join(parts) + (f" ({terms.zone})" if terms.zone else "")


def day_names(numbers):
    """Days of the week; three and more in a row by the first and the last."""
    rows = []
    for day in sorted(set(numbers)):
        if rows and rows[-1][-1] == day - 1:
            rows[-1].append(day)
        else:
            rows.append([day])
    return ", ".join(
        f"{WEEKDAYS_ABBR[row[0]]}–{WEEKDAYS_ABBR[row[-1]]}"
        if len(row) > 2
        else ", ".join(str(WEEKDAYS_ABBR[day]) for day in row)
        for row in rows
    )


def span(minutes):
    """A time as people say it: the two largest units."""
    whole = timedelta(minutes=minutes)
    hours, rest = divmod(whole.seconds // 60, 60)
    parts = [pgettext("duration", "%(n)d d") % {"n": whole.days}] if whole.days else []
    parts += [pgettext("duration", "%(n)d h") % {"n": hours}] if hours else []
    parts += [pgettext("duration", "%(n)d m") % {"n": rest}] if not whole.days and (rest or not hours) else []
    return " ".join(parts)


def whole(terms, teams, partners):
    """A version of our own terms, line by line: what is told, and what is only ours; names of both by their ids."""
    handers = [str(Role(role).label) for role in terms.handers_roles]
    handers += [teams[pk] for pk in terms.handers_teams if pk in teams]
    return [
        *shared(named(kept(terms), partners)),
        Clause("handers", _("who may hand over"), ", ".join(handers) or _("everybody whose role may")),
        Clause("relay_up", _("partner’s comments go on"), relayed(terms)),
        Clause("relay_down", _("client’s replies go to the partner"), Relay(terms.relay_down).label),
        Clause("client_sees", _("our client sees of the partner"), ClientSees(terms.client_sees).label),
        Clause("default_team", _("incoming tickets: team"), str(terms.default_team or "—")),
        Clause("default_assignee", _("incoming tickets: assignee"), str(terms.default_assignee or "—")),
    ]


def relayed(terms):
    """How the partner's comments reach our client or sender."""
    if terms.relay_up == Relay.AUTO:
        return _("automatically, in our name") if terms.masked else _("automatically, signed by their author")
    return Relay(terms.relay_up).label
