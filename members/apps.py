from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Members")

    def ready(self) -> None:
        # Models are there only now.
        from loyalty_site.jobs.kinds import register_job_kind
        from loyalty_site.webhooks.kinds import register_event_kinds
        from members.events import EVENT_KINDS
        from members.filling import FILL
        from members.site_pages import register_site_pages

        register_job_kind(FILL)
        register_event_kinds(*EVENT_KINDS)
        register_site_pages()
