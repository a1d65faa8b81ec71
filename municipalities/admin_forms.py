"""Forms and formsets of the admin: they ask the write path and show its answer by the fields."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import models, transaction
from django.forms.models import BaseInlineFormSet
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import record
from .admin_fields import Lookup


@dataclass(frozen=True)
class WritePath:
    """The functions of a `record` module through which rows of one kind are written."""

    check: Callable[..., None]
    record: Callable[..., Any]
    remove: Callable[..., None]
    is_versioned: bool = False


STRUCTURE = WritePath(record.check_row, record.record_row, record.remove_row)


class RowForm(forms.ModelForm):
    """A form whose row must pass the write path before it counts as valid.

    The admin fills in `by` and `path`. Rows with a version detect that somebody else saved them
    while the form was open; the form then shows both values and can be saved once more.
    """

    by: Any = None
    path: WritePath = STRUCTURE
    own_fields = ("change_reason", "seen_version")

    change_reason = forms.CharField(
        label=gettext_lazy("変更理由"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("履歴に残ります。公開はされません。"),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.path.is_versioned and self.instance.pk:
            self.initial["seen_version"] = self.instance.version
        for name, field in self.fields.items():
            widget = getattr(field.widget, "widget", field.widget)
            if isinstance(widget, Lookup):
                widget.known = self.instance._state.fields_cache.get(name)

    @cached_property
    def changed_data(self) -> list[str]:
        """The names of the changed fields of the row; its reason alone changes nothing."""
        return [name for name in super().changed_data if name not in self.own_fields]

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.has_changed() or self._awaits_parent():
            return
        if not self.errors:
            self._refuse_stale()
        if not self.errors:
            said = {"reason": self.data.get("change_reason", "")} if self.path.is_versioned else {}
            self._ask(lambda: self.path.check(self.instance, by=self.by, **said))

    def _awaits_parent(self) -> bool:
        """Whether the row stands below one that is being added: it is checked when saved."""
        return any(
            isinstance(field, forms.models.InlineForeignKeyField)
            and field.parent_instance._state.adding
            for field in self.fields.values()
        )

    def _ask(self, question: Callable[[], None]) -> None:
        try:
            question()
        except ValidationError as error:
            self.show(error)
        except PermissionDenied as error:
            self.add_error(None, str(error) or _("この操作はできません。"))

    def show(self, error: ValidationError) -> None:
        """Put the messages of `error` beside their fields, the others on top."""
        problems = getattr(error, "error_dict", None) or {NON_FIELD_ERRORS: error.error_list}
        for name, errors in problems.items():
            self.add_error(name if name in self.fields else None, errors)

    def _refuse_stale(self) -> None:
        if not self.path.is_versioned or self.instance._state.adding:
            return
        stored_version = self.initial["seen_version"]
        if self.cleaned_data.get("seen_version") == stored_version:
            return
        last = self.instance.history.select_related("history_user").first()
        who = str(last.history_user) if last and last.history_user else _("ほかの人")
        when = timezone.localtime(last.history_date) if last else None
        self.add_error(
            None,
            _(
                "この画面を開いた後に、%(who)sがこの行を変更しました%(when)s。"
                "それぞれの値を確かめ、よければもう一度保存してください。"
            )
            % {"who": who, "when": f"（{when:%Y-%m-%d %H:%M}）" if when else ""},
        )
        for name in self.changed_data:
            self.add_error(
                name,
                _("保存されている値：%(stored)s／入力した値：%(typed)s")
                % {
                    "stored": self._words(name, self.initial.get(name)),
                    "typed": self._words(name, self[name].data),
                },
            )
        # Saving the form as it is now shown overwrites knowingly.
        self.data = self.data.copy()
        self.data[self.add_prefix("seen_version")] = str(stored_version)

    def _words(self, name: str, value: Any) -> str:
        """Return a field's value as people read it."""
        field = self.fields[name]
        value = field.prepare_value(value)
        if isinstance(field, forms.ModelChoiceField):
            try:
                row = field.to_python(value)
            except ValidationError:
                row = None
            return field.label_from_instance(row) if row else _("（空欄）")
        if isinstance(field, forms.BooleanField):
            return _("はい") if value else _("いいえ")
        choices = dict(getattr(field, "choices", ()))
        return str(choices.get(value, value)) if value not in {None, ""} else _("（空欄）")


