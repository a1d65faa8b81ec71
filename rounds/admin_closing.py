"""Closing a year of some plans in the admin, and opening it again."""

from __future__ import annotations

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

from municipalities import fiscal_year as fiscal_years
from municipalities.access import require_planner
from municipalities.admin_fields import FiscalYearField
from municipalities.admin_forms import typed_reason
from municipalities.models import Municipality
from plans.admin import YearLockAdmin
from plans.models import Plan, YearLock
from plans.record import unlock_year

from .closing import close_years, closing_of


class CloseForm(forms.Form):
    """Which plans' year is closed, and why."""

    plans = forms.MultipleChoiceField(
        label=gettext_lazy("計画"), widget=forms.CheckboxSelectMultiple
    )
    fiscal_year = FiscalYearField(
        label=gettext_lazy("締め切る年度"),
        min_value=fiscal_years.FIRST,
        max_value=fiscal_years.LAST,
    )
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("履歴に残ります。例：決算議会の認定が済んだため。"),
    )

    def __init__(self, town: Municipality, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._plans = {str(plan.pk): plan for plan in town.plans.all()}
        for plan in self._plans.values():
            plan.municipality = town  # at hand, so that no plan asks for it
        self.fields["plans"].choices = [(number, str(each)) for number, each in self._plans.items()]

    def clean_plans(self) -> list[Plan]:
        return [self._plans[number] for number in self.cleaned_data["plans"]]

    @property
    def seen(self) -> str:
        """What stands for the plans and the year chosen in a valid form."""
        numbers = sorted(plan.pk for plan in self.cleaned_data["plans"])
        return f"{self.cleaned_data['fiscal_year']}:{','.join(map(str, numbers))}"


def close_view(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Show what is open of a year, then close it. Planners only."""
    towns = _towns(request, model_admin)
    town = _town(towns, request.GET.get("municipality", ""))
    is_sent = request.method == "POST" and town is not None
    form = None if town is None else CloseForm(town, request.POST if is_sent else None)
    closings, offers = [], False
    if form is not None and not is_sent:
        form.initial = {
            "fiscal_year": town.year_label(_year(request.GET.get("fiscal_year", ""))),
            "plans": request.GET.getlist("plan"),
        }
    elif form is not None and form.is_valid():
        chosen = form.cleaned_data
        closings = [closing_of(plan, chosen["fiscal_year"]) for plan in chosen["plans"]]
        waiting = [closing.plan for closing in closings if closing.lock is None]
        if not waiting:
            form.add_error("plans", _("選んだ計画のこの年度は、すべて締め切られています。"))
        elif "close" in request.POST and request.POST.get("seen") == form.seen:
            return _closed(request, model_admin, waiting, chosen)
        offers = bool(waiting)
    context = model_admin.admin_site.each_context(request) | {
        "title": _("年度を締め切る"),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "towns": towns if len(towns) > 1 else (),
        "town": town,
        "form": form,
        "closings": closings,
        "offers": offers,
        "year": town.year_label(form.cleaned_data["fiscal_year"]) if closings else "",
    }
    return TemplateResponse(request, "admin/plans/yearlock/close.html", context)


def _towns(request: HttpRequest, model_admin: Any) -> list[Municipality]:
    """Return the municipalities the person plans for; PermissionDenied where there are none."""
    scope = model_admin.scope(request)
    if not (scope.is_operator or scope.planned):
        raise PermissionDenied
    towns = Municipality.objects.filter(plans__isnull=False).distinct()
    return list(towns if scope.is_operator else towns.filter(pk__in=scope.planned))


def _town(towns: list[Municipality], number: str) -> Municipality | None:
    """Return the municipality a request names, the only one where it names none; Http404 for one
    the person does not plan for."""
    if not number:
        return towns[0] if len(towns) == 1 else None
    found = next((town for town in towns if str(town.pk) == number), None)
    if found is None:
        raise Http404(_("見つかりません。"))
    return found


def _year(text: str) -> int:
    """Return the fiscal year a request names, the one just ended where it names none."""
    try:
        return fiscal_years.parse(text)
    except fiscal_years.FiscalYearError:
        return fiscal_years.of(timezone.localdate()) - 1


def _closed(
    request: HttpRequest, model_admin: Any, plans: list[Plan], chosen: dict[str, Any]
) -> HttpResponse:
    """Close the year and say so, or say why it is refused."""
    year = chosen["fiscal_year"]
    try:
        close_years(plans, year, by=request.user, reason=chosen["reason"])
    except ValidationError as error:  # somebody was quicker
        for message in error.messages:
            model_admin.message_user(request, message, messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())
    names = "」「".join(map(str, plans))
    text = _("「%(plans)s」の%(year)sを締め切りました。")
    words = {"plans": names, "year": plans[0].municipality.year_label(year)}
    model_admin.message_user(request, text % words, messages.SUCCESS)
    return HttpResponseRedirect(reverse("admin:plans_yearlock_changelist"))


def open_view(request: HttpRequest, object_id: str, model_admin: Any) -> HttpResponse:
    """Open a closed year again, with a reason. Planners only."""
    lock = model_admin.get_object(request, object_id)
    require_planner(request.user, lock.plan.municipality_id)
    year = lock.plan.municipality.year_label(lock.fiscal_year)
    problems: list[str] = []
    if request.method == "POST":
        try:
            unlock_year(lock.plan, lock.fiscal_year, by=request.user, reason=typed_reason(request))
        except ValidationError as error:
            problems = error.messages
        else:
            text = _("「%(plan)s」の%(year)sの締切を解きました。再び変更できます。")
            words = {"plan": lock.plan, "year": year}
            model_admin.message_user(request, text % words, messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:plans_yearlock_changelist"))
    context = model_admin.admin_site.each_context(request) | {
        "title": _("年度の締切を解く"),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "lock": lock,
        "year": year,
        "problems": problems,
        "change_reason": typed_reason(request),
    }
    return TemplateResponse(request, "admin/plans/yearlock/open.html", context)


admin.site.unregister(YearLock)


@admin.register(YearLock)
class ClosingYearLockAdmin(YearLockAdmin):
    """The closed years, with the ways to close another and to open one again."""

    change_list_template = "admin/plans/yearlock/change_list.html"

    def get_urls(self) -> list[Any]:
        own = {"model_admin": self}
        pages = (("close/", close_view, "close"), ("<path:object_id>/open/", open_view, "open"))
        return [
            *(
                path(route, self.admin_site.admin_view(view), own, name=f"plans_yearlock_{name}")
                for route, view, name in pages
            ),
            *super().get_urls(),
        ]

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        may = self.has_delete_permission(request)
        return (*super().get_list_display(request), *(("opening",) if may else ()))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        scope = self.scope(request)
        may_close = {"may_close": scope.is_operator or bool(scope.planned)}
        return super().changelist_view(request, may_close | (extra_context or {}))

    @admin.display(description=gettext_lazy("操作"))
    def opening(self, obj: YearLock) -> str:
        url = reverse("admin:plans_yearlock_open", args=[obj.pk])
        words = _("%(lock)sの締切を解く") % {"lock": obj}
        return format_html('<a href="{}" aria-label="{}">{}</a>', url, words, _("締切を解く"))
