"""Roles are groups that hold exactly what roles.py says."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from loyalty_site.accounts.roles import ROLES, sync_roles
from loyalty_site.accounts.services import create_staff

pytestmark = pytest.mark.django_db


def permissions_of(role: str) -> set[str]:
    held = Permission.objects.filter(group__name=role)
    return {f"{p.content_type.app_label}.{p.codename}" for p in held}


@pytest.mark.parametrize("role", ROLES)
def test_every_permission_of_a_role_exists(role):
    assert ROLES[role].permissions == permissions_of(role)


def test_sync_takes_away_what_the_role_lost_and_gives_what_it_gained():
    group = Group.objects.get(name="counter")
    group.permissions.set(Permission.objects.filter(codename="delete_session"))
    sync_roles()
    assert permissions_of("counter") == ROLES["counter"].permissions


def test_migrating_again_changes_nothing():
    before = {role: permissions_of(role) for role in ROLES}
    call_command("migrate", verbosity=0)
    assert {role: permissions_of(role) for role in ROLES} == before


def test_auditor_reads_everything_but_no_contact_data():
    assert "members.view_member" in ROLES["auditor"].permissions
    assert "members.view_member_contact" not in ROLES["auditor"].permissions


def test_nobody_but_admin_changes_the_programme():
    able = {
        slug
        for slug, role in ROLES.items()
        if "points.change_programme" in role.permissions
    }
    assert able == {"admin"}


def test_staff_is_made_once_and_keeps_the_password():
    first = create_staff(
        username="kay", email="kay@example.com", role="counter", password="a long one"
    )
    again = create_staff(
        username="kay", email="other@example.com", role="agent", password="another one"
    )
    assert again.pk == first.pk
    assert again.check_password("a long one")
    assert set(again.groups.values_list("name", flat=True)) == {"counter", "agent"}


def test_unknown_role_makes_nobody():
    with pytest.raises(KeyError):
        create_staff(username="x", email="x@example.com", role="owner")
    assert not Group.objects.filter(name="owner").exists()
