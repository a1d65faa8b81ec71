from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class MunicipalitiesConfig(AppConfig):
    name = "municipalities"
    verbose_name = _("自治体・組織・利用者")
    default = True

    def ready(self) -> None:
        from . import sqlite  # noqa: F401  (listens to new connections)

        # `signing_in.note_sign_in` does it without a line in the record of changes.
        user_logged_in.disconnect(dispatch_uid="update_last_login")


class ShirubeAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site: named in INSTALLED_APPS."""

    default = False
    default_site = "municipalities.admin_site.ShirubeAdminSite"
