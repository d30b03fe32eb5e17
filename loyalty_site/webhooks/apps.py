from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    name = "loyalty_site.webhooks"
    label = "webhooks"
    verbose_name = _("Webhooks")

    def ready(self) -> None:
        # Models are there only now.
        from loyalty_site.webhooks.site_pages import register_site_pages

        register_site_pages()
