from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    name = "surveys"
    verbose_name = _("Surveys")

    def ready(self) -> None:
        # Models are there only now.
        from loyalty_site.webhooks.kinds import register_event_kinds
        from surveys.events import EVENT_KINDS
        from surveys.instruments import seed_touchpoints
        from surveys.registrations import register_all

        register_event_kinds(*EVENT_KINDS)
        register_all()
        post_migrate.connect(seed_touchpoints, sender=self)
