"""The pages on which workbooks come back: bring one or sixty, look at each, confirm."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exchange.downloads import File, file_name, sent
from exchange.models import EntryFile, EntryFileQuerySet, EntryUpload
from municipalities.access import get_visible_or_404, scope_of
from municipalities.uploads import Refused, limits
from municipalities.uploads.marked import marked
from municipalities.uploads.receiving import explain_missing, missing
from rounds.models import Request
from rounds.requests.views import known_request

from .decisions import Decisions
from .forms_in import DecisionForm, UploadForm
from .keeping import Brought
from .preview import preview_of, sum_words, waiting_of
from .waiting import decided_of, look_at, receive, remember, take_in

FILES = "admin:rounds_request_entry_files"
MOST_KEPT = 200
"""Files taken in that a page lists."""


# --- Bringing files -------------------------------------------------------------------------------


def files_view(request: HttpRequest, pk: int, model_admin: Any) -> HttpResponse:
    """Show what has come back for a request; with POST take files to look at, or confirm some of
    those that wait. A script posts each file by itself and is answered in JSON."""
    asked = known_request(request, pk)
    if request.method != "POST":
        return _files_page(request, asked, model_admin)
    if not may_bring(request.user, asked):
        raise PermissionDenied(_("担当する組織の行だけを変更できます。"))
    if "confirm" in request.POST or "cancel" in request.POST:
        return _decide_view(request, asked, model_admin)
    return _upload_view(request, asked, model_admin)


def may_bring(user: Any, asked: Request) -> bool:
    """Whether a person may bring workbooks of any section."""
    scope = scope_of(user)
    return scope.plans_for(asked.municipality_id) or bool(scope.departments)


def _wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def _upload_view(request: HttpRequest, asked: Request, model_admin: Any) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    explain_missing(form.fields["files"], request)
    if not form.is_valid():
        if _wants_json(request):
            return JsonResponse({"message": " ".join(form.errors["files"])}, status=400)
        return _files_page(request, asked, model_admin, form)
    for file in form.cleaned_data["files"]:
        try:
            upload = receive(request.user, asked, file.name, file.read())
        except Refused as refused:
            if _wants_json(request):
                return JsonResponse({"message": refused.message}, status=400)
            messages.error(request, f"「{file.name}」：{refused.message}")
            continue
        if _wants_json(request):
            return JsonResponse({"message": _said(upload), "refused": upload.is_refused})
    for name in missing(request):
        text = _("合わせて%(limit)d MBを超えたので届いていません。ファイルを分けて送ってください。")
        messages.error(request, f"「{name}」：{text % {'limit': limits.UPLOAD / 2**20}}")
    return HttpResponseRedirect(reverse(FILES, args=[asked.pk]))


def _said(upload: EntryUpload) -> str:
    twin = _("同じファイルが待っていたので、置き換えました。") if upload.has_replaced else ""
    return f"{upload.sections}：{sum_words(upload.counts)}　{twin}".rstrip()


# --- Confirming some of them ----------------------------------------------------------------------


def _decide_view(request: HttpRequest, asked: Request, model_admin: Any) -> HttpResponse:
    """Take in, or drop, the chosen files as they were shown; each by itself."""
    form = DecisionForm(request.POST)
    numbers = [text for text in request.POST.getlist("chosen") if text.isascii() and text.isdigit()]
    numbers = [number for number in numbers if len(number) < 19]
    own = EntryUpload.objects.fresh().filter(user=request.user, request=asked)
    chosen = list(own.filter(pk__in=numbers))
    for upload in chosen:
        upload.request, upload.user = asked, request.user  # as they have been read
    if "cancel" in request.POST:
        for upload in own.filter(pk__in=numbers, finished_at=None):
            upload.finish()
        return HttpResponseRedirect(reverse(FILES, args=[asked.pk]))
    if not form.is_valid():
        if _wants_json(request):
            problems = " ".join(text for texts in form.errors.values() for text in texts)
            return JsonResponse({"message": problems}, status=400)
        return _files_page(request, asked, model_admin, decision_form=form)
    found = [
        _confirmed(request, upload, form, request.POST.get(f"fingerprint-{upload.pk}", ""))
        for upload in chosen
    ]
    if _wants_json(request):
        if not found:
            return JsonResponse({"message": _("このファイルはもう待っていません。")}, status=400)
        return JsonResponse({"message": found[0][1]}, status=200 if found[0][0] else 400)
    if not found:
        messages.warning(request, _("取り込むファイルを選んでください。"))
    for upload, (is_done, text) in zip(chosen, found, strict=True):
        say = messages.success if is_done else messages.error
        say(request, f"「{upload.file_name}」：{text}")
    return HttpResponseRedirect(reverse(FILES, args=[asked.pk]))


def _confirmed(
    request: HttpRequest, upload: EntryUpload, form: DecisionForm, seen: str
) -> tuple[bool, str]:
    """Take a file in as it was shown; return whether that is done, and what to say of it."""
    try:
        decisions = decided_of(upload)
        brought = _taken_in(upload, form, seen, decisions)
    except (Refused, PermissionDenied) as refused:
        return False, str(refused)
    if brought is None:
        kept = _kept_of(upload.request, request.user).like([upload]).get(upload.sha256)
        return (False, _("取り消してあります。")) if kept is None else (True, kept.again)
    if brought.kept is not None:
        return True, _done(brought.kept)
    remember(upload, brought, decisions)
    if brought.taken.is_refused:
        text = _("取り込めない行があります。何も書き込んでいません。開いて確かめてください。")
    else:
        text = _("確かめた後に内容が変わりました。何も書き込んでいません。開いて確かめてください。")
    return False, text


def _taken_in(
    upload: EntryUpload, form: DecisionForm, seen: str, decisions: Decisions
) -> Brought | None:
    return take_in(
        upload,
        seen,
        decisions=decisions,
        decision=form.decision,
        reason=form.cleaned_data["reason"],
    )


def _done(kept: EntryFile) -> str:
    return _("取り込みました（%(sum)s）。") % {"sum": kept.sum}


# --- One of them ----------------------------------------------------------------------------------


def file_view(request: HttpRequest, pk: int, number: int, model_admin: Any) -> HttpResponse:
    """Show what a file would do; confirmed, do it; dropped, forget it."""
    upload = _own_upload(request, pk, number)
    back = HttpResponseRedirect(reverse(FILES, args=[pk]))
    if upload.finished_at is not None:
        messages.info(request, _("このファイルは、すでに取り込んだか取り消してあります。"))
        return back
    if "cancel" in request.POST:
        upload.finish()
        messages.info(request, _("取り消しました。何も書き込んでいません。"))
        return back
    is_asked = request.method == "POST"
    form = DecisionForm(request.POST if is_asked else None)
    decisions = Decisions.of(request.POST) if is_asked else decided_of(upload)
    try:
        if "confirm" in request.POST and form.is_valid():
            brought = _taken_in(upload, form, request.POST.get("fingerprint", ""), decisions)
            if brought is None or brought.kept is not None:
                if brought is not None and brought.kept is not None:
                    messages.success(request, f"「{upload.file_name}」：{_done(brought.kept)}")
                return back
            _say_why_not(request, brought)
        else:
            brought = look_at(upload, decisions)
    except Refused as refused:
        messages.error(request, refused.message)
        return back
    if is_asked:
        remember(upload, brought, decisions)
    return _file_page(request, upload, model_admin, brought, decisions, form)


def _say_why_not(request: HttpRequest, brought: Brought) -> None:
    if brought.taken.is_refused:
        text = _("取り込めない行が残っています。何も書き込んでいません。")
    else:
        text = _(
            "確かめている間に、保存されている内容が変わりました。何も書き込んでいません。"
            "いまの内容との違いを下に示します。もう一度確かめてください。"
        )
    messages.error(request, text)


@require_safe
def marked_view(request: HttpRequest, pk: int, number: int, model_admin: Any) -> HttpResponse:
    """Send the person's workbook with what is wrong marked in it."""
    upload = _own_upload(request, pk, number)
    if upload.finished_at is not None:
        raise Http404(_("見つかりません。"))
    try:
        complaints = look_at(upload).taken.complaints
    except Refused as refused:
        messages.error(request, refused.message)
        return HttpResponseRedirect(reverse(FILES, args=[pk]))
    content = marked(bytes(upload.content), complaints)
    name = file_name([upload.file_name.removesuffix(".xlsx"), _("取込結果")])
    return sent(File(name, content))


