"""The operator's room: accounts and links between them, never what is inside an account."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class PlatformSite(AdminSite):
    site_header = site_title = "CoTicket"
    index_title = _("Installation")
