"""Asking a company to link: by mail, by code or by link, for seven days; sending again, taking back, saying no."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants import clock, mail
from tenants.activity import record
from tenants.codes import code_of, digest, is_live
from tenants.models import Account, Mail, Timer, User
from tenants.scoping import current_account_id
from tenants.timers import on_timer
from tenants.vocabulary import Actor, Refused, refuse_unless

from . import vocabulary as words
from .access import permit_linking
from .models import Invitation, InvitationKey, Partnership, Terms

VALID = timedelta(days=7)
MOST_OPEN = 100
MAIL, GONE_MAIL = "company_invited", "company_uninvited"
DECLINED = "invitation_declined"
DEAD = _("This invitation is not valid: it was used, revoked, or is older than 7 days. Ask for a new one.")
OVER = _("This invitation is not open any more.")
OWN = _("This is your own invitation: send it to the other company.")
# What of terms can be laid down before there is a link: all but whom of ours the tickets go to.
FIRST = {
    field.name
    for field in Terms._meta.get_fields()
    if field.name
    not in {
        "id",
        "account",
        "partnership",
        "version",
        "created_at",
        "created_by",
        "default_team",
        "default_assignee",
    }
}


def states():
    """What each state of an invitation is to the database; the first that holds is its state."""
    now = clock.now()
    unanswered = Q(accepted_at=None, declined_at=None, revoked_at=None)
    return {
        "open": unanswered & Q(expires_at__gt=now),
        "accepted": Q(accepted_at__isnull=False),
        "declined": Q(declined_at__isnull=False),
        "revoked": Q(revoked_at__isnull=False),
        "expired": unanswered & Q(expires_at__lte=now),
    }


def state_of(invitation):
    """The word for where an invitation stands."""
    said = {
        "accepted": invitation.accepted_at,
        "declined": invitation.declined_at,
        "revoked": invitation.revoked_at,
        "expired": invitation.expires_at <= clock.now(),
    }
    return next((state for state, holds in said.items() if holds), "open")


def waiting():
    """The invitations that still open the door."""
    return Invitation.objects.filter(states()["open"])


def same_as(partnership):
    """The terms of another link as a new one would begin with them."""
    kept = {name: getattr(partnership.terms, name) for name in FIRST}
    return {name: value.strftime("%H:%M") if hasattr(value, "strftime") else value for name, value in kept.items()}


def first_terms(invitation):
    """Our first terms of the link that an invitation would make, as a version that no row keeps yet."""
    values = {name: Terms._meta.get_field(name).to_python(value) for name, value in invitation.terms.items()}
    return Terms(account=invitation.account, **values)


def behind(key):
    """What a live key opens, inside the inviter's account."""
    invitation = Invitation.objects.select_related("account").filter(pk=key.invitation_id).first()
    refuse_unless(invitation, DEAD, "code")
    return invitation


@transaction.atomic
def invite(name, *, by, email="", terms=None):
    """Ask a company to link, on these first terms of ours; returns (Invitation, code).

    The code is shown now and never again; one with an e-mail goes there by mail too.
    """
    permit_linking(by)
    terms = terms or {}
    refuse_unless(name.strip(), _("Name the company you invite."), "name")
    refuse_unless(terms.keys() <= FIRST, _("There is no such term."))
    refuse_unless(terms.get("accept_minutes", 1) > 0, _("Give at least a minute to accept."), "accept_minutes")
    many = _("A hundred invitations are open: revoke those nobody needs.")
    refuse_unless(waiting()[:MOST_OPEN].count() < MOST_OPEN, many)
    now = clock.now()
    invitation = Invitation.objects.create(
        name=" ".join(name.split())[:160],
        email=email.strip().lower(),
        terms=terms,
        created_at=now,
        created_by=getattr(by, "actor", by).name,
        expires_at=now + VALID,
    )
    record(invitation, words.INVITED, by=by, name=invitation.name)
    return invitation, give_key(invitation)


def give_key(invitation):
    """The code that opens the invitation until it expires; it goes by mail where there is an address."""
    code = code_of("company", invitation, invitation.expires_at)
    InvitationKey.objects.create(
        hash=digest(code),
        account_id=invitation.account_id,
        invitation_id=invitation.pk,
        expires_at=invitation.expires_at,
    )
    if invitation.email:
        write_to(invitation, MAIL)
        invitation.sent_at = clock.now()
        invitation.save(update_fields=["sent_at"])
    return code


