"""What was wrong before: tickets of the same equipment within the last year."""

from datetime import timedelta

from tenants import clock

from . import queue
from .access import visible_tickets

YEAR = timedelta(days=365)


def troubles(devices, ticket, member):
    """How many other tickets of a year each device has that the member sees: {equipment id: number}, in one query."""
    if not devices:
        return {}
    others = visible_tickets(member).filter(created_at__gte=clock.now() - YEAR).exclude(pk=ticket.pk)
    sizes = queue.bounded([others.filter(equipment=device.pk) for device in devices])
    return {device.pk: size for device, size in zip(devices, sizes, strict=True)}
