"""Where the first page leads to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from municipalities import fiscal_year as fiscal_years
from municipalities.models import Department, Municipality
from plans.models import Plan

from ..models import Request
from ..requests.board import sheet_of
from ..requests.dues import FigureDue


def sheet_url(request: Request, section: Department) -> str:
    """The page on which a section answers a request; without one, the sheet of the year."""
    return sheet_of(request, section) or _year_url(request, request.fiscal_year)


def _year_url(request: Request, year: int) -> str:
    chosen = {"fiscal_year": year, "period": request.period}
    return f"{reverse('admin:indicators_actual_entry')}?{urlencode(chosen)}"


def board_url(request: Request) -> str:
    """The page that shows how far the sections have come."""
    return reverse("admin:rounds_request_board", args=[request.pk])


def new_request_url(town: Municipality) -> str:
    return f"{reverse('admin:rounds_request_new')}?{urlencode({'municipality': town.pk})}"


def close_url(town: Municipality, plans: Iterable[Plan], fiscal_year: int) -> str:
    """The page on which years are closed, with a year of some plans chosen."""
    chosen = {
        "municipality": town.pk,
        "plan": [plan.pk for plan in plans],
        "fiscal_year": fiscal_year,
    }
    return f"{reverse('admin:plans_yearlock_close')}?{urlencode(chosen, doseq=True)}"


def list_url(model: type[models.Model], **chosen: Any) -> str:
    """A table of the admin with some filters chosen."""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{url}?{urlencode(chosen)}" if chosen else url


def waiting_url(model: type[models.Model], states: list[str]) -> str:
    """The table of the rows of all sections in some states."""
    state = {"state__exact": states[0]} if len(states) == 1 else {"state__in": ",".join(states)}
    return list_url(model, own="all", **state)


def row_url(row: models.Model) -> str:
    """The page of a row of the admin."""
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return reverse(name, args=[row.pk])


def last_year_url(before: Request | None, request: Request, section: Department) -> str:
    """What the section answered a year ago: on that request's page, else on the year's sheet."""
    if before is not None:
        return sheet_url(before, section)
    return _year_url(request, request.fiscal_year - 1)


def year_words(town: Municipality, year: int) -> str:
    """A fiscal year as the town prints it."""
    return fiscal_years.label(year, fiscal_years.YearStyle(town.year_style))


def figure_words(due: FigureDue, town: Municipality) -> str:
    """A figure with its year: 出生数（令和5年度）."""
    return _("%(name)s（%(year)s）") % {
        "name": due.series.name,
        "year": year_words(town, due.fiscal_year),
    }


def comma(words: Any) -> str:
    return _("、").join(map(str, words))
