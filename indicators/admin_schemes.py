"""The admin of rating schemes: checked as a whole, presets copied, tried out before adopting."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities import record
from municipalities.admin_base import FrozenAdmin, ScopedAdmin, ScopedStackedInline
from municipalities.admin_filters import municipality_filter
from municipalities.admin_forms import RowFormSet, WritePath
from municipalities.models import Municipality
from plans import structure
from plans.admin import PlanSchemeAdmin, PlanSchemeInline
from plans.admin_base import PLAN_ROWS
from plans.models import Band, RatingScheme

from . import admin_tryout, schemes

BANDS = WritePath(schemes.check_band, record.record_row, structure.remove_row)
# Below, nobody knows of judgements.
PlanSchemeAdmin.path = PlanSchemeInline.path = WritePath(
    schemes.check_plan_scheme, schemes.record_plan_scheme, schemes.remove_plan_scheme
)


class BandFormSet(RowFormSet):
    """The bands as they would be saved must make a sound scheme."""

    def staying(self) -> list[Any]:
        """Return the forms of the bands the scheme would have."""
        leaving = self.deleted_forms
        return [
            form
            for form in self.forms
            if form not in leaving and (form.has_changed() or not form.instance._state.adding)
        ]

    def clean(self) -> None:
        super().clean()
        staying = self.staying()
        if not all(form.is_valid() for form in staying):
            return
        forms_by_band = {id(form.instance): form for form in staying}
        whole = []
        for complaint in schemes.complaints(self.instance, [form.instance for form in staying]):
            if complaint.band is None:
                whole.append(complaint.message)
            else:
                forms_by_band[id(complaint.band)].add_error(complaint.field, complaint.message)
        if whole:
            raise ValidationError(whole)


class BandInline(ScopedStackedInline):
    """The bands of a scheme, tried in their order."""

    model = Band
    formset = BandFormSet
    path = BANDS
    classes = ()
    fields = (
        ("order", "symbol", "label", "spoken"),
        ("test", "threshold", "tolerance", "tolerance_kind"),
        ("tone", "score", "meaning"),
    )


@admin.register(RatingScheme)
class RatingSchemeAdmin(ScopedAdmin):
    path = PLAN_ROWS
    related = ("municipality",)
    list_display = ("name", "code", "municipality", "formula", "basis", "chosen_by_people")
    list_filter = (municipality_filter(), "formula", "basis")
    search_fields = ("name", "code")
    readonly_once_saved = ("municipality",)
    inlines = (BandInline,)

    def label(self, obj: RatingScheme) -> str:
        return f"{obj.name}（{obj.municipality or _('ひな形')}）"

    def get_urls(self) -> list[Any]:
        own = {"model_admin": self}
        tryout = self.admin_site.admin_view(admin_tryout.tryout_view)
        copy = self.admin_site.admin_view(copy_view)
        return [
            path("tryout/", tryout, own, name="plans_ratingscheme_tryout"),
            path("<path:object_id>/copy/", copy, own, name="plans_ratingscheme_copy"),
            *super().get_urls(),
        ]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> HttpResponse:
        scope = self.scope(request)
        may_copy = {"may_copy": scope.is_operator or bool(scope.planned)}
        return super().changeform_view(
            request, object_id, form_url, may_copy | (extra_context or {})
        )

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)  # sorts them into new, changed and deleted
        schemes.record_bands(
            form.instance,
            [row_form.instance for row_form in formset.staying()],
            by=request.user,
            reason=form.cleaned_data.get("change_reason", ""),
        )


@admin.register(Band)
class BandAdmin(FrozenAdmin):
    """Read here, edited on the page of their scheme: one band alone cannot be checked."""

    related = ("scheme__municipality",)
    list_display = ("__str__", "scheme", "order", "test", "threshold", "tone")
    list_filter = (municipality_filter("scheme__municipality"), "test", "tone")
    search_fields = ("symbol", "label", "scheme__name")

    def label(self, obj: Band) -> str:
        return f"{obj}（{obj.scheme}）"


class CopyForm(forms.Form):
    """Into which municipality a scheme is copied."""

    municipality = forms.ModelChoiceField(
        Municipality.objects.none(), label=gettext_lazy("自治体"), empty_label=None
    )


def copy_view(request: HttpRequest, object_id: str, model_admin: Any) -> HttpResponse:
    """Copy a scheme into an own municipality and open the copy. Planners only."""
    scheme = model_admin.get_object(request, object_id)
    scope = model_admin.scope(request)
    towns = Municipality.objects.visible_to(request.user)
    if not scope.is_operator:
        towns = towns.filter(pk__in=scope.planned)
    if scheme.municipality_id is not None:
        towns = towns.filter(pk=scheme.municipality_id)
    if not (scope.is_operator or towns.exists()):
        raise PermissionDenied
    form = CopyForm(request.POST if request.method == "POST" else None)
    form.fields["municipality"].queryset = towns
    if form.is_valid():
        try:
            copy = schemes.copy_scheme(scheme, form.cleaned_data["municipality"], by=request.user)
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            model_admin.log_addition(request, copy, [{"added": {}}])
            text = _("「%(name)s」を写しました。区分や下限を直して保存できます。")
            model_admin.message_user(request, text % {"name": scheme.name}, messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:plans_ratingscheme_change", args=[copy.pk]))
    context = model_admin.admin_site.each_context(request) | {
        "title": _("ひな形を写す"),
        "opts": model_admin.opts,
        "original": scheme,
        "form": form,
        "media": model_admin.media,
    }
    return TemplateResponse(request, "admin/plans/ratingscheme/copy.html", context)
