"""Every write of an import: take the file, check it, post it, reverse it."""

from points.services.imports.checking import CHECK, start_check
from points.services.imports.posting import POST, may_be_posted, start_posting
from points.services.imports.reversal import REVERSE, start_reversal
from points.services.imports.uploads import discard_import, take_file

JOB_KINDS = (CHECK, POST, REVERSE)

__all__ = [
    "JOB_KINDS",
    "discard_import",
    "may_be_posted",
    "start_check",
    "start_posting",
    "start_reversal",
    "take_file",
]
