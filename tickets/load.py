"""How much each person has on his hands, so that work goes where there is room for it."""

from django.db.models import Count

from tenants import roles
from tenants.models import Membership

from .access import visible_tickets

SHOWN = 300


def workers(reader):
    """Members who may answer for a ticket, each with `.open`: how many unfinished tickets of those that the reader sees
    are his, in two queries."""
    rows = list(Membership.objects.filter(active=True, role__in=roles.ABILITIES["work"]).order_by("name")[:SHOWN])
    held = visible_tickets(reader).open().exclude(assignee=None).order_by().values("assignee").annotate(n=Count("pk"))
    counted = dict(held.values_list("assignee", "n"))
    for row in rows:
        row.open = counted.get(row.pk, 0)
    return rows
