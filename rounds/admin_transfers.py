"""人事異動・組織改編: one screen and one workbook, shown first, then booked as a whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.access import require_planner, scope_of
from municipalities.admin import DepartmentAdmin
from municipalities.flat.admin import UploadForm
from municipalities.history import Door, through
from municipalities.models import Department, Municipality, PendingUpload, User
from municipalities.uploads import Refused, read
from municipalities.uploads.complaints import Complaint
from municipalities.uploads.marked import marked
from municipalities.uploads.receiving import explain_missing
from plans.models import Plan

from .transfers import screen
from .transfers.booking import Booking, book
from .transfers.orders import Line, Problem
from .transfers.ownerless import asked_next, ownerless
from .transfers.reading import read_order
from .transfers.workbook import OrderBook, order_workbook, read_book

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PENDING = "rounds.transfers"
PAGE = "admin:municipalities_department_transfers"
SHOWN = 300
"""Complaints a page lists; the marked file has all."""


class BookForm(UploadForm):
    file = forms.FileField(
        label=gettext_lazy("記入したExcel（.xlsx）"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )


@dataclass
class Typed:
    """What stands in the boxes."""

    sections: Sequence[Line] = ()
    people: Sequence[Line] = ()
    duties: Mapping[str, str] = field(default_factory=dict)
    usual: Mapping[str, str] = field(default_factory=dict)
    is_from_file: bool = False
    extra: int = screen.EMPTY_LINES


def transfers_view(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Show the boxes; what they would do; then do it. Planners of a town, and operators."""
    town = _town(request)
    if town is None:
        return _choose_town(request, model_admin)
    today = timezone.localdate()
    head = screen.HeadForm(
        request.POST or None, initial={"effective_on": screen.next_first_of_april(today)}
    )
    if request.method != "POST":
        return _page(request, model_admin, town, head, Typed())
    if "upload" in request.POST:
        return _upload(request, model_admin, town, head)
    typed = Typed(
        screen.typed_lines(request.POST, "sections"),
        screen.typed_lines(request.POST, "people"),
        screen.typed_choices(request.POST, "duty-"),
        screen.typed_choices(request.POST, "usual-"),
        is_from_file="from_file" in request.POST,
    )
    if "more" in request.POST:
        typed.extra = screen.MORE_LINES
        return _page(request, model_admin, town, head, typed)
    if not head.is_valid():
        return _page(request, model_admin, town, head, typed)
    order, problems = read_order(
        town,
        head.cleaned_data["effective_on"],
        typed.sections,
        typed.people,
        typed.duties,
        typed.usual,
    )
    if problems or order.is_empty:
        return _page(request, model_admin, town, head, typed, problems, is_empty=not problems)
    seen = request.POST.get("fingerprint", "") if "confirm" in request.POST else None
    with through(Door.WORKBOOK if typed.is_from_file else Door.ADMIN):
        booking = book(order, by=request.user, reason=head.said, seen=seen)
    if booking.is_booked:
        return _done(request, model_admin, booking)
    if seen is not None and not booking.errors:
        text = _(
            "選び方か、登録の内容が変わりました。まだ何も書き込んでいません。確かめ直してください。"
        )
        model_admin.message_user(request, text, messages.WARNING)
    return _page(request, model_admin, town, head, typed, booking=booking)


