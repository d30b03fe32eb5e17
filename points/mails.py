"""The mails to members: the code of the portal, and points about to expire."""

from datetime import datetime
from email.utils import formataddr, parseaddr

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
        subject = render_to_string("emails/sign_in_code.subject.txt", words)
        message = EmailMultiAlternatives(
            subject=" ".join(subject.split()),
            body=render_to_string("emails/sign_in_code.txt", words),
            from_email=formataddr(
                (programme.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1])
            ),
            to=[email],
            headers={"Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(
            render_to_string("emails/sign_in_code.html", words), "text/html"
        )
    return message


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
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    domain = sender.rpartition("@")[2] or "localhost"
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
        subject = render_to_string("emails/points_expiring.subject.txt", words)
        message = EmailMultiAlternatives(
            subject=" ".join(subject.split()),
            body=render_to_string("emails/points_expiring.txt", words),
            from_email=formataddr((programme.name, sender)),
            to=[member.email],
            headers={
                "Message-ID": f"<expiry.{reminder.public_id}@{domain}>",
                "List-Unsubscribe": f"<{stop}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Auto-Submitted": "auto-generated",
            },
            connection=connection,
        )
        message.attach_alternative(
            render_to_string("emails/points_expiring.html", words), "text/html"
        )
    return message
