"""Refusals of a whole file: one sentence that says what to do about it."""

from loyalty_site.lib.errors import DomainError


class FileNotReadable(DomainError):
    """The file as a whole cannot be read; nothing of it was written."""

    code = "file_not_readable"
    field = "file"
    status = 422


class ColumnsNotMapped(DomainError):
    """The columns that were named do not fit the file."""

    code = "columns_not_mapped"
    field = "columns"
    status = 422
