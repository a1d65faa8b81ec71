"""What goes out of a request: entry workbooks of its sections, and the board as a workbook."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from municipalities.models import Department
from rounds.entry.desk import Desk
from rounds.models import Request
from rounds.requests.board import Board
from rounds.requests.dues import dues_of
from rounds.requests.sections import Sections
from rounds.requests.views import known_request, planned_request
from rounds.requests.views_board import ViewForm

from .downloads import File, sent
from .entry_book.board_book import board_file
from .entry_book.content import Contents
from .entry_book.cover import Letter
from .entry_book.workbook import entry_file, entry_files

EACH, DIVISION = "section", "division"


class BooksForm(forms.Form):
    """For which sections, and what stands on the covers."""

    grouping = forms.ChoiceField(
        label=gettext_lazy("まとめ方"),
        choices=[
            (EACH, gettext_lazy("課ごとに1つのファイル")),
            (DIVISION, gettext_lazy("部ごとに1つのファイル")),
        ],
    )
    number = forms.CharField(
        label=gettext_lazy("資料番号"),
        required=False,
        max_length=40,
        help_text=gettext_lazy(
            "例：資料3。ファイルごとに「資料3-1」「資料3-2」…とし、ファイル名と各ページの右上に入れます。"
        ),
    )
    contact = forms.CharField(
        label=gettext_lazy("問い合わせ先"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("担当と内線。例：企画課 計画担当 内線1234。表紙に印刷します。"),
    )
    has_boxes = forms.BooleanField(
        label=gettext_lazy("決裁欄を付ける"),
        required=False,
        help_text=gettext_lazy("表紙に、課の決裁（担当・係長・課長・部長）の欄を印刷します。"),
    )
    sections = forms.TypedMultipleChoiceField(
        label=gettext_lazy("照会先"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("ファイルをつくる課を選んでください。")},
    )

    def __init__(self, row: Request, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        self.dues = dues_of(row)
        self.asked = Sections(row, self.dues, timezone.localdate())
        self.fields["sections"].choices = [
            (section.pk, f"{section.name}（{len(self.asked.dues(section))}件）")
            for section in self.asked.asked
        ]
        self.fields["sections"].initial = [section.pk for section in self.asked.asked]

    def file(self) -> File:
        """Return the ZIP a valid form asks for."""
        chosen = self.cleaned_data
        contents = Contents(self.row, self.dues)
        books = []
        for place, (name, sections) in enumerate(self._groups(), start=1):
            own = [section for section in sections if section.pk in chosen["sections"]]
            if own:
                books.append((contents.of(name, own), self._letter(place)))
        return entry_files(self.row, books)

    def _groups(self) -> list[tuple[str, list[Department]]]:
        """Return the name of each workbook, and its sections. A workbook's number is its place
        here, whichever are chosen."""
        found: dict[Department, list[Department]] = {}
        for section in self.asked.asked:
            is_own = self.cleaned_data["grouping"] == EACH
            whole = section if is_own else self.asked.division(section)
            found.setdefault(whole, []).append(section)
        return [(whole.name, sections) for whole, sections in found.items()]

    def _letter(self, number: int) -> Letter:
        chosen = self.cleaned_data
        text = f"{chosen['number']}-{number}" if chosen["number"] else ""
        return Letter(text, chosen["contact"], chosen["has_boxes"])


@require_safe
def books_view(request: HttpRequest, pk: int, model_admin: Any) -> HttpResponse:
    """Ask for which sections, or send their workbooks as a ZIP. Planners only."""
    row = _sent_request(planned_request(request, pk))
    asked = "download" in request.GET
    form = BooksForm(row, request.GET if asked else None, initial={"has_boxes": True})
    if asked and form.is_valid():
        return sent(form.file())
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "title": _("入力用Excelをまとめて出す"),
        "original": row,
        "form": form,
        "media": model_admin.media + form.media,
    }
    return TemplateResponse(request, "admin/rounds/request/books.html", context)


@require_safe
def book_view(
    request: HttpRequest, request_id: int, department_id: int, model_admin: Any
) -> HttpResponse:
    """Send the workbook of a section to whoever sees its sheet."""
    desk = Desk.of(request.user, request_id, department_id)
    row = _sent_request(desk.request)
    if not desk.dues:
        raise Http404(_("見つかりません。"))
    section = desk.department
    content = Contents(row, desk.dues).of(section.name, [section])
    return sent(entry_file(content, Letter()))


@require_safe
def status_view(request: HttpRequest, pk: int, model_admin: Any) -> HttpResponse:
    """Send the board as a workbook, with the lines chosen there. Everybody of the town."""
    row = _sent_request(known_request(request, pk))
    board = Board(row)
    form = ViewForm(board, request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    return sent(board_file(board, board.arranged(**chosen), is_chosen=any(chosen.values())))


def _sent_request(row: Request) -> Request:
    """Return a request the sections know of; Http404 for one that is still a draft."""
    if row.state == Request.State.DRAFT:
        raise Http404(_("見つかりません。"))
    return row
