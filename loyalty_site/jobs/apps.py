from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "loyalty_site.jobs"
    verbose_name = _("Jobs")

    def ready(self) -> None:
        # Models are there only now.
        from loyalty_site.jobs.site_pages import register_site_pages

        register_site_pages()
