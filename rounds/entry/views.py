"""The pages of the entry sheet: showing it, saving it, and what its scripts ask."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from municipalities.admin_forms import typed_reason
from municipalities.days import day_words
from municipalities.history import Door, through
from plans.admin_workflow import DONE
from plans.moving import WORDS
from plans.workflow import Action

from ..models import Request
from ..requests.texts import deadline_words
from . import drafts, moves
from .desk import Desk, by_row
from .figure_lines import FIGURE_LABELS, FigureLine
from .lines import Problem
from .outcome import Outcome
from .results import Book, typed_result
from .saving import save, unsaved
from .sheet import sheet_of

MOST_BYTES = 2_000_000
MOST_NAMES = 8


def address(desk: Desk, name: str = "sheet") -> str:
    """Return the address of a page of the sheet: sheet, draft, preview."""
    return reverse(f"admin:rounds_request_{name}", args=[desk.request.pk, desk.department.pk])


@require_http_methods(["GET", "HEAD", "POST"])
def sheet_view(
    request: HttpRequest, request_id: int, department_id: int, model_admin: Any
) -> HttpResponse:
    """Show the sheet, or do what its pressed button says."""
    desk = Desk.of(request.user, request_id, department_id)
    outcome = None
    if request.method == "POST":
        with through(Door.SCREEN):
            outcome = _done(request, desk)
        if outcome is None:
            return HttpResponseRedirect(address(desk))
    return _page(request, desk, model_admin, outcome)


def _page(
    request: HttpRequest, desk: Desk, model_admin: Any, outcome: Outcome | None
) -> TemplateResponse:
    found = drafts.drafts_of(desk)
    sheet = sheet_of(desk, found, outcome)
    own = None if outcome is not None else found.own
    context = model_admin.admin_site.each_context(request) | {
        "title": f"{desk.request.title}：{desk.department}",
        "opts": model_admin.opts,
        "is_nav_sidebar_enabled": False,  # the sheet needs the width
        "desk": desk,
        "asked": desk.request,
        "sheet": sheet,
        "labels": list(FIGURE_LABELS.values()),
        "draft": own,
        "drafted_at": drafts.clock(own.saved_at) if own else "",
        "others": [(draft, drafts.clock(draft.saved_at)) for draft in found.others],
        "outcome": outcome,
        "year": desk.request.municipality.year_label(desk.request.fiscal_year),
        "deadline": _deadline(desk.request),
        "change_reason": typed_reason(request),
        "draft_url": address(desk, "draft") if desk.may_enter else "",
        "preview_url": address(desk, "preview"),
    }
    return TemplateResponse(request, "admin/rounds/entry/sheet.html", context)


def _deadline(asked: Request) -> str:
    """Return until when a request is answered, as the town writes it."""
    if asked.is_open:
        return deadline_words(asked.municipality, asked.deadline, timezone.localdate())
    return day_words(asked.municipality, asked.deadline)


# --- What the buttons do ----------------------------------------------------------------------


def _done(request: HttpRequest, desk: Desk) -> Outcome | None:
    """Do what the pressed button says; None where that is done, else why it is not."""
    what = request.POST.get("do", "save")
    if what == "discard_draft":
        drafts.discard(desk)
        messages.success(request, _("下書きを破棄しました。"))
        return None
    if what.startswith("take_over"):
        return _take_over(request, desk, what.partition(":")[2])
    if what == "save":
        return _saved(request, desk)
    if what not in {action.value for action in Action}:
        messages.error(request, _("この操作はできません。"))
        return None
    action = Action(what)
    if action == Action.SUBMIT:
        return _submitted(request, desk)
    return _moved(request, desk, action)


def _take_over(request: HttpRequest, desk: Desk, number: str) -> None:
    try:
        draft = drafts.take_over(desk, number)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return
    if draft is None:
        messages.warning(request, _("その下書きは、すでに保存されたか破棄されています。"))
    else:
        messages.success(request, _("下書きを引き継ぎました。確かめて保存してください。"))


def _saved(request: HttpRequest, desk: Desk) -> Outcome | None:
    desk.require_entry()
    outcome = save(desk, request.POST, typed_reason(request))
    if outcome.is_refused:
        return outcome
    _tell_saved(request, outcome)
    return None


def _tell_saved(request: HttpRequest, outcome: Outcome) -> None:
    count = len(outcome.saved)
    if not count:
        messages.info(request, _("変わったところはありません。"))
        return
    text = ngettext("%(count)d件を保存しました。", "%(count)d件を保存しました。", count)
    messages.success(request, text % {"count": count})


def _submitted(request: HttpRequest, desk: Desk) -> Outcome | None:
    """Save, and hand in what is complete: both or neither."""
    desk.require_entry()
    reason = typed_reason(request)
    with transaction.atomic():
        outcome = save(desk, request.POST, reason)
        if outcome.is_refused:
            return outcome
        lines = desk.lines_of(outcome.saved)
        versions = {
            key: line.working.version for key, line in lines.items() if line.working is not None
        }
        chosen = request.POST.getlist("chosen")
        moved = moves.move(
            desk, Action.SUBMIT, request.POST, chosen=chosen, reason=reason, versions=versions
        )
        if moved.problems:
            transaction.set_rollback(True)
            outcome.problems += moved.problems
            return outcome
    if outcome.saved:
        _tell_saved(request, outcome)
    _tell_moved(request, Action.SUBMIT, moved)
    return None


def _moved(request: HttpRequest, desk: Desk, action: Action) -> Outcome | None:
    left = unsaved(desk, request.POST) if desk.may_enter else None
    if left is not None:
        text = _("保存していない変更があります。先に保存してから%(action)sをしてください。")
        left.problems.insert(0, Problem("", "", "", "", text % {"action": WORDS[action]}))
        return left
    chosen = request.POST.getlist("chosen")
    if request.POST.get("all"):
        chosen = _movable(desk, request, action)
    moved = moves.move(desk, action, request.POST, chosen=chosen, reason=typed_reason(request))
    if moved.problems:
        return Outcome({}, {}, problems=moved.problems)
    _tell_moved(request, action, moved)
    return None


def _movable(desk: Desk, request: HttpRequest, action: Action) -> list[str]:
    """Return all rows the page has sent that the person can move."""
    lines = desk.lines_of(by_row(request.POST.dict()), with_sections=True)
    return [key for key, line in lines.items() if moves.refusal_of(desk, line, action) is None]


def _tell_moved(request: HttpRequest, action: Action, moved: moves.Moved) -> None:
    if moved.count:
        messages.success(request, DONE[action] % {"count": moved.count})
    elif not moved.own and not moved.blank:
        messages.info(request, _("この操作の対象になる行はありません。"))
    if moved.own:
        text = _("自分が入力した行は承認・確認していません：%(names)s")
        messages.warning(request, text % {"names": _names(moved.own)})
    if moved.blank:
        text = _("まだ入力していないため提出していない行：%(names)s")
        messages.warning(request, text % {"names": _names(moved.blank)})


def _names(names: list[str]) -> str:
    shown = "、".join(names[:MOST_NAMES])
    rest = len(names) - MOST_NAMES
    if rest <= 0:
        return shown
    return _("%(names)s ほか%(rest)d件") % {"names": shown, "rest": rest}


# --- What the scripts ask ---------------------------------------------------------------------


def answers_json(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view the object that was sent as JSON; answer 400 and 413 where there is none."""

    def read(request: HttpRequest, request_id: int, department_id: int) -> HttpResponse:
        try:
            if len(request.body) > MOST_BYTES:
                raise RequestDataTooBig
            content = json.loads(request.body)
            fields = content["fields"]
            if not isinstance(fields, dict):
                raise TypeError
        except RequestDataTooBig:
            return JsonResponse({"message": _("一度に送る内容が多すぎます。")}, status=413)
        except (ValueError, TypeError, KeyError, RecursionError):
            return JsonResponse({"message": _("内容を読み取れません。")}, status=400)
        return view(request, Desk.of(request.user, request_id, department_id), content)

    return require_POST(read)


