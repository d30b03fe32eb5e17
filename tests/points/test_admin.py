"""Django's admin shows the books and changes nothing."""

import pytest
from django.contrib import admin as django_admin
from django.test import Client
from django.urls import reverse

from loyalty_site.accounts.models import User
from tests.factories import make_member, make_purchase, make_reward, make_rule, redeem

pytestmark = pytest.mark.django_db
OURS = [
    model
    for model in django_admin.site._registry
    if model._meta.app_label in {"members", "points"}
]


@pytest.fixture
def root():
    client = Client()
    client.force_login(User.objects.create_superuser("root", "root@example.com"))
    return client


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_rows_are_shown_and_not_changed(root, model):
    make_rule()
    member = make_member(balance=100)
    make_purchase(member)
    redeem(member, make_reward())
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    assert root.get(reverse(f"{name}_changelist")).status_code == 200
    assert root.get(reverse(f"{name}_add")).status_code == 403
    if row := model._default_manager.first():
        assert root.get(reverse(f"{name}_change", args=[row.pk])).status_code == 200
        assert root.post(reverse(f"{name}_change", args=[row.pk])).status_code == 403
        assert root.post(reverse(f"{name}_delete", args=[row.pk])).status_code == 403
