"""Trying a rating scheme on a plan's indicators, or on pasted lines, before adopting it.

Looks only: nothing is saved, whatever is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities import fiscal_year as fiscal_years
from municipalities.admin_fields import FiscalYearField
from plans.models import Plan, PlanScheme, RatingScheme

from . import evaluation, judging
from .evaluation import Outcome, RollUp, Scheme, Verdict
from .models import Indicator
from .tryout import read_lines
from .words import figure_words, target_words


class TryOutForm(forms.Form):
    """Which scheme, and on what."""

    scheme = forms.ModelChoiceField(
        RatingScheme.objects.none(), label=gettext_lazy("評価方式"), empty_label=None
    )
    fiscal_year = FiscalYearField(
        label=gettext_lazy("評価する年度"),
        min_value=fiscal_years.FIRST,
        max_value=fiscal_years.LAST,
    )
    plan = forms.ModelChoiceField(
        Plan.objects.none(),
        label=gettext_lazy("計画の指標で試す"),
        required=False,
        empty_label=gettext_lazy("（試さない）"),
    )
    lines = forms.CharField(
        label=gettext_lazy("表を貼り付けて試す"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"}),
        help_text=gettext_lazy(
            "1行に1指標。列は、名称、基準値、以上か以下、目標値、実績値の順に、タブかカンマで区切り"
            "ます。年度を使う方式では、続けて基準年度、目標年度、評価する年度を加えます（経過年数は"
            "基準年度の翌年度から数えます）。値がないところは「－」。"
        ),
    )


@dataclass(frozen=True)
class Tried:
    """One indicator or line as the scheme judges it, `now` as the plan's present scheme does."""

    name: str
    unit: str
    verdict: Verdict
    decimals: int = 0
    now: Verdict | None = None
    number: int | None = None
    indicator_id: int | None = None

    @property
    def baseline(self) -> str:
        return self._printed(self.verdict.case.baseline, self.verdict.baseline_year)

    @property
    def target(self) -> str:
        """What the year was to reach, and by when."""
        target, comparison = self.verdict.case.target, self.verdict.comparison
        if target is None or comparison.reason is not None:
            return figure_words(self.verdict.expected, self.decimals)
        return self._of_year(target_words(target, self.decimals), comparison.target_year)

    @property
    def actual(self) -> str:
        return self._printed(self.verdict.case.actual, self.verdict.value_year)

    @property
    def rate(self) -> str:
        return _percent(self.verdict.rate, self.verdict.scheme)

    @property
    def compared(self) -> str:
        """What the thresholds were held against, "" where that is the rate itself."""
        verdict = self.verdict
        if verdict.compared.value in (None, verdict.rate.value):
            return ""
        return _percent(verdict.compared, verdict.scheme)

    @property
    def why(self) -> str:
        """The rule of the band, or why there is none."""
        verdict = self.verdict
        if verdict.by_met:
            return _("率はないが、目標を達成")
        if verdict.band is not None:
            return verdict.band.rule
        reason = "" if verdict.reason is None else verdict.reason.label
        if verdict.stopped_at is None:
            return reason
        return _("%(reason)s（「%(rule)s」を確かめられない）") % {
            "reason": reason,
            "rule": verdict.stopped_at.rule,
        }

    @property
    def changes(self) -> bool:
        """Whether the present scheme says otherwise."""
        return self.now is not None and (self.now.symbol, self.now.label) != (
            self.verdict.symbol,
            self.verdict.label,
        )

    def _printed(self, figure: Outcome[Fraction], year: int | None) -> str:
        words = figure_words(figure, self.decimals)
        return words if figure.value is None else self._of_year(words, year)

    @staticmethod
    def _of_year(words: str, year: int | None) -> str:
        return words if year is None else f"{words}（{fiscal_years.short_label(year)}）"


@dataclass(frozen=True)
class Choice:
    """An indicator of the plan, as one can choose to try it or not."""

    indicator: Indicator
    is_chosen: bool
    is_in_year: bool

    @property
    def value(self) -> str:
        return str(self.indicator.pk)

    @property
    def name(self) -> str:
        return f"{self.indicator.label} {self.indicator}".strip()


