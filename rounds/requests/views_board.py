"""A request's own page: what it would ask before it is sent, then how far the sections are; and
what planners do there: send, end, reopen, note replies, fetch a text that reminds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.access import get_visible_or_404, require_planner, scope_of
from municipalities.admin_forms import typed_reason
from municipalities.models import Department, User

from ..models import Reply, Request
from . import record
from .board import Board, Line, Show, Sort
from .forms import ReplyForm
from .people import People
from .texts import deadline_words, text_for_all, texts_by_section
from .views import known_request, planned_request


@dataclass(frozen=True)
class Asked:
    """A section a draft would ask, and who would be asked there."""

    line: Line
    entering: list[User]
    approving: list[User]


class ViewForm(forms.Form):
    """Which lines of the board are shown, and in which order."""

    show = forms.ChoiceField(label=gettext_lazy("表示"), choices=Show.choices, required=False)
    division = forms.TypedChoiceField(
        label=gettext_lazy("部"), coerce=int, empty_value=None, required=False
    )
    sort = forms.ChoiceField(label=gettext_lazy("並び順"), choices=Sort.choices, required=False)

    def __init__(self, board: Board, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["division"].choices = [
            ("", _("すべて")),
            *((division.pk, division.name) for division in board.divisions),
        ]


def board_view(request: HttpRequest, pk: int, model_admin: Any) -> HttpResponse:
    """Show a request's page; with POST take one of its steps. Everybody of the town reads it,
    planners write."""
    if request.method == "POST":
        return _step_view(request, planned_request(request, pk), model_admin)
    return _board_page(request, known_request(request, pk), model_admin)


def _step_view(request: HttpRequest, row: Request, model_admin: Any) -> HttpResponse:
    reason = typed_reason(request)
    steps: dict[str, tuple[Callable[[], Any], str]] = {
        "send": (
            lambda: record.send_request(
                row, by=request.user, on_paper=bool(request.POST.get("on_paper"))
            ),
            _("照会しました。"),
        ),
        "close": (
            lambda: record.close_request(row, by=request.user, reason=reason),
            _("終了しました。後日確定する実績は、これからも入力できます。"),
        ),
        "reopen": (
            lambda: record.reopen_request(row, by=request.user, reason=reason),
            _("再開しました。必要なら回答期限を直してください。"),
        ),
        "remove": (
            lambda: record.remove_request(row, by=request.user, reason=reason),
            _("準備中の照会を削除しました。"),
        ),
    }
    name = next((name for name in steps if name in request.POST), None)
    if name is None:
        raise Http404(_("見つかりません。"))
    step, words = steps[name]
    try:
        step()
    except ValidationError as error:
        fresh = known_request(request, row.pk)
        return _board_page(request, fresh, model_admin, error.messages, reason)
    model_admin.message_user(request, words, messages.SUCCESS)
    if name == "remove":
        return HttpResponseRedirect(reverse("admin:rounds_request_changelist"))
    return HttpResponseRedirect(reverse("admin:rounds_request_board", args=[row.pk]))


def _board_page(
    request: HttpRequest,
    row: Request,
    model_admin: Any,
    problems: list[str] | None = None,
    reason: str = "",
) -> HttpResponse:
    board = Board(row)
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "title": row.title,
        "original": row,
        "board": board,
        "plans": list(row.plans.all()),
        "year": row.municipality.year_label(row.fiscal_year),
        "deadline": deadline_words(row.municipality, row.deadline, board.day),
        "problems": problems or [],
        "change_reason": reason,
        "may_write": scope_of(request.user).plans_for(row.municipality_id),
    }
    if row.state == Request.State.DRAFT:
        people = People(board.sections.presence, row.municipality_id)
        return TemplateResponse(
            request,
            "admin/rounds/request/preview.html",
            context
            | {
                "is_blocked": not all(gap.is_of_people for gap in board.gaps),
                "hindrances": record.problems_before_sending(row, board.dues, (), board.day),
                "asked": [
                    Asked(line, people.entering(line.section), people.approving(line.section))
                    for line in board.lines
                ],
            },
        )
    form = ViewForm(board, request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    groups = board.arranged(**chosen)
    shown = [due for group in groups for line in group.lines for due in line.dues]
    is_chosen = any(chosen.values())
    return TemplateResponse(
        request,
        "admin/rounds/request/board.html",
        context
        | {
            "form": form,
            "groups": groups,
            "is_chosen": is_chosen,
            "count": board.counted(shown) if is_chosen else board.count,
            "replied": sum(line.has_replied for line in board.lines),
            "width": len(board.columns) + 7,
            "status_query": f"?{request.GET.urlencode()}" if is_chosen else "",
        },
    )


def text_view(request: HttpRequest, pk: int, model_admin: Any) -> HttpResponse:
    """Show the texts that remind the sections, ready to be pasted elsewhere. Planners only."""
    row = planned_request(request, pk)
    if row.state == Request.State.DRAFT:
        raise Http404(_("見つかりません。"))
    board = Board(row)
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "title": _("督促する文"),
        "original": row,
        "text": text_for_all(board),
        "sections": texts_by_section(board),
    }
    return TemplateResponse(request, "admin/rounds/request/text.html", context)


def reply_view(request: HttpRequest, pk: int, department_pk: int, model_admin: Any) -> HttpResponse:
    """Note how a section replied beside the screen, or take the note back. Planners only."""
    row = planned_request(request, pk)
    section = get_visible_or_404(
        Department.objects.filter(municipality=row.municipality_id), request.user, pk=department_pk
    )
    require_planner(request.user, section.municipality_id)
    stored = Reply.objects.filter(request=row, department=section).first()
    reply = stored or Reply(request=row, department=section)
    form = ReplyForm(request.POST if request.method == "POST" else None, instance=reply)
    if request.method == "POST" and _is_done(request, form, reply, stored):
        model_admin.message_user(request, _("回答の記録を保存しました。"), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:rounds_request_board", args=[row.pk]))
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "title": _("%(section)sの回答を記録する") % {"section": section},
        "original": row,
        "form": form,
        "stored": stored,
    }
    return TemplateResponse(request, "admin/rounds/request/reply.html", context)


def _is_done(request: HttpRequest, form: ReplyForm, reply: Reply, stored: Reply | None) -> bool:
    """Record or remove the reply; where that is refused, the form says why."""
    is_valid = form.is_valid()
    reason = form.cleaned_data.get("reason", "")
    try:
        if "remove" in request.POST and stored is not None:
            # The form has filled its own instance with what was typed.
            record.remove_reply(Reply.objects.get(pk=stored.pk), by=request.user, reason=reason)
        elif is_valid:
            record.record_reply(reply, by=request.user, reason=reason)
        else:
            return False
    except ValidationError as error:
        form.show(error)
        return False
    return True
