"""The forms of requests and replies; what is allowed, `rounds.requests.record` says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities import fiscal_year as fiscal_years
from municipalities.admin_fields import FiscalYearField
from municipalities.models import Department, Municipality
from municipalities.presence import Presence
from plans.choices import Period
from plans.models import Plan

from ..models import Reply, Request
from .record import version_of

BEFORE_YEAR_END = 10
"""From October on the figures of September are asked for, before that those of the last year."""


@dataclass(frozen=True)
class Box:
    """A checkbox."""

    value: int
    label: str
    is_checked: bool
    is_fixed: bool = False


def _day_field(label: Any, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "vDateField"}),
        **options,
    )


def _reason_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("変更理由"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("履歴に残ります。公開はされません。"),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class _Shows:
    """A form that shows what the write path refuses."""

    def show(self, error: ValidationError) -> None:
        """Put the messages of `error` beside their fields, the others on top."""
        problems = getattr(error, "error_dict", None) or {None: error.error_list}
        for name, errors in problems.items():
            self.add_error(name if name in self.fields else None, errors)


class RequestForm(_Shows, forms.ModelForm):
    """A request with its plans and sections. Of one that has been sent, year, period and plans are
    not asked for, and sections are only added."""

    title = forms.CharField(
        label=gettext_lazy("件名"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("空欄なら「令和6年度 年度末実績の照会」のように付けます。"),
    )
    fiscal_year = FiscalYearField(
        label=gettext_lazy("年度"),
        min_value=fiscal_years.FIRST,
        max_value=fiscal_years.LAST,
        help_text=gettext_lazy("実績の年度。R6、令和6年度、2024 のどれでも入力できます。"),
    )
    plans = forms.TypedMultipleChoiceField(
        label=gettext_lazy("計画"),
        coerce=int,
        error_messages={"required": gettext_lazy("照会する計画を選んでください。")},
    )
    everyone = forms.BooleanField(
        label=gettext_lazy("すべて（回答するものがある課のすべて）"), required=False
    )
    departments = forms.TypedMultipleChoiceField(
        label=gettext_lazy("照会先"), coerce=int, required=False
    )
    deadline = _day_field(gettext_lazy("回答期限"))
    reason = _reason_field()
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Request
        fields = ("title", "fiscal_year", "period", "deadline", "document_number", "note")
        widgets = {
            "document_number": forms.TextInput(attrs={"class": "vTextField"}),
            "note": forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = self.instance
        self.town: Municipality = row.municipality
        self.is_sent = row.pk is not None and row.state != Request.State.DRAFT
        self.stored_plans = list(row.plans.all()) if row.pk else []
        self.fixed = set(row.departments.values_list("pk", flat=True)) if self.is_sent else set()
        self._sections = _offered_sections(self.town, self.fixed)
        self._plans = {plan.pk: plan for plan in _offered_plans(self.town, self.stored_plans)}
        self.fields["plans"].choices = [(number, str(plan)) for number, plan in self._plans.items()]
        self.fields["departments"].choices = [
            (section.pk, section.name)
            for sections in self._sections.values()
            for section in sections
        ]
        if row.pk:
            chosen = list(row.departments.values_list("pk", flat=True))
            self.initial |= {
                "plans": [plan.pk for plan in self.stored_plans],
                "departments": chosen,
                "everyone": not chosen,
                "seen": version_of(row),
            }
        else:
            del self.fields["reason"]
        if self.is_sent:
            for name in ("fiscal_year", "period", "plans"):
                del self.fields[name]
            if not self.fixed:
                del self.fields["departments"], self.fields["everyone"]

    # --- What the page shows ------------------------------------------------------------------

    def plan_boxes(self) -> list[Box]:
        chosen = self._chosen("plans")
        return [
            Box(number, _plan_label(plan, self.town), number in chosen)
            for number, plan in self._plans.items()
        ]

    def divisions(self) -> list[tuple[str, list[Box]]]:
        """The sections one may choose, by division."""
        chosen = self._chosen("departments")
        return [
            (
                name,
                [
                    Box(each.pk, each.name, each.pk in chosen, each.pk in self.fixed)
                    for each in sections
                ],
            )
            for name, sections in self._sections.items()
        ]

    def _chosen(self, name: str) -> set[int]:
        values = self[name].value() or [] if name in self.fields else []
        numbers = {int(text) for text in map(str, values) if text.isdecimal() and len(text) < 19}
        return numbers | (self.fixed if name == "departments" else set())

    # --- What it says -------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "departments" in self.fields:
            self._check_sections(cleaned)
        year, period = cleaned.get("fiscal_year"), cleaned.get("period")
        if not cleaned.get("title") and "title" not in self.errors:
            cleaned["title"] = self.instance.title or (
                title_of(self.town, year, period) if year and period else ""
            )
        return cleaned

    def _check_sections(self, cleaned: dict[str, Any]) -> None:
        if "departments" in self.errors:
            return
        chosen = cleaned.get("departments", [])
        if cleaned.get("everyone") and chosen:
            problem = _("「すべて」と課の両方に印があります。どちらか一方にしてください。")
        elif not cleaned.get("everyone") and not chosen and not self.fixed:
            problem = _("照会先を選んでください。")
        else:
            return
        self.add_error("departments", problem)

    @property
    def chosen_plans(self) -> list[Plan] | None:
        """The plans chosen in a valid form; None where they stay."""
        if self.is_sent:
            return None
        return [self._plans[number] for number in self.cleaned_data["plans"]]

    @property
    def chosen_sections(self) -> list[Department] | None:
        """The sections chosen in a valid form, [] for all; None where they stay."""
        if "departments" not in self.fields:
            return None
        if self.cleaned_data["everyone"]:
            return []
        numbers = {*self.cleaned_data["departments"], *self.fixed}
        return [each for below in self._sections.values() for each in below if each.pk in numbers]


def title_of(town: Municipality, year: int, period: str) -> str:
    """Return 令和6年度 年度末実績の照会."""
    return _("%(year)s %(period)sの照会") % {
        "year": town.year_label(year),
        "period": Period(period).label,
    }


def _offered_plans(town: Municipality, stored: Iterable[Plan]) -> list[Plan]:
    """Return the plans in force once, and those chosen already."""
    plans = {plan.pk: plan for plan in [*town.plans.in_force(), *stored]}
    return sorted(plans.values(), key=lambda plan: (plan.order, plan.slug))


def _plan_label(plan: Plan, town: Municipality) -> str:
    plan.municipality = town
    years = plan.period_text()
    return f"{plan}（{years}）" if years else str(plan)


def _offered_sections(town: Municipality, stored: Iterable[int]) -> dict[str, list[Department]]:
    """Return division → the sections that exist today, and those chosen already."""
    presence = Presence(town, timezone.localdate())
    known, found = presence.departments, {}
    for section in known.values():
        if section.is_valid_on(presence.day) or section.pk in stored:
            above, seen = section, {section.pk}
            while above.parent_id in known and above.parent_id not in seen:
                above = known[above.parent_id]
                seen.add(above.pk)
            found.setdefault(above.name, []).append(section)
    return found


# --- Beginnings ---------------------------------------------------------------------------------


def proposal(town: Municipality, day: date) -> dict[str, Any]:
    """Return what the form of a new request begins with."""
    year, period = fiscal_years.of(day) - 1, Period.YEAR_END
    if day.month >= BEFORE_YEAR_END or day.month <= 3:
        year, period = year + 1, Period.MID_YEAR
    plans = list(town.plans.in_force().values_list("pk", flat=True))
    return {
        "fiscal_year": town.year_label(year),
        "period": period,
        "plans": plans if len(plans) == 1 else [],
        "everyone": True,
    }


def proposal_from(former: Request, day: date) -> dict[str, Any]:
    """Return what the form begins with as a copy of a former request, a year later: with the plans
    and sections that have followed since."""
    town, year = former.municipality, min(former.fiscal_year + 1, fiscal_years.LAST)
    sections = Presence(town, day).of(*former.departments.values_list("pk", flat=True))
    title = former.title.replace(town.year_label(former.fiscal_year), town.year_label(year))
    return {
        "title": title if title != former.title else "",
        "fiscal_year": town.year_label(year),
        "period": former.period,
        "plans": list(dict.fromkeys(_plan_in(plan, year).pk for plan in former.plans.all())),
        "everyone": not sections,
        "departments": [section.pk for section in sections],
        "deadline": _a_year_later(former.deadline, day),
        "note": former.note,
    }


def _plan_in(plan: Plan, year: int) -> Plan:
    """Return the plan that stands in a plan's place in a year."""
    seen = {plan.pk}
    while (after := plan.successor_in(year)) is not None and after.pk not in seen:
        plan = after
        seen.add(plan.pk)
    return plan


def _a_year_later(deadline: date, day: date) -> date | None:
    """Return the same day a year later, None where that is over."""
    try:
        later = deadline.replace(year=deadline.year + 1)
    except ValueError:  # 29 February, and the end of all years
        return None
    return later if later >= day else None


class TownForm(forms.Form):
    """For which town somebody who plans for several makes a request."""

    municipality = forms.ModelChoiceField(Municipality.objects.none(), label=gettext_lazy("自治体"))


class ReplyForm(_Shows, forms.ModelForm):
    """How a section replied beside the screen."""

    decided_on = _day_field(gettext_lazy("決裁日"), required=False)
    received_on = _day_field(gettext_lazy("受け取った日"))
    reason = _reason_field()

    class Meta:
        model = Reply
        fields = ("channel", "decided_on", "document_number", "received_on", "note")
        widgets = {
            "document_number": forms.TextInput(attrs={"class": "vTextField"}),
            "note": forms.TextInput(attrs={"class": "vTextField"}),
        }
