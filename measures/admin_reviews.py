"""The admin of 外部評価: what the review board said and what the municipality answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.admin_filters import YearFilter
from municipalities.admin_forms import RowForm, WritePath
from plans.admin_base import PlanRowAdmin
from plans.admin_workflow import MovesPlannersRows
from plans.models import Plan

from . import record
from .line_editor import FIELDS, token_of, words_of
from .models import ReviewComment
from .outline import outlines
from .record_many import move_comments, places_of_comments

COMMENTS = WritePath(
    record.check_comment, record.record_comment, record.remove_comment, is_versioned=True
)


class AnsweredFilter(admin.SimpleListFilter):
    """Comments that wait for an answer, or have one."""

    title = gettext_lazy("回答")
    parameter_name = "answered"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", _("未回答")), ("yes", _("回答済"))]

    def queryset(self, request: Any, queryset: QuerySet) -> QuerySet:
        match self.value():
            case "no":
                return queryset.filter(answer="")
            case "yes":
                return queryset.exclude(answer="")
        return queryset


class BoardFilter(admin.SimpleListFilter):
    """The boards of the visible comments, by their names."""

    title = gettext_lazy("会議")
    parameter_name = "board"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        boards = model_admin.get_queryset(request).order_by("board").values_list("board", flat=True)
        return [(board, board) for board in boards.distinct()]

    def queryset(self, request: Any, queryset: QuerySet) -> QuerySet:
        return queryset if self.value() is None else queryset.filter(board=self.value())


class CommentForm(RowForm):
    """A comment whose target is chosen among the nodes of its plan, in one list."""

    about = forms.ChoiceField(label=gettext_lazy("対象"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "about" not in self.fields:  # only read
            return
        plan = self._plan()
        self.nodes = {
            token_of(place.key): place
            for place in (outlines([plan])[plan.pk] if plan else ())
            if FIELDS.get(place.key[0]) in ReviewComment.target_names
        }
        choices = [(token, words_of(place)) for token, place in self.nodes.items()]
        self.fields["about"].choices = [("", _("計画全体")), *choices]
        if plan is None:
            self.fields["about"].help_text = _(
                "計画の一部への意見は、計画の画面の「外部評価の意見を加える」から登録します。"
            )
        self.initial["about"] = self._token()

    def _plan(self) -> Plan | None:
        """Return the plan of a stored comment, or the one chosen so far."""
        if self.instance.pk:
            return self.instance.plan
        chosen = self.data.get(self.add_prefix("plan")) or self.initial.get("plan")
        try:
            return self.fields["plan"].queryset.filter(pk=chosen).first() if chosen else None
        except (TypeError, ValueError, OverflowError):
            return None

    def _token(self) -> str:
        for kind, name in FIELDS.items():
            if getattr(self.instance, f"{name}_id", None) is not None:
                return token_of((kind, getattr(self.instance, f"{name}_id")))
        return ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "about" in cleaned:
            place = self.nodes.get(cleaned["about"])
            for name in ReviewComment.target_names:
                is_chosen = place is not None and FIELDS[place.key[0]] == name
                setattr(self.instance, name, place.node if is_chosen else None)
        return cleaned


@admin.register(ReviewComment)
class ReviewCommentAdmin(MovesPlannersRows, PlanRowAdmin):
    """Planners write both: what the board said and what the municipality answers."""

    form = CommentForm
    path = COMMENTS
    mover = staticmethod(move_comments)
    places = staticmethod(places_of_comments)
    related = (
        "plan__municipality",
        "department",
        "basic_goal__plan",
        "policy__plan",
        "measure__plan",
    )
    list_display = ("plan", "fiscal_year", "number", "about", "board", "is_answered", "state")
    list_filter = (AnsweredFilter, YearFilter, BoardFilter, "state", *PlanRowAdmin.list_filter)
    search_fields = ("comment", "answer", "board", "plan__title")
    ordering = ("plan", "-fiscal_year", "number")
    readonly_once_saved = ("plan",)
    fieldsets = (
        (None, {"fields": ("plan", "fiscal_year", "number", "about")}),
        (gettext_lazy("意見"), {"fields": ("board", "commented_on", "comment")}),
        (gettext_lazy("回答"), {"fields": ("answer", "department", "answered_on")}),
        (gettext_lazy("記録"), {"fields": ("state", "texts_by_site")}),
    )

    @admin.display(description=gettext_lazy("対象"))
    def about(self, obj: ReviewComment) -> str:
        return _("計画全体") if obj.target == obj.plan else str(obj.target)

    @admin.display(description=gettext_lazy("回答"), boolean=True)
    def is_answered(self, obj: ReviewComment) -> bool:
        return bool(obj.answer)
