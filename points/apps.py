from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from points.seed import seed_programme


class PointsConfig(AppConfig):
    name = "points"
    verbose_name = _("Points")

    def ready(self) -> None:
        # Models are there only now.
        from loyalty_site.jobs.kinds import register_job_kind
        from loyalty_site.webhooks.kinds import register_event_kinds
        from members.departures import register_departure
        from members.introductions import register_introduction
        from points.events import EVENT_KINDS
        from points.member_pages import register_member_pages
        from points.selectors.proofs import PROOFS
        from points.selectors.verification import register_checks
        from points.services.households import leave_on_closing
        from points.services.impact import IMPACT
        from points.services.imports import JOB_KINDS as IMPORT_JOB_KINDS
        from points.services.nightly import NIGHTLY
        from points.services.redatings import JOB_KINDS as REDATING_JOB_KINDS
        from points.services.referrals import note_referral
        from points.services.refund_imports import JOB_KINDS as REFUND_JOB_KINDS
        from points.services.tier_drafts import JOB_KINDS as TIER_JOB_KINDS
        from points.site_pages import register_site_pages

        for kind in (
            NIGHTLY,
            IMPACT,
            *IMPORT_JOB_KINDS,
            *REDATING_JOB_KINDS,
            *REFUND_JOB_KINDS,
            *TIER_JOB_KINDS,
        ):
            register_job_kind(kind)
        register_event_kinds(*EVENT_KINDS)
        register_checks(*PROOFS)
        register_introduction(note_referral)
        register_departure(leave_on_closing)
        register_member_pages()
        register_site_pages()
        post_migrate.connect(seed_programme, sender=self)
