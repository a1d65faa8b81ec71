"""A year's actuals on one page: every series a person answers for, also those without value.

The page asks a constant number of queries, and everything it saves goes through
`indicators.record`: all rows or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from municipalities import fiscal_year as fiscal_years
from municipalities.access import scope_of
from municipalities.admin_fields import FigureField, FiscalYearField
from municipalities.admin_forms import RowForm, WritePath, typed_reason
from plans.choices import Period, WorkState
from plans.models import Plan, YearLock
from plans.moving import SECTION_STATES

from . import record
from .models import Actual, Indicator, Series


class EntryForm(RowForm):
    """One series' value of the year, or why there is none."""

    path = WritePath(
        record.check_actual, record.record_actual, record.remove_actual, is_versioned=True
    )
    change_reason = None

    class Meta:
        model = Actual
        fields = ("value", "missing_reason", "is_provisional", "note", "state")
        field_classes = {"value": FigureField}
        widgets = {"note": forms.TextInput(attrs={"class": "vTextField"})}

    def __init__(self, *args: Any, sees_all_states: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sees_all_states:
            self.fields["state"].choices = [
                choice for choice in self.fields["state"].choices if choice[0] in SECTION_STATES
            ]
            if self.instance.state not in SECTION_STATES:  # the awaited figure comes as a draft
                self.initial["state"] = WorkState.DRAFT
        name = self.instance.series.name
        for field in self.fields.values():  # every box says which series it belongs to
            field.widget.attrs["aria-label"] = f"{name} {field.label}"

    def clean(self) -> dict[str, Any]:
        """A figure that is typed in takes the place of the reason why there was none."""
        cleaned = super().clean()
        if cleaned.get("value") is not None and "value" in self.changed_data:
            self.instance.expected_on = None
            if "missing_reason" not in self.changed_data:
                cleaned["missing_reason"] = ""
        return cleaned


class ChoiceForm(forms.Form):
    """Which year, period and plan the page shows."""

    fiscal_year = FiscalYearField(
        label=gettext_lazy("年度"), min_value=fiscal_years.FIRST, max_value=fiscal_years.LAST
    )
    period = forms.ChoiceField(label=gettext_lazy("時期"), choices=Period.choices)
    plan = forms.ModelChoiceField(
        Plan.objects.none(),
        label=gettext_lazy("計画"),
        required=False,
        empty_label=gettext_lazy("すべて"),
    )
    others = forms.BooleanField(
        label=gettext_lazy("ほかの課の行も表示（閲覧のみ）"), required=False
    )


@dataclass
class EntryRow:
    """One line of the page; `form` is None where the row is only read, `closed` says why."""

    indicator: Indicator
    series: Series
    actual: Actual | None
    before: Actual | None
    departments: list[Any]
    form: EntryForm | None = None
    closed: str = ""

    @property
    def value_before(self) -> str:
        return self._printed(self.before)

    @property
    def value_now(self) -> str:
        return self._printed(self.actual)

    def _printed(self, actual: Actual | None) -> str:
        if actual is None:
            return "－"
        if actual.value is None:
            return f"－（{actual.get_missing_reason_display()}）"
        return f"{actual.value:,.{self.series.decimals}f}"


def entry_view(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Show and save the actuals of a year and period."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    choice = _choice(request)
    rows = _rows(request, choice.cleaned_data) if choice.is_valid() else []
    forms_ = [row.form for row in rows if row.form is not None]
    if request.method == "POST" and forms.all_valid(forms_):
        saved = _save(request, forms_)
        if saved is not None:
            text = ngettext("%(count)d件を保存しました。", "%(count)d件を保存しました。", saved)
            model_admin.message_user(request, text % {"count": saved}, messages.SUCCESS)
            return HttpResponseRedirect(request.get_full_path())
    context = model_admin.admin_site.each_context(request) | {
        "title": _("年度の実績をまとめて入力"),
        "opts": model_admin.opts,
        "choice": choice,
        "rows": rows,
        "has_forms": bool(forms_),
        "has_errors": any(form.is_bound and form.errors for form in forms_),
        "year_before": _year_before(choice) if rows else "",
        "media": model_admin.media,
    }
    return TemplateResponse(request, "admin/indicators/actual/entry.html", context)


def _year_before(choice: ChoiceForm) -> str:
    year = choice.cleaned_data["fiscal_year"]
    return fiscal_years.label(year - 1) if year > fiscal_years.FIRST else ""


def _choice(request: HttpRequest) -> ChoiceForm:
    plans = Plan.objects.visible_to(request.user).select_related("municipality")
    first = plans.first() if scope_of(request.user).is_operator else None
    last_year = fiscal_years.of(timezone.localdate()) - 1
    defaults = {"fiscal_year": last_year, "period": Period.YEAR_END, "plan": first and first.pk}
    choice = ChoiceForm(defaults | request.GET.dict())
    choice.fields["plan"].queryset = plans
    return choice


def _rows(request: HttpRequest, chosen: dict[str, Any]) -> list[EntryRow]:
    """Return the lines in the order of the plans; a series in two plans appears once."""
    scope, year, period = scope_of(request.user), chosen["fiscal_year"], chosen["period"]
    indicators = (
        Indicator.objects.visible_to(request.user)
        .in_year(year)
        .select_related("plan", "series__owner")
        .prefetch_related("responsibilities__department")
        .order_by("plan__municipality", "plan__order", "plan", "order", "code")
    )
    if chosen["plan"]:
        indicators = indicators.filter(plan=chosen["plan"])
    indicators = list(indicators)
    sections = _sections(indicators, year)
    actuals = {
        (actual.series_id, actual.fiscal_year): actual
        for actual in Actual.objects.filter(
            series__in={indicator.series_id for indicator in indicators},
            fiscal_year__in=(year, year - 1),
            period=period,
        )
    }
    closed = _closed_series(year)
    rows: dict[int, EntryRow] = {}
    for indicator in indicators:
        series = indicator.series
        is_planner = scope.plans_for(series.municipality_id)
        is_own = not scope.departments.isdisjoint(sections[series.pk])
        if series.pk in rows or not (is_planner or is_own or chosen["others"]):
            continue
        row = EntryRow(
            indicator=indicator,
            series=series,
            actual=actuals.get((series.pk, year)),
            before=actuals.get((series.pk, year - 1)),
            departments=list(sections[series.pk].values()),
        )
        rows[series.pk] = row
        for actual in filter(None, (row.actual, row.before)):
            actual.series = series  # at hand, so that no row asks for it
        is_open = row.actual is not None and row.actual.stays_open(row.actual)
        if series.pk in closed and not is_open:
            row.closed = _("年度の締切済み")
        elif not (is_planner or is_own):
            row.closed = _("ほかの課の行")
        elif row.actual and not is_planner and not _takes_figure(row.actual):
            row.closed = row.actual.get_state_display()
        else:
            row.form = _form(request, row, year, period, is_planner)
    return list(rows.values())


def _sections(indicators: list[Indicator], year: int) -> dict[int, dict[int, Any]]:
    """Return series id → the sections that answer for it in the year, as `record.sections_of`."""
    found: dict[int, dict[int, Any]] = {}
    for indicator in indicators:
        series = indicator.series
        sections = found.setdefault(
            series.pk, {series.owner_id: series.owner} if series.owner_id else {}
        )
        for link in indicator.responsibilities.all():
            if link.is_in_year(year):
                sections[link.department_id] = link.department
    return found


def _closed_series(year: int) -> set[int]:
    locked = YearLock.objects.filter(fiscal_year=year).values("plan")
    return set(Indicator.objects.filter(plan__in=locked).values_list("series_id", flat=True))


def _takes_figure(actual: Actual) -> bool:
    """Whether people of a section may write this row: it is still theirs, or awaits its figure."""
    return actual.state in SECTION_STATES or actual.is_awaited


def _form(
    request: HttpRequest, row: EntryRow, year: int, period: str, is_planner: bool
) -> EntryForm:
    form = EntryForm(
        request.POST if request.method == "POST" else None,
        instance=row.actual or Actual(series=row.series, fiscal_year=year, period=period),
        prefix=f"series-{row.series.pk}",
        sees_all_states=is_planner,
        empty_permitted=True,
        use_required_attribute=False,
    )
    form.by = request.user
    return form


def _save(request: HttpRequest, filled: list[EntryForm]) -> int | None:
    """Record the changed rows, all or none; None (with messages) where one was refused."""
    changed = [form for form in filled if form.has_changed()]
    reason = typed_reason(request)
    try:
        with transaction.atomic():
            for form in changed:
                record.record_actual(
                    form.instance,
                    by=request.user,
                    reason=reason,
                    expected_version=form.cleaned_data.get("seen_version"),
                )
    except ValidationError as error:
        for message in error.messages:
            messages.error(request, message)
        return None
    except Http404:
        messages.error(request, _("見つかりません。"))
        return None
    return len(changed)
