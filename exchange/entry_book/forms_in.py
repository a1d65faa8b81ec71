"""The forms of the pages on which workbooks come back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .keeping import Decision


class _ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or many."""

    widget = _ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files, at least one."""
        clean = super().clean
        return [clean(one, initial) for one in data] if data else [clean(None, initial)]


class UploadForm(forms.Form):
    """The workbooks that have come back."""

    files = FilesField(
        label=gettext_lazy("入力用Excel"),
        widget=_ManyFiles(attrs={"accept": ".xlsx"}),
        allow_empty_file=True,  # said of each, with its hint
        error_messages={"required": gettext_lazy("ファイルを選んでください。")},
    )


class DecisionForm(forms.Form):
    """How the section has decided on paper, and why the file is taken in."""

    decided_on = forms.DateField(
        label=gettext_lazy("決裁日"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy(
            "紙やファイルでの決裁が済んでいれば入力します。回答の状況に「ファイル」の回答として載ります。"
        ),
    )
    document_number = forms.CharField(label=gettext_lazy("文書番号"), required=False, max_length=60)
    reason = forms.CharField(
        label=gettext_lazy("変更理由"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("履歴に残ります。公開はされません。"),
    )

    def clean_decided_on(self) -> date | None:
        """Refuse a day to come."""
        day = self.cleaned_data["decided_on"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError(_("今日より後の日は入力できません。"))
        return day

    def clean(self) -> dict[str, Any]:
        """Refuse a document number that would be lost: it belongs to a decision."""
        said = super().clean() or self.cleaned_data
        is_dated = said.get("decided_on") or "decided_on" in self.errors
        if said.get("document_number") and not is_dated:
            self.add_error("decided_on", _("文書番号を入れるときは、決裁日も入力してください。"))
        return said

    @property
    def decision(self) -> Decision | None:
        """The decision a valid form tells of, None where it tells of none."""
        day = self.cleaned_data["decided_on"]
        return None if day is None else Decision(day, self.cleaned_data["document_number"])
