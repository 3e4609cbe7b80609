"""Addresses inside an account: mounted at /a/<slug>/ by the middleware and nowhere else."""

from django.urls import include, path

from tickets.views import live

from . import first_run, keys, side

urlpatterns = [
    path("", first_run.desk, name="desk"),
    path("start/", first_run.start, name="start"),
    path("start/done/", first_run.shelve, name="start_done"),
    path("start/client/", first_run.first_client, name="start_client"),
    path("live/", live.stream, name="live"),
    path("side/", side.side, name="side"),
    path("keys/", keys.keys, name="keys"),
    path("tickets/", include("tickets.urls")),
    path("tickets/", include("sla.urls")),
    path("tickets/", include("sla.turn_urls")),
    path("notifications/", include("tickets.notification_urls")),
    path("people/", include("tenants.urls")),
    path("reports/", include("sla.reports_urls")),
    path("settings/", include("tenants.settings_urls")),
    path("settings/", include("tickets.settings_urls")),
    path("settings/", include("sla.settings_urls")),
    path("", include("partnerships.urls")),
]
