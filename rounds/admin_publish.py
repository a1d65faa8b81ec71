"""Publishing from the admin: say what, see what would change for the readers, then publish."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities import fiscal_year as fiscal_years
from municipalities.access import require_planner, scope_of
from municipalities.admin_fields import FiscalYearField
from municipalities.admin_forms import typed_reason
from municipalities.days import day_words
from plans.choices import Period
from plans.models import Plan

from . import record
from .contents import contents_of
from .differences import Differences, differences_of
from .extent import Extent, extent_of
from .models import Publication, validate_moment


class PublishForm(forms.Form):
    """What to publish; which combinations are possible, `record.publish` says."""

    plan = forms.ModelChoiceField(Plan.objects.none(), label=gettext_lazy("計画"))
    kind = forms.ChoiceField(label=gettext_lazy("種類"), choices=Publication.Kind.choices)
    fiscal_year = FiscalYearField(
        label=gettext_lazy("年度"),
        required=False,
        min_value=fiscal_years.FIRST,
        max_value=fiscal_years.LAST,
        help_text=gettext_lazy("「計画の公表」では空欄にします。"),
    )
    period = forms.ChoiceField(
        label=gettext_lazy("時期"), required=False, choices=[("", "－"), *Period.choices]
    )
    mark = forms.ChoiceField(
        label=gettext_lazy("印"),
        choices=Publication.Mark.choices,
        initial=Publication.Mark.FINAL,
    )
    reason = forms.CharField(
        label=gettext_lazy("訂正などの理由（公開）"), required=False, max_length=300
    )
    note = forms.CharField(label=gettext_lazy("注記（公開）"), required=False, max_length=300)
    effective_at = forms.SplitDateTimeField(
        label=gettext_lazy("公表日時"),
        required=False,
        widget=AdminSplitDateTime,
        validators=[validate_moment],
        help_text=gettext_lazy("空欄はいますぐ。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = (_("公表する日"), _("公表する時刻"))  # two boxes share one label
        for box, name in zip(self.fields["effective_at"].widget.widgets, names, strict=True):
            box.attrs["aria-label"] = name

    def show(self, error: ValidationError) -> None:
        """Put the messages of `error` beside their fields, the others on top."""
        problems = getattr(error, "error_dict", None) or {None: error.error_list}
        for name, errors in problems.items():
            self.add_error(name if name in self.fields else None, errors)


@dataclass(frozen=True)
class Preview:
    """What somebody sees before publishing: `seen` stands for all of it."""

    publication: Publication
    extent: Extent
    differences: Differences
    seen: str
    when: str
    """When it takes effect, "" for at once."""
    is_past: bool
    """What is read now is newer, so that nothing would change for anybody."""
    replaced_by: str
    """When one of the same kind, year and period follows that is scheduled already, "" for none."""
    may_publish: bool


def publish_view(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Show the form, then what would change for the readers, then publish what has been shown.
    Planners only."""
    scope = scope_of(request.user)
    if not (scope.is_operator or scope.planned):
        raise PermissionDenied
    plans = Plan.objects.visible_to(request.user).select_related("municipality")
    if not scope.is_operator:
        plans = plans.filter(municipality__in=scope.planned)
    asked = request.method == "POST"
    form = PublishForm(request.POST if asked else None, initial={"plan": request.GET.get("plan")})
    form.fields["plan"].queryset = plans
    preview = None
    if asked and form.is_valid():
        options = dict(form.cleaned_data)
        plan, kind = options.pop("plan"), options.pop("kind")
        if "publish" in request.POST:
            try:
                publication = record.publish(
                    plan, kind, by=request.user, seen=request.POST.get("seen", ""), **options
                )
            except ValidationError as error:
                form.show(error)
            else:
                model_admin.log_addition(request, publication, [{"added": {}}])
                model_admin.message_user(request, _done(publication), messages.SUCCESS)
                return HttpResponseRedirect("..")
        preview = _preview(form, plan, kind, request.user, options)
    context = model_admin.admin_site.each_context(request) | {
        "title": _("公表する"),
        "opts": model_admin.opts,
        "form": form,
        "preview": preview,
        "scheduled": scheduled_for(request.user),
        "media": model_admin.media + form.media,
    }
    return TemplateResponse(request, "admin/rounds/publication/publish.html", context)


def scheduled_for(user: Any) -> QuerySet[Publication]:
    """Return the publications whose time has not come and that a planner may take back."""
    scope = scope_of(user)
    scheduled = Publication.objects.scheduled().visible_to(user)
    if not scope.is_operator:
        scheduled = scheduled.filter(plan__municipality__in=scope.planned)
    return scheduled.select_related("plan__municipality", "published_by").order_by(
        "effective_at", "pk"
    )


def _done(publication: Publication) -> str:
    if publication.effective_at > timezone.now():
        text = _("「%(publication)s」の公表を予約しました。%(when)sに一斉に切り替わります。")
    else:
        text = _("「%(publication)s」を公表しました。")
    return text % {"publication": publication, "when": moment_words(publication)}


def _preview(
    form: PublishForm, plan: Plan, kind: str, by: Any, options: dict[str, Any]
) -> Preview | None:
    """Return what publishing would change; None where there is no such publication. Why it cannot
    be made, the form says."""
    try:
        publication = record.prepare(plan, kind, by=by, **options)
    except ValidationError as error:
        if form.is_valid():  # else publishing has been refused with the same words
            form.show(error)
        return None
    refusal = None
    try:
        record.check_publication(publication)
    except ValidationError as error:
        refusal = error
    if refusal is not None and form.is_valid():
        form.show(refusal)
    frozen = contents_of(publication)
    differences = differences_of(publication, frozen)
    before, at = differences.before, options["effective_at"]
    follower = record.next_scheduled(publication)
    return Preview(
        publication=publication,
        extent=extent_of(plan, options["fiscal_year"], options["period"], at),
        differences=differences,
        seen=record.fingerprint(publication, frozen, at),
        when=moment_words(publication) if publication.effective_at > timezone.now() else "",
        is_past=before is not None and before.effective_at > publication.effective_at,
        replaced_by="" if follower is None else moment_words(follower),
        may_publish=refusal is None,
    )


def moment_words(publication: Publication) -> str:
    """Return when a publication takes effect: 令和8年12月1日 10:00."""
    moment = timezone.localtime(publication.effective_at)
    return f"{day_words(publication.plan.municipality, moment.date())} {moment:%H:%M}"


# --- Scheduled publications -------------------------------------------------------------------


def withdraw_view(request: HttpRequest, object_id: str, model_admin: Any) -> HttpResponse:
    """Take back a publication before its time, with a reason. Planners only."""
    publication = model_admin.get_object(request, object_id)
    require_planner(request.user, publication.plan.municipality_id)
    problems: list[str] = []
    if request.method == "POST":
        words = {"publication": publication, "when": moment_words(publication)}
        try:
            record.withdraw_scheduled(publication, by=request.user, reason=typed_reason(request))
        except ValidationError as error:
            problems = error.messages
        else:
            text = _("%(when)sに予約していた「%(publication)s」を取り消しました。")
            model_admin.message_user(request, text % words, messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:rounds_publication_publish"))
    context = model_admin.admin_site.each_context(request) | {
        "title": _("公表の予約を取り消す"),
        "opts": model_admin.opts,
        "publication": publication,
        "when": moment_words(publication),
        "problems": problems,
        "change_reason": typed_reason(request),
        "media": model_admin.media,
    }
    return TemplateResponse(request, "admin/rounds/publication/withdraw.html", context)
