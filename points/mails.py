"""The mails to members: the code of the portal, and points about to expire."""

from datetime import datetime
from email.utils import formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from loyalty_site.lib.formats import html_lang
from members.models import Member
from points.models import ExpiryReminder, Programme
from points.services.reminder_optouts import stop_token

Words = dict[str, Any]  # what a template is given, `programme` among it


def sign_in_code_message(
    *, member: Member, code: str, programme: Programme
) -> EmailMultiAlternatives:
    """Return the mail with the code, in the member's language."""
    return _code_message(member.email, member.language, code, programme, member=member)


def joining_code_message(
    *, email: str, language: str, code: str, programme: Programme
) -> EmailMultiAlternatives:
    """Return the mail with the code that proves the e-mail of who wants to join."""
    return _code_message(email, language, code, programme)


def _code_message(
    email: str,
    language: str,
    code: str,
    programme: Programme,
    *,
    member: Member | None = None,
) -> EmailMultiAlternatives:
    with translation.override(language):
        words = {
            "code": code,
            "member": member,
            "programme": programme,
            "html_lang": html_lang(),
        }
        return _rendered("sign_in_code", words, to=email)


def expiry_reminder_message(
    *,
    reminder: ExpiryReminder,
    member: Member,
    points: int,
    expires_at: datetime,
    programme: Programme,
    connection: BaseEmailBackend,
) -> EmailMultiAlternatives:
    """Return the reminder in the member's language, with the way out in its head."""
    site = settings.SITE_URL.rstrip("/")
    stop = site + reverse("points:reminder-stop", args=[stop_token(reminder)])
    domain = _sender().rpartition("@")[2] or "localhost"
    with translation.override(member.language), timezone.override(programme.zone):
        words = {
            "member": member,
            "programme": programme,
            "points": points,
            "expires_at": expires_at,
            "home": site + reverse("points:portal-home"),
            "stop": f"{stop}?lang={member.language}",
            "html_lang": html_lang(),
        }
        message = _rendered("points_expiring", words, to=member.email)
    message.connection = connection
    message.extra_headers |= {
        "Message-ID": f"<expiry.{reminder.public_id}@{domain}>",
        "List-Unsubscribe": f"<{stop}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return message


def _rendered(name: str, words: Words, *, to: str) -> EmailMultiAlternatives:
    """Return the mail of the templates of this name, in the language of now."""
    subject = render_to_string(f"emails/{name}.subject.txt", words)
    message = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=render_to_string(f"emails/{name}.txt", words),
        from_email=formataddr((words["programme"].name, _sender())),
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(
        render_to_string(f"emails/{name}.html", words), "text/html"
    )
    return message


def _sender() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
