from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TicketsConfig(AppConfig):
    name = "tickets"
    verbose_name = _("tickets")

    def ready(self):
        from tenants.activity import activity_recorded
        from tenants.panels import member_panel

        from . import gathering as gathering  # what it tells must be known wherever mail is drawn
        from . import granting, leaving, live, slots, statuses, telling
        from . import holding as holding  # their timers must be known wherever timers ring
        from . import uploading as uploading
        from . import words as words

        activity_recorded.connect(statuses.on_activity, dispatch_uid="tickets.statuses")
        activity_recorded.connect(leaving.on_activity, dispatch_uid="tickets.leaving")
        activity_recorded.connect(telling.on_activity, dispatch_uid="tickets.telling")
        activity_recorded.connect(live.on_activity, dispatch_uid="tickets.live")
        member_panel(granting.panel)
        slots.deed(granting.deeds)
