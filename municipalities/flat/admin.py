"""The pages of a flat table: upload, preview, confirm; and its export."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.admin import ImportExportMixin
from import_export.forms import ExportForm

from municipalities.pending import PendingUpload
from municipalities.uploads import Refused, limits, read
from municipalities.uploads.kinds import is_zip
from municipalities.uploads.marked import marked
from municipalities.uploads.receiving import explain_missing

from .formats import Csv, Xlsx, table_of
from .importing import Outcome

SHOWN = 300
"""Rows a preview lists; the others are counted."""


class UploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("ファイル（.xlsx、.csv）"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > limits.UPLOAD:
            raise forms.ValidationError(
                _("ファイルが大きすぎます。%(limit)d MBまで読み取れます。")
                % {"limit": limits.UPLOAD / 2**20}
            )
        return file


class ConfirmForm(forms.Form):
    upload = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("変更理由"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("履歴に残ります。公開はされません。"),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class FlatTable(ImportExportMixin):
    """Mix into a ScopedAdmin; `resource_classes` names the one FlatResource.

    Everybody who may see the table may export what they see; importing is for those who may add
    or change rows, which rows, the write path says.
    """

    formats = [Xlsx, Csv]
    export_form_class = ExportForm
    import_export_change_list_template = "admin/flat/change_list.html"
    import_template_name = "admin/flat/import.html"
    export_template_name = "admin/flat/export.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.marked_view)
        name = "{}_{}_import_marked".format(*self.get_model_info())
        return [path("import/marked/", view, name=name), *super().get_urls()]

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) or self.has_change_permission(request)

    def export_action(self, request: HttpRequest) -> HttpResponse:
        """Export the rows of the list; a query that means nothing leads back to it."""
        try:
            if any("\0" in value for value in request.GET.values()):
                raise IncorrectLookupParameters
            return super().export_action(request)
        except (IncorrectLookupParameters, ValidationError, OverflowError):
            return HttpResponseRedirect(f"{self._list_address()}?{ERROR_FLAG}=1")

    def _list_address(self) -> str:
        return reverse("admin:{}_{}_changelist".format(*self.get_model_info()))

    def get_export_data(
        self, file_format: Any, request: HttpRequest, queryset: Any, **kwargs: Any
    ) -> bytes:
        if not self.has_export_permission(request):
            raise PermissionDenied
        return file_format.export_data(self._resource().export(queryset))

    def _resource(self) -> Any:
        return self.resource_classes[0]()

    # --- Import -----------------------------------------------------------------------------------

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Read an upload and show what it would change, or what is wrong with it."""
        self._require_import(request)
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = UploadForm(*sent)
        explain_missing(form.fields["file"], request)
        context: dict[str, Any] = {}
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                context = self._preview(request, file.read(), file.name)
            except Refused as refused:
                form.add_error("file", refused.message)
        return self._page(request, form, context)

    def _preview(self, request: HttpRequest, content: bytes, name: str) -> dict[str, Any]:
        """Return what the page says of an upload, which is kept until it is confirmed."""
        outcome = self._import(request, content, name)
        upload = PendingUpload.objects.keep(
            request.user,
            self.opts.label_lower,
            name=name[:255],
            content=content,
            fingerprint=outcome.fingerprint,
        )
        return {"outcome": outcome, "confirm_form": ConfirmForm(initial={"upload": upload.pk})}

    def _import(self, request: HttpRequest, content: bytes, name: str, **options: Any) -> Outcome:
        table = table_of(read(content, name))
        options.setdefault("dry_run", True)
        return self._resource().import_data(table, user=request.user, **options)

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Save what was previewed, where it still is what was previewed."""
        self._require_import(request)
        upload, form = self._pending(request)
        outcome = self._import(
            request,
            bytes(upload.content),
            upload.name,
            dry_run=False,
            seen=upload.fingerprint,
            reason=form.cleaned_data["reason"],
        )
        if outcome.is_saved:
            upload.delete()
            messages.success(request, self._success(outcome))
            return HttpResponseRedirect(self._list_address())
        messages.warning(
            request,
            _("プレビューの後に表が変わったため、まだ取り込んでいません。確認し直してください。"),
        )
        context = self._preview(request, bytes(upload.content), upload.name)
        return self._page(request, UploadForm(), context)

    def marked_view(self, request: HttpRequest) -> HttpResponse:
        """Return the person's own file with what is wrong marked in it."""
        self._require_import(request)
        upload, _form = self._pending(request)
        content = bytes(upload.content)
        outcome = self._import(request, content, upload.name)
        kind = Xlsx() if is_zip(content) else Csv()
        return HttpResponse(
            marked(content, outcome.complaints),
            content_type=kind.get_content_type(),
            headers={
                "Content-Disposition": f'attachment; filename="checked.{kind.get_extension()}"'
            },
        )

    def _require_import(self, request: HttpRequest) -> None:
        if not self.has_import_permission(request):
            raise PermissionDenied

    def _pending(self, request: HttpRequest) -> tuple[PendingUpload, ConfirmForm]:
        form = ConfirmForm(request.POST)
        found = None
        if form.is_valid():
            pending = PendingUpload.objects.of(request.user, self.opts.label_lower)
            found = pending.filter(pk=form.cleaned_data["upload"]).first()
        if found is None:
            raise Http404(_("見つかりません。"))
        return found, form

    @staticmethod
    def _success(outcome: Outcome) -> str:
        return _("取り込みました：追加%(new)d行、変更%(changed)d行、変更なし%(same)d行。") % {
            "new": len(outcome.new),
            "changed": len(outcome.changed),
            "same": outcome.unchanged,
        }

    def _page(self, request: HttpRequest, form: Any, context: dict[str, Any]) -> HttpResponse:
        request.current_app = self.admin_site.name
        outcome = context.get("outcome")
        return TemplateResponse(
            request,
            self.import_template_name,
            {
                **self.admin_site.each_context(request),
                **context,
                "title": _("%(table)sの取込") % {"table": self.opts.verbose_name_plural},
                "opts": self.opts,
                "form": form,
                "columns": self._resource().table,
                "shown": outcome.lines[:SHOWN] if outcome else (),
                "hidden_count": max(0, len(outcome.lines) - SHOWN) if outcome else 0,
                "complaints": outcome.complaints[:SHOWN] if outcome else (),
                "complaints_hidden": max(0, len(outcome.complaints) - SHOWN) if outcome else 0,
            },
        )

    def init_request_context_data(self, request: HttpRequest, form: Any) -> dict[str, Any]:
        context = super().init_request_context_data(request, form)
        context["title"] = _("%(table)sの出力") % {"table": self.opts.verbose_name_plural}
        return context
