"""The addresses of an account's own settings."""

from django.urls import path

from .views import outgoing, settings

app_name = "settings"

urlpatterns = [
    path("", settings.account, name="account"),
    path("mail/", outgoing.mails, name="mail"),
    path("mail/<uuid:pk>/again/", outgoing.again, name="mail_again"),
    path("history/", settings.changes, name="history"),
]
