from django.utils.translation import gettext_lazy as _

from tenants.vocabulary import Named, kind

SITE_ADDED = kind("site_added", _("added the site %(name)s"), Named, icon="map-pin")
EQUIPMENT_ADDED = kind("equipment_added", _("added the equipment %(name)s"), Named, icon="cpu-chip")
