"""Pools of codes that rewards give away, each to one member."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from points.models.rewards import Reward


class RewardCode(models.Model):
    """A code of a reward's pool; `given_at` is when a redemption took it.

    `plain` is the code as people type it: letters and digits, in capitals.
    """

    reward = models.ForeignKey(
        Reward, on_delete=models.PROTECT, related_name="codes", db_index=False
    )
    code = models.CharField(_("code"), max_length=40)
    plain = models.CharField(max_length=40, unique=True)
    added_at = models.DateTimeField(_("added"))
    added_by = models.CharField(_("added by"), max_length=120)
    given_at = models.DateTimeField(_("given"), null=True, blank=True)

    class Meta:
        verbose_name = _("code of a pool")
        verbose_name_plural = _("codes of pools")
        indexes = [
            models.Index(
                F("reward"),
                F("id"),
                name="points_rewardcode_to_give",
                condition=Q(given_at=None),
            )
        ]

    def __str__(self) -> str:
        return self.code


def plain_code(text: str) -> str:
    """Return the code as it is looked up, however it was typed or printed."""
    return "".join(each for each in text.upper() if each.isalnum())
