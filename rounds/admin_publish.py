"""Publishing from the admin: say what, see how much would be frozen, then publish."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.models import Actual, Indicator, Judgement
from measures.models import DepartmentPolicySheet, ProgressReport, ReportColumn, ReviewComment
from municipalities import fiscal_year as fiscal_years
from municipalities.access import scope_of
from municipalities.admin_fields import FiscalYearField
from plans.choices import Period, WorkState
from plans.models import Plan

from . import record
from .models import Publication, validate_moment


class PublishForm(forms.Form):
    """What to publish; which combinations are possible, `record.publish` says."""

    plan = forms.ModelChoiceField(Plan.objects.none(), label=gettext_lazy("計画"))
    kind = forms.ChoiceField(label=gettext_lazy("種類"), choices=Publication.Kind.choices)
    fiscal_year = FiscalYearField(
        label=gettext_lazy("年度"),
        required=False,
        min_value=fiscal_years.FIRST,
        max_value=fiscal_years.LAST,
        help_text=gettext_lazy("「計画の公表」では空欄にします。"),
    )
    period = forms.ChoiceField(
        label=gettext_lazy("時期"), required=False, choices=[("", "－"), *Period.choices]
    )
    mark = forms.ChoiceField(
        label=gettext_lazy("印"),
        choices=Publication.Mark.choices,
        initial=Publication.Mark.FINAL,
    )
    reason = forms.CharField(
        label=gettext_lazy("訂正などの理由（公開）"), required=False, max_length=300
    )
    note = forms.CharField(label=gettext_lazy("注記（公開）"), required=False, max_length=300)
    effective_at = forms.SplitDateTimeField(
        label=gettext_lazy("公表日時"),
        required=False,
        widget=AdminSplitDateTime,
        validators=[validate_moment],
        help_text=gettext_lazy("空欄はいますぐ。"),
    )

    def show(self, error: ValidationError) -> None:
        """Put the messages of `error` beside their fields, the others on top."""
        problems = getattr(error, "error_dict", None) or {None: error.error_list}
        for name, errors in problems.items():
            self.add_error(name if name in self.fields else None, errors)


@dataclass(frozen=True)
class Extent:
    """How much a publication would freeze, and what would stay behind unchecked."""

    indicators: int
    figures: int = 0
    unchecked_figures: int = 0
    judgements: int = 0
    reports: int = 0
    unchecked_reports: int = 0
    untouched_reports: int = 0
    """Checked reports with a public column that still says what an earlier year said."""
    sheets: int = 0
    unchecked_sheets: int = 0
    comments: int = 0
    unchecked_comments: int = 0


def extent_of(
    plan: Plan, year: int | None, period: str, effective_at: datetime | None = None
) -> Extent:
    """Count the rows of a plan's year and period; without year, its indicators and the policy
    sheets of the year it shows from `effective_at` (None: now) on."""
    indicators = Indicator.objects.filter(plan=plan)
    shown = Publication(plan=plan, fiscal_year=year, effective_at=effective_at or timezone.now())
    sheets = DepartmentPolicySheet.objects.filter(plan=plan, fiscal_year=shown.year_shown)
    extent = Extent(
        indicators=indicators.count(),
        sheets=sheets.filter(state=WorkState.CHECKED).count(),
        unchecked_sheets=sheets.exclude(state=WorkState.CHECKED).count(),
    )
    if year is None:
        return extent
    indicators = indicators.in_year(year)
    when = {"fiscal_year": year, "period": period}
    figures = Actual.objects.filter(series__in=indicators.values("series"), **when)
    reports = ProgressReport.objects.filter(row__action__plan=plan, **when)
    judgements = Judgement.objects.filter(indicator__in=indicators, **when)
    comments = ReviewComment.objects.filter(plan=plan, fiscal_year=year)
    if period != Period.YEAR_END:  # the board speaks of whole years
        comments = comments.none()
    return replace(
        extent,
        indicators=indicators.count(),
        figures=figures.filter(state=WorkState.CHECKED).count(),
        unchecked_figures=figures.exclude(state=WorkState.CHECKED).count(),
        judgements=judgements.filter(state=WorkState.CHECKED).count(),
        reports=reports.filter(state=WorkState.CHECKED).count(),
        unchecked_reports=reports.exclude(state=WorkState.CHECKED).count(),
        untouched_reports=_untouched(plan, reports.filter(state=WorkState.CHECKED)),
        comments=comments.filter(state=WorkState.CHECKED).count(),
        unchecked_comments=comments.exclude(state=WorkState.CHECKED).count(),
    )


def _untouched(plan: Plan, reports: QuerySet) -> int:
    public = {column.key for column in ReportColumn.of_plan(plan) if column.is_public}
    marked = reports.still_taken_over().values_list("taken_over", flat=True)
    return sum(not public.isdisjoint(keys) for keys in marked)


def publish_view(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Show the form, then what it would freeze, then publish. Planners only."""
    scope = scope_of(request.user)
    if not (scope.is_operator or scope.planned):
        raise PermissionDenied
    plans = Plan.objects.visible_to(request.user).select_related("municipality")
    if not scope.is_operator:
        plans = plans.filter(municipality__in=scope.planned)
    asked = request.method == "POST"
    form = PublishForm(request.POST if asked else None, initial={"plan": request.GET.get("plan")})
    form.fields["plan"].queryset = plans
    extent = None
    if asked and form.is_valid():
        chosen = form.cleaned_data
        if "publish" in request.POST:
            try:
                publication = record.publish(
                    chosen["plan"],
                    chosen["kind"],
                    by=request.user,
                    **{
                        name: chosen[name]
                        for name in (
                            "fiscal_year",
                            "period",
                            "effective_at",
                            "mark",
                            "reason",
                            "note",
                        )
                    },
                )
            except ValidationError as error:
                form.show(error)
            else:
                model_admin.log_addition(request, publication, [{"added": {}}])
                text = _("「%(publication)s」を公表しました。") % {"publication": publication}
                model_admin.message_user(request, text, messages.SUCCESS)
                return HttpResponseRedirect("..")
        if form.is_valid():  # still, after publishing was refused
            extent = extent_of(
                chosen["plan"], chosen["fiscal_year"], chosen["period"], chosen["effective_at"]
            )
    context = model_admin.admin_site.each_context(request) | {
        "title": _("公表する"),
        "opts": model_admin.opts,
        "form": form,
        "extent": extent,
        "media": model_admin.media + form.media,
    }
    return TemplateResponse(request, "admin/rounds/publication/publish.html", context)
