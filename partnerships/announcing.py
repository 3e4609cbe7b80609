"""What partners do is told to whom it concerns: hand-overs to the people of the ticket, links to the heads."""

from django.utils.translation import gettext_lazy as _

from tenants import mail
from tenants.models import Activity
from tickets import telling
from tickets.vocabulary import Event

from . import vocabulary as words

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
)
LINKS = {
    kind.code
    for kind in (
        words.INVITED,
        words.LINKED,
        words.PAUSED,
        words.RESUMED,
        words.ENDING,
        words.ENDED,
        words.INVITATION_REVOKED,
    )
}
telling.hear({kind.code: Event.PARTNER for kind in HANDOVERS})


def on_activity(sender, activity, **_more):
    """A link began, paused or ended: those who link hear of it."""
    if activity.kind in LINKS:
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
