"""Addresses of the API; `api` is a reserved word, so no municipality hides them."""

from collections.abc import Callable
from typing import Any

from django.urls import include, path, re_path
from django.views.generic import RedirectView

import municipalities.addresses  # noqa: F401 - <code:…>

from . import views
from .resources import DEPARTMENT_LIST, OF_PLAN, PLAN_LIST, TOWN_LIST, Resource
from .serializers import page_of, query_of


def _list(view: type[views.ListView], resource: Resource, tag: Any) -> Callable[..., Any]:
    """Return the view that lists a resource."""
    return view.as_view(
        resource=resource,
        operation=resource.name,
        title=resource.table.title,
        description=resource.table.description,
        tag=tag,
        query=query_of(resource),
        answer=page_of(resource.table, has_terms=resource.lookups is None),
    )


_TOWN = "municipalities/<slug:municipality>/"
_PLAN = "plans/<slug:municipality>/<slug:plan>/"
_VERSION_1 = [
    path("", views.Root.as_view(), name="root"),
    path("openapi.json", views.OpenApi.as_view(), name="openapi"),
    path(
        "municipalities/",
        _list(views.TownList, TOWN_LIST, views.AROUND),
        name="municipalities",
    ),
    path(_TOWN, views.TownDetail.as_view(), name="municipality"),
    path(
        f"{_TOWN}departments/",
        _list(views.TableList, DEPARTMENT_LIST, views.AROUND),
        name="departments",
    ),
    path("plans/", _list(views.PlanList, PLAN_LIST, views.AROUND), name="plans"),
    path(_PLAN, views.PlanDetail.as_view(), name="plan"),
    path(f"{_PLAN}indicators/<code:indicator>/", views.IndicatorDetail.as_view(), name="indicator"),
    *(
        path(
            f"{_PLAN}{resource.name}/",
            _list(views.TableList, resource, views.OF_ONE_PLAN),
            name=resource.name,
        )
        for resource in OF_PLAN
    ),
]

app_name = "api"
urlpatterns = [
    path("", RedirectView.as_view(pattern_name="api:root")),
    path("v1/", include(_VERSION_1)),
    re_path(r"^[\s\S]*/$", views.Missing.as_view()),
]
