from django.apps import AppConfig
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        # Models are there only now.
        from loyalty_site.jobs.kinds import register_job_kind
        from points.campaign_links import CampaignLink, register_campaign_links
        from points.selectors.verification import register_checks
        from points.worth import register_worth
        from reports.checks import CHECKS
        from reports.jobs import CHECK
        from reports.selectors.valuations import point_value_on

        register_job_kind(CHECK)
        register_worth(point_value_on)
        register_campaign_links(
            CampaignLink(
                label=_("Results"),
                icon="chart-bar",
                permission="reports.view_report",
                url_of=lambda campaign: reverse(
                    "reports:campaign-results", args=[campaign.public_id]
                ),
            )
        )
        register_checks(*CHECKS)
