"""The workflow in the admin: rows chosen in a list go a step further together, after a page that
shows what they say. It carries the versions it has shown, so that nobody approves another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import (
    display_for_field,
    display_for_value,
    label_for_field,
    lookup_field,
)
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import ForeignKey, QuerySet
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from municipalities.admin_forms import typed_reason
from municipalities.models import Municipality

from .choices import WorkState
from .moving import SECTION_STATES, WORDS, Flows, Place, offers_of, parties_of
from .workflow import PLANNERS_STEPS, SECTION_STEPS, WITH_REASON, Action, Party, State

MOST = 500
MOST_REFUSED = 20
OFFERED: dict[Action, Promise] = {
    Action.SUBMIT: gettext_lazy("選択した行を提出する"),
    Action.WITHDRAW: gettext_lazy("選択した行の提出を取り下げる"),
    Action.APPROVE: gettext_lazy("選択した行を承認する"),
    Action.CONFIRM: gettext_lazy("選択した行を部主管課として確認する"),
    Action.CHECK: gettext_lazy("選択した行を確認済にする"),
    Action.RETURN: gettext_lazy("選択した行を差し戻す"),
    Action.REOPEN: gettext_lazy("選択した行の確認を取り消す"),
}
DONE: dict[Action, Promise] = {
    Action.SUBMIT: gettext_lazy("%(count)d件を提出しました。"),
    Action.WITHDRAW: gettext_lazy("%(count)d件の提出を取り下げました。"),
    Action.APPROVE: gettext_lazy("%(count)d件を承認しました。"),
    Action.CONFIRM: gettext_lazy("%(count)d件を部主管課の確認済にしました。"),
    Action.CHECK: gettext_lazy("%(count)d件を確認済にしました。公表すると市民に見えます。"),
    Action.RETURN: gettext_lazy("%(count)d件を差し戻しました。"),
    Action.REOPEN: gettext_lazy("%(count)d件の確認を取り消しました。"),
}
TARGETS = {step.action: step.target for step in SECTION_STEPS}
PREFIX = "workflow_"


def _admin_action(action: Action) -> Callable[..., Any]:
    def move(model_admin: MovesRows, request: HttpRequest, queryset: QuerySet) -> Any:
        return move_view(model_admin, request, queryset, action)

    move.__name__ = f"{PREFIX}{action.value}"
    return admin.action(description=OFFERED[action], permissions=["change"])(move)


class MovesRows:
    """A table of working rows; `mover` is the write path's function that moves many of them,
    `places` the one that says where they stand. The page of a row has buttons for its steps."""

    mover: Callable[..., list[Any]]
    places: Callable[[Any], Callable[[Any], Place]]
    steps = SECTION_STEPS
    actions: tuple[Any, ...] = tuple(_admin_action(action) for action in Action)
    change_form_template = "admin/row_change_form.html"

    def get_urls(self) -> list[Any]:
        move = self.admin_site.admin_view(move_one_view)
        name = f"{self.opts.app_label}_{self.opts.model_name}_move"
        own = {"model_admin": self}
        return [path("<path:object_id>/move/", move, own, name=name), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        obj = kwargs.get("obj")
        if obj is not None and obj.pk:
            context["workflow"] = self._workflow(request, obj)
        return super().render_change_form(request, context, *args, **kwargs)

    def _workflow(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """Return how far a row has come as it is stored, whose it is, and what the person may do;
        `obj` may hold what a form has typed over it."""
        row = self.get_queryset(request).select_related("changed_by").get(pk=obj.pk)
        flows = Flows(of_planners=self.steps is PLANNERS_STEPS)
        offers = offers_of(row, by=request.user, place=self.places([row])(row), flows=flows)
        return {
            "row": row,
            "offers": [
                (f"{PREFIX}{offer.action.value}", WORDS[offer.action], offer.refusal)
                for offer in offers
            ],
            "asks_reason": any(
                not offer.refusal and offer.action in WITH_REASON for offer in offers
            ),
            "may_act": any(not offer.refusal for offer in offers),
        }

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form; people of a section are offered the states they set, and the present one."""
        form = super().get_form(request, obj, change=change, **kwargs)
        field, scope = form.base_fields.get("state"), self.scope(request)
        if field is not None and not (scope.planned or scope.is_operator):
            offered = {*SECTION_STATES, getattr(obj, "state", WorkState.DRAFT)}
            field.choices = [choice for choice in field.choices if choice[0] in offered]
        return form

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Only what the person can do somewhere with such rows."""
        may = self._moves(request)
        return {
            name: action
            for name, action in super().get_actions(request).items()
            if not name.startswith(PREFIX) or name.removeprefix(PREFIX) in may
        }

    def _moves(self, request: HttpRequest) -> set[str]:
        scope = self.scope(request)
        parties = {
            party
            for party, has in (
                (Party.PLANNER, scope.planned or scope.is_operator),
                (Party.APPROVER, scope.approved),
                (Party.LEAD, scope.led),
                (Party.ENTRY, scope.departments - scope.approved),
            )
            if has
        }
        return {
            step.action.value
            for step in self.steps
            if step.parties & parties and step.target not in self._unused(request)
        }

    @staticmethod
    def _unused(request: HttpRequest) -> set[State]:
        """The states no municipality of the person uses."""
        if not hasattr(request, "_unused_states"):
            towns = Municipality.objects.visible_to(request.user).order_by()
            used = set(towns.values_list("has_approval_step", "has_lead_step").distinct())
            request._unused_states = {
                state
                for state, is_used in (
                    (State.APPROVED, any(approval for approval, _lead in used)),
                    (State.CONFIRMED, any(lead for _approval, lead in used)),
                )
                if not is_used
            }
        return request._unused_states


class MovesPlannersRows(MovesRows):
    """A table of working rows only planners write."""

    steps = PLANNERS_STEPS


def move_view(
    model_admin: Any, request: HttpRequest, queryset: QuerySet, action: Action
) -> TemplateResponse | None:
    """Show the chosen rows; once that is confirmed, take all of them a step, or say of which it
    is refused and why."""
    target = WorkState(TARGETS[action].value)
    rows = list(queryset.exclude(state=target)[: MOST + 1])
    if not rows:
        text = _("選択した行はすべて「%(state)s」です。") % {"state": target.label}
        model_admin.message_user(request, text, messages.WARNING)
        return None
    if len(rows) > MOST:
        text = _("一度に進められるのは%(most)d件までです。") % {"most": MOST}
        model_admin.message_user(request, text, messages.ERROR)
        return None
    problems: list[str] = []
    if request.POST.get("post"):
        problems = _moved_or_problems(model_admin, request, rows, action)
        if not problems:
            return None
        rows = list(queryset.exclude(state=target))  # as they stand by now
    return _page(model_admin, request, rows, action, problems)


def move_one_view(request: HttpRequest, object_id: str, model_admin: Any) -> Any:
    """Take one row a step of the workflow from its own page, or say why it is refused. Who has
    nothing to do with the row is forbidden."""
    row = model_admin.get_object(request, object_id)
    place = model_admin.places([row])(row)
    if not parties_of(model_admin.scope(request), place.municipality_id, place.sections):
        raise PermissionDenied(_("担当する組織の行だけを変更できます。"))
    back = reverse(
        f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}_change", args=[row.pk]
    )
    if request.method != "POST":
        return HttpResponseRedirect(back)
    try:
        action = Action(request.POST.get("action", "").removeprefix(PREFIX))
    except ValueError as error:
        raise Http404(_("見つかりません。")) from error
    problems = _moved_or_problems(model_admin, request, [row], action)
    if not problems:
        return HttpResponseRedirect(back)
    return _page(
        model_admin, request, [model_admin.get_object(request, object_id)], action, problems
    )


def _moved_or_problems(
    model_admin: Any, request: HttpRequest, rows: list[Any], action: Action
) -> list[str]:
    """Move the rows the page has shown and say so; [] where that is done, else what is wrong."""
    seen = _seen(request)
    if gone := set(seen) - {row.pk for row in rows}:
        text = _(
            "この画面を開いた後に、%(count)d件の状態が変わりました。残りの行を確かめてください。"
        )
        return [text % {"count": len(gone)}]
    try:
        moved = model_admin.mover(
            rows, action, by=request.user, reason=typed_reason(request), versions=seen
        )
    except ValidationError as error:
        return error.messages
    model_admin.message_user(request, DONE[action] % {"count": len(moved)}, messages.SUCCESS)
    return []


def _seen(request: HttpRequest) -> dict[int, int]:
    """Return the versions the page has shown: "12:3 13:1"."""
    pairs = [pair.partition(":") for pair in request.POST.get("seen", "").split()]
    return {
        int(number): int(version)
        for number, _colon, version in pairs
        if number.isdecimal() and version.isdecimal()
    }


def _page(
    model_admin: Any, request: HttpRequest, rows: list[Any], action: Action, problems: list[str]
) -> TemplateResponse:
    names = [name for name in model_admin.get_list_display(request) if name != "action_checkbox"]
    count = {"count": len(rows), "action": WORDS[action]}
    context = model_admin.admin_site.each_context(request) | {
        "title": ngettext("%(count)d件の%(action)s", "%(count)d件の%(action)s", len(rows)) % count,
        "opts": model_admin.opts,
        "media": model_admin.media,
        "headings": [label_for_field(name, model_admin.model, model_admin) for name in names],
        "rows": [(row, [_cell(name, row, model_admin) for name in names]) for row in rows],
        "seen": " ".join(f"{row.pk}:{row.version}" for row in rows),
        "action_name": f"{PREFIX}{action.value}",
        "action_words": WORDS[action],
        "asks_reason": action in WITH_REASON,
        "change_reason": typed_reason(request),
        "problems": problems[:MOST_REFUSED],
        "more": max(0, len(problems) - MOST_REFUSED),
    }
    return TemplateResponse(request, "admin/move.html", context)


def _cell(name: str, row: Any, model_admin: Any) -> Any:
    """Return what the list shows of a row in a column."""
    field, attribute, value = lookup_field(name, row, model_admin)
    empty = model_admin.get_empty_value_display()
    if field is None or isinstance(field, ForeignKey):
        if isinstance(field, ForeignKey):
            value = getattr(row, field.name)
        return display_for_value(value, empty, getattr(attribute, "boolean", False))
    return display_for_field(value, field, empty)
