"""The addresses of an account's own settings."""

from django.urls import path

from .views import settings

app_name = "settings"

urlpatterns = [
    path("", settings.account, name="account"),
    path("history/", settings.changes, name="history"),
]
