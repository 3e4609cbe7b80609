"""The addresses of reports, beside the tickets they tell of."""

from django.urls import path

from .views import reports

app_name = "reports"

urlpatterns = [
    path("", reports.chain, name="chain"),
    path("deadlines/", reports.deadlines, name="deadlines"),
    path("team/", reports.team, name="team"),
    path("table/", reports.table, name="table"),
    path("tickets/", reports.tickets, name="tickets"),
]
