"""How a person comes into an account: somebody invites him by mail or by link, and he says yes."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from . import accounts, clock, codes, mail
from . import vocabulary as words
from .access import ONLY_OWNERS, permit
from .activity import record
from .models import Account, MemberInvitation, MemberInvitationKey, Membership, TeamMember, User
from .roles import RESTRICTABLE
from .scoping import current_account_id
from .vocabulary import Role, refuse_unless

VALID = timedelta(days=7)
MOST_OPEN = 100
MAIL = "member_invited"
DEAD = _("This invitation is not valid: it was used, revoked, or is older than 7 days. Ask for a new one.")
OTHERS = _("This invitation was sent to another e-mail. Sign in with that one, or ask for a new invitation.")
OVER = _("This invitation is not open any more.")


def waiting():
    """The invitations that still open the door."""
    return MemberInvitation.objects.filter(accepted_at=None, revoked_at=None, expires_at__gt=clock.now())


def inviter(by):
    """Whoever invites as he is now, held until the transaction ends: who has just lost his rights invites nobody."""
    if isinstance(by, Membership):
        by = Membership.objects.select_for_update(no_key=True).get(pk=by.pk)
    permit(by, "manage_people")
    return by


@transaction.atomic
def invite(*, by, email="", role=Role.AGENT, team=None, restricted=False):
    """Keep a place for somebody: one with an e-mail gets the link by mail, any other link is shown once.

    Returns (invitation, code).
    """
    by = inviter(by)
    refuse_unless(role in Role.values, _("There is no such role."), "role")
    refuse_unless(role != Role.OWNER or not isinstance(by, Membership) or by.role == Role.OWNER, ONLY_OWNERS, "role")
    email = email.strip().lower()
    open_now = waiting()
    refuse_unless(open_now.count() < MOST_OPEN, _("A hundred invitations are open: revoke those nobody needs."))
    if email:
        known = Membership.objects.filter(user__email=email, active=True)
        refuse_unless(not known.exists(), _("This person is a member already."), "email")
        again = _("This person is invited already: send that invitation again.")
        refuse_unless(not open_now.filter(email=email).exists(), again, "email")
    now = clock.now()
    invitation = MemberInvitation.objects.create(
        email=email,
        role=role,
        team=team,
        restricted=restricted and role in RESTRICTABLE,
        created_by=getattr(by, "actor", by).name,
        created_at=now,
        expires_at=now + VALID,
    )
    record(invitation, words.MEMBER_INVITED, by=by, name=email, role=role)
    return invitation, give_key(invitation)


def give_key(invitation):
    """The code that opens the invitation until it expires; to a named person it goes by mail."""
    code = codes.code_of("member", invitation, invitation.expires_at)
    MemberInvitationKey.objects.create(
        hash=codes.digest(code),
        account_id=invitation.account_id,
        invitation_id=invitation.pk,
        expires_at=invitation.expires_at,
    )
    if invitation.email:
        reader = User.objects.filter(email=invitation.email).first()
        mail.send(
            MAIL,
            key=f"{MAIL}:{invitation.pk}:{invitation.expires_at.isoformat()}",
            email=invitation.email,
            language=(reader or Account.objects.get(pk=invitation.account_id)).language,
            invitation=str(invitation.pk),
            until=invitation.expires_at.isoformat(),
        )
    return code


def join_link(code):
    """Where the invited person says yes: an address of the installation's own name."""
    return f"{settings.BASE_URL}/welcome/{code}/"


def tell(letter):
    """The invitation as it stands when the mail goes; the link is spelled anew, so that no table keeps it."""
    invitation = waiting().filter(pk=letter.details["invitation"]).first()
    if invitation is None or invitation.expires_at.isoformat() != letter.details["until"]:
        raise mail.Untold("gone")
    return {
        "invitation": invitation,
        "role": Role(invitation.role).label,
        "link": join_link(codes.code_of("member", invitation, invitation.expires_at)),
    }


def keys_of(invitation):
    keys = MemberInvitationKey.objects.filter(account_id=current_account_id(), invitation_id=invitation.pk)
    return keys.filter(used_at=None, revoked_at=None)


def hold(invitation):
    """The invitation as it is now, still open, held until the transaction ends."""
    invitation = MemberInvitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    refuse_unless(invitation.accepted_at is None and invitation.revoked_at is None, OVER)
    return invitation


@transaction.atomic
def resend(invitation, *, by):
    """Another seven days and another link; the former one opens nothing. Returns (invitation, code)."""
    by = inviter(by)
    invitation = hold(invitation)
    owners_own = invitation.role == Role.OWNER and isinstance(by, Membership)
    refuse_unless(not owners_own or by.role == Role.OWNER, ONLY_OWNERS)
    now = clock.now()
    keys_of(invitation).update(revoked_at=now)
    invitation.expires_at = now + VALID
    invitation.save(update_fields=["expires_at"])
    record(invitation, words.MEMBER_REINVITED, by=by, name=invitation.email)
    return invitation, give_key(invitation)


@transaction.atomic
def revoke(invitation, *, by):
    """The place is not kept any longer."""
    by = inviter(by)
    invitation = hold(invitation)
    invitation.revoked_at = clock.now()
    invitation.save(update_fields=["revoked_at"])
    keys_of(invitation).update(revoked_at=invitation.revoked_at)
    record(invitation, words.MEMBER_INVITATION_REVOKED, by=by, name=invitation.email)


def find(code):
    """The live key behind a code, for anybody who has it; Refused in one sentence for any other."""
    key = MemberInvitationKey.objects.select_related("account").filter(hash=codes.digest(code)).first()
    refuse_unless(codes.is_live(key) and key.account.suspended_at is None, DEAD)
    return key


def of_key(key, rows=None):
    """What a key opens, inside its account."""
    rows = MemberInvitation.objects if rows is None else rows
    invitation = rows.select_related("team").filter(pk=key.invitation_id).first()
    refuse_unless(invitation and invitation.revoked_at is None and invitation.accepted_at is None, DEAD)
    return invitation


@transaction.atomic
def accept(code, *, user):
    """The invited person takes his place inside the account; a code lets one person in, once."""
    key = MemberInvitationKey.objects.filter(hash=codes.digest(code)).first()
    refuse_unless(codes.is_live(key) and key.account_id == current_account_id(), DEAD)
    # The invitation before its key, as whoever revokes it holds them; two who come at once wait here.
    invitation = of_key(key, MemberInvitation.objects.select_for_update(of=("self",)))
    key = MemberInvitationKey.objects.select_for_update().get(pk=key.pk)
    refuse_unless(codes.is_live(key), DEAD)
    refuse_unless(invitation.email in ("", user.email), OTHERS)
    member = accounts.seat(user, role=invitation.role, restricted=invitation.restricted)
    if invitation.team:
        TeamMember.objects.get_or_create(team=invitation.team, member=member)
        record(invitation.team, words.TEAM_JOINED, by=member, name=member.name, team=invitation.team.name)
    key.used_at = clock.now()
    key.save(update_fields=["used_at"])
    MemberInvitation.objects.filter(pk=invitation.pk).update(accepted_at=key.used_at, member=member)
    record(member, words.MEMBER_JOINED, by=member, name=member.name, role=member.role)
    return member
