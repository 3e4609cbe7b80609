"""A side's terms in plain words, for people who decide whether to link. Pure reading."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import Terms
from .protocol import SharedTerms
from .vocabulary import HandOn, SeeBelow


def words_of(terms: SharedTerms):
    """Sentences about what a side passes, accepts and asks for: [{"icon", "text"}]."""
    lines = [
        ("eye", _("Passed when a ticket is handed over: %(what)s.") % {"what": listed("pass_", terms, True)}),
        ("eye-slash", kept_back(terms)),
        ("arrow-uturn-left", passed_back(terms)),
        ("clock", _("The partner sees the client’s deadline too.") if terms.show_client_due else ""),
        ("clock", accepting(terms)),
        ("calendar", hours(terms)),
        ("map-pin", narrowed(terms)),
        ("check", approval(terms)),
        ("arrow-right", handing_on(terms)),
    ]
    return [{"icon": icon, "text": text} for icon, text in lines if text]


def listed(prefix, terms, passed):
    """The names of what is passed, or of what is not."""
    names = [field for field in Terms._meta.fields if field.name.startswith(prefix)]
    said = [str(field.verbose_name) for field in names if getattr(terms, field.name) == passed]
    subject = [_("subject")] if passed and prefix == "pass_" else []
    return ", ".join(subject + said)


def kept_back(terms):
    kept = listed("pass_", terms, False)
    never = _("Internal comments never cross.")
    return _("Not passed unless somebody ticks it: %(what)s.") % {"what": kept} + f" {never}" if kept else never


def passed_back(terms):
    back = listed("back_", terms, True)
    return _("Passed back with the work: %(what)s.") % {"what": back} if back else ""


def accepting(terms):
    if terms.auto_accept:
        return _("Tickets are accepted automatically.")
    waits = ngettext(
        "A ticket waits %(n)s minute to be accepted.",
        "A ticket waits %(n)s minutes to be accepted.",
        terms.accept_minutes,
    )
    return waits % {"n": terms.accept_minutes}


def hours(terms):
    if not (terms.accept_from and terms.accept_until):
        return ""
    return _("Accepts from %(start)s to %(end)s.") % {"start": terms.accept_from, "end": terms.accept_until}


def narrowed(terms):
    said = []
    if terms.accept_types:
        said.append(_("Types of tickets: %(what)s.") % {"what": ", ".join(terms.accept_types)})
    if terms.accept_regions:
        said.append(_("Regions: %(what)s.") % {"what": ", ".join(terms.accept_regions)})
    return " ".join(said)


def approval(terms):
    """How delivered work is accepted, and for how long it may be sent back."""
    back = ngettext(
        "Work may be sent back within %(n)s day after it was accepted.",
        "Work may be sent back within %(n)s days after it was accepted.",
        terms.return_days,
    ) % {"n": terms.return_days}
    if not terms.auto_approve_hours:
        return back
    auto = ngettext(
        "Delivered work is accepted by itself after %(n)s hour.",
        "Delivered work is accepted by itself after %(n)s hours.",
        terms.auto_approve_hours,
    )
    return auto % {"n": terms.auto_approve_hours} + f" {back}"


def handing_on(terms):
    seen = {
        SeeBelow.NAMED: _("the sender sees by name who works on it"),
        SeeBelow.ROLE: _("the sender sees that a subcontractor works on it"),
        SeeBelow.HIDDEN: _("the sender does not see who works on it"),
    }[SeeBelow(terms.see_below)]
    if terms.hand_on == HandOn.NOBODY:
        return _("Tickets may not be handed on.")
    if terms.hand_on == HandOn.LISTED:
        companies = ", ".join(terms.hand_on_to)
        return _("Tickets may be handed on only to: %(companies)s; %(seen)s.") % {"companies": companies, "seen": seen}
    return _("Tickets may be handed on; %(seen)s.") % {"seen": seen}
