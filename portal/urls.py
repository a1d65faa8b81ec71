"""Addresses of the public pages; whatever is not published answers 404."""

from django.urls import path

import municipalities.addresses  # noqa: F401 - <code:…>

from .views import departments, plans, reviews, revision, sheets, words

app_name = "portal"
urlpatterns = [
    path("", plans.home, name="home"),
    path("<slug:municipality>/", plans.municipality, name="municipality"),
    path("<slug:municipality>/related/", words.related, name="related"),
    path("<slug:municipality>/departments/", departments.departments, name="departments"),
    path("<slug:municipality>/departments/<code:code>/", departments.department, name="department"),
    path(
        "<slug:municipality>/departments/<code:code>/<int:fiscal_year>/",
        departments.department_year,
        name="department_year",
    ),
    path("<slug:municipality>/<slug:plan>/", plans.plan, name="plan"),
    path("<slug:municipality>/<slug:plan>/glossary/", words.glossary, name="glossary"),
    path("<slug:municipality>/<slug:plan>/sdgs/", words.sdgs, name="sdgs"),
    path("<slug:municipality>/<slug:plan>/revision/", revision.revision, name="revision"),
    path("<slug:municipality>/<slug:plan>/years/<int:fiscal_year>/", plans.year, name="year"),
    path("<slug:municipality>/<slug:plan>/reviews/", reviews.reviews, name="reviews"),
    path("<slug:municipality>/<slug:plan>/sheets/<int:fiscal_year>/", sheets.sheets, name="sheets"),
    path("<slug:municipality>/<slug:plan>/goals/<code:code>/", plans.goal, name="goal"),
    path("<slug:municipality>/<slug:plan>/policies/<code:code>/", plans.policy, name="policy"),
    path("<slug:municipality>/<slug:plan>/measures/<code:code>/", plans.measure, name="measure"),
    path(
        "<slug:municipality>/<slug:plan>/goals/<code:code>/sheets/<int:fiscal_year>/",
        sheets.goal_sheet,
        name="goal_sheet",
    ),
    path(
        "<slug:municipality>/<slug:plan>/policies/<code:code>/sheets/<int:fiscal_year>/",
        sheets.policy_sheet,
        name="policy_sheet",
    ),
    path(
        "<slug:municipality>/<slug:plan>/measures/<code:code>/sheets/<int:fiscal_year>/",
        sheets.measure_sheet,
        name="measure_sheet",
    ),
    path(
        "<slug:municipality>/<slug:plan>/indicators/<code:code>/", plans.indicator, name="indicator"
    ),
]