@require_safe
def kept_view(request: HttpRequest, pk: int, number: int, model_admin: Any) -> HttpResponse:
    """Send a workbook as it was taken in, to whoever may see the sheets of the request."""
    asked = known_request(request, pk)
    kept = get_visible_or_404(EntryFile.objects.filter(request=asked), request.user, pk=number)
    return sent(File(file_name([kept.file_name.removesuffix(".xlsx")]), bytes(kept.content)))


def _kept_of(asked: Request, user: Any) -> EntryFileQuerySet:
    """Return the files taken in for a request that a person sees."""
    return EntryFile.objects.filter(request=asked).visible_to(user)


def _own_upload(request: HttpRequest, pk: int, number: int) -> EntryUpload:
    """Return the person's own file of a request they still see."""
    asked = known_request(request, pk)
    upload = EntryUpload.objects.fresh().filter(user=request.user, request=asked, pk=number).first()
    if upload is None:
        raise Http404(_("見つかりません。"))
    upload.request, upload.user = asked, request.user
    return upload


# --- Pages ----------------------------------------------------------------------------------------


def _files_page(
    request: HttpRequest,
    asked: Request,
    model_admin: Any,
    form: UploadForm | None = None,
    decision_form: DecisionForm | None = None,
) -> HttpResponse:
    waiting = list(EntryUpload.objects.waiting(request.user, asked).defer("content"))
    of_request = _kept_of(asked, request.user)
    kept = of_request.defer("content").select_related("brought_by").prefetch_related("departments")
    return _page(
        request,
        model_admin,
        "files",
        title=_("入力用Excelの取込"),
        original=asked,
        may_bring=may_bring(request.user, asked) and asked.state != Request.State.DRAFT,
        form=form or UploadForm(),
        decision_form=decision_form or DecisionForm(),
        waiting=waiting_of(waiting, of_request.like(waiting)),
        refused=sum(upload.is_refused for upload in waiting),
        kept=kept[:MOST_KEPT],
        has_more=kept[MOST_KEPT:].exists(),
    )


def _file_page(
    request: HttpRequest,
    upload: EntryUpload,
    model_admin: Any,
    brought: Brought,
    decisions: Decisions,
    form: DecisionForm,
) -> HttpResponse:
    asked, taken = upload.request, brought.taken
    is_planner = scope_of(request.user).plans_for(asked.municipality_id)
    of_request = _kept_of(asked, request.user)
    preview = preview_of(taken, decisions, is_planner=is_planner)
    return _page(
        request,
        model_admin,
        "file",
        title=_("取込の確認"),
        original=asked,
        upload=upload,
        before=of_request.like([upload]).get(upload.sha256),
        taken=taken,
        preview=preview,
        sections=brought.sections,
        form=form,
        is_planner=is_planner,
    )


def _page(request: HttpRequest, model_admin: Any, name: str, **context: Any) -> HttpResponse:
    context = model_admin.admin_site.each_context(request) | {"opts": model_admin.opts} | context
    return TemplateResponse(request, f"admin/exchange/entry_book/{name}.html", context)
