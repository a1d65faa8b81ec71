"""The import of a plan as pages: upload, look at what would happen, confirm.

The file waits in the database in between. What is confirmed is what was shown: where somebody has
changed something meanwhile, nothing is written and the new state is shown.
"""

from __future__ import annotations

import logging
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from municipalities.access import require_planner
from municipalities.history import Door, through
from municipalities.models import Municipality
from municipalities.uploads import Refused, limits, read
from municipalities.uploads.marked import marked
from municipalities.uploads.receiving import explain_missing

from .downloads import File, file_name, sent
from .import_preview import preview_of, sentence
from .models import Upload, WaitingLine
from .plan_book.importing import Outcome, import_plan
from .plan_book.table import Status

MOST_WAITING = 50
START = "admin:plans_plan_import"
PREVIEW = "admin:plans_plan_import_preview"
logger = logging.getLogger(__name__)


class UploadForm(forms.Form):
    """Which workbook, for which town, and why."""

    municipality = forms.ModelChoiceField(
        Municipality.objects.none(),
        label=gettext_lazy("自治体"),
        empty_label=gettext_lazy("（選択）"),
    )
    file = forms.FileField(
        label=gettext_lazy("Excelブック"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        help_text=format_lazy(
            gettext_lazy("{limit} MBまでの .xlsx。マクロは動かしません。"),
            limit=limits.UPLOAD // 2**20,
        ),
        allow_empty_file=True,  # said below, with its hint
        error_messages={"required": gettext_lazy("ファイルを選んでください。")},
    )
    reason = forms.CharField(
        label=gettext_lazy("変更理由"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text=gettext_lazy("履歴に残ります。公開はされません。"),
    )

    def __init__(self, request: HttpRequest, towns: QuerySet) -> None:
        asked = request.method == "POST"
        super().__init__(request.POST if asked else None, request.FILES if asked else None)
        field = self.fields["municipality"]
        field.queryset = towns
        field.initial = request.GET.get("municipality")
        if len(towns[:2]) == 1:
            field.initial, field.empty_label = towns[0], None
        explain_missing(self.fields["file"], request)

    def clean_file(self) -> Any:
        """Refuse what cannot be read, with its hint."""
        file = self.cleaned_data["file"]
        content = file.read()
        try:
            read(content, file.name, takes_csv=False)
        except Refused as refused:
            raise ValidationError(refused.message) from refused
        return file.name, content


def upload_view(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Take a workbook and go on to its preview. Planners only."""
    scope = model_admin.scope(request)
    if not (scope.is_operator or scope.planned):
        raise PermissionDenied
    towns = Municipality.objects.order_by("code", "name")
    if not scope.is_operator:
        towns = towns.filter(pk__in=scope.planned)
    form = UploadForm(request, towns)
    if request.method == "POST" and form.is_valid():
        name, content = form.cleaned_data["file"]
        upload = Upload.objects.keep(
            user=request.user,
            municipality=form.cleaned_data["municipality"],
            file_name=name,
            content=content,
            reason=form.cleaned_data["reason"],
        )
        return HttpResponseRedirect(reverse(PREVIEW, args=[upload.pk]))
    waiting = WaitingLine.objects.filter(plan__municipality__in=towns).select_related(
        "plan__municipality"
    )
    return _page(
        request,
        model_admin,
        "upload",
        title=_("計画をExcelから取り込む"),
        form=form,
        waiting=waiting[:MOST_WAITING],
        has_more_waiting=waiting[MOST_WAITING:].exists(),
    )


def preview_view(request: HttpRequest, number: int, model_admin: Any) -> HttpResponse:
    """Show what the file would do; confirmed, do it; cancelled, forget it."""
    upload = _own_upload(request, number)
    if upload.finished_at is not None:
        return _after(request, model_admin, upload)
    if request.method != "POST":
        return _preview(request, model_admin, upload, _run(upload, request, dry_run=True))
    if "cancel" in request.POST:
        upload.finish()
        model_admin.message_user(request, _("取り消しました。何も書き込んでいません。"))
        return HttpResponseRedirect(reverse(START))
    return _confirm(request, model_admin, upload)


@require_safe
def marked_view(request: HttpRequest, number: int, model_admin: Any) -> HttpResponse:
    """Send the person's workbook with what is wrong marked in it."""
    upload = _own_upload(request, number)
    if upload.finished_at is not None:
        return _after(request, model_admin, upload)
    outcome = _run(upload, request, dry_run=True)
    content = marked(bytes(upload.content), outcome.complaints)
    return sent(File(file_name([upload.municipality, _("取込結果")]), content))


def _own_upload(request: HttpRequest, number: int) -> Upload:
    """Return the person's own file, if they plan for its town still."""
    files = Upload.objects.select_related("municipality", "plan")
    upload = files.filter(user=request.user, pk=number).first()
    if upload is None:
        raise Http404(_("見つかりません。"))
    require_planner(request.user, upload.municipality_id)
    return upload


def _run(upload: Upload, request: HttpRequest, **how: Any) -> Outcome:
    with through(Door.WORKBOOK):
        return import_plan(
            read(bytes(upload.content), upload.file_name),
            upload.municipality,
            by=request.user,
            reason=upload.reason,
            **how,
        )


def _confirm(request: HttpRequest, model_admin: Any, upload: Upload) -> HttpResponse:
    """Do what was shown, once; where it would be something else by now, show that."""
    expected = request.POST.get("fingerprint", "")
    try:
        with transaction.atomic():
            if not upload.claim():
                return _after(request, model_admin, _own_upload(request, upload.pk))
            outcome = _run(upload, request, expected=expected)
            is_written = not outcome.complaints and outcome.fingerprint == expected
            if is_written:
                upload.finish(plan=outcome.plan)
            else:
                transaction.set_rollback(True)  # it waits on
    except (IntegrityError, OperationalError):  # somebody wrote the same rows at this moment
        logger.exception("An import met other writers.")
        outcome, is_written = _run(upload, request, dry_run=True), False
    if is_written:
        _say_what_was_done(request, model_admin, upload, outcome)
        return HttpResponseRedirect(reverse("admin:plans_plan_change", args=[outcome.plan.pk]))
    text = _(
        "確かめている間に、計画の内容が変わりました。何も書き込んでいません。"
        "いまの内容との違いを下に示します。もう一度確かめてください。"
    )
    model_admin.message_user(request, text, messages.ERROR)
    return _preview(request, model_admin, upload, outcome)


def _say_what_was_done(
    request: HttpRequest, model_admin: Any, upload: Upload, outcome: Outcome
) -> None:
    plan, preview = outcome.plan, preview_of(outcome, upload.municipality)
    how = _("Excelから取り込み（%(counts)s）") % {"counts": sentence(outcome.counts)}
    log = model_admin.log_addition if outcome.is_new else model_admin.log_change
    log(request, plan, how)
    text = _("「{plan}」に取り込みました（{counts}）。")
    if outcome.is_new:
        text = _("新しい計画「{plan}」を素案としてつくりました（{counts}）。")
    parts = [format_html(text, plan=plan, counts=sentence(outcome.counts))]
    if preview.proposed:
        text = _(
            "向きを提案しただけの指標が{count}件あります。<a href='{page}'>確かめてください</a>。"
        )
        parts.append(format_html(text, count=preview.proposed, page=_directions(plan)))
    if preview.waits:
        parts.append(_("ほかの計画を待つ行は、その計画を取り込んだときにつながります。"))
    message = format_html_join("", "{}", ((part,) for part in parts))
    model_admin.message_user(request, message, messages.SUCCESS)


def _directions(plan: Any) -> str:
    """Return where the proposed directions of a plan are confirmed."""
    page = reverse("admin:indicators_indicator_changelist")
    return f"{page}?plan={plan.pk}&direction__exact=unknown"


def _after(request: HttpRequest, model_admin: Any, upload: Upload) -> HttpResponse:
    """Lead away from a file that has been used, as a second click or the back button asks."""
    if upload.plan is None:
        text = _(
            "このファイルの取込はもう終わっています。必要なら、もう一度アップロードしてください。"
        )
        model_admin.message_user(request, text, messages.WARNING)
        return HttpResponseRedirect(reverse(START))
    text = _("このファイルは、すでに取り込んであります。二重には取り込みません。")
    model_admin.message_user(request, text, messages.INFO)
    return HttpResponseRedirect(reverse("admin:plans_plan_change", args=[upload.plan.pk]))


def _preview(
    request: HttpRequest, model_admin: Any, upload: Upload, outcome: Outcome
) -> HttpResponse:
    preview = preview_of(outcome, upload.municipality)
    is_stored = outcome.plan is not None and not outcome.is_new
    return _page(
        request,
        model_admin,
        "preview",
        title=_("取込の確認"),
        upload=upload,
        outcome=outcome,
        preview=preview,
        counts=sentence(outcome.counts),
        statuses=[status.label for status in Status],
        directions=_directions(outcome.plan) if is_stored and preview.proposed else "",
    )


def _page(request: HttpRequest, model_admin: Any, name: str, **context: Any) -> HttpResponse:
    context |= model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "title": context["title"],
    }
    return TemplateResponse(request, f"admin/plans/plan/import_{name}.html", context)
