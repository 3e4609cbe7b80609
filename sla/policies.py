"""What is promised to whom: policies in their order, which one a ticket falls under, and why."""

from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db import transaction
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext

from tenants import access, agreements
from tenants.activity import record
from tenants.models import Agreement
from tenants.vocabulary import refuse_nulls, refuse_unless
from tickets import arranging, slots
from tickets.models import Counterpart, Ticket, TicketEquipment
from tickets.vocabulary import Direction, Priority, WaitReason

from . import calendars, fitting, said
from .fitting import Choice
from .models import Calendar, Policy
from .vocabulary import (
    POLICY_ADDED,
    POLICY_ARCHIVED,
    POLICY_CHANGED,
    POLICY_PLACED,
    POLICY_RESTORED,
    STOPPING,
    Target,
)

__all__ = ["Choice", "agreement_of", "choose", "choose_all", "promised"]

MOST = 200
MOST_NAMED = 200
A_YEAR = 366 * 24 * 60
NOT_SO_LONG = _("From a minute to a year.")
# The sentence for an id, a code or a name that is nobody's here: the same for another account's and for none at all.
MISSING = {
    "clients": _("There is no such client."),
    "agreements": _("There is no such agreement."),
    "sites": _("There is no such site."),
    "types": _("There is no such type."),
    "priorities": _("There is no such priority."),
    "models": _("There is no such equipment model."),
    "partners": _("There is no such partner."),
}
# What most desks promise, in minutes. Five working days of nine hours are 45 hours.
USUAL = {
    "critical": {"response": 15, "resolution": 4 * 60},
    "high": {"response": 30, "resolution": 8 * 60},
    "normal": {"response": 2 * 60, "resolution": 18 * 60},
    "low": {"response": 4 * 60, "resolution": 45 * 60},
}
permit = arranging.permit


def in_order():
    """The policies that are in use, the one that is asked first in front."""
    return Policy.objects.filter(archived_at=None)


def choose(ticket):
    """The policy that a ticket falls under now, and why."""
    return choose_all([ticket.pk])[ticket.pk]


def choose_all(ticket_ids):
    """The policies of many tickets at once, in as many queries as for one: {ticket id: Choice}."""
    policies = list(in_order().select_related("calendar"))
    facts = facts_of(ticket_ids, {name for policy in policies for name, asked in policy.when.items() if asked})
    return {pk: fitting.first_that_fits(policies, told) for pk, told in facts.items()}


def promised(policy, priority):
    """What the policy promises to a ticket of this priority, in working seconds: {target: seconds}."""
    minutes = policy.targets.get(str(priority), {}) if policy else {}
    return {target: minutes[target] * 60 for target in Target if minutes.get(target)}


def facts_of(ticket_ids, asked):
    """What policies may ask of these tickets, as fitting.py reads it; only what is `asked` is looked for."""
    rows = Ticket.objects.filter(pk__in=ticket_ids).annotate(**sought(asked))
    columns = ("pk", "client", "client__name", "site", "site__name", "type", "type__name", "priority")
    rows = list(rows.values(*columns, "agreement", "created_at", "account__zone", *sought(asked)))
    theirs = {}
    if "agreements" in asked:
        for one in Agreement.objects.filter(client__in={row["client"] for row in rows}, archived_at=None):
            theirs.setdefault(one.client_id, []).append(one)
    return {row["pk"]: plain(row, theirs.get(row["client"], ())) for row in rows}


def sought(asked):
    """The parts of a ticket that stand in other tables."""
    parts = {}
    if "models" in asked:
        devices = TicketEquipment.objects.filter(ticket=OuterRef("pk"))
        told = JSONObject(
            id=F("equipment__model"), maker=F("equipment__model__manufacturer"), name=F("equipment__model__name")
        )
        parts["devices"] = ArraySubquery(devices.values(told=told))
    if "partners" in asked:
        taken = Counterpart.objects.filter(ticket=OuterRef("pk"), direction=Direction.TAKEN)
        parts["taken"] = ArraySubquery(taken.values("label"))
    return parts


def plain(row, agreed):
    """One ticket's facts: {condition: {code: how people call it}}."""
    agreement = agreements.pick(agreed, row["agreement"], day_of(row["created_at"], row["account__zone"]))
    facts = {
        name: {str(row[column]): row[f"{column}__name"]}
        for name, column in (("clients", "client"), ("sites", "site"), ("types", "type"))
        if row[column]
    }
    return facts | {
        "agreements": {str(agreement.pk): agreement.number} if agreement else {},
        "priorities": {row["priority"]: Priority(row["priority"]).label},
        "models": {one["id"]: f"{one['maker']} {one['name']}".strip() for one in row.get("devices", ())},
        "partners": {label: label for label in row.get("taken", ())},
    }


def day_of(moment, zone):
    """The day on which a ticket came, as the account counts days: agreements hold by the day."""
    return moment.astimezone(ZoneInfo(zone)).date()


def agreement_of(ticket):
    """The agreement that a ticket falls under: by its number, else the client's only one on the day it came."""
    if ticket.client_id is None:
        return None
    rows = agreements.of_client(ticket.client_id).select_related("client")
    return agreements.pick(rows, ticket.agreement, day_of(ticket.created_at, ticket.account.zone))


