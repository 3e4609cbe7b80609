from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SlaConfig(AppConfig):
    name = "sla"
    verbose_name = _("deadlines and turns")

    def ready(self):
        from tenants.activity import activity_recorded
        from tickets import slots, telling
        from tickets.vocabulary import Event

        from . import clocks, matrix, panels, resettling, tallies, turns
        from . import warning as warning  # its timers must be known wherever timers ring
        from .vocabulary import TIME_MISSED, TIME_WARNED

        telling.hear({TIME_WARNED.code: Event.DEADLINE, TIME_MISSED.code: Event.DEADLINE})
        activity_recorded.connect(turns.on_activity, dispatch_uid="sla.turns")
        activity_recorded.connect(clocks.on_activity, dispatch_uid="sla.clocks")
        activity_recorded.connect(resettling.on_activity, dispatch_uid="sla.resettling")
        activity_recorded.connect(tallies.on_activity, dispatch_uid="sla.tallies")
        panels.register(slots)
        slots.weighing(matrix.scale, matrix.weigh)
