"""The columns of the surveys app's lists."""

from typing import Any

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.tables import DASH, InstantColumn, NumberColumn
from surveys.models import Case, Response
from surveys.selectors.responses import comment_of

Anything = Any  # rows of a table
SCORE = "{% include 'surveys/_score.html' with score=value only %}"


class SurveyTable(tables.Table):
    """Surveys with their latest wave; rows are `surveys.views.surveys.SurveyRow`."""

    name = tables.Column(
        verbose_name=_("Survey"),
        accessor="survey__name",
        linkify=("surveys:survey-detail", {"slug": tables.A("survey__slug")}),
    )
    touchpoint = tables.Column(
        verbose_name=_("Touchpoint"), accessor="survey__touchpoint"
    )
    rhythm = tables.TemplateColumn(
        "{% include 'surveys/_rhythm.html' with survey=record.survey only %}",
        verbose_name=_("Sends"),
    )
    wave = tables.TemplateColumn(
        "{% if record.progress %}<a href='{{ record.progress.wave.get_absolute_url }}'>"
        "{{ record.progress.wave.label }}</a>{% else %}" + DASH + "{% endif %}",
        verbose_name=_("Latest wave"),
    )
    sent = NumberColumn(verbose_name=_("Sent"), accessor="progress__sent")
    answered = NumberColumn(verbose_name=_("Answered"), accessor="progress__answered")
    rate = tables.TemplateColumn(
        "{{ record.progress.answered|share_of:record.progress.reached }}",
        verbose_name=_("Response rate"),
        attrs={"th": {"class": "num"}, "td": {"class": "num"}},
    )

    class Meta:
        orderable = False
        caption = _("Surveys with their latest wave")


class WaveTable(tables.Table):
    """Waves of a survey; rows are `surveys.selectors.waves.WaveProgress`."""

    period = tables.Column(
        verbose_name=_("Wave"),
        accessor="wave__label",
        linkify=lambda record: record.wave.get_absolute_url(),
        attrs={"td": {"class": "nowrap"}},
    )
    state = tables.TemplateColumn(
        "{% include 'surveys/_wave_state.html' with wave=record.wave only %}",
        verbose_name=_("State"),
    )
    sent = NumberColumn(verbose_name=_("Sent"))
    answered = NumberColumn(verbose_name=_("Answered"))
    rate = tables.TemplateColumn(
        "{{ record.answered|share_of:record.reached }}",
        verbose_name=_("Response rate"),
        attrs={"th": {"class": "num"}, "td": {"class": "num"}},
    )
    skipped = NumberColumn(verbose_name=_("Left out"), accessor="wave__members_skipped")

    class Meta:
        orderable = False
        caption = _("Waves, the newest first")


class ResponseTable(tables.Table):
    """Responses, the newest first."""

    score = tables.TemplateColumn(SCORE, verbose_name=_("Score"), empty_values=())
    member = tables.Column(
        verbose_name=_("Member"), linkify=True, attrs={"td": {"class": "nowrap"}}
    )
    comment = tables.TemplateColumn(
        "{% include 'surveys/_comment.html' %}",
        verbose_name=_("Comment"),
        empty_values=(),
    )
    wave = tables.Column(
        verbose_name=_("Wave"),
        accessor="wave__label",
        attrs={"td": {"class": "nowrap"}},
    )
    first_submit_at = InstantColumn(
        verbose_name=_("Answered"),
        linkify=lambda record: record.get_absolute_url(),
    )

    class Meta:
        model = Response
        fields = ("score", "member", "comment", "wave", "first_submit_at")
        orderable = False
        caption = _("Responses, the newest first")

    def before_render(self, request: Anything) -> None:  # noqa: ARG002 -- the library's
        """Give each row its comment."""
        for row in self.rows:
            row.record.comment = comment_of(row.record)


class CaseTable(tables.Table):
    """Cases, the newest first."""

    score = tables.TemplateColumn(SCORE, verbose_name=_("Score"), empty_values=())
    member = tables.Column(
        verbose_name=_("Member"),
        linkify=lambda record: record.get_absolute_url(),
        attrs={"td": {"class": "nowrap"}},
    )
    comment = tables.TemplateColumn(
        "{% include 'surveys/_comment.html' %}",
        verbose_name=_("Comment"),
        empty_values=(),
    )
    state = tables.TemplateColumn(
        "{% include 'surveys/_case_state.html' with case=record now=table.now only %}",
        verbose_name=_("State"),
    )
    owner = tables.Column(
        verbose_name=_("Owner"),
        default=_("Nobody yet"),
        attrs={"td": {"class": "nowrap"}},
    )
    due_at = InstantColumn(verbose_name=_("Deadline"))

    class Meta:
        model = Case
        fields = ("score", "member", "comment", "state", "owner", "due_at")
        orderable = False
        caption = _("Cases, the newest first")

    def before_render(self, request: Anything) -> None:  # noqa: ARG002 -- the library's
        """Give each row its comment."""
        for row in self.rows:
            response = row.record.response
            row.record.comment = comment_of(response) if response else ""
