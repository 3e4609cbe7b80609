"""What every page inside an account draws around its content."""

from django.urls import reverse

from partnerships import panels
from tenants.models import Account
from tickets import notifications, queue, viewing
from tickets.views.viewing import address

# G and then this key goes to the queue.
GO = {queue.DEFAULT: "KeyT", "mine": "KeyM", "partners": "KeyP"}


def shell(request):
    """The side bar's data; outside of an account there is none, and a fragment needs none."""
    member = getattr(request, "member", None)
    if member is None or request.headers.get("HX-Request"):
        return {"member": member, "account": getattr(request, "account", None)}
    return {
        "member": member,
        "account": request.account,
        "can": member.abilities,
        "queues": queues(request, member),
        "views": views(request, member),
        "bell": bell(request, member),
        "partner_links": panels.partner_links(request),
        "seats": seats(request),
        "tickets_url": reverse("tickets:list") + "?queue=all",
        "new_ticket_url": reverse("tickets:new") if member.may("create") else "",
        "partners_url": reverse("partnerships:list"),
        "reports_url": reverse("reports:chain") if member.may("export") else "",
        "settings_url": reverse("settings:account") if member.may("settings") else "",
    }


def queues(request, member):
    """The queues with their bounded counts, in one query."""
    counts, url = queue.counts(member), reverse("tickets:list")
    here = request.resolver_match and request.resolver_match.view_name == "tickets:list"
    # A search looks into every queue and stands in none, and a view is its own place.
    elsewhere = request.GET.get("q") or request.GET.get("view")
    current = request.GET.get("queue", queue.DEFAULT) if here and not elsewhere else None
    return [
        {
            "code": "turn" if code == queue.DEFAULT else code,
            "label": queue.QUEUES[code].label,
            "icon": queue.QUEUES[code].icon,
            "url": url if code == queue.DEFAULT else f"{url}?queue={code}",
            "count": counts[code],
            "hot": code == queue.DEFAULT,
            "late": code == "overdue",
            "current": code == current,
            "go": GO.get(code, ""),
        }
        for code in queue.SIDEBAR
    ]


def views(request, member):
    """The lists that are kept under a name, with their bounded counts, in two queries."""
    counted = viewing.counted(member, viewing.views_of(member))
    return [
        {"name": view.name, "url": address(view), "count": count, "current": request.GET.get("view") == str(view.pk)}
        for view, count in counted
    ]


def bell(request, member):
    """What the member has not seen yet; figures end where nobody counts any more."""
    unread = notifications.unread(member)
    return {
        "url": reverse("notifications:list"),
        "count": f"{notifications.MOST}+" if unread > notifications.MOST else unread or "",
        "current": bool(request.resolver_match and request.resolver_match.namespace == "notifications"),
    }


def seats(request):
    """The accounts this person may switch to; what waits in each is told only inside it."""
    accounts = Account.objects.filter(seats__user=request.user).order_by("name")
    return [
        {
            "name": account.name,
            "url": account.url,
            "hue": account.hue,
            "current": account.pk == request.account.pk,
        }
        for account in accounts
    ]
