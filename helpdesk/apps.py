from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class HelpdeskConfig(AppConfig):
    name = "helpdesk"


class PlatformAdminConfig(AdminConfig):
    default_site = "helpdesk.platform.PlatformSite"
