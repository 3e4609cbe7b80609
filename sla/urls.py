"""What people do to the time of a ticket, at addresses below the ticket's own."""

from django.urls import path

from .views import clocks

app_name = "clocks"

urlpatterns = [
    path("<int:number>/excuse/", clocks.excuse, name="excuse"),
    path("<int:number>/blame/", clocks.blame, name="blame"),
    path("<int:number>/arrive/", clocks.arrive, name="arrive"),
]
