"""The mails of surveys: a full plain part, an HTML part without remote content."""

from email.utils import formataddr, parseaddr
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.utils import timezone, translation

from loyalty_site.lib.formats import html_lang
from points.models import Programme
from surveys.content import Content, piped, read_content
from surveys.models import Invitation
from surveys.questions import QUESTION_KINDS
from surveys.questions.base import text_in
from surveys.tokens import Links, links_of

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False)


def invitation_message(
    *, invitation: Invitation, programme: Programme, connection: BaseEmailBackend
) -> EmailMultiAlternatives:
    """Return the invitation in the member's language; the same each time it is made."""
    links = links_of(invitation.public_id)
    language = invitation.member.language
    with translation.override(language), timezone.override(programme.zone):
        words = _words(invitation, programme, links, language)
        subject = render_to_string("emails/survey_invitation.subject.txt", words)
        message = EmailMultiAlternatives(
            subject=" ".join(subject.split()),
            body=render_to_string("emails/survey_invitation.txt", words),
            from_email=_sender(programme),
            to=[invitation.member.email],
            headers=_headers(invitation, links),
            reply_to=[invitation.survey.reply_to]
            if invitation.survey.reply_to
            else None,
            connection=connection,
        )
        html = render_to_string("emails/survey_invitation.html", words)
    message.attach_alternative(_inliner.inline(html), "text/html")
    return message


def sender_domain() -> str:
    """Return the domain that the mails come from."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    return address.rpartition("@")[2] or "localhost"


def message_id_of(invitation: Invitation) -> str:
    """Return the Message-ID, the same for every copy of one invitation."""
    return f"<survey.{invitation.public_id}@{sender_domain()}>"


def _sender(programme: Programme) -> str:
    # The programme speaks, from the address that the installation may use.
    return formataddr((programme.name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]))


def _headers(invitation: Invitation, links: Links) -> dict[str, str]:
    survey = invitation.survey
    ways_out = [f"<{links.unsubscribe}>"]
    if mailbox := settings.SURVEY_UNSUBSCRIBE_MAILBOX:
        ways_out.append(f"<mailto:{mailbox}?subject=unsubscribe>")
    return {
        "Message-ID": message_id_of(invitation),
        "List-Unsubscribe": ", ".join(ways_out),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": f"<surveys.{sender_domain()}>",
        "Auto-Submitted": "auto-generated",
        "Feedback-ID": f"{invitation.wave_id}:{survey.slug}:survey:perennial",
    }


def _words(
    invitation: Invitation, programme: Programme, links: Links, language: str
) -> dict[str, Any]:
    content = read_content(invitation.wave.version.content)
    survey = invitation.survey
    return {
        "html_lang": html_lang(),
        "language": language,
        "programme": programme.name,
        "member": invitation.member,
        "address_as": invitation.member.address_as or invitation.member.full_name,
        "minutes": survey.minutes,
        "points": survey.bonus_points,
        "reply_to": survey.reply_to,
        "closes_at": invitation.wave.closes_at,
        "question_count": len(content.questions),
        "links": links,
        "scores": _scores(content, links, language, programme),
        **_texts(content, language, programme),
    }


def _texts(content: Content, language: str, programme: Programme) -> dict[str, str]:
    return {
        name: piped(text_in(getattr(content, name), language), programme=programme.name)
        for name in ("title", "intro", "privacy")
    }


def _scores(
    content: Content, links: Links, language: str, programme: Programme
) -> dict[str, Any] | None:
    """Return the first question as links that only preselect, if it is the score."""
    question = content.questions[0]
    if question != content.metric:
        return None
    options = QUESTION_KINDS[question.kind].options(question, language)
    return {
        "question": piped(text_in(question.text, language), programme=programme.name),
        "low": text_in(question.low, language),
        "high": text_in(question.high, language),
        "links": [(each.label, links.with_score(int(each.value))) for each in options],
    }