def workbook_view(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Send the workbook with today's sections and people."""
    town = _town(request)
    if town is None:
        return HttpResponseRedirect(reverse(PAGE))
    name = _("人事異動・組織改編_%(town)s.xlsx") % {"town": town.name}
    return _file(order_workbook(town, timezone.localdate()), name)


def marked_view(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Send the person's own workbook with what is wrong marked in it."""
    town = _town(request)
    pending = PendingUpload.objects.of(request.user, PENDING)
    try:
        upload = pending.filter(pk=request.POST.get("pending") or None).first()
    except ValidationError:  # no key at all
        upload = None
    day, _slash, slug = upload.fingerprint.partition("/") if upload is not None else ("", "", "")
    if town is None or upload is None or slug != town.slug:
        raise Http404(_("見つかりません。"))
    content = bytes(upload.content)
    book_, _problems = _read(content, upload.name, town, date.fromisoformat(day))
    return _file(marked(content, book_.complaints), _("確認結果_%(name)s") % {"name": upload.name})


# --- The town ---------------------------------------------------------------------------------


def _town(request: HttpRequest) -> Municipality | None:
    """Return the town asked for or the only one; None where a person has to choose. Raises
    Http404 for strangers, PermissionDenied for those who do not plan."""
    scope = scope_of(request.user)
    slug = request.GET.get("municipality", "").replace("\0", "")
    if slug:
        town = Municipality.objects.filter(slug=slug).first()
        require_planner(request.user, town.pk if town is not None else None)
        if town is None:
            raise Http404(_("見つかりません。"))
        return town
    if not (scope.is_operator or scope.planned):
        raise PermissionDenied(_("この操作は企画担当だけができます。"))
    towns = list(_towns(request)[:2])
    return towns[0] if len(towns) == 1 else None


def _towns(request: HttpRequest) -> Any:
    scope = scope_of(request.user)
    towns = Municipality.objects.order_by("code", "name")
    return towns if scope.is_operator else towns.filter(pk__in=scope.planned)


def _choose_town(request: HttpRequest, model_admin: Any) -> HttpResponse:
    return _render(request, model_admin, "choose", {"towns": _towns(request)})


# --- The file ---------------------------------------------------------------------------------


def _upload(
    request: HttpRequest, model_admin: Any, town: Municipality, head: screen.HeadForm
) -> HttpResponse:
    """Read a workbook: what is wrong is shown cell by cell; else go on as if it were typed."""
    form = BookForm(request.POST, request.FILES)
    explain_missing(form.fields["file"], request)
    both = form.is_valid(), head.is_valid()
    if not all(both):
        return _page(request, model_admin, town, head, Typed(), upload=form)
    file, day = form.cleaned_data["file"], head.cleaned_data["effective_on"]
    content = file.read()
    try:
        order_book, order = _read(content, file.name, town, day)
    except Refused as refused:
        form.add_error("file", refused.message)
        return _page(request, model_admin, town, head, Typed(), upload=form)
    if order_book.complaints:
        pending = PendingUpload.objects.keep(
            request.user,
            PENDING,
            name=file.name[:255],
            content=content,
            fingerprint=f"{day.isoformat()}/{town.slug}",
        )
        return _page(
            request,
            model_admin,
            town,
            head,
            Typed(),
            complaints=order_book.complaints,
            pending=pending,
        )
    typed = Typed(
        [line for line in order_book.lines("sections") if line.get("kind")],
        [line for line in order_book.lines("people") if line.get("step")],
        is_from_file=True,
        extra=0,
    )
    if order.is_empty:
        return _page(request, model_admin, town, head, Typed(), is_empty=True)
    with through(Door.WORKBOOK):
        booking = book(order, by=request.user, reason=head.said)
    return _page(request, model_admin, town, head, typed, booking=booking)


def _read(content: bytes, name: str, town: Municipality, day: date) -> tuple[OrderBook, Any]:
    """Return what a workbook says with everything wrong in it, and the order it makes."""
    order_book = read_book(read(content, name))
    order, problems = read_order(
        town, day, order_book.lines("sections"), order_book.lines("people")
    )
    order_book.complain(problems)
    return order_book, order


def _file(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=XLSX,
        headers={"Content-Disposition": content_disposition_header(True, name)},
    )


# --- The page ---------------------------------------------------------------------------------


def _page(
    request: HttpRequest,
    model_admin: Any,
    town: Municipality,
    head: screen.HeadForm,
    typed: Typed,
    problems: Sequence[Problem] = (),
    booking: Booking | None = None,
    upload: BookForm | None = None,
    complaints: Sequence[Complaint] = (),
    **context: Any,
) -> HttpResponse:
    today = timezone.localdate()
    is_shown = booking is not None and not booking.errors
    context |= {
        "town": town,
        "head": head,
        "upload": upload or BookForm(),
        "typed": typed,
        "grids": [
            screen.grid_of("sections", typed.sections, problems, typed.extra),
            screen.grid_of("people", typed.people, problems, typed.extra),
        ],
        "problems": problems,
        "complaints": complaints[:SHOWN],
        "complaint_count": len(complaints),
        "booking": booking if is_shown else None,
        "errors": booking.errors if booking is not None else (),
        "sections": Department.objects.filter(municipality=town).valid_on(today),
        "people": User.objects.filter(memberships__municipality=town, is_active=True).distinct(),
        "today": today,
    }
    if is_shown:
        context |= {
            "fates": screen.fates_shown(booking),
            "roles": screen.roles_shown(booking),
            "early": screen.early_owners(booking, today),
        }
    else:
        plans = Plan.objects.filter(municipality=town, stage=Plan.Stage.CURRENT)
        context["asked_year"] = asked_next(today)
        context["ownerless"] = ownerless(
            town, plans=plans, fiscal_year=context["asked_year"], day=today
        )
        context["asked_label"] = town.year_label(context["asked_year"])
    return _render(request, model_admin, "transfers", context)


def _render(
    request: HttpRequest, model_admin: Any, name: str, context: dict[str, Any]
) -> HttpResponse:
    request.current_app = model_admin.admin_site.name
    context = model_admin.admin_site.each_context(request) | {
        "title": _("人事異動・組織改編"),
        "opts": model_admin.opts,
        **context,
    }
    return TemplateResponse(request, f"admin/rounds/transfers/{name}.html", context)


def _done(request: HttpRequest, model_admin: Any, booking: Booking) -> HttpResponse:
    """Say what was done, and where new people get the password they begin with."""
    order, roles = booking.order, booking.roles
    text = _(
        "登録しました：組織の改編%(sections)d件、移した事務%(duties)d件、人の異動%(people)d件。"
    )
    counts = {
        "sections": len(order.fates),
        "duties": sum(1 for duty in booking.duties if duty.target is not None),
        "people": len(screen.roles_shown(booking)),
    }
    model_admin.message_user(request, text % counts, messages.SUCCESS)
    if roles is not None and roles.new_people:
        links = format_html_join(
            _("、"),
            '<a href="{}">{}</a>',
            (
                (reverse("admin:auth_user_password_change", args=[each.pk]), each)
                for each in roles.new_people
            ),
        )
        said = format_html_join(
            "", "{}{}", ((_("新しい人に最初のパスワードを設定してください："), links),)
        )
        model_admin.message_user(request, said, messages.WARNING)
    return HttpResponseRedirect(f"{reverse(PAGE)}?municipality={order.municipality.slug}")


class TransferredDepartmentAdmin(DepartmentAdmin):
    """The admin of sections, with the screen of their reorganisation."""

    import_export_change_list_template = "admin/rounds/transfers/change_list.html"

    def get_urls(self) -> list[Any]:
        pages = (
            ("transfers/", transfers_view, "transfers"),
            ("transfers/workbook/", workbook_view, "transfers_workbook"),
            ("transfers/marked/", marked_view, "transfers_marked"),
        )
        own = {"model_admin": self}
        return [
            *(
                path(
                    route,
                    self.admin_site.admin_view(view),
                    own,
                    name=f"municipalities_department_{name}",
                )
                for route, view, name in pages
            ),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        scope = self.scope(request)
        may = {"may_transfer": scope.is_operator or bool(scope.planned)}
        return super().changelist_view(request, may | (extra_context or {}))


admin.site.unregister(Department)
admin.site.register(Department, TransferredDepartmentAdmin)
