"""The addresses at which an account says what it promises and when it works, beside the rest of its settings."""

from django.urls import path

from .views import calendars, policies

app_name = "sla"

urlpatterns = [
    path("calendars/", calendars.index, name="calendars"),
    path("calendars/usual/", calendars.usual, name="calendar_usual"),
    path("calendars/new/", calendars.new, name="calendar_new"),
    path("calendars/<uuid:pk>/", calendars.one, name="calendar"),
    path("calendars/<uuid:pk>/day/", calendars.day, name="calendar_day"),
    path("policies/", policies.all_policies, name="policies"),
    path("policies/usual/", policies.usual, name="policies_usual"),
    path("policies/new/", policies.new, name="policy_new"),
    path("policies/find/", policies.find, name="policy_find"),
    path("policies/<uuid:pk>/", policies.one, name="policy"),
    path("policies/matrix/", policies.weights, name="matrix"),
]
