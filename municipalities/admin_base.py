"""What every page of the admin shares: scope by municipality and role, the write path, history.

A row of another municipality does not exist here: its pages are 404, and no list, filter or
choice names it. Which rows a person changes is said by `may_write`, and again by the write path.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.forms import Textarea
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from simple_history.admin import SimpleHistoryAdmin

from . import record
from .access import Scope, scope_of
from .admin_fields import FigureField, FiscalYearField, LinesField, Lookup, LookupMultiple, is_year
from .admin_forms import STRUCTURE, RowForm, RowFormSet, WritePath, typed_reason


class Scoped(BaseModelAdmin):
    """Rows, choices and permissions within the municipalities a person works for.

    `related` names the foreign keys read with each row, `prefetched` the rows below it, so that no
    label asks for them again.
    """

    form = RowForm
    path: WritePath = STRUCTURE
    related: tuple[str, ...] = ()
    prefetched: tuple[str, ...] = ()
    formfield_overrides = {
        models.DecimalField: {"form_class": FigureField},
        models.JSONField: {"form_class": LinesField},
        models.URLField: {"assume_scheme": "https"},
    }

    def scope(self, request: HttpRequest) -> Scope:
        return scope_of(request.user)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        queryset = self.model._default_manager.visible_to(request.user)
        queryset = queryset.select_related(*self.related).prefetch_related(*self.prefetched)
        return queryset.order_by(*(self.get_ordering(request) or self.opts.ordering))

    def may_write(self, request: HttpRequest, obj: Any) -> bool:
        """Whether this row (of an inline: its parent) is the person's to change."""
        return self.scope(request).plans_for(record.town_of(obj))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (
            obj is None or self.may_write(request, obj)
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (
            obj is None or self.may_write(request, obj)
        )

    # --- Choices ------------------------------------------------------------------------------

    def get_autocomplete_fields(self, request: HttpRequest) -> list[str]:
        """Every foreign key: tables grow, and a list of rows must not grow with them."""
        return [
            field.name
            for field in (*self.opts.fields, *self.opts.many_to_many)
            if field.related_model and self.admin_site.is_registered(field.related_model)
        ]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if is_year(db_field):
            kwargs.setdefault("form_class", FiscalYearField)
            # Named too: Django's own widget for whole numbers lets nobody type R6.
            kwargs.setdefault("widget", FiscalYearField.widget)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(db_field, models.ForeignKey | models.ManyToManyField):
            field.widget.can_delete_related = False
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("widget", Lookup(db_field, self.admin_site))
        return self._visible_choices(super().formfield_for_foreignkey, db_field, request, kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs.setdefault("widget", LookupMultiple(db_field, self.admin_site))
        return self._visible_choices(super().formfield_for_manytomany, db_field, request, kwargs)

    def _visible_choices(
        self, formfield: Any, db_field: Any, request: HttpRequest, kwargs: dict[str, Any]
    ) -> Any:
        related = self.admin_site.get_model_admin(db_field.related_model)
        kwargs.setdefault("queryset", related.get_queryset(request))
        field = formfield(db_field, request, **kwargs)
        if field is not None:
            field.label_from_instance = related.label
        return field


class ScopedAdmin(Scoped, SimpleHistoryAdmin):
    """The admin of one table.

    `readonly_once_saved` names what must not change afterwards, such as the plan of a goal.
    """

    readonly_once_saved: tuple[str, ...] = ()
    list_per_page = 50
    list_max_show_all = 500
    save_on_top = True
    view_on_site = False
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # a count for each of many sections would be slow
    actions_selection_counter = True
    object_history_template = "admin/row_history.html"
    delete_confirmation_template = "admin/delete_with_reason.html"
    delete_selected_confirmation_template = "admin/delete_selected_with_reason.html"

    @property
    def keeps_history(self) -> bool:
        return hasattr(self.model, "history")

    def label(self, obj: Any) -> str:
        """Return what a choice of this row says."""
        return str(obj)

    def get_list_select_related(self, request: HttpRequest) -> Any:
        return self.related or False

    def get_urls(self) -> list[Any]:
        # History is read; an older state comes back by entering it again, through the form.
        return [url for url in super().get_urls() if "simple_history" not in (url.name or "")]

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """Return the row, 404 where it does not exist for this person."""
        obj = super().get_object(request, object_id, from_field)
        if obj is None:
            raise Http404(_("見つかりません。"))
        return obj

    # --- Forms --------------------------------------------------------------------------------

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = self.readonly_once_saved if obj is not None else ()
        return (*super().get_readonly_fields(request, obj), *fixed)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.by, form.path = request.user, self.path
        return form

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        names = super().get_fields(request, obj)
        return [name for name in names if name not in RowForm.own_fields]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The fieldsets, and below them the reason of the change."""
        fieldsets = list(super().get_fieldsets(request, obj))
        may = self.has_change_permission(request, obj) if obj else True
        if may and self.keeps_history:
            names = ["change_reason", "seen_version"]
            if not self.path.is_versioned or obj is None:
                names.pop()
            fieldsets.append((_("変更の記録"), {"fields": names}))
        return fieldsets

    def get_inline_instances(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [
            inline
            for inline in super().get_inline_instances(request, obj)
            if obj is not None or not inline.needs_saved_parent
        ]

    # --- Writing ------------------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        if object_id is not None:
            self.get_object(request, object_id)  # before anything says "forbidden"
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as error:  # somebody was quicker between check and save
            return self._explain(request, error)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except ValidationError as error:
            return self._explain(request, error)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        nonsense = HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")
        if any("\0" in value for value in request.GET.values()):
            return nonsense  # PostgreSQL would refuse the query
        try:
            return super().changelist_view(request, extra_context)
        except ValidationError as error:
            return self._explain(request, error)
        except OverflowError:  # a page or row number beyond every table
            return nonsense

    def response_action(self, request: HttpRequest, queryset: models.QuerySet) -> Any:
        try:
            return super().response_action(request, queryset)
        except (ValueError, OverflowError):  # the chosen rows are no numbers
            return self._explain(request, ValidationError(_("選択した行が見つかりません。")))

    def _explain(self, request: HttpRequest, error: ValidationError) -> HttpResponse:
        for message in error.messages:
            self.message_user(request, message, messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change and not form.has_changed():
            return
        self._record(self.path, obj, request, form, form)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        reason = form.cleaned_data.get("change_reason", "")
        for obj in formset.deleted_objects:
            formset.path.remove(obj, by=request.user, reason=reason)
        for row_form in formset.saved_forms:
            self._record(formset.path, row_form.instance, request, form, row_form)
        formset.save_m2m()

    def _record(
        self, path: WritePath, obj: Any, request: HttpRequest, form: Any, row_form: Any
    ) -> None:
        options: dict[str, Any] = {"reason": form.cleaned_data.get("change_reason", "")}
        if path.is_versioned:
            options["expected_version"] = row_form.cleaned_data.get("seen_version")
        path.record(obj, by=request.user, **options)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.path.remove(obj, by=request.user, reason=self._reason_to_delete(request))

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet) -> None:
        reason = self._reason_to_delete(request)
        with transaction.atomic():
            for obj in queryset:
                self.path.remove(obj, by=request.user, reason=reason)

    def _reason_to_delete(self, request: HttpRequest) -> str:
        reason = typed_reason(request)
        if self.keeps_history and not reason:
            raise ValidationError(_("削除の理由を入力してください。"))
        return reason

    # --- History ------------------------------------------------------------------------------

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        self.get_object(request, object_id)
        if not self.keeps_history:
            return admin.ModelAdmin.history_view(self, request, object_id, extra_context)
        return super().history_view(request, object_id, extra_context)

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True


class ScopedInline(Scoped):
    """Rows below a parent. `needs_saved_parent` rows are entered once the parent is saved."""

    formset = RowFormSet
    extra = 0
    needs_saved_parent = False
    classes = ("collapse",)
    formfield_overrides = Scoped.formfield_overrides | {
        models.TextField: {"widget": Textarea(attrs={"rows": 2, "cols": 40})}
    }

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        formset.by = formset.form.by = request.user
        formset.path = formset.form.path = self.path
        return formset

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        names = [
            name for name in super().get_fields(request, obj) if name not in RowForm.own_fields
        ]
        if self.path.is_versioned and self.has_change_permission(request, obj):
            names.append("seen_version")
        return names


class ScopedTabularInline(ScopedInline, admin.TabularInline):
    """A table of rows below their parent."""


class ScopedStackedInline(ScopedInline, admin.StackedInline):
    """Rows with many fields below their parent, one after the other."""


class FrozenAdmin(ScopedAdmin):
    """A table that is only read: what was handed out stays as it was."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


PERIOD_OF_LIFE = (
    gettext_lazy("追加・終了"),
    {
        "classes": ["collapse"],
        "fields": ["first_fiscal_year", "last_fiscal_year", "life_reason", "life_note"],
    },
)
