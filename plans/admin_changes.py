"""The record of changes: one log over all tables, to search and to take away as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from municipalities.access import scope_of
from municipalities.cells import neutral
from municipalities.change_lines import Line, lines
from municipalities.changes import Wanted, newest, readable_models
from municipalities.history import Door
from municipalities.models import Municipality

from .models import Plan

PER_PAGE = 50
LAST_PAGE = 2000
CHUNK = 500
MOST_EXPORTED = 20_000
DAYS = (MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2199, 12, 31)))


class ChangesForm(forms.Form):
    """What somebody looks for in the record."""

    municipality = forms.ModelChoiceField(
        Municipality.objects.none(), label=gettext_lazy("自治体"), required=False
    )
    plan = forms.ModelChoiceField(Plan.objects.none(), label=gettext_lazy("計画"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("表"), required=False)
    door = forms.ChoiceField(
        label=gettext_lazy("経路"), required=False, choices=[("", "---------"), *Door.choices]
    )
    person = forms.CharField(label=gettext_lazy("変更した人"), required=False, max_length=60)
    since = forms.DateField(
        label=gettext_lazy("いつから"),
        required=False,
        validators=DAYS,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    until = forms.DateField(
        label=gettext_lazy("いつまで"),
        required=False,
        validators=DAYS,
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    text = forms.CharField(
        label=gettext_lazy("変更前・変更後の値、理由"), required=False, max_length=100
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        towns = Municipality.objects.visible_to(user)
        self.fields["municipality"].queryset = towns
        if not scope_of(user).is_operator and len(scope_of(user).municipalities) == 1:
            del self.fields["municipality"]
        plans = self.fields["plan"]
        plans.queryset = Plan.objects.visible_to(user).select_related("municipality")
        plans.label_from_instance = lambda plan: f"{plan.municipality} {plan}"
        kinds = [(model._meta.label, model._meta.verbose_name) for model in readable_models(user)]
        self.fields["kind"].choices = [("", "---------"), *kinds]

    def wanted(self) -> Wanted:
        """Return what is looked for; Http404 where it is a stranger's."""
        if {"municipality", "plan"} & set(self.errors):
            raise Http404(_("見つかりません。"))
        found = self.cleaned_data
        names = {field.name for field in fields(Wanted)} & set(found)
        return Wanted(
            municipality_id=getattr(found.get("municipality"), "pk", None),
            plan_id=getattr(found.get("plan"), "pk", None),
            **{name: found[name] for name in names},
        )


@require_safe
def changes_view(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Show a page of the changes the person may read. Everybody of the municipality."""
    form, wanted = _asked(request, model_admin)
    page = _page(request.GET.get("page", ""))
    start = (page - 1) * PER_PAGE
    # One more than is shown tells whether there is a next page; counting would read all tables.
    keys = newest(request.user, wanted, start, start + PER_PAGE + 1) if form.is_valid() else []
    query = request.GET.copy()
    query.pop("page", None)
    context = model_admin.admin_site.each_context(request) | {
        "title": _("変更の記録"),
        "opts": model_admin.opts,
        "form": form,
        "media": model_admin.media,
        "lines": lines(keys[:PER_PAGE]),
        "page": page,
        "earlier": page + 1 if len(keys) > PER_PAGE and page < LAST_PAGE else None,
        "later": page - 1 if page > 1 else None,
        "query": query.urlencode(),
        "most_exported": MOST_EXPORTED,
    }
    return TemplateResponse(request, "admin/plans/plan/changes.html", context)


@require_safe
def changes_csv(request: HttpRequest, model_admin: Any) -> HttpResponse | StreamingHttpResponse:
    """Send the changes looked for as CSV, one line for each value."""
    form, wanted = _asked(request, model_admin)
    if not form.is_valid():
        return changes_view(request, model_admin)
    keys = newest(request.user, wanted, 0, MOST_EXPORTED + 1)
    answer = StreamingHttpResponse(_csv(keys), content_type="text/csv; charset=utf-8")
    name = f"changes-{timezone.localdate():%Y%m%d}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _asked(request: HttpRequest, model_admin: Any) -> tuple[ChangesForm, Wanted]:
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    form = ChangesForm(request.user, request.GET)
    return form, form.wanted()


def _page(text: str) -> int:
    """Return the number of a page, the first one for nonsense."""
    number = int(text) if text.isdecimal() and len(text) < 6 else 1
    return min(max(number, 1), LAST_PAGE)


# --- CSV --------------------------------------------------------------------------------------


def _csv(keys: list[tuple[str, int]]) -> Iterator[str]:
    head = [
        _("日時"),
        _("変更した人"),
        _("経路"),
        _("表"),
        _("行"),
        _("行の番号"),
        _("操作"),
        _("項目"),
        _("変更前"),
        _("変更後"),
        _("変更理由"),
    ]
    yield "\ufeff" + _text([head])
    for start in range(0, min(len(keys), MOST_EXPORTED), CHUNK):
        chunk = keys[start : min(start + CHUNK, MOST_EXPORTED)]
        yield _text([row for line in lines(chunk) for row in _rows(line)])
    if len(keys) > MOST_EXPORTED:
        note = _("新しい順に%(most)s件までを出力しました。続きは、期間などで絞り込んでください。")
        yield _text([[note % {"most": f"{MOST_EXPORTED:,}"}]])


def _rows(line: Line) -> list[list[str]]:
    first = [f"{line.at:%Y-%m-%d %H:%M:%S}", line.who, line.door, line.kind, line.row]
    first += [str(line.number), line.action]
    values = [[value.field, value.old, value.new] for value in line.values] or [["", "", ""]]
    return [[*first, *value, line.reason] for value in values]


def _text(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([neutral(cell) for cell in row] for row in rows)
    return out.getvalue()
