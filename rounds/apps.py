from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RoundsConfig(AppConfig):
    name = "rounds"
    verbose_name = _("照会と公表")

    def ready(self) -> None:
        from municipalities.home import register

        from .home import told_to

        register(told_to)
