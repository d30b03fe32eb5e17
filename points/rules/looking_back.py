"""What kinds that look back at earlier purchases have in common."""

from typing import Any, Protocol

from points.rules.base import Need, RuleKind


class LooksBack(RuleKind, Protocol):
    """A kind that asks what the member bought before.

    It answers by `event.past`, which is loaded once for all purchases of a batch.
    """

    def need(self, params: dict[str, Any]) -> Need:
        """Return what it looks back at."""

    def why_not(self, params: dict[str, Any], had: int, currency: str) -> str:
        """Complete “it gave nothing, because”; `had` is what the past came to."""
