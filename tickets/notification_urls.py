"""The addresses of a member's own inbox."""

from django.urls import path

from .views import notifications

app_name = "notifications"

urlpatterns = [
    path("", notifications.inbox, name="list"),
    path("read/", notifications.read_all, name="read_all"),
    path("unread/", notifications.unread_again, name="unread"),
    path("settings/", notifications.channels, name="settings"),
    path("<uuid:pk>/", notifications.follow, name="follow"),
    path("<uuid:pk>/read/", notifications.read, name="read"),
]
