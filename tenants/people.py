"""The people of an account: their roles, what they see, their leaving; and the teams they stand in."""

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from . import bell, clock
from . import vocabulary as words
from .access import ONLY_OWNERS, permit
from .accounts import LINES, NO_LINE, TAKEN_TEAM
from .activity import record
from .models import (
    Activity,
    ClientGrant,
    MemberInvitation,
    MemberInvitationKey,
    Membership,
    Seat,
    Team,
    TeamGrant,
    TeamMember,
)
from .roles import RESTRICTABLE
from .scoping import current_account_id
from .vocabulary import Refused, Role, refuse_unless


def hold(member, by):
    """The member and whoever acts as they are now, and every owner's row, held until the transaction ends.

    Who lost his rights a moment ago acts no more, and two owners can't unmake each other at once.
    """
    pks = [one.pk for one in (member, by) if isinstance(one, Membership)]
    held = Membership.objects.select_for_update(no_key=True).filter(Q(pk__in=pks) | Q(role=Role.OWNER, active=True))
    rows = {row.pk: row for row in held.order_by("pk")}
    fresh, actor = rows[member.pk], rows.get(getattr(by, "pk", None), by)
    permit(actor, "manage_people")
    refuse_unless(fresh.active, _("This person has left already."))
    owners = [row for row in rows.values() if row.role == Role.OWNER and row.active]
    return fresh, actor, owners


def guard_owner(member, by, owners, role=None):
    """Owners are made and unmade by owners alone, nobody changes himself, and one owner always stays."""
    refuse_unless(member != by, _("Nobody changes his own place here: ask another owner or administrator."), "role")
    if Role.OWNER in (member.role, role):
        refuse_unless(not isinstance(by, Membership) or by.role == Role.OWNER, ONLY_OWNERS, "role")
    if member.role == Role.OWNER:
        refuse_unless(len(owners) > 1, _("The account needs an owner: make another one first."), "role")


@transaction.atomic
def change_role(member, *, to, by):
    """A person answers for more, or for less, from now on."""
    refuse_unless(to in Role.values, _("There is no such role."), "role")
    member, by, owners = hold(member, by)
    if member.role == to:
        return member
    guard_owner(member, by, owners, to)
    before, member.role = member.role, to
    member.restricted = member.restricted and to in RESTRICTABLE
    member.save(update_fields=["role", "restricted"])
    bury_beyond(member)
    record(member, words.ROLE_CHANGED, by=by, name=member.name, before=before, after=to)
    bell.rights_changed(member.user_id)
    return member


def permit_transfer(by):
    """Only an owner gives the account away."""
    refuse_unless(isinstance(by, Membership) and by.may("close_account"), ONLY_OWNERS)


@transaction.atomic
def transfer_ownership(*, to, by):
    """The owner hands the account over and stays as an administrator."""
    permit_transfer(by)
    to, by, _owners = hold(to, by)
    permit_transfer(by)
    refuse_unless(to != by, _("The account is yours already."))
    for member, role in ((to, Role.OWNER), (by, Role.ADMIN)):
        member.role, member.restricted = role, False
        member.save(update_fields=["role", "restricted"])
        bury_beyond(member)
        bell.rights_changed(member.user_id)
    record(to, words.OWNER_CHANGED, by=by, name=to.name)
    return to


@transaction.atomic
def set_restricted(member, *, to, by):
    """An agent sees every ticket, or only what he was granted."""
    member, by, _owners = hold(member, by)
    refuse_unless(
        not to or member.role in RESTRICTABLE,
        _("Only agents can be restricted: others see by their role."),
        "restricted",
    )
    if member.restricted != to:
        member.restricted = to
        member.save(update_fields=["restricted"])
        kind = words.MEMBER_RESTRICTED if to else words.MEMBER_UNRESTRICTED
        record(member, kind, by=by, name=member.name)
        bell.rights_changed(member.user_id)
    return member


@transaction.atomic
def edit(member, *, name, title, by):
    """How colleagues and partners know a person here: his name and position."""
    name, title = name.strip(), title.strip()
    refuse_unless(name, _("Give the person a name."), "name")
    member, by, _owners = hold(member, by)
    if member.role == Role.OWNER:
        refuse_unless(not isinstance(by, Membership) or by.role == Role.OWNER, ONLY_OWNERS, "name")
    before, after = (", ".join(filter(None, facts)) for facts in ((member.name, member.title), (name, title)))
    if before != after:
        member.name, member.title = name[:120], title[:120]
        member.save(update_fields=["name", "title"])
        record(member, words.MEMBER_EDITED, by=by, name=member.name, before=before, after=after)
    return member


