"""The accounts of the general ledger that journal lines name."""

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent())
class AccountCode(models.Model):
    """The code of one account in the books of the operator."""

    account = models.CharField(_("account"), max_length=24, primary_key=True)
    code = models.CharField(_("code"), max_length=24)

    class Meta:
        verbose_name = _("account code")
        verbose_name_plural = _("account codes")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.account}: {self.code}"
