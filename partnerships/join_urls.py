"""Where an invited company says yes: outside of every account."""

from django.urls import path

from .views import joining

urlpatterns = [
    path("", joining.code, name="join_start"),
    path("<str:code>/", joining.join, name="join"),
    path("<str:code>/decline/", joining.decline, name="join_decline"),
]
