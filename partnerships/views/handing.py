"""The hand-over dialog: to whom, what goes along, and the very page the partner will get."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from tenants.forms import refuse
from tenants.views.dialogs import frame
from tenants.vocabulary import Refused
from tickets.access import permit, ticket_or_404

from .. import budget, candidates, cards, chain, glance, mirror, rounds, sharing, usual
from ..forms import HandOverForm
from ..models import HandoverTemplate
from .replies import moved


@require_http_methods(["GET", "POST"])
def hand_over(request, number):
    """Ask, show, hand over. Ticks made for others and warnings that nobody read are shown before anything leaves."""
    ticket = ticket_or_404(request.member, number)
    permit(request.member, "hand_over", ticket)
    if request.method == "GET":
        return draw(request, ticket, fresh(request, ticket))
    form = HandOverForm(request.POST, ticket=ticket, given=given_card(ticket))
    valid = form.is_valid()
    if "due" in request.POST:
        return draw(request, ticket, with_due(form, ticket))
    if "apply" in request.POST:
        return draw(request, ticket, apply(form, ticket))
    if valid and stale(form):
        return draw(request, ticket, follow_terms(form, ticket), fresh_look=True)
    if valid and "look" not in request.POST:
        seen = look(ticket, form)
        if not seen["no"] and unread(form, seen["warnings"]):
            return draw(request, ticket, form, read_first=True)
        try:
            send(ticket, form, by=request.member)
            return moved(request, ticket, readers=True)
        except Refused as no:
            refuse(form, no)
    return draw(request, ticket, form)


@require_POST
def preview(request, number):
    """The partner's page anew after each change of the form, and what of the form follows from it."""
    ticket = ticket_or_404(request.member, number)
    permit(request.member, "hand_over", ticket)
    data = request.POST.copy()
    if "several" not in data:
        # Whoever switches back to one keeps the first.
        data.setlist("to", data.getlist("to")[:1])
    form = HandOverForm(data, ticket=ticket, given=given_card(ticket))
    form.is_valid()
    swap = stale(form)
    several = bool(form.cleaned_data.get("several"))
    redrawn = several != ("mode" in request.POST)
    if swap:
        form = follow_terms(form, ticket)
    context = {"form": form, "ticket": ticket, "swap": swap, "redrawn": redrawn, **look(ticket, form)}
    if swap:
        context["templates"] = templates(form)
    if redrawn:
        context |= listed(request, ticket, form)
    return render(request, "partnerships/_preview.html", context)


def send(ticket, form, *, by):
    """One partner is asked, or several by one decision."""
    chosen, choices = form.chosen, form.choices()
    share, message = form.share(), form.cleaned_data["message"]
    if len(chosen) == 1:
        return sharing.offer(ticket, to=chosen[0], by=by, share=share, message=message, **choices)
    mode = form.cleaned_data["mode"]
    return rounds.ask(ticket, partners=chosen, mode=mode, by=by, share=share, message=message, **choices)


def fresh(request, ticket):
    """The dialog as it opens: the partner who suits best, and what the terms with him pass by default."""
    rows = candidates.of(ticket, request.member)
    free = [row.partner for row in rows if not row.blocked]
    wanted = [row.partner for row in rows if str(row.partner.pk) == request.GET.get("to")]
    chosen = wanted or free[:1]
    form = begin(ticket, chosen, usual_due(ticket, chosen))
    form.candidates = rows
    named = next((one for one in templates(form) if str(one.pk) == request.GET.get("template")), None)
    if named:
        form.initial["template"] = named
        form = apply(form, ticket)
        form.candidates = rows
    return form


def usual_due(ticket, partners):
    """The deadline that suggests itself with the first of these partners, and that it was suggested."""
    left = budget.of(ticket)
    due = budget.usual_due(left, partners[0], ticket.priority) if partners else None
    return {"due_at": due, "due_usual": due}


def begin(ticket, partners, values):
    """A form that nobody has sent yet: the usual with these partners, and over it what is known already."""
    form = HandOverForm(ticket=ticket, given=given_card(ticket))
    form.partners = partners
    if partners:
        form.initial = usual.start(ticket, partners) | {"to": [one.pk for one in partners]}
    form.initial |= values
    return form


