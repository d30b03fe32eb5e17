"""The demo's mail: messages are kept as files and shown on a page."""

from django.core.mail.backends.locmem import EmailBackend as DemoOutboxBackend

__all__ = ["DemoOutboxBackend"]
