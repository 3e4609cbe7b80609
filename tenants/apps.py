from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = _("accounts")

    def ready(self):
        from allauth.account.signals import password_changed, password_reset, password_set

        from . import checks, fences, inviting, mail, sessions, signin

        checks.register_checks()
        mail.teller(inviting.MAIL, _("Invitation of a member"))(inviting.tell)
        user_logged_in.connect(signin.stamp, dispatch_uid="tenants.signin")
        for renewed in (password_changed, password_reset, password_set):
            renewed.connect(sessions.on_new_password, dispatch_uid="tenants.sessions")
        password_reset.connect(signin.prove_email, dispatch_uid="tenants.proved")
        post_migrate.connect(fences.raise_fences, dispatch_uid="tenants.fences")
