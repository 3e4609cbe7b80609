"""The list of tickets."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tenants.models import Team

from .. import notifications, queue, slots, viewing
from ..forms import FilterForm, wanted, workers
from ..models import Status
from ..vocabulary import Priority, Turn
from .way import onward, parts

HEADINGS = {
    Turn.US: (gettext_lazy("Our turn"), gettext_lazy("the client or a partner is waiting for us")),
    Turn.PARTNER: (gettext_lazy("Partner’s turn"), ""),
    Turn.CLIENT: (gettext_lazy("Client’s turn"), ""),
    Turn.NOBODY: (gettext_lazy("Nobody’s turn"), ""),
}


@require_safe
def tickets(request):
    """One queue, narrowed, ordered, in pages."""
    member = request.member
    form = FilterForm(request.GET, partners=queue.partner_labels(member), member=member)
    asked = wanted(request.GET, form.filters)
    page, view = queue.page(member, asked), viewing.view_or_none(member, request.GET.get("view", ""))
    context = {
        "view": view,
        "view_mine": view and viewing.may_change(view, member),
        "bulk": bulk_menus(member) if member.may("change") else None,
        "bulk_deeds": slots.of_selection(member),
        "queue": queue.QUEUES[asked.queue],
        "wanted": asked,
        "groups": [headed(group) for group in queue.groups(member, led(member, page.rows, asked), asked)],
        "form": form,
        "chips": chips(form, asked),
        "sorts": sorts(asked),
        "keep": parts(asked),
        "export_url": export_url(member, asked, view) if page.rows else "",
        "next_url": address(asked, after=page.next) if page.next else "",
        "first_url": address(asked) if asked.after else "",
        "ways": ways_on(member, asked),
        "fresh": not page.rows and queue.is_fresh(member),
        "may": member.abilities,
        "section": "turn" if asked.queue == queue.DEFAULT and not asked.phrase else "tickets",
    }
    return render(request, "tickets/list.html", context)


def led(member, rows, asked):
    """Rows with what is new on them to this reader; their links remember the list, to lead back here and on."""
    new = notifications.unread_on(member, [row["ticket"] for row in rows])
    return [
        {
            **row,
            "new": new.get(row["ticket"].pk, 0),
            "url": onward(row["ticket"].number, asked, queue.mark(row["ticket"], asked)),
        }
        for row in rows
    ]


def headed(group):
    """A group with the words of its heading."""
    if group["turn"] is None:
        return group
    title, note = HEADINGS[group["turn"]]
    return {**group, "title": title, "note": note, "ours": group["turn"] == Turn.US}


def address(asked, *, without="", **changes):
    """The same list a little differently."""
    told = {name: value for name, value in (parts(asked) | changes).items() if value and name != without}
    return reverse("tickets:list") + "?" + urlencode(told)


def export_url(member, asked, view):
    """Where the member gets this list as a file."""
    told = parts(asked) | ({"view": view.pk} if view else {})
    return reverse("tickets:export") + "?" + urlencode(told) if member.may("export") else ""


def bulk_menus(member):
    """What the bar of the selection offers: [{name, label, icon, key, items: [(value, label)]}]."""
    people = sorted(workers()[:100], key=lambda row: row.pk != member.pk)
    return [
        {
            "name": "assign",
            "label": _("Assign"),
            "icon": "user",
            "key": "A",
            "items": [*((row.pk, row.name) for row in people), ("none", _("Nobody"))],
        },
        {
            "name": "status",
            "label": _("Status"),
            "icon": "check-circle",
            "key": "S",
            "items": [(row.pk, row.name) for row in Status.objects.filter(archived_at=None)],
        },
        {"name": "priority", "label": _("Priority"), "icon": "flag", "key": "P", "items": Priority.choices},
        {
            "name": "team",
            "label": _("Team"),
            "icon": "user-group",
            "key": "",
            "items": [*((row.pk, row.name) for row in Team.objects.all()[:100]), ("none", _("No team"))],
        },
    ]


def chips(form, asked):
    """What narrows the list, each with the way to drop it."""
    drawn = [
        {"label": label, "value": value, "clear_url": address(asked, without=name)} for name, label, value in form.chips
    ]
    if asked.phrase:
        drawn.insert(0, {"label": _("Search"), "value": asked.phrase, "clear_url": address(asked, without="q")})
    return drawn


def sorts(asked):
    """The orders to choose from."""
    words = {"due": _("Most urgent first"), "newest": _("Newest first"), "updated": _("Last changed first")}
    return [
        {"label": label, "url": address(asked, sort=code), "current": code == asked.sort}
        for code, label in words.items()
    ]


def ways_on(member, asked):
    """Where to go from an empty list."""
    here = reverse("tickets:list")
    if asked.phrase or asked.filters:
        plain = here + "?" + urlencode({"queue": asked.queue})
        return [{"url": plain, "label": _("Show everything here"), "icon": "x-mark"}]
    ways = []
    if asked.queue == queue.DEFAULT:
        ways.append({"url": f"{here}?queue=partners", "label": _("With partners"), "icon": "arrows-right-left"})
    if asked.queue != "unassigned" and member.may("change"):
        ways.append({"url": f"{here}?queue=unassigned", "label": _("Take an unassigned one"), "icon": "inbox"})
    if asked.queue != "all":
        ways.append({"url": f"{here}?queue=all", "label": _("All open"), "icon": "queue-list"})
    if member.may("create"):
        ways.append({"url": reverse("tickets:new"), "label": _("New ticket"), "icon": "plus", "primary": True})
    return ways
