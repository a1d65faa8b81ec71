"""Addresses of the public pages; whatever is not published answers 404."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from . import views


class CodeConverter(StringConverter):
    """A part of an address that PostgreSQL can look for: it refuses NUL."""

    regex = r"[^/\x00]+"


register_converter(CodeConverter, "code")

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:municipality>/", views.municipality, name="municipality"),
    path("<slug:municipality>/<slug:plan>/", views.plan, name="plan"),
    path("<slug:municipality>/<slug:plan>/years/<int:fiscal_year>/", views.year, name="year"),
    path("<slug:municipality>/<slug:plan>/goals/<code:code>/", views.goal, name="goal"),
    path("<slug:municipality>/<slug:plan>/policies/<code:code>/", views.policy, name="policy"),
    path("<slug:municipality>/<slug:plan>/measures/<code:code>/", views.measure, name="measure"),
    path(
        "<slug:municipality>/<slug:plan>/indicators/<code:code>/", views.indicator, name="indicator"
    ),
]