def typed_reason(request: HttpRequest) -> str:
    """Return the reason typed on a page that has no form of its own for it."""
    return request.POST.get("change_reason", "").replace("\0", "").strip()[:200]


def would_refuse(action: Callable[[], None]) -> str:
    """Return why the write path would refuse `action`, "" where it would not. Writes nothing."""
    try:
        with transaction.atomic():
            action()
            transaction.set_rollback(True)
    except ValidationError as error:
        return " ".join(error.messages)
    except PermissionDenied as error:
        return str(error) or _("この操作はできません。")
    except Http404:
        return _("見つかりません。")
    return ""


class RowFormSet(BaseInlineFormSet):
    """Rows below a parent: no duplicates among them, and no removal the write path refuses.

    Django leaves out a UniqueConstraint that holds the parent's key or a condition, and a
    duplicate would end in an IntegrityError. What is stored already, the write path knows.
    """

    by: Any = None
    path: WritePath = STRUCTURE

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)
        # The parent at hand, so that no row asks for it again.
        setattr(form.instance, self.fk.name, self.instance)
        return form

    def clean(self) -> None:
        super().clean()
        problems = self._refused_removals()
        if problems:
            raise ValidationError(problems)

    def validate_unique(self) -> None:
        """Raise ValidationError in the words of each constraint that two rows break."""
        problems = self._duplicates()
        if problems:
            raise ValidationError(problems)

    def _duplicates(self) -> list[str]:
        problems: list[str] = []
        leaving = self.deleted_forms
        staying = [
            form
            for form in self.forms
            if form.is_valid()
            and form not in leaving
            and (form.has_changed() or not form.instance._state.adding)
        ]
        for constraint in self.model._meta.constraints:
            if not isinstance(constraint, models.UniqueConstraint) or not constraint.fields:
                continue
            seen: set[tuple[Any, ...]] = set()
            for form in staying:
                key = self._key(constraint, form.instance)
                if key is None:
                    continue
                if key in seen:
                    message = self._duplicate_message(constraint)
                    form.add_error(None, message)
                    problems.append(message)
                seen.add(key)
        return list(dict.fromkeys(problems))

    def _key(self, constraint: models.UniqueConstraint, row: models.Model) -> Any:
        """Return the values that must be unique, None where the constraint does not apply."""
        names = [name for name in constraint.fields if name != self.fk.name]
        key = tuple(getattr(row, row._meta.get_field(name).attname) for name in names)
        if None in key:
            return None
        if constraint.condition is not None:
            values = {
                field.name: models.Value(getattr(row, field.attname), field)
                for field in row._meta.fields
            }
            if not constraint.condition.check(values):
                return None
        return key

    def _duplicate_message(self, constraint: models.UniqueConstraint) -> str:
        if constraint.violation_error_message != constraint.default_violation_error_message:
            return str(constraint.get_violation_error_message())
        names = "・".join(
            str(self.model._meta.get_field(name).verbose_name)
            for name in constraint.fields
            if name != self.fk.name
        )
        return _("同じ%(names)sの行が重複しています。") % {"names": names}

    def _refused_removals(self) -> list[str]:
        problems = []
        reason = self.data.get("change_reason", "")
        for form in self.deleted_forms:
            if form.instance._state.adding:
                continue
            row = copy.copy(form.instance)  # deleting takes its key away
            refused = would_refuse(lambda row=row: self.path.remove(row, by=self.by, reason=reason))
            if refused:
                problems.append(f"{form.instance}：{refused}")
        return problems
