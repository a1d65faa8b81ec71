"""Making a request: the form, also as a copy of a former one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities.access import get_visible_or_404, require_planner, scope_of
from municipalities.models import Municipality

from ..models import Request
from . import record
from .forms import RequestForm, TownForm, proposal, proposal_from

MOST_FORMER = 5


def planned_request(request: HttpRequest, pk: int) -> Request:
    """Return a request the person may write: 404 for strangers, 403 for who does not plan."""
    row = known_request(request, pk)
    require_planner(request.user, row.municipality_id)
    return row


def known_request(request: HttpRequest, pk: int) -> Request:
    """Return a request the person may read, with its town; else 404."""
    rows = Request.objects.known_to(request.user).select_related("municipality")
    return get_visible_or_404(rows, request.user, pk=pk)


def new_view(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Make a request. With `copy` in the query it begins as a copy of that one."""
    scope = scope_of(request.user)
    if not (scope.is_operator or scope.planned):
        raise PermissionDenied(_("この操作は企画担当だけができます。"))
    day, former = timezone.localdate(), _former(request)
    town = former.municipality if former else _town(request)
    if town is None:
        return _choose_town(request, model_admin)
    row = Request(municipality=town)
    begins = proposal_from(former, day) if former else proposal(town, day)
    form = RequestForm(_sent(request), instance=row, initial=begins)
    if request.method == "POST" and _is_saved(request, form):
        model_admin.log_addition(request, row, [{"added": {}}])
        return _to_board(request, model_admin, row)
    formers = Request.objects.filter(municipality=town).order_by("-number")[:MOST_FORMER]
    more = {"former": former, "formers": formers, "title": _("照会をつくる")}
    return _page(request, model_admin, form, more)


def edit_view(request: HttpRequest, pk: int, model_admin: Any) -> HttpResponse:
    """Change a request: all of a draft, of one that has been sent what may still change."""
    row = planned_request(request, pk)
    if row.state == Request.State.CLOSED:
        text = _("終了した照会は変えられません。先に「再開する」を選んでください。")
        model_admin.message_user(request, text, messages.WARNING)
        return HttpResponseRedirect(reverse("admin:rounds_request_board", args=[row.pk]))
    name, stored_year = row.title, row.fiscal_year  # the form fills its row with what was typed
    form = RequestForm(_sent(request), instance=row)
    if request.method == "POST" and _is_saved(request, form):
        return _to_board(request, model_admin, row)
    year = row.municipality.year_label(stored_year)
    more = {"original": row, "name": name, "year": year, "title": _("照会を直す")}
    return _page(request, model_admin, form, more)


def _sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _former(request: HttpRequest) -> Request | None:
    number = request.GET.get("copy", "")
    if not number:
        return None
    return planned_request(request, int(number) if _is_number(number) else 0)


def _town(request: HttpRequest) -> Municipality | None:
    """Return the one town the person plans for, of several the chosen one, None where none is."""
    towns, number = _towns(request), request.GET.get("municipality", "")
    if number:
        return get_visible_or_404(towns, request.user, pk=int(number) if _is_number(number) else 0)
    first = list(towns[:2])
    return first[0] if len(first) == 1 else None


def _towns(request: HttpRequest) -> Any:
    scope = scope_of(request.user)
    towns = Municipality.objects.visible_to(request.user).filter(plans__isnull=False).distinct()
    return towns if scope.is_operator else towns.filter(pk__in=scope.planned)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19


def _choose_town(request: HttpRequest, model_admin: Any) -> HttpResponse:
    form = TownForm()
    form.fields["municipality"].queryset = _towns(request)
    context = model_admin.admin_site.each_context(request) | {
        "title": _("照会をつくる"),
        "opts": model_admin.opts,
        "form": form,
    }
    return TemplateResponse(request, "admin/rounds/request/town.html", context)


def _is_saved(request: HttpRequest, form: RequestForm) -> bool:
    """Save a form that is right; else it says what is wrong."""
    if not form.is_valid():
        return False
    try:
        record.record_request(
            form.instance,
            by=request.user,
            plans=form.chosen_plans,
            departments=form.chosen_sections,
            reason=form.cleaned_data.get("reason", ""),
            seen=form.cleaned_data.get("seen"),
        )
    except ValidationError as error:
        form.show(error)
        return False
    return True


def _to_board(request: HttpRequest, model_admin: Any, row: Request) -> HttpResponse:
    text = _("「%(request)s」を保存しました。") % {"request": row}
    if row.state == Request.State.DRAFT:
        text += _("まだ照会していません。内容を確かめて「照会する」を押してください。")
    model_admin.message_user(request, text, messages.SUCCESS)
    return HttpResponseRedirect(reverse("admin:rounds_request_board", args=[row.pk]))


def _page(
    request: HttpRequest, model_admin: Any, form: RequestForm, more: dict[str, Any]
) -> HttpResponse:
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "form": form,
        "media": model_admin.media,
        "town": form.town,
        "plan_titles": [str(plan) for plan in form.stored_plans],
    }
    return TemplateResponse(request, "admin/rounds/request/form.html", context | more)
