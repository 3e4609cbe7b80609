"""A member's own inbox, and what he wants to find in it."""

from html import unescape

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenants import clock
from tenants.access import cursor

from .. import notifications, readers
from ..notification_forms import ChannelsForm
from ..writing import as_html

WORDS = 200


@require_safe
def inbox(request):
    """What he has not seen yet, or all of it, by days."""
    whole = request.GET.get("show") == "all"
    page = notifications.page(request.member, whole=whole, before=cursor(request.GET.get("before", "")))
    here = reverse("notifications:list") + ("?show=all" if whole else "")
    context = {
        "entries": by_days(page.rows),
        "whole": whole,
        "first_url": here if "before" in request.GET else "",
        "next_url": f"{here}{'&' if whole else '?'}before={page.next}" if page.next else "",
        "section": "notifications",
        "now": clock.now(),
    }
    return render(request, "notifications/list.html", context)


def by_days(rows):
    """The rows as they are drawn, parted by days."""
    drawn, day = [], None
    for row in rows:
        date = timezone.localtime(row.last_at).date()
        if date != day:
            drawn.append({"kind": "day", "at": row.last_at})
            day = date
        drawn.append({"kind": "row", "row": row, **spoken(row)})
    return drawn


def spoken(row):
    """The words of a comment that is still there, and whether they are for us alone."""
    said = row.said
    if said is None:
        return {}
    key, label = readers.words_for(said, said.ticket, list(said.ticket.counterparts.all()))
    return {"words": plain(said.body), "audience": key, "read_by": label}


def plain(body):
    """The beginning of a text without its marks."""
    return " ".join(unescape(strip_tags(as_html(body[: 2 * WORDS]))).split())[:WORDS]


def one(request, pk):
    """His own notification; another's does not exist."""
    return get_object_or_404(notifications.of(request.member).select_related("ticket"), pk=pk)


@require_safe
def follow(request, pk):
    """Go where it happened; it is seen then."""
    row = one(request, pk)
    if row.read_at is None:
        notifications.read_all(request.member, only=pk)
    if row.ticket is None:
        return redirect("partnerships:list")
    return redirect("tickets:ticket", row.ticket.number)


@require_POST
def read(request, pk):
    """Seen, without going there; or not seen after all."""
    row = one(request, pk)
    if "again" in request.POST:
        notifications.unread_again(request.member, at=row.read_at, only=pk)
    else:
        notifications.read_all(request.member, only=pk)
    return redirect(reverse("notifications:list") + ("?show=all" if request.POST.get("show") == "all" else ""))


@require_POST
def read_all(request):
    """Everything is seen, until he takes that back."""
    at, seen = notifications.read_all(request.member)
    if seen:
        said = ngettext("%(count)s is marked as read.", "%(count)s are marked as read.", seen) % {"count": seen}
        undo = reverse("notifications:unread") + f"?at={at:%Y-%m-%dT%H:%M:%S.%fZ}"
        messages.success(request, said, extra_tags=undo)
    return redirect("notifications:list")


@require_POST
def unread_again(request):
    """Take it back: these were not seen."""
    at = moment(request.GET.get("at") or request.POST.get("at", ""))
    if at is None:
        raise Http404
    notifications.unread_again(request.member, at=at)
    return redirect("notifications:list")


def moment(value):
    """An exact moment, or none."""
    try:
        at = parse_datetime(value)
    except ValueError:
        return None
    return at and clock.in_utc(at)


@require_http_methods(["GET", "POST"])
def channels(request):
    """What he wants to hear of, and when not."""
    member = request.member
    form = ChannelsForm(request.POST or None, initial=chosen(member))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        notifications.choose(member, form.wanted, quiet_from=told["quiet_from"], quiet_to=told["quiet_to"])
        messages.success(request, _("Saved."))
        return redirect("notifications:settings")
    rows = [
        {"label": event.label, "inbox": form[f"{event}_inbox"], "mail": form[f"{event}_mail"]}
        for event, _inbox, _mail in notifications.channels(member)
    ]
    context = {"form": form, "rows": rows, "section": "notifications", "zone": timezone.get_current_timezone_name()}
    return render(request, "notifications/settings.html", context, status=422 if form.errors else 200)


def chosen(member):
    """What the boxes show before he changes them."""
    boxes = {"quiet_from": member.quiet_from, "quiet_to": member.quiet_to}
    for event, by_inbox, by_mail in notifications.channels(member):
        boxes |= {f"{event}_inbox": by_inbox, f"{event}_mail": by_mail}
    return boxes
