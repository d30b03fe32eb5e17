"""What became of the points of a credit: derived from dates and remainders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils.translation import gettext as _, gettext_lazy

from loyalty_site.lib import formats
from points import sql


class State(models.TextChoices):
    """Where points are in their life."""

    WAITING = "waiting", gettext_lazy("Waiting for confirmation")
    PENDING = "pending", gettext_lazy("Pending")
    ACTIVE = "active", gettext_lazy("Active")
    SPENT = "spent", gettext_lazy("Used up")
    EXPIRED = "expired", gettext_lazy("Expired")
    CANCELLED = "cancelled", gettext_lazy("Cancelled")


@dataclass(frozen=True)
class LotState:
    """The state of one credit at `at`; `lapsed` are points that were written off."""

    at: datetime
    effective_at: datetime
    expires_at: datetime | None
    remaining: int
    lapsed: int

    @property
    def state(self) -> State:
        """Where the points are in their life."""
        is_over = self.expires_at is not None and self.expires_at <= self.at
        if not self.remaining and not self.lapsed:
            return State.SPENT
        if self.effective_at == self.expires_at:
            return State.CANCELLED if is_over else State.WAITING
        if is_over or not self.remaining:
            return State.EXPIRED
        return State.PENDING if self.effective_at > self.at else State.ACTIVE

    @property
    def is_waiting(self) -> bool:
        """Whether the purchase can still be confirmed."""
        return self.state == State.WAITING

    @property
    def sentence(self) -> str:
        """The state in words, with its date."""
        if self.state == State.PENDING:
            return _("Pending: can be spent from %(at)s.") % {
                "at": formats.daytime(self.effective_at)
            }
        if self.expires_at is None:
            return str(self.state.label)
        sentences: dict[str, str] = {
            State.WAITING: _("Waiting for confirmation, at the latest %(at)s."),
            State.ACTIVE: _("Active: can be spent until %(at)s."),
            State.EXPIRED: _("Expired on %(at)s."),
            State.CANCELLED: _("Cancelled on %(at)s, for want of a confirmation."),
        }
        sentence = sentences.get(self.state, str(self.state.label))
        return sentence % {"at": formats.daytime(self.expires_at)}


LOTS = """
SELECT l.entry_id, l.effective_at, l.expires_at, l.remaining, coalesce((
  SELECT sum(a.points) FROM points_allocation a JOIN points_entry x ON x.id = a.entry_id
  WHERE a.lot_id = l.id AND (x.kind = 'expire' OR x.source = 'confirmation')), 0)::bigint
FROM points_lot l WHERE l.entry_id = ANY(%(ids)s::bigint[])
"""


def lot_states(entry_ids: Sequence[int], *, at: datetime) -> dict[int, LotState]:
    """Return the state at `at` of each of the entries that is a credit."""
    ids = list(entry_ids)
    found = sql.run(LOTS, {"ids": ids}, rows=len(ids)) if ids else []
    return {
        entry_id: LotState(at, effective_at, expires_at, remaining, lapsed)
        for entry_id, effective_at, expires_at, remaining, lapsed in found
    }
