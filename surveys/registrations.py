"""What the surveys app adds to other apps' pages and to the jobs, at start-up."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _, ngettext

from loyalty_site.jobs.kinds import register_job_kind
from loyalty_site.lib.formats import number
from loyalty_site.lib.home import Person, Tile, register_tiles
from members.panels import (
    Panel,
    TimelineSource,
    register_panel,
    register_timeline,
)
from surveys.models import Case
from surveys.selectors import of_member
from surveys.services.waves import QUEUE_WAVE_KIND

PANEL = Panel(
    slug="surveys",
    title=_("Surveys"),
    order=40,
    permission="surveys.view_response",
    load=of_member.surveys_panel,
    template="surveys/_member_panel.html",
)
TIMELINE = (
    TimelineSource(
        "survey", _("Survey answers"), "surveys.view_response", of_member.responses_of
    ),
    TimelineSource(
        "survey-mail",
        _("Survey mails"),
        "surveys.view_response",
        of_member.invitations_of,
    ),
    TimelineSource("case", _("Cases"), "surveys.view_case", of_member.cases_of),
)


def register_all() -> None:
    """Make jobs, panels, timeline and tiles known; called once, from `ready`."""
    register_job_kind(QUEUE_WAVE_KIND)
    register_panel(PANEL)
    for source in TIMELINE:
        register_timeline(source)
    register_tiles(case_tiles)


def case_tiles(person: Person, at: datetime) -> Iterable[Tile]:
    """Return the tile of cases to work on, for those who may see them."""
    cases = Case.objects.visible_to(person).unresolved()
    waiting = cases.count()
    if not waiting:
        return []
    overdue = cases.overdue(at).count()
    note = ngettext("%(n)s is overdue", "%(n)s are overdue", overdue) % {
        "n": number(overdue)
    }
    return [
        Tile(
            label=_("Cases to look after"),
            value=number(waiting),
            url=reverse("surveys:case-list"),
            note=note if overdue else "",
            icon="heart-handshake",
            tone="attention" if overdue else "calm",
        )
    ]
