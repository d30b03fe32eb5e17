from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        # Models are there only now.
        from loyalty_site.jobs.kinds import register_job_kind
        from points.selectors.verification import register_checks
        from reports.checks import CHECKS
        from reports.jobs import CHECK

        register_job_kind(CHECK)
        register_checks(*CHECKS)