def write_to(invitation, kind):
    """A mail to the invited, in his language where we know him and else in ours."""
    reader = User.objects.filter(email=invitation.email).first()
    until = invitation.expires_at.isoformat()
    mail.send(
        kind,
        key=f"{kind}:{invitation.pk}:{until}",
        email=invitation.email,
        language=(reader or Account.objects.get(pk=invitation.account_id)).language,
        invitation=str(invitation.pk),
        until=until,
        name=invitation.name,
    )


def join_link(code):
    """The address to send to the other company: outside of every account, from the installation's own name."""
    return f"{settings.BASE_URL}/join/{code}/"


def tell(letter):
    """The invitation as it stands when the mail goes; the link is spelled anew, so that no table keeps it."""
    invitation = waiting().filter(pk=letter.details["invitation"]).first()
    if invitation is None or invitation.expires_at.isoformat() != letter.details["until"]:
        raise mail.Untold("gone")
    code = code_of("company", invitation, invitation.expires_at)
    return {"invitation": invitation, "code": code, "link": join_link(code)}


def tell_gone(letter):
    """That an invitation was taken back, to whoever got it."""
    if not Mail.objects.filter(kind=MAIL, email=letter.email, sent_at__isnull=False).exists():
        raise mail.Untold("gone")
    return {}


def hold(invitation):
    """The invitation and its keys, held until the transaction ends; refused once somebody answered."""
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    refuse_unless(invitation.accepted_at is None and invitation.revoked_at is None, OVER)
    rows = InvitationKey.objects.filter(account_id=current_account_id(), invitation_id=invitation.pk)
    keys = list(rows.order_by("hash").select_for_update())
    refuse_unless(not any(key.used_at for key in keys), OVER)
    return invitation, InvitationKey.objects.filter(pk__in=[key.pk for key in keys], revoked_at=None)


@transaction.atomic
def resend(invitation, *, by):
    """Another seven days and another code; the former one opens nothing. Returns (Invitation, code)."""
    permit_linking(by)
    invitation, keys = hold(invitation)
    now = clock.now()
    keys.update(revoked_at=now)
    invitation.expires_at = now + VALID
    invitation.save(update_fields=["expires_at"])
    record(invitation, words.REINVITED, by=by, name=invitation.name)
    return invitation, give_key(invitation)


@transaction.atomic
def revoke(invitation, *, by):
    """The invitation no longer opens anything; who was written to is told."""
    permit_linking(by)
    invitation, keys = hold(invitation)
    invitation.revoked_at = clock.now()
    invitation.save(update_fields=["revoked_at"])
    keys.update(revoked_at=invitation.revoked_at)
    record(invitation, words.INVITATION_REVOKED, by=by, name=invitation.name)
    if invitation.sent_at and invitation.expires_at > invitation.revoked_at:
        write_to(invitation, GONE_MAIL)


def find(code):
    """The live key behind a code, for anybody who has it; Refused in one sentence for any other."""
    key = InvitationKey.objects.select_related("account").filter(hash=digest(code)).first()
    refuse_unless(code.strip() and is_live(key) and key.account.suspended_at is None, DEAD, "code")
    return key


def take_key(code):
    """The live key behind a code, for whoever answers first: the others wait here and find it used."""
    key = InvitationKey.objects.select_for_update(of=("self",)).filter(hash=digest(code)).first()
    if not (code.strip() and is_live(key)):
        raise Refused(DEAD, "code")
    refuse_unless(key.account_id != current_account_id(), OWN, "code")
    key.used_at = clock.now()
    key.save(update_fields=["used_at"])
    return key


@transaction.atomic
def decline(code, *, by):
    """Say no to an invitation inside our own account; the inviter's account is woken, which marks it and tells."""
    permit_linking(by)
    key = take_key(code)
    inviter = Account.objects.get(pk=key.account_id)
    # There is no lane between strangers: the timer says that something is due there, the key's row what.
    Timer.objects.create(account=inviter, kind=DECLINED, subject_id=key.invitation_id, due_at=key.used_at)
    record(inviter, words.DECLINED_TO_LINK, by=by, name=inviter.name)


@on_timer(DECLINED)
def hear_no(invitation_id):
    """The company we invited said no."""
    asked = Invitation.objects.select_for_update(of=("self",))
    invitation = asked.filter(pk=invitation_id, accepted_at=None, declined_at=None, revoked_at=None).first()
    if invitation:
        invitation.declined_at = clock.now()
        invitation.save(update_fields=["declined_at"])
        invited = Actor(kind="partner", name=invitation.name, origin="partner")
        record(invitation, words.INVITATION_DECLINED, by=invited, name=invitation.name)


def links_to_copy():
    """The links whose terms a new one may begin with."""
    return Partnership.objects.exclude(state=words.LinkState.ENDED)
