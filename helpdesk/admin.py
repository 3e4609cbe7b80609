from django.contrib import admin

from . import platform

platform.register(admin.site)
