"""Addresses of open data; `data` is a reserved word, so no plan hides them."""

from django.urls import path

from . import views

app_name = "open_data"
urlpatterns = [path("data.json", views.data_catalogue, name="catalogue")]
urlpatterns += [
    path(
        "<slug:municipality>/<slug:plan>/data/reports/revision.xlsx",
        views.report_file,
        name="revision",
    ),
    path(
        "<slug:municipality>/<slug:plan>/data/reports/<slug:kind>-<int:fiscal_year>-<slug:period>.xlsx",
        views.report_file,
        name="report",
    ),
]
for name, place in (("town", "<slug:municipality>/"), ("plan", "<slug:municipality>/<slug:plan>/")):
    urlpatterns += [
        path(f"{place}data/", views.page, name=name),
        path(f"{place}data/all.zip", views.zip_file, name=f"{name}_zip"),
        path(f"{place}data/<slug:table>.csv", views.csv_file, name=f"{name}_csv"),
        path(f"{place}data/<slug:table>.json", views.json_file, name=f"{name}_json"),
    ]
