"""The kinds of reports; adding one is a file and a line here."""

from typing import Any

from reports.definitions.base import Report
from reports.definitions.breakage import Breakage
from reports.definitions.cohort_retention import CohortRetention
from reports.definitions.nps import Nps
from reports.definitions.overview import Overview
from reports.definitions.points import Points
from reports.definitions.revenue import Revenue

_REPORTS: tuple[Report[Any, Any, Any], ...] = (
    Overview(),
    Points(),
    Breakage(),
    Revenue(),
    CohortRetention(),
    Nps(),
)
REPORTS: dict[str, Report[Any, Any, Any]] = {report.slug: report for report in _REPORTS}
