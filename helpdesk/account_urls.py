"""Addresses inside an account: mounted at /a/<slug>/ by the middleware and nowhere else."""

from django.urls import include, path
from django.views.generic import RedirectView

from tickets.views import live

from . import side

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="tickets:list"), name="desk"),
    path("live/", live.stream, name="live"),
    path("side/", side.side, name="side"),
    path("tickets/", include("tickets.urls")),
    path("notifications/", include("tickets.notification_urls")),
    path("settings/", include("tenants.settings_urls")),
    path("settings/", include("tickets.settings_urls")),
    path("", include("partnerships.urls")),
]
