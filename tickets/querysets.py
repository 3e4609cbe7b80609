"""The adjectives of tickets."""

from django.db.models import Q

from tenants.scoping import AccountQuerySet

from .vocabulary import Turn


class TicketQuerySet(AccountQuerySet):
    def visible_to(self, member):
        """What this member may see, as one condition of one query."""
        if member.may("see_all"):
            return self
        return self.filter(Q(assignee_id=member.pk))

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
