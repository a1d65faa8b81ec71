"""The page 帳票 of a plan: choose a report, what it is made from, and download it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from municipalities import fiscal_year as fiscal_years
from municipalities.access import get_visible_or_404
from municipalities.admin_fields import FiscalYearField
from municipalities.days import day_words
from municipalities.models import Department
from plans.choices import Period
from plans.models import BasicGoal, Plan
from plans.naming import node_name
from rounds.models import Publication

from . import reports
from .downloads import sent

WORKING, PUBLISHED = reports.View.WORKING, reports.View.PUBLISHED


class ReportForm(forms.Form):
    """Which report, of what, limited to what."""

    kind = forms.ChoiceField(label=gettext_lazy("帳票"))
    source = forms.ChoiceField(label=gettext_lazy("内容"))
    fiscal_year = FiscalYearField(
        label=gettext_lazy("年度"),
        required=False,
        min_value=fiscal_years.FIRST,
        max_value=fiscal_years.LAST,
        help_text=gettext_lazy(
            "公表の号を選んだときは、その号の年度と時期になります。新旧対照表では使いません。"
        ),
    )
    period = forms.ChoiceField(label=gettext_lazy("時期"), choices=Period.choices)
    goal = forms.ModelChoiceField(
        BasicGoal.objects.none(),
        label=gettext_lazy("基本目標"),
        required=False,
        empty_label=gettext_lazy("すべて"),
    )
    section = forms.ModelChoiceField(
        Department.objects.none(),
        label=gettext_lazy("担当課"),
        required=False,
        empty_label=gettext_lazy("すべて"),
        help_text=gettext_lazy("部を選ぶと、その下の課をすべて含みます。"),
    )
    number = forms.CharField(
        label=gettext_lazy("資料番号"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("各ページの右上に印刷します。例：資料1-2"),
    )

    def __init__(self, plan: Plan, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        self.publications = {str(each.pk): each for each in _publications(plan)}
        self.fields["kind"].choices = [
            *((kind, report.label) for kind, report in reports.REPORTS.items()),
            (reports.SECTIONS, _("全担当課のシート（ZIP）")),
        ]
        self.fields["source"].choices = [
            (WORKING.value, _("作業中の値（確認前を含む）")),
            (PUBLISHED.value, _("いま公表されている内容")),
            *((key, _publication_name(each)) for key, each in self.publications.items()),
        ]
        goals = self.fields["goal"]
        goals.queryset = BasicGoal.objects.filter(plan=plan)
        goals.label_from_instance = lambda goal: node_name(plan, goal)
        self.fields["section"].queryset = Department.objects.filter(municipality=plan.municipality)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        needs_year = cleaned.get("source") in {WORKING, PUBLISHED} and reports.has_year(
            cleaned.get("kind", "")
        )
        if needs_year and cleaned.get("fiscal_year") is None and "fiscal_year" not in self.errors:
            self.add_error("fiscal_year", _("年度を入力してください。"))
        return cleaned

    def file(self) -> reports.File | None:
        """Return the report a valid form asks for; None, with a message, where there is none."""
        chosen = self.cleaned_data
        try:
            edition = self._edition().only(chosen["goal"], chosen["section"])
            return reports.make(chosen["kind"], edition, reports.Options(chosen["number"]))
        except reports.NoEditionError as error:
            self.add_error(None, str(error))
        return None

    def _edition(self) -> reports.Edition:
        chosen = self.cleaned_data
        year, period = chosen["fiscal_year"], chosen["period"]
        if chosen["source"] == WORKING:
            return reports.working_edition(chosen["kind"], self.plan, year, period)
        if chosen["source"] == PUBLISHED:
            return reports.edition_for_citizens(chosen["kind"], self.plan, year, period)
        return reports.reprint(self.publications[chosen["source"]])


def _publications(plan: Plan) -> list[Publication]:
    found = list(Publication.objects.filter(plan=plan).order_by("-number"))
    for each in found:
        each.plan = plan
    return found


def _publication_name(publication: Publication) -> str:
    plan = publication.plan
    day = day_words(plan.municipality, timezone.localdate(publication.effective_at))
    time = ""
    if publication.fiscal_year is not None:
        year = plan.municipality.year_label(publication.fiscal_year)
        time = f"{year} {plan.period_name(publication.period)}"
    return _("第%(number)d号 %(kind)s %(time)s（%(day)s、%(mark)s）") % {
        "number": publication.number,
        "kind": publication.get_kind_display(),
        "time": time,
        "day": day,
        "mark": publication.get_mark_display(),
    }


@require_safe
def reports_view(request: HttpRequest, object_id: str, model_admin: Any) -> HttpResponse:
    """Show what can be printed of a plan, or send it. Everybody of the municipality."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    plans = Plan.objects.select_related("municipality")
    plan = get_visible_or_404(plans, request.user, pk=_number(object_id))
    asked = "download" in request.GET
    initial = {
        "fiscal_year": fiscal_years.of(timezone.localdate()) - 1,
        "period": Period.YEAR_END,
    }
    form = ReportForm(plan, request.GET if asked else None, initial=initial)
    if asked and form.is_valid() and (file := form.file()) is not None:
        return sent(file)
    context = model_admin.admin_site.each_context(request) | {
        "title": _("帳票"),
        "opts": model_admin.opts,
        "plan": plan,
        "form": form,
        "media": model_admin.media + form.media,
    }
    return TemplateResponse(request, "admin/plans/plan/reports.html", context)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
