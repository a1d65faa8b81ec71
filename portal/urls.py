"""Addresses of the public pages; whatever is not published answers 404."""

from django.urls import path

from . import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:municipality>/", views.municipality, name="municipality"),
    path("<slug:municipality>/<slug:plan>/", views.plan, name="plan"),
    path("<slug:municipality>/<slug:plan>/years/<int:fiscal_year>/", views.year, name="year"),
    path("<slug:municipality>/<slug:plan>/goals/<str:code>/", views.goal, name="goal"),
    path("<slug:municipality>/<slug:plan>/policies/<str:code>/", views.policy, name="policy"),
    path("<slug:municipality>/<slug:plan>/measures/<str:code>/", views.measure, name="measure"),
    path(
        "<slug:municipality>/<slug:plan>/indicators/<str:code>/", views.indicator, name="indicator"
    ),
]
