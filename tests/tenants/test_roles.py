"""The table of roles, written down a second time: what it says is decided, not stumbled into."""

import pytest

from tenants import roles
from tenants.models import Membership
from tenants.vocabulary import Role

TABLE = {
    "owner": (
        "close_account link manage_people settings see_all create change work hand_over done comment see_costs registry"
        " export export_all"
    ),
    "admin": (
        "link manage_people settings see_all create change work hand_over done comment see_costs registry"
        " export export_all"
    ),
    "dispatcher": "see_all create change work hand_over done comment see_costs registry export export_all",
    "agent": "see_all create change work hand_over done comment registry export",
    "engineer": "work comment",
    "observer": "see_all see_costs export export_all",
}


@pytest.mark.parametrize("role", Role.values)
def test_a_role_may_exactly_what_the_table_says(role):
    assert roles.abilities(role) == set(TABLE[role].split())
    assert {ability for ability in roles.ABILITIES if Membership(role=role).may(ability)} == set(TABLE[role].split())


@pytest.mark.parametrize("role", Role.values)
def test_only_an_agent_can_be_restricted_and_then_does_not_see_everything(role):
    loses = {"see_all"} if role == "agent" else set()

    member = Membership(role=role, restricted=True)

    assert member.abilities == set(TABLE[role].split()) - loses
    assert {ability for ability in roles.ABILITIES if member.may(ability)} == member.abilities


@pytest.mark.parametrize("role", Role.values)
def test_who_has_left_may_nothing(role):
    assert not any(Membership(role=role, active=False).may(ability) for ability in roles.ABILITIES)


def test_an_ability_nobody_heard_of_is_an_error_and_not_a_no():
    with pytest.raises(KeyError):
        roles.may(Role.OWNER, "fly")
