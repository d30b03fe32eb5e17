"""Filters of numbers, money, days and contacts, `icon` and `capture`: in every template."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.template.base import NodeList, Parser, Token
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

from loyalty_site.lib import formats
from loyalty_site.lib.actors import name_of_actor
from loyalty_site.lib.tables import DASH

register = template.Library()

register.filter("points", formats.number)
register.filter("number", formats.number)
register.filter("signed", formats.signed)
register.filter("compact", formats.compact)
register.filter("percent", formats.percent)
register.filter("money", formats.money)
register.filter("day", formats.day)
register.filter("month", formats.month)
register.filter("phone", formats.phone)
register.filter("masked_phone", formats.masked_phone)
register.filter("masked_email", formats.masked_email)
register.filter("actor", name_of_actor)


@register.filter
def daytime(at: datetime | None) -> str:
    """Return the instant in the programme's zone as a `<time>` element."""
    if at is None:
        return ""
    return _time_element(at, formats.daytime(at))


@register.filter
def daytime_dense(at: datetime | None) -> str:
    """Return `2026-11-22 23:04` as a `<time>` element, for tables."""
    if at is None:
        return ""
    return _time_element(at, formats.daytime_dense(at))


@register.filter
def ago(at: datetime | None, now: datetime | None = None) -> str:
    """Return "3 days ago" as a `<time>` element; the instant itself is its title."""
    if at is None:
        return ""
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        formats.daytime(at),
        formats.relative(at, now=now),
    )


@register.filter
def day_dense(on: date | datetime | None) -> str:
    """Return `2026-11-22`, for tables."""
    return formats.day_dense(on)


@register.filter
def kept_value(value: Any) -> str:  # noqa: ANN401 -- whatever a column holds
    """Return a value of a history of changes in words; a dash for nothing."""
    if isinstance(value, bool):
        return pgettext("setting", "Yes") if value else pgettext("setting", "No")
    if isinstance(value, datetime):
        return formats.daytime(value)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, int | Decimal):
        return formats.number(value)
    return str(value or DASH)


@register.filter
def share_of(part: int | Decimal | None, whole: int | Decimal | None) -> str:
    """Return `part` of `whole` as percent, a dash when there is no whole."""
    if part is None or not whole:
        return "\N{EN DASH}"
    return formats.percent(Decimal(part) / Decimal(whole))


def _time_element(at: datetime, text: str) -> SafeString:
    return format_html(
        '<time class="nowrap" datetime="{}">{}</time>', at.isoformat(), text
    )


@register.simple_tag
def icon(name: str, css: str = "") -> SafeString:
    """Draw an icon of `static/icons.svg`; it is decoration, so say it in words too."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        css,
        static("icons.svg"),
        name,
    )


class CaptureNode(template.Node):
    """Keeps what is rendered inside in a variable."""

    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist = nodelist
        self.name = name

    def render(self, context: template.Context) -> SafeString:
        """Render the inside into the variable and put nothing on the page."""
        text = self.nodelist.render(context).strip()
        context[self.name] = mark_safe(text)  # noqa: S308 -- just rendered and escaped
        return mark_safe("")


@register.tag
def capture(parser: Parser, token: Token) -> CaptureNode:
    """`{% capture as name %}...{% endcapture %}` keeps the text in `name`."""
    match token.split_contents():
        case [_, "as", name]:
            pass
        case _:
            message = "Write {% capture as name %}."
            raise template.TemplateSyntaxError(message)
    nodelist = parser.parse(("endcapture",))
    parser.delete_first_token()
    return CaptureNode(nodelist, name)
