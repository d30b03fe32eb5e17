from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class SurveysConfig(AppConfig):
    name = "surveys"
    verbose_name = _("Surveys")

    def ready(self) -> None:
        # Models are there only now.
        from surveys.instruments import seed_touchpoints
        from surveys.registrations import register_all

        register_all()
        post_migrate.connect(seed_touchpoints, sender=self)