@transaction.atomic
def remove(member, *, by):
    """A person leaves: no way in, no team, no grant, no invitation of his stays; his tickets go back to the queue."""
    member, by, owners = hold(member, by)
    guard_owner(member, by, owners)
    member.active = member.restricted = False
    member.save(update_fields=["active", "restricted"])
    Seat.objects.filter(user=member.user_id, account=current_account_id()).delete()
    TeamMember.objects.filter(member=member).delete()
    Team.objects.filter(lead=member).update(lead=None)
    for grants in (TeamGrant, ClientGrant):
        grants.objects.filter(user=member.user_id).delete()
    # Else he could walk in again by himself.
    bury(written_by(member))
    bury(MemberInvitation.objects.filter(email=member.user.email))
    record(member, words.MEMBER_REMOVED, by=by, name=member.name)
    bell.rights_changed(member.user_id)
    return member


def bury(invitations):
    """These invitations open nothing any more."""
    ids, now = list(invitations.filter(accepted_at=None, revoked_at=None).values_list("pk", flat=True)), clock.now()
    MemberInvitation.objects.filter(pk__in=ids).update(revoked_at=now)
    keys = MemberInvitationKey.objects.filter(account=current_account_id(), invitation_id__in=ids, used_at=None)
    keys.update(revoked_at=now)


def written_by(member):
    """The invitations that this member wrote or renewed."""
    kinds = [words.MEMBER_INVITED.code, words.MEMBER_REINVITED.code]
    lines = Activity.objects.filter(ticket_id=None, actor_id=member.pk, kind__in=kinds)
    return MemberInvitation.objects.filter(pk__in=lines.values("subject_id"))


def bury_beyond(member):
    """What he invited others to while he could stays open only as far as he still can."""
    if not member.may("manage_people"):
        bury(written_by(member))
    elif member.role != Role.OWNER:
        bury(written_by(member).filter(role=Role.OWNER))


@transaction.atomic
def edit_team(team, *, name, line, by):
    """A team gets another name or support line."""
    permit(by, "manage_people")
    name = name.strip()
    refuse_unless(name, _("Give the team a name."), "name")
    refuse_unless(line in LINES, NO_LINE, "line")
    team = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    before, after = (f"{one}, {number}" for one, number in ((team.name, team.line), (name, line)))
    if before != after:
        team.name, team.line = name[:80], line
        try:
            with transaction.atomic():
                team.save(update_fields=["name", "line"])
        except IntegrityError as taken:
            raise Refused(TAKEN_TEAM, "name") from taken
        record(team, words.TEAM_EDITED, by=by, name=team.name, before=before, after=after)
    return team


@transaction.atomic
def set_lead(team, *, to, by):
    """Somebody leads the team, or nobody: he is told of its deadlines beside whoever works on them."""
    permit(by, "manage_people")
    team = Team.objects.select_for_update(of=("self",), no_key=True).select_related("lead").get(pk=team.pk)
    if team.lead_id == getattr(to, "pk", None):
        return team
    refuse_unless(to is None or to.active, _("This person has left already."), "lead")
    before, after = (member.name if member else "—" for member in (team.lead, to))
    team.lead = to
    team.save(update_fields=["lead"])
    record(team, words.TEAM_LED, by=by, name=team.name, before=before, after=after)
    return team


@transaction.atomic
def set_team(team, *, members, by):
    """Exactly these people stand in the team from now on."""
    permit(by, "manage_people")
    team = Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    wanted = {member.pk: member for member in members}
    refuse_unless(all(member.active for member in members), _("This person has left already."), "members")
    there = {row.member_id: row for row in TeamMember.objects.filter(team=team).select_related("member")}
    for pk in [pk for pk in there if pk not in wanted]:
        there[pk].delete()
        record(team, words.TEAM_LEFT, by=by, name=there[pk].member.name, team=team.name)
    for pk in [pk for pk in wanted if pk not in there]:
        TeamMember.objects.create(team=team, member=wanted[pk])
        record(team, words.TEAM_JOINED, by=by, name=wanted[pk].name, team=team.name)
    return team


@transaction.atomic
def remove_team(team, *, by):
    """A team ends; whoever keeps tickets for it lets them go first."""
    permit(by, "manage_people")
    team = Team.objects.select_for_update().get(pk=team.pk)
    record(team, words.TEAM_REMOVED, by=by, name=team.name)
    team.delete()
