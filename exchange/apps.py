from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    name = "exchange"
    verbose_name = _("取込と出力")

    def ready(self) -> None:
        from municipalities.home import register

        from .api import checks  # noqa: F401  (registered)
        from .home import told_to

        register(told_to)
