"""How far waves have come, with every number's denominator."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Q, Sum

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
        Invitation.objects.filter(wave__in=listed)
        .values_list("wave")
        .annotate(
            Count("pk", filter=Q(state=State.QUEUED)),
            Count("sent_at"),
            Count("pk", filter=Q(state=State.BOUNCED)),
            Count("pk", filter=Q(state=State.FAILED)),
            Sum("possible_copies"),
        )
    )
    answers = _rows(
        Response.objects.filter(wave__in=listed, voided_at=None)
        .values_list("wave")
        .annotate(
            Count("pk", filter=Q(state=Response.State.COMPLETE)),
            Count("pk", filter=Q(state=Response.State.PARTIAL)),
            Count("pk", filter=Q(is_late=True)),
            Count("pk", filter=Q(state=Response.State.QUARANTINED)),
        )
    )
    skips: dict[int, dict[str, int]] = defaultdict(dict)
    reasons = SkippedInvite.objects.filter(wave__in=listed).order_by()
    for pk, reason, n in reasons.values_list("wave", "reason").annotate(Count("pk")):
        skips[pk][reason] = n
    return [
        _progress(
            wave,
            mails.get(wave.pk, (0, 0, 0, 0, 0)),
            answers.get(wave.pk, (0, 0, 0, 0)),
            skips[wave.pk],
        )
        for wave in listed
    ]


def _rows(rows: Iterable[tuple[int, ...]]) -> dict[int, tuple[int, ...]]:
    return {pk: tuple(numbers) for pk, *numbers in rows}


def _progress(
    wave: Wave,
    mails: tuple[int, ...],
    answers: tuple[int, ...],
    skips: dict[str, int],
) -> WaveProgress:
    queued, sent, bounced, failed, copies = mails
    complete, partial, late, quarantined = answers
    return WaveProgress(
        wave=wave,
        queued=queued,
        sent=sent,
        bounced=bounced,
        failed=failed,
        complete=complete,
        partial=partial,
        late=late,
        quarantined=quarantined,
        possible_copies=copies,
        skips=skips,
    )
