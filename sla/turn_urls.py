"""Who held a ticket how long, at addresses below the ticket's own."""

from django.urls import path

from .views import turns

app_name = "turns"

urlpatterns = [
    path("<int:number>/turns/", turns.page, name="page"),
    path("<int:number>/turns/table/", turns.table, name="table"),
    path("<int:number>/turns/proof/", turns.proof, name="proof"),
]
