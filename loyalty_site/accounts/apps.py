"""The app of people who sign in: users, roles, second factor."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from loyalty_site.accounts.roles import sync_roles_after_migrate


class AccountsConfig(AppConfig):
    name = "loyalty_site.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Keep the groups of the roles equal to `roles.py` after every migrate."""
        post_migrate.connect(
            sync_roles_after_migrate, dispatch_uid="accounts.sync_roles"
        )
