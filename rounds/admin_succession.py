"""Starting the next plan or a revised edition from the page of the plan it follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indicators.succession import Part, Selection, start_successor
from municipalities import fiscal_year as fiscal_years
from municipalities.admin_fields import FiscalYearField
from municipalities.admin_forms import WritePath
from plans import structure
from plans.admin import PlanAdmin
from plans.models import BasicGoal, Plan

from . import succession
from .models import Publication

# Below, nobody knows all that a plan keeps of a year.
PlanAdmin.path = WritePath(succession.check_plan, succession.record_plan, structure.remove_row)

KINDS = {"revision": gettext_lazy("改訂版"), "next": gettext_lazy("次の計画")}


def _year(label: Any, **options: Any) -> FiscalYearField:
    return FiscalYearField(
        label=label, min_value=fiscal_years.FIRST, max_value=fiscal_years.LAST, **options
    )


class SuccessorForm(forms.Form):
    """What the new plan is called, from when it holds, and what it takes along."""

    title = forms.CharField(label=gettext_lazy("計画名"), max_length=200)
    edition = forms.CharField(
        label=gettext_lazy("版"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("例：改訂版、後期。"),
    )
    slug = forms.SlugField(
        label=gettext_lazy("アドレス名"),
        max_length=60,
        help_text=gettext_lazy("ページのアドレスに使う英小文字の名前。公開後は変えません。"),
    )
    takes_over_from = _year(
        gettext_lazy("引き継ぐ年度"),
        help_text=gettext_lazy(
            "この年度から、報告・評価・公表は新しい計画で行います。実績は系列のものなので続きます。"
        ),
    )
    start_fiscal_year = _year(gettext_lazy("開始年度"), required=False)
    end_fiscal_year = _year(gettext_lazy("終了年度"), required=False)
    period_label = forms.CharField(
        label=gettext_lazy("期間の表記"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("空欄なら開始年度と終了年度から示します。"),
    )
    parts = forms.MultipleChoiceField(
        label=gettext_lazy("写す内容"),
        choices=Part.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "引き継ぐ年度にある行だけを写します。写さない段の下にあるものは写されません。"
        ),
    )
    goals = forms.ModelMultipleChoiceField(
        BasicGoal.objects.none(),
        label=gettext_lazy("写す基本目標"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "選んだ基本目標の下にあるものを写します。計画に直接付くものはいつも写します。"
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("変更理由"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("履歴に残ります。公開はされません。"),
    )

    def __init__(self, plan: Plan, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        goals = BasicGoal.objects.filter(plan=plan)
        self.fields["goals"].queryset = goals
        if not goals:
            del self.fields["goals"]

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"]
        if slug in _slugs_taken(self.plan):
            raise ValidationError(_("このアドレス名の計画がすでにあります。"))
        return slug

    def show(self, error: ValidationError) -> None:
        """Put the messages of `error` beside their fields, the others on top."""
        problems = getattr(error, "error_dict", None) or {None: error.error_list}
        for name, errors in problems.items():
            self.add_error(name if name in self.fields else None, errors)

    @property
    def chosen(self) -> dict[str, Any]:
        """The parts and goals chosen in a valid form; every goal means no limit."""
        goals = self.cleaned_data.get("goals")
        is_limited = goals is not None and len(goals) < len(self.fields["goals"].queryset)
        return {
            "parts": [Part(value) for value in self.cleaned_data["parts"]],
            "goals": list(goals) if is_limited else None,
        }


@dataclass(frozen=True)
class Extent:
    """How many rows of a part would come along."""

    part: str
    number: int


def proposal(plan: Plan, kind: str) -> dict[str, Any]:
    """Return what the form begins with: for a revised edition the plan's own period, for the next
    plan as many years again."""
    this_year = fiscal_years.of(timezone.localdate())
    first, last = plan.start_fiscal_year, plan.end_fiscal_year
    taken = _slugs_taken(plan)
    common = {
        "title": plan.title,
        "parts": list(Part),
        "goals": BasicGoal.objects.filter(plan=plan),
    }
    if kind == "revision":
        begins = this_year + 1
        return common | {
            "edition": _("改訂版"),
            "slug": _free(f"{plan.slug}-kaitei", taken),
            "takes_over_from": begins if last is None else min(begins, last),
            "start_fiscal_year": first,
            "end_fiscal_year": last,
            "period_label": plan.period_label,
        }
    begins = this_year + 1 if last is None else last + 1
    return common | {
        "slug": _free(f"{plan.slug}-2", taken),
        "takes_over_from": begins,
        "start_fiscal_year": begins,
        "end_fiscal_year": None if first is None or last is None else begins + last - first,
    }


def _slugs_taken(plan: Plan) -> set[str]:
    return set(plan.municipality.plans.values_list("slug", flat=True))


def _free(wanted: str, taken: Iterable[str]) -> str:
    return next(
        slug
        for number in count(1)
        for slug in [wanted[:55] if number == 1 else f"{wanted[:55]}-{number}"]
        if slug not in taken
    )


def _extents(form: SuccessorForm) -> list[Extent]:
    year = form.cleaned_data["takes_over_from"]
    counts = Selection(form.plan, year, **form.chosen).counts
    return [Extent(str(part.label), number) for part, number in counts.items()]


def successor_view(request: HttpRequest, object_id: str, model_admin: Any) -> HttpResponse:
    """Show the form, then how much would be copied, then make the plan and open it. Planners of
    the plan's municipality only."""
    plan = model_admin.get_object(request, object_id)
    if not model_admin.has_change_permission(request, plan):
        raise PermissionDenied
    kind = request.GET.get("kind", "revision")
    if kind not in KINDS:
        raise Http404(_("見つかりません。"))
    asked = request.method == "POST"
    form = SuccessorForm(plan, request.POST if asked else None, initial=proposal(plan, kind))
    extents = None
    if asked and form.is_valid():
        if "create" in request.POST:
            given = {name: value for name, value in form.cleaned_data.items() if name != "goals"}
            try:
                new = start_successor(plan, **(given | form.chosen), by=request.user)
            except ValidationError as error:
                form.show(error)
            else:
                model_admin.log_addition(request, new, [{"added": {}}])
                _say_what_is_next(request, model_admin, new)
                return HttpResponseRedirect(reverse("admin:plans_plan_change", args=[new.pk]))
        if not form.errors:
            extents = _extents(form)
    context = model_admin.admin_site.each_context(request) | {
        "title": _("次の計画・改訂版をつくる"),
        "opts": model_admin.opts,
        "original": plan,
        "kind": kind,
        "kinds": KINDS,
        "form": form,
        "extents": extents,
        "media": model_admin.media,
    }
    return TemplateResponse(request, "admin/plans/plan/successor.html", context)


