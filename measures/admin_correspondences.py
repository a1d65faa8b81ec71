"""The editor of correspondences: a new plan on one page, node by node, beside an old one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from municipalities.access import require_planner
from municipalities.admin_forms import WritePath, typed_reason
from plans.models import Plan

from . import lines
from .line_editor import Editor
from .line_rows import EVERY, Level, levels, new_rows, old_rows
from .revision_table import old_plans_of

LINES = WritePath(lines.check_line, lines.record_line, lines.remove_line)


@dataclass(frozen=True)
class Choice:
    """A link that shows another level; `url` is a query only."""

    name: str
    url: str
    is_current: bool


def edit_view(request: HttpRequest, object_id: str, model_admin: Any) -> HttpResponse:
    """Show and save the correspondences of a plan with an old one. Planners only."""
    plan = model_admin.admin_site.get_model_admin(Plan).get_object(request, object_id)
    require_planner(request.user, plan.municipality_id)
    others = Plan.objects.filter(municipality=plan.municipality_id).exclude(pk=plan.pk)
    old_plan = _old_plan(others, request.GET.get("old")) or old_plans_of(plan).first()
    context = model_admin.admin_site.each_context(request) | {
        "title": _("新旧の対応の編集"),
        "opts": model_admin.opts,
        "plan": plan,
        "old_plan": old_plan,
        "old_plans": list(others),
        "media": model_admin.media,
    }
    if old_plan is not None:
        is_sent = request.method == "POST"
        editor = Editor(plan, old_plan, by=request.user, data=request.POST if is_sent else None)
        if is_sent and editor.save(typed_reason(request)):
            _thank(request, model_admin, editor)
            return HttpResponseRedirect(request.get_full_path())
        context |= _table(request, editor)
    return TemplateResponse(request, "admin/measures/correspondence/edit.html", context)


def _old_plan(others: Any, value: str | None) -> Plan | None:
    """Return the plan that a request names, None where it names none; Http404 for a plan of
    another municipality."""
    if not value:
        return None
    try:
        return others.select_related("municipality").get(pk=value)
    except (Plan.DoesNotExist, ValueError, OverflowError, ValidationError) as error:
        raise Http404(_("見つかりません。")) from error


def _thank(request: HttpRequest, model_admin: Any, editor: Editor) -> None:
    done = editor.done
    words = _(
        "保存しました。加えた対応%(added)d件、外した対応%(removed)d件、備考の変更%(changed)d件。"
    )
    counts = {name: done[name] for name in ("added", "removed", "changed")}
    text = words % counts if done.total() else _("変更はありません。")
    model_admin.message_user(request, text, messages.SUCCESS)
    for news in editor.news:
        model_admin.message_user(request, news, messages.WARNING)


def _table(request: HttpRequest, editor: Editor) -> dict[str, Any]:
    new_level, old_level = request.GET.get("level", ""), request.GET.get("old_level", "")
    by_new, by_old = editor.found.by_new, editor.found.by_old
    return {
        "rows": new_rows(editor, new_level),
        "old_rows": old_rows(editor, old_level),
        "new_levels": list(_choices(request, "level", levels(editor.plan, editor.new))),
        "old_levels": list(_choices(request, "old_level", levels(editor.old_plan, editor.old))),
        "listed": list(editor.listed.values()),
        "untold_new": sum(key not in by_new for key in editor.new),
        "untold_old": sum(key not in by_old for key in editor.old),
        "lines": len(editor.lines),
        "seen": editor.seen,
        "problems": editor.problems.get("", []),
        "has_errors": bool(editor.problems),
        "news": editor.news,
        "change_reason": typed_reason(request),
    }


def _choices(request: HttpRequest, name: str, found: list[Level]) -> Iterator[Choice]:
    offered = [("", _("通常の段"))]
    offered += [(level.kind, f"{level.name}（{level.count}）") for level in found]
    chosen = request.GET.get(name, "")
    if len(found) > 1:
        offered.append((EVERY, _("すべての段")))
    for kind, words in offered:
        query = request.GET.copy()
        query[name] = kind
        yield Choice(words, f"?{query.urlencode()}", kind == chosen)
