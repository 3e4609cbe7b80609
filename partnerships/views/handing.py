"""The hand-over dialog: to whom, what goes along, and the very page the partner will get."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from tenants.forms import refuse
from tenants.views.dialogs import frame
from tenants.vocabulary import Refused
from tickets.access import permit, ticket_or_404

from .. import cards, chain, mirror, sharing, standing
from ..forms import HandOverForm
from .replies import moved


@require_http_methods(["GET", "POST"])
def hand_over(request, number):
    """Ask, show, and hand over. Ticks made for one partner are never sent to another unseen."""
    ticket = ticket_or_404(request.member, number)
    permit(request.member, "hand_over", ticket)
    if request.method == "GET":
        return draw(request, ticket, fresh(request.member, ticket, request.GET.get("to")))
    form = HandOverForm(request.POST, ticket=ticket, given=given_card(ticket))
    if form.is_valid() and stale(form):
        return draw(request, ticket, follow_terms(form, ticket), fresh_look=True)
    if form.is_valid() and "look" not in request.POST:
        data = form.cleaned_data
        try:
            sharing.offer(
                ticket,
                to=data["to"],
                by=request.member,
                share=form.share(),
                message=data["message"],
                **form.choices(),
            )
            return moved(request, ticket, readers=True)
        except Refused as no:
            refuse(form, no)
    return draw(request, ticket, form)


@require_POST
def preview(request, number):
    """The partner's page anew after each change of the form."""
    ticket = ticket_or_404(request.member, number)
    permit(request.member, "hand_over", ticket)
    form = HandOverForm(request.POST, ticket=ticket, given=given_card(ticket))
    form.is_valid()
    swap = stale(form)
    if swap:
        form = follow_terms(form, ticket)
    context = {"form": form, "ticket": ticket, "swap": swap, **look(ticket, form)}
    return render(request, "partnerships/_preview.html", context)


def fresh(member, ticket, wanted=None):
    """The dialog as it opens: a partner who does not have the ticket yet, and what his terms pass by default."""
    rows = [one.partner for one in standing.partners(member, ended=False) if one.partner.is_active]
    busy = standing.on_ticket(ticket)
    rows.sort(key=lambda row: row.pk in busy)
    to = next((row for row in rows if str(row.pk) == wanted), rows[0] if rows else None)
    form = HandOverForm(initial={"due_at": mirror.usual_due(ticket)}, ticket=ticket, given=given_card(ticket))
    form.partner = to
    if to:
        form.initial |= {"to": to.pk, "client_replies": "by_hand", **usual(ticket, to)}
    return form


def usual(ticket, to):
    """What the terms with this partner tick by themselves."""
    terms = to.terms
    return {**vars(cards.usual_share(ticket, terms)), "see_below": terms.see_below, "shares_of": to.pk}


def stale(form):
    """Whether the ticks were made by the terms with another partner."""
    to, shown = (form.cleaned_data.get(name) for name in ("to", "shares_of"))
    return bool(to and shown != to.pk)


def follow_terms(form, ticket):
    """The same form with the ticks that belong to the partner now chosen; what was typed stays."""
    to = form.cleaned_data["to"]
    names = ("due_at", "accept_by", "client_replies", "message")
    kept = {name: form.cleaned_data.get(name, form.data.get(name)) for name in names}
    changed = HandOverForm(initial=kept | {"to": to.pk} | usual(ticket, to), ticket=ticket, given=given_card(ticket))
    changed.partner = to
    return changed


def given_card(ticket):
    """The card the ticket came to us with, if it came from somebody."""
    above = chain.taken(ticket)
    return cards.read_card(above.card) if above else None


def draw(request, ticket, form, *, fresh_look=False):
    """The dialog, or the same as a page; 422 when it could not be done."""
    choices = [one for one in standing.partners(request.member, ended=False) if one.partner.is_active]
    chosen = form["to"].value()
    context = {
        "frame": frame(request),
        "form": form,
        "ticket": ticket,
        "partners": [{"standing": one, "checked": str(one.partner.pk) == str(chosen)} for one in choices],
        "may_link": request.member.may("link"),
        "fresh_look": fresh_look,
        "dialog_action": reverse("partnerships:hand_over", args=[ticket.number]),
        "dialog_wide": True,
        "back_url": reverse("tickets:ticket", args=[ticket.number]),
        "section": "tickets",
        **look(ticket, form),
    }
    return render(request, "partnerships/hand_over.html", context, status=422 if form.errors else 200)


def look(ticket, form):
    """What the partner will see by this form, or the sentence that says why not."""
    to = form.cleaned_data.get("to") if form.is_bound else form.partner
    if to is None:
        return {"mirror": None, "no": _("Choose a partner.")}
    if form.is_bound:
        share, choices = form.share(), form.choices()
    else:
        share, choices = initial_share(form), initial_choices(form)
    try:
        return {"mirror": mirror.reflect(ticket, to, share, **choices), "no": ""}
    except Refused as no:
        return {"mirror": None, "no": no.sentence}


def initial_share(form):
    """The ticks of a form that nobody has sent yet."""
    return cards.Share(**{name: form.initial[name] for name in cards.Share.__dataclass_fields__})


def initial_choices(form):
    """The moments of a form that nobody has sent yet, as far as they can be read."""
    moments = {name: form.initial.get(name) for name in ("due_at", "accept_by")}
    readable = {name: None if isinstance(value, str) else value for name, value in moments.items()}
    return {**readable, **{name: form.initial.get(name) or None for name in ("see_below", "client_replies")}}
