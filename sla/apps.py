from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SlaConfig(AppConfig):
    name = "sla"
    verbose_name = _("deadlines and turns")

    def ready(self):
        from tenants.activity import activity_recorded

        from . import turns

        activity_recorded.connect(turns.on_activity, dispatch_uid="sla.turns")
