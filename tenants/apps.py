from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = _("accounts")

    def ready(self):
        from . import checks, fences

        checks.register_checks()
        post_migrate.connect(fences.raise_fences, dispatch_uid="tenants.fences")
