"""Set the codes of the accounts that journal lines name."""

from collections.abc import Mapping

import pghistory
from django.db import transaction

from loyalty_site.lib.actors import Actor
from points.services.settings_lock import lock_settings
from reports.models import AccountCode
from reports.selectors.accounts import account_codes


@transaction.atomic
def set_account_codes(*, wanted: Mapping[str, str], actor: Actor) -> None:
    """Set the codes by account; safe to repeat. Journals made before stay as they are."""
    lock_settings()
    now = account_codes()
    with pghistory.context(reason="account codes", actor=str(actor)):
        for account, code in wanted.items():
            if code != now[account]:
                AccountCode.objects.update_or_create(
                    account=account, defaults={"code": code}
                )
