"""What partners do is told to whom it concerns: hand-overs to the people of the ticket, links to the heads."""

from django.utils.translation import gettext_lazy as _

from tenants import mail
from tenants.models import Activity
from tenants.vocabulary import ACCOUNT_RENAMED
from tickets import telling
from tickets.vocabulary import Event

from . import standing
from . import vocabulary as words
from .card_vocabulary import CARD_CHANGED, CARD_LATE, VISIT_CANCELLED, VISIT_MOVED, VISIT_PLANNED
from .compared_vocabulary import SIDES_DIFFER

MAIL = "link_news"
HANDOVERS = (
    words.OFFERED,
    words.ACCEPTED,
    words.DECLINED,
    words.EXPIRED,
    words.WITHDRAWN,
    words.DONE,
    words.APPROVED,
    words.RETURNED,
    words.GIVEN_BACK,
    words.CUT,
    words.RATED,
    words.RATING_ANSWERED,
    words.NUDGED,
    words.MISSED,
    words.OVERRULED,
    words.LETTER_SET_ASIDE,
    SIDES_DIFFER,
)
LINKS = {
    kind.code
    for kind in (
        words.INVITED,
        words.REINVITED,
        words.INVITATION_DECLINED,
        words.DECLINED_TO_LINK,
        words.LINKED,
        words.PAUSED,
        words.RESUMED,
        words.ENDING,
        words.ENDED,
        words.INVITATION_REVOKED,
        words.PARTNER_RENAMED,
        words.TERMS_PROPOSED,
        words.TERMS_ACCEPTED,
        words.TERMS_DECLINED,
        words.TERMS_WITHDRAWN,
        words.TERMS_MISSED,
        words.LINK_LETTER_SET_ASIDE,
        words.LETTERS_STAND,
        words.LETTERS_PASS,
        ACCOUNT_RENAMED,
    )
}
telling.hear({kind.code: Event.PARTNER for kind in HANDOVERS} | {words.ROUND_OVER.code: Event.OUR_TURN})
# What of the ticket changed, and when somebody comes, is of the same weight as a deadline.
NEWS = (CARD_CHANGED, CARD_LATE, VISIT_PLANNED, VISIT_MOVED, VISIT_CANCELLED)
telling.hear({kind.code: Event.MOVED for kind in NEWS})
telling.hear({kind.code: Event.COMMENTED for kind in (words.WORK_REPORTED, words.REPORT_RETURNED)})


def on_activity(sender, activity, **_more):
    """Something happened to a link, or to the name under which partners know us: those who link hear of it.

    A report that waits for the dispatcher is told to those who dispatch, whoever answers for the ticket.
    """
    if activity.kind == words.WORK_REPORTED.code:
        telling.tell_desk(activity, Event.COMMENTED)
    alone = activity.kind == ACCOUNT_RENAMED.code and not standing.linked()
    if activity.kind in LINKS and not alone:
        telling.tell_leads(activity, MAIL)


@mail.teller(MAIL, _("Links with partners"))
def news(letter):
    """What happened to links since this mail was written, for somebody who still looks after them."""
    if quiet := mail.quiet_until(letter.member):
        raise mail.Later(quiet)
    mail.absorb(letter)
    if not letter.member.may("link"):
        raise mail.Untold("hidden")
    lines = Activity.objects.filter(kind__in=LINKS, pk__gte=letter.details["since"]).exclude(actor_id=letter.member_id)
    happened = list(lines.order_by("at", "pk")[:50])
    if not happened:
        raise mail.Untold("gone")
    return {"lines": happened}
