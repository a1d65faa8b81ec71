"""Addresses of the public pages; whatever is not published answers 404."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from .views import plans


class CodeConverter(StringConverter):
    """A part of an address that PostgreSQL can look for: it refuses NUL."""

    regex = r"[^/\x00]+"


register_converter(CodeConverter, "code")

app_name = "portal"
urlpatterns = [
    path("", plans.home, name="home"),
    path("<slug:municipality>/", plans.municipality, name="municipality"),
    path("<slug:municipality>/<slug:plan>/", plans.plan, name="plan"),
    path("<slug:municipality>/<slug:plan>/years/<int:fiscal_year>/", plans.year, name="year"),
    path("<slug:municipality>/<slug:plan>/goals/<code:code>/", plans.goal, name="goal"),
    path("<slug:municipality>/<slug:plan>/policies/<code:code>/", plans.policy, name="policy"),
    path("<slug:municipality>/<slug:plan>/measures/<code:code>/", plans.measure, name="measure"),
    path(
        "<slug:municipality>/<slug:plan>/indicators/<code:code>/", plans.indicator, name="indicator"
    ),
]
