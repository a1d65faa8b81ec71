"""Last year's text as the start of this year's reports: for one, or for many rows of a plan."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities import fiscal_year as fiscal_years
from municipalities.admin_fields import FiscalYearField
from municipalities.admin_forms import typed_reason
from plans.choices import Period
from plans.models import Plan
from plans.record import ensure_in_force, ensure_open

from . import taking_over
from .taking_over import Candidate

MOST_ROWS = 300
"""How many rows are offered or chosen at once: a form may send only so many fields."""


class PlaceForm(forms.Form):
    """Which plan, year and period; the rows come below."""

    plan = forms.ModelChoiceField(Plan.objects.none(), label=gettext_lazy("計画"), empty_label=None)
    fiscal_year = FiscalYearField(
        label=gettext_lazy("年度"), min_value=fiscal_years.FIRST, max_value=fiscal_years.LAST
    )
    period = forms.ChoiceField(label=gettext_lazy("時期"), choices=Period.choices)


def take_over_view(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Show which rows could take over what, and take it over. Sections do so for their own rows."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    place, plan = _place(request)
    context = model_admin.admin_site.each_context(request) | {
        "title": _("前年度の文を引き継ぐ"),
        "opts": model_admin.opts,
        "plan": plan,
        "place": place,
        "change_reason": typed_reason(request),
        "media": model_admin.media,
    }
    if plan is not None and place.is_valid():
        context |= _rows(request, plan, place.cleaned_data)
        if request.method == "POST" and not context["closed"]:
            answer = _take_over(request, model_admin, context)
            if answer is not None:
                return answer
    return TemplateResponse(request, "admin/measures/progressreport/take_over.html", context)


def _place(request: HttpRequest) -> tuple[PlaceForm, Plan | None]:
    """Return the form that says where, and its plan (the first one where none is named); Http404
    for a plan the person does not see."""
    last_year = fiscal_years.of(timezone.localdate()) - 1
    form = PlaceForm(
        {"fiscal_year": str(last_year), "period": Period.YEAR_END.value} | request.GET.dict()
    )
    field = form.fields["plan"]
    field.queryset = Plan.objects.visible_to(request.user).select_related("municipality")
    if not request.GET.get("plan"):
        plan = field.queryset.first()
    else:
        try:
            plan = field.clean(request.GET["plan"])
        except ValidationError as error:
            raise Http404(_("見つかりません。")) from error
    form.data["plan"] = None if plan is None else plan.pk
    if plan is not None:
        form.fields["period"].choices = [(each, plan.period_name(each)) for each in Period.values]
    return form, plan


def _rows(request: HttpRequest, plan: Plan, chosen: dict[str, Any]) -> dict[str, Any]:
    year, period = chosen["fiscal_year"], chosen["period"]
    wanted = _numbers(request.GET.getlist("row"))[:MOST_ROWS]
    found = taking_over.candidates(plan, year, period, by=request.user, rows=wanted or None)
    fillable = [candidate for candidate in found if candidate.columns]
    columns = taking_over.offered_columns(plan)
    keys = request.POST.getlist("columns") if request.method == "POST" else None
    rows = request.POST.getlist("rows") if request.method == "POST" else None
    return {
        "closed": _closed(plan, year),
        "year": plan.municipality.year_label(year),
        "columns": [
            (column, taking_over.is_usual(column) if keys is None else column.key in keys)
            for column in columns
        ],
        "offered": [
            (candidate, rows is None or str(candidate.row.pk) in rows, _source_words(candidate))
            for candidate in fillable[:MOST_ROWS]
        ],
        "more": max(0, len(fillable) - MOST_ROWS),
        "others": [candidate for candidate in found if not candidate.columns],
    }


def _numbers(texts: list[str]) -> list[int]:
    """Return the row numbers among what an address says; longer ones no database has."""
    return [int(text) for text in texts if re.fullmatch("[0-9]{1,18}", text)]


def _closed(plan: Plan, fiscal_year: int) -> str:
    """Return why nothing of this year may be written, "" where it may."""
    try:
        ensure_open([plan.pk], fiscal_year)
        ensure_in_force(plan, fiscal_year)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _source_words(candidate: Candidate) -> str:
    """Return of when the text is, and of which plan where it is that before."""
    source, plan = candidate.source, candidate.source_plan
    if source is None:
        return ""
    town = candidate.row.action.plan.municipality
    words = f"{town.year_label(source.fiscal_year)} {plan.period_name(source.period)}"
    return words if plan == candidate.row.action.plan else f"「{plan}」{words}"


def _take_over(
    request: HttpRequest, model_admin: Any, context: dict[str, Any]
) -> HttpResponse | None:
    """Take over for the chosen rows; None, with `problem` said, where nothing was chosen."""
    keys = [column.key for column, is_chosen in context["columns"] if is_chosen]
    chosen = [candidate for candidate, is_chosen, _words in context["offered"] if is_chosen]
    if not keys or not chosen:
        context["problem"] = (
            _("引き継ぐ行を選んでください。") if keys else _("引き継ぐ項目を選んでください。")
        )
        return None
    reports, refused = _record(request, chosen, keys)
    for message in refused:
        messages.error(request, message)
    text = _("%(count)d件の報告に前の年度の文を引き継ぎました。") % {"count": len(reports)}
    level = messages.SUCCESS if reports else messages.WARNING
    model_admin.message_user(request, text, level)
    if len(chosen) == len(reports) == 1:
        url = reverse("admin:measures_progressreport_change", args=[reports[0].pk])
        return HttpResponseRedirect(url)
    return HttpResponseRedirect(request.get_full_path())


def _record(
    request: HttpRequest, chosen: list[Candidate], keys: Collection[str]
) -> tuple[list[Any], list[str]]:
    """Return the reports that were written, and why others were refused: each row for itself."""
    reports, refused = [], []
    for candidate in chosen:
        try:
            report = taking_over.take_over(
                candidate, keys, by=request.user, reason=typed_reason(request)
            )
        except ValidationError as error:
            refused.append(f"{candidate.row}：{' '.join(error.messages)}")
        else:
            if report is not None:
                reports.append(report)
    return reports, refused


@admin.action(description=gettext_lazy("前年度の文を引き継ぐ"), permissions=["view"])
def take_over_rows(
    model_admin: Any, request: HttpRequest, queryset: QuerySet
) -> HttpResponse | None:
    """Lead from chosen rows of a sheet to the page on which their text is taken over."""
    chosen = dict(queryset.values_list("pk", "action__plan"))
    plans = set(chosen.values())
    if len(plans) > 1 or len(chosen) > MOST_ROWS:
        text = _("一つの計画の行を%(limit)d件まで選んでください。右の「計画」で絞り込めます。")
        model_admin.message_user(request, text % {"limit": MOST_ROWS}, messages.ERROR)
        return None
    place = urlencode({"plan": plans.pop(), "row": sorted(chosen)}, doseq=True)
    return HttpResponseRedirect(f"{reverse('admin:measures_progressreport_takeover')}?{place}")
