"""Re-dating: count what would move, move it in chunks, take it back as a whole."""

from points.services.redatings.moving import COUNT, MOVE
from points.services.redatings.reversal import REVERSE

JOB_KINDS = (COUNT, MOVE, REVERSE)
