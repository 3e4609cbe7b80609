"""The adjectives of tickets."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from tenants.scoping import AccountQuerySet

from .vocabulary import Deadline, Turn

# What a ticket belongs to: whoever was granted one of these sees its tickets.
HEAPS = ("team", "client", "site")


def grants_on(model):
    """The grants by name on things of this kind."""
    return model._meta.get_field("grants").related_model.objects


def granted(model, member):
    """Ids of the teams, clients, sites or tickets that the member was granted by name."""
    return grants_on(model).filter(user_id=member.user_id).values("content_object_id")


class TicketQuerySet(AccountQuerySet):
    def visible_to(self, member):
        """What this member may see, as one condition of one query."""
        if member.may("see_all"):
            return self
        return self.filter(self.within_reach_of(member)) if member.active else self.none()

    def within_reach_of(self, member):
        """His own tickets, those he was granted, and those of the teams, clients and sites he was granted."""
        reach = Q(assignee_id=member.pk) | Q(pk__in=granted(self.model, member))
        for name in HEAPS:
            heap = self.model._meta.get_field(name).related_model
            reach |= Q(**{f"{name}_id__in": granted(heap, member)})
        return reach

    def open(self):
        """Not finished; lifecycle keeps the moment in step with the status's category."""
        return self.filter(finished_at=None)

    def finished(self):
        return self.exclude(finished_at=None)

    def our_turn(self):
        return self.open().filter(turn=Turn.US)

    def with_partner(self):
        return self.open().filter(turn=Turn.PARTNER)

    def waiting_for_client(self):
        return self.open().filter(turn=Turn.CLIENT)

    def unassigned(self):
        return self.open().filter(assignee=None)

    def overdue(self, now):
        return self.open().filter(due_at__lt=now)

    def due(self, deadline, now):
        """Open, with a deadline that stands so; today ends where the reader's day does."""
        midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        asked = {
            Deadline.MISSED: Q(due_at__lt=now),
            Deadline.SOON: Q(due_at__gte=now, due_at__lt=now + timedelta(hours=4)),
            Deadline.TODAY: Q(due_at__gte=now, due_at__lt=midnight),
            Deadline.WEEK: Q(due_at__gte=now, due_at__lt=now + timedelta(days=7)),
            Deadline.STILL: Q(due_at=None, due_left__isnull=False),
            Deadline.NONE: Q(due_at=None, due_left=None),
        }
        return self.open().filter(asked[deadline])