@answers_json
def draft_view(request: HttpRequest, desk: Desk, content: dict[str, Any]) -> JsonResponse:
    """Keep what is being typed."""
    versions = content.get("versions")
    try:
        desk.require_entry()
        saved = drafts.save_draft(
            desk, content["fields"], versions if isinstance(versions, dict) else {}
        )
    except PermissionDenied as error:
        return JsonResponse({"message": str(error)}, status=403)
    except drafts.TooLargeError as error:
        return JsonResponse({"message": " ".join(error.messages)}, status=413)
    except ValidationError as error:
        return JsonResponse({"message": " ".join(error.messages)}, status=409)
    return JsonResponse({"saved_at": drafts.clock(saved.saved_at)})


@answers_json
def preview_view(request: HttpRequest, desk: Desk, content: dict[str, Any]) -> JsonResponse:
    """Answer what is being typed comes to. Nothing is saved."""
    typed = by_row(
        {name: text for name, text in content["fields"].items() if isinstance(text, str)}
    )
    found = desk.lines_of([key for key in typed if key.startswith("series-")])
    lines = {key: line for key, line in found.items() if isinstance(line, FigureLine)}
    book = Book(lines.values())
    rows = {}
    for key, line in lines.items():
        texts = {column: typed[key][column] for column in FIGURE_LABELS if column in typed[key]}
        result = typed_result(book, line, texts)
        rows[key] = {"text": result.text, "warnings": result.warnings, "error": result.error}
    return JsonResponse({"rows": rows})
