"""The form of a plan's progress sheet on one page: its columns, presets, and how it will look.

Everything is saved through `measures.record`, all columns or none.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities import fiscal_year as fiscal_years
from municipalities.access import require_planner
from municipalities.admin_fields import LinesField
from municipalities.admin_forms import RowForm, WritePath, typed_reason
from plans.models import Plan, PlanScheme

from . import record
from .models import ProgressReport, ReportColumn
from .presets import PRESETS, Preset

COLUMNS = WritePath(record.check_column, record.record_column, record.remove_column)
NEW_LINES = 2
_STEP = 10


class ColumnForm(RowForm):
    """One column of the form: a core one, one of the plan's own, or a line for a new one."""

    path = COLUMNS
    change_reason = None
    remove = forms.BooleanField(label=gettext_lazy("削除"), required=False)

    class Meta:
        model = ReportColumn
        fields = (
            "order",
            "label",
            "key",
            "kind",
            "max_length",
            "choices",
            "unit",
            "is_hidden",
            "is_public",
        )
        field_classes = {"choices": LinesField}
        widgets = {"choices": forms.Textarea(attrs={"rows": 2, "cols": 12})}

    def __init__(self, *args: Any, free_key: str = "", next_order: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.free_key, self.next_order = free_key, next_order
        column = self.instance
        self.is_new = not column.key
        self.title = str(_("新しい列") if self.is_new else column.label)
        for name in self._left_out(column):
            del self.fields[name]
        if "kind" in self.fields:
            self.fields["kind"].choices = [
                choice for choice in ReportColumn.Kind.choices if choice[0] != "rating"
            ]
        if self.is_new:
            self.initial["order"] = None
            for name in ("order", "key"):
                self.fields[name].required = False
        for field in self.fields.values():  # every box says which column it belongs to
            field.widget.attrs["aria-label"] = f"{self.title}：{field.label}"

    @staticmethod
    def _left_out(column: ReportColumn) -> set[str]:
        if not column.key:
            return {"remove"}
        left_out = {"key"}
        if column.is_core:
            left_out |= {"kind", "choices", "unit", "remove"}
        if column.key == ReportColumn.Core.RATING:
            left_out |= {"max_length"}
        return left_out

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.is_new and self.has_changed():
            if cleaned.get("key") in ReportColumn.Core.values:
                self.add_error("key", _("標準の列の名前は使えません。"))
            if cleaned.get("key") == "":
                cleaned["key"] = self.free_key
            if "order" in cleaned and cleaned["order"] is None:
                cleaned["order"] = self.next_order
        return cleaned

    def _ask(self, question: Any) -> None:
        super()._ask(self._ask_to_remove if self.is_removed else question)

    def _ask_to_remove(self) -> None:
        years = record.years_used(self.instance)
        record.refuse_used(self.instance, "remove", _("削除できません"), years)

    @property
    def is_removed(self) -> bool:
        return bool(self.cleaned_data.get("remove"))


@dataclass(frozen=True)
class Line:
    """A line of the editor; `used` says which reports hold content in the column."""

    form: ColumnForm
    column: ReportColumn
    used: str = ""


@dataclass(frozen=True)
class Shown:
    """A column of the preview; `hint` says what is entered there."""

    label: str
    hint: str
    is_public: bool


def form_view(request: HttpRequest, object_id: str, model_admin: Any) -> HttpResponse:
    """Show and save the form of a plan's progress sheet. Planners only."""
    plan = model_admin.admin_site.get_model_admin(Plan).get_object(request, object_id)
    require_planner(request.user, plan.municipality_id)
    models.prefetch_related_objects([plan], "report_columns", "schemes__scheme__bands")
    columns = ReportColumn.whole_form(plan)
    seen = _fingerprint(columns)
    shown = [copy.copy(column) for column in columns]  # the forms write into theirs
    lines = list(_lines(request, plan, columns))
    problems: list[str] = []
    is_typed = False
    if request.method == "POST":
        problems = _problems(request, lines, seen)
        is_sound = not problems and all(line.form.is_valid() for line in lines)
        if is_sound and "preview" in request.POST:
            shown, is_typed = _as_typed(lines), True
        elif is_sound:
            try:
                _save(request, plan, lines)
            except ValidationError as error:
                problems = error.messages
            else:
                model_admin.message_user(request, _("様式を保存しました。"), messages.SUCCESS)
                return HttpResponseRedirect(request.path)
    taken = {column.key for column in columns}
    context = model_admin.admin_site.each_context(request) | {
        "title": _("進捗管理シートの様式"),
        "opts": model_admin.opts,
        "plan": plan,
        "lines": lines,
        "problems": problems,
        "has_errors": bool(problems) or any(line.form.errors for line in lines),
        "presets": [preset for preset in PRESETS if preset.key not in taken],
        "shown": list(_preview(plan, shown)),
        "is_typed": is_typed,
        "seen": seen,
        "change_reason": typed_reason(request),
        "media": model_admin.media,
    }
    return TemplateResponse(request, "admin/measures/reportcolumn/form.html", context)


def _lines(request: HttpRequest, plan: Plan, columns: list[ReportColumn]) -> Iterator[Line]:
    data = request.POST if request.method == "POST" else None
    used = _years_by_key(plan)
    for column in columns:
        prefix = f"column-{column.key}"
        was_there = f"{prefix}-label" in request.POST  # else somebody has added it meanwhile
        form = ColumnForm(data if was_there else None, instance=column, prefix=prefix)
        form.by = request.user
        yield Line(form, column, _used_words(used.get(column.key, [])))
    taken = {column.key for column in columns}
    free = (key for number in count(1) if (key := f"own-{number}") not in taken)
    last = max(column.order for column in columns)
    for number in range(1, NEW_LINES + 1):
        form = ColumnForm(
            data,
            instance=ReportColumn(plan=plan),
            prefix=f"new-{number}",
            free_key=next(free),
            next_order=last + number * _STEP,
            empty_permitted=True,
            use_required_attribute=False,
        )
        form.by = request.user
        yield Line(form, form.instance)


def _years_by_key(plan: Plan) -> dict[str, list[int]]:
    """Return key → the fiscal year of every report that says something in that own column."""
    found: dict[str, list[int]] = {}
    reports = ProgressReport.objects.filter(row__action__plan=plan).exclude(extra={})
    for year, extra in reports.values_list("fiscal_year", "extra"):
        for key, value in extra.items():
            if value not in record.EMPTY:
                found.setdefault(key, []).append(year)
    return found


def _used_words(years: list[int]) -> str:
    if not years:
        return ""
    first, last = fiscal_years.label(min(years)), fiscal_years.label(max(years))
    return _("%(count)d件の報告（%(years)s）") % {
        "count": len(years),
        "years": first if first == last else f"{first}～{last}",
    }


def _problems(request: HttpRequest, lines: list[Line], seen: str) -> list[str]:
    """Return what is wrong with the page as a whole; a key given twice is told in its line."""
    problems = []
    if request.POST.get("seen") != seen or not all(line.form.is_bound for line in lines):
        problems.append(
            _(
                "この画面を開いた後に、ほかの人が様式を変更しました。"
                "下の内容を確かめ、よければもう一度保存してください。"
            )
        )
    keys = set()
    for line in lines:
        if not (line.form.is_new and line.form.has_changed() and line.form.is_valid()):
            continue
        key = line.form.cleaned_data["key"]
        if key in keys:
            line.form.add_error("key", _("この名前の列がすでにあります。"))
        keys.add(key)
    chosen = request.POST.get("preset")
    if chosen is not None and _preset(chosen) is None:
        problems.append(_("追加する列を選び直してください。"))
    return problems


def _preset(key: str | None) -> Preset | None:
    return next((preset for preset in PRESETS if preset.key == key), None)


def _fingerprint(columns: Iterable[ReportColumn]) -> str:
    """Return a sign of the columns as they are, which changes when somebody changes one."""
    names = [field.attname for field in ReportColumn._meta.concrete_fields]
    whole = [[getattr(column, name) for name in names] for column in columns]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()[:16]


@transaction.atomic
def _save(request: HttpRequest, plan: Plan, lines: list[Line]) -> None:
    """Record the changed columns and the chosen preset; ValidationError where one is refused."""
    reason, by = typed_reason(request), request.user
    kept = [line.form for line in lines if not line.form.is_removed]
    for line in lines:
        if line.form.is_removed:
            record.remove_column(line.column, by=by, reason=reason)
        elif line.form.has_changed():
            record.record_column(line.form.instance, by=by, reason=reason)
    preset = _preset(request.POST.get("preset"))
    if preset is not None:
        last = max(form.instance.order for form in kept)
        record.record_column(preset.column(plan, last + _STEP), by=by, reason=reason)


def _as_typed(lines: list[Line]) -> list[ReportColumn]:
    columns = [
        line.form.instance for line in lines if not line.form.is_removed and line.form.instance.key
    ]
    return sorted(columns, key=lambda column: (column.order, column.key))


def _preview(plan: Plan, columns: Iterable[ReportColumn]) -> Iterator[Shown]:
    year = fiscal_years.of(timezone.localdate())
    scheme = plan.scheme_in(PlanScheme.Subject.REPORTS, year)
    bands = [] if scheme is None else [str(band) for band in scheme.bands.all()]
    for column in columns:
        if column.is_hidden:
            continue
        match column.kind:
            case ReportColumn.Kind.CHOICE:
                hints = ["・".join(column.choices)]
            case ReportColumn.Kind.RATING:
                hints = ["・".join(bands) or _("評価方式がまだありません")]
            case _:
                hints = [str(column.get_kind_display())]
        if column.unit:
            hints.append(_("単位：%(unit)s") % {"unit": column.unit})
        if column.max_length:
            hints.append(_("%(limit)d文字まで") % {"limit": column.max_length})
        yield Shown(column.label, "、".join(hints), column.is_public)