def stale(form):
    """Whether the ticks were made by the terms with other partners."""
    return bool(form.cleaned_data.get("to") and form.cleaned_data.get("shares_of") != usual.made_for(form.chosen))


def follow_terms(form, ticket):
    """The same form with the ticks that belong to the partners now chosen; what was typed stays."""
    values = form.values()
    typed = {name: values[name] for name in TYPED if name in values}
    if typed["due_at"] == values["due_usual"]:
        typed |= usual_due(ticket, form.chosen)
    return begin(ticket, form.chosen, typed)


TYPED = (
    "due_at",
    "due_usual",
    "accept_by",
    "wish_from",
    "wish_until",
    "checklist",
    "message",
    "wording",
    "several",
    "mode",
    "seen_as",
)


def with_due(form, ticket):
    """The same form with the deadline that was pressed."""
    chosen = form.chosen
    if not chosen:
        return form
    offered = budget.part(budget.of(ticket), chosen[0], ticket.priority, None).choices
    pressed = next((one.at for one in offered if one.name == form.data["due"]), None)
    values = form.values()
    return begin(ticket, chosen, values | {"due_at": pressed or values["due_at"]})


def apply(form, ticket):
    """The same form filled by a template of the partner; what was typed stays. Without a template it stays as it is."""
    template, others = form.said("template"), {one.message.strip() for one in templates(form)}
    if template not in templates(form):
        return form
    values = {name: value for name, value in form.values().items() if name not in ("to", "shares_of", "warned")}
    return begin(ticket, form.chosen, usual.by_template(template, values, others))


def templates(form):
    """What the partner may be handed a ticket by; of several partners none has its own."""
    chosen = form.chosen
    if len(chosen) != 1:
        return []
    if not hasattr(form, "templates"):
        form.templates = list(HandoverTemplate.objects.filter(partnership=chosen[0]))
    return form.templates


def unread(form, warnings):
    """Whether something is to be looked at that nobody has looked at yet."""
    return {one.digest for one in warnings} - set((form.cleaned_data.get("warned") or "").split())


def given_card(ticket):
    """The card the ticket came to us with, if it came from somebody."""
    above = chain.taken(ticket)
    return cards.read_card(above.card) if above else None


def draw(request, ticket, form, *, fresh_look=False, read_first=False):
    """The dialog, or the same as a page; 422 when it could not be done."""
    context = {
        "frame": frame(request),
        "form": form,
        "ticket": ticket,
        "templates": templates(form),
        "may_link": request.member.may("link"),
        "fresh_look": fresh_look,
        "read_first": read_first,
        "dialog_action": reverse("partnerships:hand_over", args=[ticket.number]),
        "dialog_wide": True,
        "back_url": reverse("tickets:ticket", args=[ticket.number]),
        "section": "tickets",
        **listed(request, ticket, form),
        **look(ticket, form),
    }
    return render(request, "partnerships/hand_over.html", context, status=422 if form.errors else 200)


def listed(request, ticket, form):
    """The partners to choose from, and which of them are chosen."""
    rows = getattr(form, "candidates", None) or candidates.of(ticket, request.member)
    chosen = {str(pk) for pk in form["to"].value() or ()}
    return {
        "candidates": [{"row": row, "checked": str(row.partner.pk) in chosen} for row in rows],
        "several": bool(form.said("several")),
    }


def look(ticket, form):
    """What the partner will see by this form and what to look at twice, or the sentence that says why not."""
    chosen = form.chosen
    if not chosen:
        return {"mirror": None, "warnings": [], "no": _("Choose a partner.")}
    share, choices = form.share(), form.choices()
    wanted = str(form.said("seen_as") or "")
    to = next((one for one in chosen if str(one.pk) == wanted), chosen[0])
    left = budget.of(ticket)
    parted = {"chosen": chosen, "budget": budget.part(left, to, ticket.priority, choices["due_at"])}
    try:
        seen = mirror.reflect(ticket, to, share, **choices)
    except Refused as no:
        return {"mirror": None, "warnings": [], "no": no.sentence, **parted}
    warnings = glance.over(ticket, chosen, share, form["message"].value() or "", choices, left)
    return {"mirror": seen, "warnings": warnings, "no": "", **parted}
