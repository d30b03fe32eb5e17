from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        # Models are there only now.
        from loyalty_site.jobs.kinds import register_job_kind
        from points.selectors.verification import register_checks
        from points.worth import register_worth
        from reports.checks import CHECKS
        from reports.jobs import CHECK
        from reports.selectors.valuations import point_value_on

        register_job_kind(CHECK)
        register_worth(point_value_on)
        register_checks(*CHECKS)
