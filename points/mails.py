"""The mails of the members' portal."""

from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from loyalty_site.lib.formats import html_lang
from members.models import Member
from points.models import Programme


def sign_in_code_message(
    *, member: Member, code: str, programme: Programme
) -> EmailMultiAlternatives:
    """Return the mail with the code, in the member's language."""
    with translation.override(member.language):
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
            to=[member.email],
            headers={"Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(
            render_to_string("emails/sign_in_code.html", words), "text/html"
        )
    return message