def _say_what_is_next(request: HttpRequest, model_admin: Any, plan: Plan) -> None:
    lines = f"{reverse('admin:measures_correspondence_changelist')}?plan={plan.pk}"
    message = format_html(
        _(
            "「{}」を素案としてつくりました。まだ公開されていません。内容と"
            "<a href='{}'>新旧の対応</a>を直し、できあがったら段階を「実施中」にして、"
            "「計画の公表」をしてください。"
        ),
        plan,
        lines,
    )
    model_admin.message_user(request, message, messages.SUCCESS)


class FollowedPlanAdmin(PlanAdmin):
    """The admin of plans, with the way to the next one."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(successor_view)
        own = {"model_admin": self}
        return [
            path("<path:object_id>/successor/", view, own, name="plans_plan_successor"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: Plan, form: Any, change: bool) -> None:
        """Save; where a plan begins to take over, say what that changes and what it does not."""
        super().save_model(request, obj, form, change)
        begins = {"stage", "takes_over_from", "predecessor"} & set(form.changed_data)
        if not begins or obj.stage == Plan.Stage.DRAFT or obj.takes_over_from is None:
            return
        message = _(
            "%(year)sからの報告・評価・公表は「%(new)s」で行います。「%(old)s」の段階と公開ページは"
            "変わりません。"
        ) % {
            "year": fiscal_years.label(obj.takes_over_from),
            "new": obj,
            "old": obj.predecessor,
        }
        if not Publication.objects.filter(plan=obj, kind=Publication.Kind.PLAN).exists():
            message += _("新しい計画は、「計画の公表」をするまで公開されません。")
        self.message_user(request, message, messages.WARNING)


admin.site.unregister(Plan)
admin.site.register(Plan, FollowedPlanAdmin)