@transaction.atomic
def add(name, *, by, calendar, when=None, targets=None, stops=None):
    """One more promise, asked last."""
    permit(by)
    refuse_unless(in_order().count() < MOST, _("There are 200 SLA policies already: archive some first."))
    policy = Policy(name=arranging.named(Policy, name), position=arranging.last_place(Policy.objects.all()))
    facts = {"calendar": calendar, "when": when or {}, "targets": targets or {}}
    settle(policy, facts | ({} if stops is None else {"stops": stops}))
    arranging.keep(policy)
    record(policy, POLICY_ADDED, by=by, name=policy.name)
    return policy


@transaction.atomic
def start_usual(*, by):
    """An account without policies begins with what most desks promise, on its own working hours."""
    permit(by)
    refuse_unless(not Policy.objects.exists(), _("There are SLA policies already."))
    calendar = calendars.default() or calendars.add_usual(by=by)
    with override(calendars.language()):
        name = str(_("Usual"))
    return add(name, by=by, calendar=calendar, targets=USUAL)


@transaction.atomic
def change(policy, *, by, **facts):
    """It promises this from now on; the tickets under it are reckoned anew from their own beginnings."""
    permit(by)
    policy = arranging.locked(policy)
    was = words(policy)
    if "name" in facts:
        policy.name = arranging.named(Policy, facts.pop("name"), but=policy)
    settle(policy, facts)
    now = words(policy)
    changed = [fact for fact in now if now[fact] != was[fact] and fact != "name"]
    if was != now:
        arranging.keep(policy)
        before, after = (", ".join([words["name"], *(words[fact] for fact in changed)]) for words in (was, now))
        record(policy, POLICY_CHANGED, by=by, before=before, after=after)
    return policy


@transaction.atomic
def place(policy, *, up, by):
    """It is asked before its neighbour, or after."""
    permit(by)
    if arranging.shift(in_order(), policy, up=up):
        record(policy, POLICY_PLACED, by=by, name=policy.name)
    return policy


def archive(policy, *, by):
    """It promises nothing any more; the tickets under it fall to the next that fits."""
    return arranging.archive(policy, POLICY_ARCHIVED, by=by)


@transaction.atomic
def restore(policy, *, by):
    """It promises again, in its former place."""
    permit(by)
    calendar = Calendar.objects.get(pk=policy.calendar_id)
    refuse_unless(calendar.archived_at is None, _("Its calendar is archived: bring the calendar back first."))
    return arranging.restore(policy, POLICY_RESTORED, by=by)


def settle(policy, facts):
    """Put checked facts on the row, each mistake at its field."""
    for name, value in facts.items():
        setattr(policy, name, CHECKS[name](policy, value))


def checked_calendar(policy, calendar):
    used = calendar and (calendar.archived_at is None or calendar.pk == policy.calendar_id)
    refuse_unless(used, _("Choose a calendar."), "calendar")
    return calendar


def checked_when(policy, when):
    """Only what exists here may be asked for; whom nobody asks for is left out."""
    kept = {}
    for name in fitting.CONDITIONS:
        asked = list(dict.fromkeys(str(one) for one in when.get(name, ())))
        refuse_unless(len(asked) <= MOST_NAMED, _("200 at most in one policy."), name)
        if asked:
            refuse_unless(known(name, asked, policy.when.get(name, ())) == set(asked), MISSING[name], name)
            kept[name] = asked
    return kept


def known(name, asked, before):
    """Which of these exist here. A partner who has gone may stay in a policy that names him."""
    if name == "partners":
        return {one for one in asked if one in before or one in partner_names()}
    if name == "priorities":
        return {one for one in asked if one in Priority.values}
    for one in asked:
        refuse_nulls(one, name)
    ids = [pk for pk in map(access.known, asked) if pk]
    return {str(pk) for pk in said.ROWS[name].objects.filter(pk__in=ids).values_list("pk", flat=True)}


def checked_targets(policy, targets):
    """Whole minutes up to a year for each priority and target; what is left out is not promised."""
    kept = {}
    for priority in Priority.values:
        for target in Target.values:
            minutes = targets.get(priority, {}).get(target)
            if minutes:
                right = isinstance(minutes, int) and 0 < minutes <= A_YEAR
                refuse_unless(right, NOT_SO_LONG, f"{priority}-{target}")
                kept.setdefault(priority, {})[target] = minutes
    return kept


def checked_stops(policy, stops):
    refuse_unless(set(stops) <= set(STOPPING), _("Nothing of this kind stops a clock."), "stops")
    return [reason.value for reason in STOPPING if reason in stops]


CHECKS = {
    "calendar": checked_calendar,
    "when": checked_when,
    "targets": checked_targets,
    "stops": checked_stops,
}


def words(policy):
    """What the policy says, fact by fact, as the history keeps it."""
    asked = said.conditions(policy.when, said.names_of([policy.when]))
    promised_words = [f"{target}: {spans}" for target, spans in said.promises(policy.targets)]
    return {
        "name": policy.name,
        "calendar": policy.calendar.name,
        "when": ", ".join(asked) or pgettext("policy", "every ticket"),
        "targets": "; ".join(promised_words) or str(_("promises nothing")),
        "stops": ", ".join(str(WaitReason(one).label) for one in policy.stops) or str(_("nothing stops the clocks")),
    }


def partner_names():
    """The partners whose tickets a policy can be for."""
    return slots.partner_names()


@transaction.atomic
def rename_partner(before, after):
    """A partner is called otherwise: the policies that name him go on doing so."""
    for policy in Policy.objects.select_for_update(no_key=True).filter(when__partners__contains=[before]):
        partners = [after if name == before else name for name in policy.when["partners"]]
        Policy.objects.filter(pk=policy.pk).update(when=policy.when | {"partners": list(dict.fromkeys(partners))})
