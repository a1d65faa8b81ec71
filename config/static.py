"""Where static files are found."""

from django.apps import apps
from django.contrib.staticfiles.finders import AppDirectoriesFinder

_UNUSED = {"rest_framework"}
"""Applications whose pages ours replace."""


class UsedAppsFinder(AppDirectoriesFinder):
    """Leaves out what nobody loads, so that it is not published either."""

    def __init__(self) -> None:
        super().__init__({app.name for app in apps.get_app_configs()} - _UNUSED)
