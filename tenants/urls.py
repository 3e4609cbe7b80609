"""People, invitations and teams, inside an account."""

from django.urls import path

from .views import invitations, people, teams

app_name = "people"

urlpatterns = [
    path("", people.everybody, name="list"),
    path("invite/", invitations.invite, name="invite"),
    path("invitations/", invitations.pending, name="invitations"),
    path("invitations/<uuid:pk>/resend/", invitations.resend, name="resend"),
    path("invitations/<uuid:pk>/revoke/", invitations.revoke, name="revoke"),
    path("teams/", teams.all_teams, name="teams"),
    path("teams/add/", teams.add, name="team_add"),
    path("teams/<uuid:pk>/", teams.team, name="team"),
    path("teams/<uuid:pk>/edit/", teams.edit, name="team_edit"),
    path("teams/<uuid:pk>/people/", teams.members, name="team_people"),
    path("teams/<uuid:pk>/remove/", teams.remove, name="team_remove"),
    path("<uuid:pk>/", people.member, name="member"),
    path("<uuid:pk>/edit/", people.edit, name="edit"),
    path("<uuid:pk>/role/", people.role, name="role"),
    path("<uuid:pk>/restrict/", people.restrict, name="restrict"),
    path("<uuid:pk>/remove/", people.remove, name="remove"),
    path("<uuid:pk>/transfer/", people.transfer, name="transfer"),
]
