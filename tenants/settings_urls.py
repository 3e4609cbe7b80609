"""The addresses of an account's own settings."""

from django.urls import path

from .views import agreements, outgoing, settings

app_name = "settings"

urlpatterns = [
    path("", settings.account, name="account"),
    path("mail/", outgoing.mails, name="mail"),
    path("mail/<uuid:pk>/again/", outgoing.again, name="mail_again"),
    path("agreements/", agreements.index, name="agreements"),
    path("agreements/new/", agreements.new, name="agreement_new"),
    path("agreements/<uuid:pk>/", agreements.one, name="agreement"),
    path("history/", settings.changes, name="history"),
]
