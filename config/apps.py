"""Django's own applications, as this site uses them."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class StaticFiles(StaticFilesConfig):
    """Leaves out what the pages of Django REST framework would load: ours replace them."""

    ignore_patterns = [*StaticFilesConfig.ignore_patterns, "rest_framework"]
