"""How far waves have come, with every number's denominator."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from surveys.models import Invitation, Response, SkippedInvite, Wave

State = Invitation.State


@dataclass(frozen=True)
class WaveProgress:
    """Counts of one wave.

    `answered` are counted responses, late ones too; `reached` is sent minus bounced
    and the base of the response rate. `possible_copies` are second mails that may
    have gone out because a sender died between the server's answer and our commit.
    """

    wave: Wave
    queued: int
    sent: int
    bounced: int
    failed: int
    complete: int
    partial: int
    late: int
    quarantined: int
    possible_copies: int
    skips: dict[str, int] = field(default_factory=dict)

    @property
    def answered(self) -> int:
        """Complete and partial responses."""
        return self.complete + self.partial

    @property
    def reached(self) -> int:
        """Mails that went out and are not known to have bounced."""
        return self.sent - self.bounced

    @property
    def response_rate(self) -> Decimal | None:
        """Answered of reached, None when nobody was reached."""
        if not self.reached:
            return None
        return Decimal(self.answered) / Decimal(self.reached)

    @property
    def skip_rows(self) -> list[tuple[str, int]]:
        """Reasons in words with their counts, the most frequent first."""
        ordered = sorted(self.skips.items(), key=lambda item: -item[1])
        return [(str(SkippedInvite.Reason(key).label), count) for key, count in ordered]


def progress_of(*, waves: Iterable[Wave]) -> list[WaveProgress]:
    """Return the progress of each wave, in the order given, in three queries."""
    listed = list(waves)
    mails = _rows(
        Invitation.objects.filter(wave__in=listed).values_list("wave"),
        queued=Count("pk", filter=Q(state=State.QUEUED)),
        sent=Count("sent_at"),
        bounced=Count("pk", filter=Q(state=State.BOUNCED)),
        failed=Count("pk", filter=Q(state=State.FAILED)),
        possible_copies=Sum("possible_copies"),
    )
    answers = _rows(
        Response.objects.filter(wave__in=listed, voided_at=None).values_list("wave"),
        complete=Count("pk", filter=Q(state=Response.State.COMPLETE)),
        partial=Count("pk", filter=Q(state=Response.State.PARTIAL)),
        late=Count("pk", filter=Q(is_late=True)),
        quarantined=Count("pk", filter=Q(state=Response.State.QUARANTINED)),
    )
    skips: dict[int, dict[str, int]] = defaultdict(dict)
    reasons = SkippedInvite.objects.filter(wave__in=listed).order_by()
    for pk, reason, n in reasons.values_list("wave", "reason").annotate(Count("pk")):
        skips[pk][reason] = n
    return [
        WaveProgress(
            wave=wave,
            **(mails.get(wave.pk) or dict.fromkeys(_MAILS, 0)),
            **(answers.get(wave.pk) or dict.fromkeys(_ANSWERS, 0)),
            skips=skips[wave.pk],
        )
        for wave in listed
    ]


def _rows(rows: QuerySet[Any, Any], **counts: Count | Sum) -> dict[int, dict[str, int]]:
    """Return by wave the counts by name."""
    found = rows.annotate(**counts)
    return {pk: dict(zip(counts, numbers, strict=True)) for pk, *numbers in found}


_MAILS = ("queued", "sent", "bounced", "failed", "possible_copies")
_ANSWERS = ("complete", "partial", "late", "quarantined")