def tryout_view(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Show how a scheme judges a plan's year or pasted lines. Everybody who may see schemes.

    Of the plan all indicators are tried, or those that `indicators` names (a key that repeats).
    `listed` names, with commas, those a form offered: of them only the ticked ones are tried.
    """
    sent = request.POST if request.method == "POST" else request.GET
    return tryout_page(
        request,
        model_admin,
        sent.dict(),
        chosen=_numbers(sent.getlist("indicators")),
        listed=_numbers(sent.get("listed", "").split(",")),
    )


def tryout_page(
    request: HttpRequest,
    model_admin: Any,
    sent: Mapping[str, str],
    *,
    chosen: set[int],
    listed: set[int],
) -> HttpResponse:
    """Return the page for what was `sent`: scheme, fiscal_year, plan and lines, each optional."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    last_year = fiscal_years.of(timezone.localdate()) - 1
    data = {"fiscal_year": str(last_year), **sent}
    form = TryOutForm(data)
    form.fields["scheme"].queryset = model_admin.get_queryset(request)
    form.fields["scheme"].label_from_instance = model_admin.label
    form.fields["plan"].queryset = Plan.objects.visible_to(request.user).select_related(
        "municipality"
    )
    form.fields["plan"].label_from_instance = lambda plan: f"{plan.municipality} {plan}"
    plan = _named(form.fields["plan"], data.get("plan"))
    if not data.get("scheme"):
        form.data["scheme"] = _first_scheme(form, plan)
    scheme = _named(form.fields["scheme"], form.data["scheme"])
    is_valid = form.is_valid()
    choices = _choices(plan, chosen, listed, form.cleaned_data.get("fiscal_year"))
    tried: list[Tried] = []
    errors: list[str] = []
    if is_valid and scheme is not None:
        year, rules = form.cleaned_data["fiscal_year"], judging.rules_of(scheme)
        if form.cleaned_data["lines"].strip():
            tried, errors = _try_lines(rules, form.cleaned_data["lines"], year)
        if plan is not None:
            tried = [*_try_plan(rules, plan, year, choices), *tried]
    context = model_admin.admin_site.each_context(request) | {
        "title": _("評価方式を試す"),
        "opts": model_admin.opts,
        "form": form,
        "scheme": scheme,
        "plan": plan,
        "choices": choices,
        "chosen_count": sum(choice.is_chosen for choice in choices),
        "listed": ",".join(choice.value for choice in choices),
        "tried": tried,
        "line_errors": errors,
        "sum": _sum(tried),
        "shows_now": any(row.now is not None for row in tried),
        "is_asked": plan is not None or bool(data.get("lines", "").strip()),
        "media": model_admin.media,
    }
    return TemplateResponse(request, "admin/plans/ratingscheme/tryout.html", context)


def _named(field: Any, value: Any) -> Any:
    """Return the row a request names, None for none; Http404 where the person sees no such row."""
    if not value:
        return None
    try:
        return field.clean(value)
    except ValidationError as error:
        raise Http404(_("見つかりません。")) from error


def _first_scheme(form: TryOutForm, plan: Plan | None) -> int | None:
    """Return the id of the scheme to begin with: the plan's newest, else the first of the list."""
    if plan is not None:
        chosen = plan.schemes.filter(subject=PlanScheme.Subject.INDICATORS)
        newest = chosen.order_by("-from_fiscal_year").first()
        if newest is not None:
            return newest.scheme_id
    return form.fields["scheme"].queryset.values_list("pk", flat=True).first()


def _numbers(texts: Iterable[str]) -> set[int]:
    """Return the keys among what was sent; nonsense names no row."""
    return {int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 19}


def _choices(
    plan: Plan | None, chosen: set[int], listed: set[int], fiscal_year: int | None
) -> list[Choice]:
    """Return the plan's indicators, each with whether it is tried; keys of others name nothing.
    Without a fiscal year (the form says nonsense) none is said to be out of it."""
    if plan is None:
        return []
    indicators = list(judging.with_relations(plan.indicators.all()))
    # A form that offered none of them showed another plan.
    is_new = listed.isdisjoint(each.pk for each in indicators) if listed else not chosen
    return [
        Choice(
            indicator=each,
            is_chosen=is_new or each.pk in chosen,
            is_in_year=fiscal_year is None or each.is_in_year(fiscal_year),
        )
        for each in indicators
    ]


def _try_plan(
    rules: Scheme, plan: Plan, fiscal_year: int, choices: Iterable[Choice]
) -> list[Tried]:
    """Judge the chosen indicators that belong to the plan in the fiscal year."""
    indicators = [choice.indicator for choice in choices if choice.is_chosen and choice.is_in_year]
    return [
        Tried(
            name=f"{judged.indicator.label} {judged.indicator}".strip(),
            unit=judged.indicator.series.unit,
            decimals=judged.indicator.series.decimals,
            verdict=_verdict(replace(judged, scheme=rules)),
            now=judged.verdict,
            indicator_id=judged.indicator.pk,
        )
        for judged in judging.judge_plan(plan, fiscal_year, indicators=indicators)
    ]


def _verdict(judged: judging.Judged) -> Verdict:
    assert judged.verdict is not None  # it has a scheme
    return judged.verdict


def _try_lines(rules: Scheme, text: str, fiscal_year: int) -> tuple[list[Tried], list[str]]:
    lines, errors = read_lines(text, fiscal_year)
    tried = [
        Tried(
            name=line.name,
            unit="",
            verdict=evaluation.judge(rules, line.course, line.fiscal_year),
            number=line.number,
        )
        for line in lines
    ]
    return tried, errors


def _sum(tried: Iterable[Tried]) -> RollUp:
    return evaluation.roll_up(
        evaluation.Entry.of(place, row.verdict) for place, row in enumerate(tried)
    )


def _percent(rate: Outcome[Fraction], scheme: Scheme) -> str:
    value = evaluation.to_decimal(rate, scheme.decimals, scheme.rounding)
    return figure_words(rate, 0) if value is None else f"{value:,f}%"
