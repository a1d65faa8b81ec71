"""The write path of requests and of how sections replied to them: for planners of the town.

`by` is the person who writes; None is a command acting for the system, which skips the question
who may, and nothing else. The functions raise what is wrong: ValidationError (bad), Http404 (a
stranger's), PermissionDenied (a colleague who is no planner).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from municipalities import record as structure
from municipalities.history import save_with_reason
from municipalities.models import Department, Municipality
from municipalities.record_many import check_valid
from plans.models import Plan
from plans.record import require_section, stale
from plans.record_many import Calendar

from ..models import Reply, Request
from ..transfers.ownerless import Ownerless
from .dues import Due, dues_of
from .gaps import gaps_of
from .sections import Sections

FIXED_ONCE_SENT = ("fiscal_year", "period")


# --- Requests -----------------------------------------------------------------------------------


def record_request(
    request: Request,
    *,
    by: Any,
    plans: Collection[Plan] | None = None,
    departments: Collection[Department] | None = None,
    reason: str = "",
    seen: int | None = None,
) -> Request:
    """Check and save a request (a new or changed instance) with its plans and sections (None: as
    they are; no section: all that have something to answer), with its history.

    A new one is a draft and takes the next number of its town. Once it has been sent, its year,
    period and plans stay, and sections are added only; once it is closed, nothing changes. `seen`
    is the `version_of` the writer has seen; where somebody saved meanwhile, ValidationError (code
    "stale").
    """
    if by is not None and request.municipality_id is not None:
        structure.require_writer(by, request, "change")
    with transaction.atomic():
        _lock_town(request.municipality_id)
        stored = _locked(request) if request.pk else None
        if stored is None:
            request.number = _next_number(request.municipality_id)
            request.state, request.sent_at, request.closed_at = Request.State.DRAFT, None, None
        else:
            if seen is not None and seen != version_of(stored):
                raise stale()
            for name in ("number", "state", "sent_at", "closed_at"):
                setattr(request, name, getattr(stored, name))
        structure.check_row(request, by=by)
        _check_stage(request, stored)
        chosen = _stored_plans(stored) if plans is None else list(plans)
        asked = _stored_departments(stored) if departments is None else list(departments)
        _check_plans(request, chosen)
        for department in asked:
            department.check_town(request.municipality_id, "departments")
        if stored is not None and stored.state != Request.State.DRAFT:
            _check_sent(request, stored, chosen, asked)
        _save(request, chosen, asked, by, reason)
    return request


def version_of(request: Request) -> int:
    """Return a number that grows with every change of a stored request."""
    return request.history.aggregate(last=Max("history_id"))["last"] or 0


def _lock_town(municipality_id: int | None) -> None:
    """Let one request of a town be written at a time: numbers are counted, and no two open ones
    ask the same."""
    list(Municipality.objects.select_for_update(no_key=True).filter(pk=municipality_id))


def _locked(request: Request) -> Request:
    stored = Request.objects.select_for_update(of=("self",)).filter(pk=request.pk).first()
    if stored is None:
        raise ValidationError(_("この照会は、ほかの人が削除しました。"), code="stale")
    return stored


def _next_number(municipality_id: int | None) -> int:
    before = Request.objects.filter(municipality=municipality_id)
    return (before.aggregate(last=Max("number"))["last"] or 0) + 1


def _stored_plans(stored: Request | None) -> list[Plan]:
    return list(stored.plans.all()) if stored is not None else []


def _stored_departments(stored: Request | None) -> list[Department]:
    return list(stored.departments.all()) if stored is not None else []


def _check_stage(request: Request, stored: Request | None) -> None:
    if request.state == Request.State.CLOSED:
        raise ValidationError(
            _("終了した照会は変えられません。先に「再開する」を選んでください。"), code="closed"
        )
    is_new_day = stored is None or stored.deadline != request.deadline
    if is_new_day:
        _check_deadline(request, timezone.localdate())


def _check_deadline(request: Request, day: date) -> None:
    if request.deadline < day:
        raise ValidationError(
            {
                "deadline": _("回答期限は今日以後の日にしてください（%(day)sが入っています）。")
                % {"day": f"{request.deadline:%Y-%m-%d}"}
            },
            code="past",
        )


def _check_plans(request: Request, plans: Sequence[Plan]) -> None:
    """Raise ValidationError naming each plan that is another town's, a draft, or not in force in
    the request's year."""
    if any(plan.municipality_id != request.municipality_id for plan in plans):
        raise ValidationError({"plans": _("この自治体の計画から選んでください。")})
    year, calendar = request.fiscal_year, Calendar(plan.pk for plan in plans)
    problems = []
    for plan in plans:
        first = max(plan.start_fiscal_year or year, plan.takes_over_from or year)
        last = plan.end_fiscal_year or year
        if plan.stage == Plan.Stage.DRAFT:
            problems.append(_("「%(plan)s」は素案なので照会できません。") % {"plan": plan})
        elif not first <= year <= last:
            label = request.municipality.year_label(year)
            problems.append(
                _("「%(plan)s」は%(year)sの計画ではありません。") % {"plan": plan, "year": label}
            )
        else:
            try:
                calendar.ensure_in_force(plan, year)
            except ValidationError as error:
                problems += [f"{plan}：{message}" for message in error.messages]
    if problems:
        raise ValidationError({"plans": problems})


def _check_sent(
    request: Request,
    stored: Request,
    plans: Sequence[Plan],
    departments: Sequence[Department],
) -> None:
    """Raise ValidationError where year, period or plans of a sent request change, or a section is
    left out."""
    problems = {
        name: _("照会した後は変えられません。")
        for name in FIXED_ONCE_SENT
        if getattr(request, name) != getattr(stored, name)
    }
    if {plan.pk for plan in plans} != {plan.pk for plan in _stored_plans(stored)}:
        problems["plans"] = _("照会した後は計画を変えられません。")
    if problems:
        raise ValidationError(problems, code="sent")
    before = {department.pk for department in _stored_departments(stored)}
    now = {department.pk for department in departments}
    # Nobody chosen is everybody.
    if now and not (before and before <= now):
        raise ValidationError(
            {"departments": _("照会した後は照会先を増やせますが、外せません。")}, code="sent"
        )


def _save(
    request: Request,
    plans: Sequence[Plan],
    departments: Sequence[Department],
    by: Any,
    reason: str,
) -> None:
    """Save with one row of history: the last, which names the plans and sections as they are."""
    is_new = request.pk is None
    if is_new:
        save_with_reason(request, by, reason)
    else:
        request.skip_history_when_saving = True
    request.plans.set(plans)
    request.departments.set(departments)
    if not is_new:
        del request.skip_history_when_saving
        save_with_reason(request, by, reason)


def remove_request(request: Request, *, by: Any, reason: str = "") -> None:
    """Delete a request that has not been sent."""
    with transaction.atomic():
        stored = _locked(request)
        if stored.state != Request.State.DRAFT:
            raise ValidationError(_("照会した後は削除できません。"), code="sent")
        structure.remove_row(stored, by=by, reason=reason)


# --- Steps --------------------------------------------------------------------------------------


def send_request(
    request: Request, *, by: Any, day: date | None = None, on_paper: bool = False
) -> Request:
    """Ask the sections. Refused, with every reason at once, where it has been sent already,
    nobody can answer something it asks for, it asks for nothing, its deadline is over on `day`
    (default: today), or another open request asks for the same. `on_paper`: the sections in which
    nobody enters answer on paper or by file, so they keep nothing back."""
    with transaction.atomic():
        _lock_town(request.municipality_id)
        stored = _locked(request)
        if by is not None:
            structure.require_writer(by, stored, "change")
        if stored.state != Request.State.DRAFT:
            raise ValidationError(_("この照会はすでに送られています。"), code="sent")
        day = day or timezone.localdate()
        dues = dues_of(stored, day=day)
        gaps = gaps_of(stored, Sections(stored, dues, day))
        without = [gap.section for gap in gaps if gap.is_of_people]
        if on_paper:
            gaps = [gap for gap in gaps if not gap.is_of_people]
        problems = problems_before_sending(stored, dues, gaps, day)
        if problems:
            raise ValidationError(problems)
        stored.state, stored.sent_at = Request.State.SENT, timezone.now()
        said = _("照会")
        if without:
            said = _("照会（紙・ファイルで回答：%(sections)s）") % {"sections": "、".join(without)}
        save_with_reason(stored, by, said)
    return stored


def problems_before_sending(
    request: Request, dues: Sequence[Due], gaps: Sequence[Ownerless], day: date
) -> list[str]:
    """Return everything that keeps a draft from being sent, in words; [] where nothing does.
    `dues` and `gaps` are those of the request on the `day`."""
    plans = list(request.plans.all())
    problems: list[str] = []
    if not plans:
        problems.append(_("照会する計画を選んでください。"))
    elif not dues:
        problems.append(_("この年度・時期に回答するものがありません。"))
    elif all(due.is_locked for due in dues):
        problems.append(_("この年度は締め切られているので、回答できるものがありません。"))
    for check in (
        lambda: _check_deadline(request, day),
        lambda: _check_plans(request, plans),
        lambda: _check_others(request, plans),
    ):
        try:
            check()
        except ValidationError as error:
            problems += error.messages
    return problems + [
        _("%(what)s（%(plan)s）：%(why)s") % {"what": gap.what, "plan": gap.plan, "why": gap.why}
        for gap in gaps
    ]


def _check_others(request: Request, plans: Collection[Plan]) -> None:
    """Raise ValidationError where another open request asks for the same year and period of one of
    the plans."""
    others = (
        Request.objects.open()
        .filter(plans__in=plans, fiscal_year=request.fiscal_year, period=request.period)
        .exclude(pk=request.pk)
        .distinct()
    )
    problems = [
        _("同じ計画・年度・時期の照会「%(other)s」が回答受付中です。") % {"other": other}
        for other in others
    ]
    if problems:
        raise ValidationError(problems, code="asked_already")


def close_request(request: Request, *, by: Any, reason: str = "") -> Request:
    """End the time for answers; late statistics can still be entered."""
    return _step(request, Request.State.SENT, Request.State.CLOSED, by, reason or _("終了"))


def reopen_request(request: Request, *, by: Any, reason: str) -> Request:
    """Let the sections answer a closed request again. Asks for a reason."""
    if not reason.strip():
        raise ValidationError({"reason": _("再開する理由を入力してください。")}, code="no_reason")
    return _step(request, Request.State.CLOSED, Request.State.SENT, by, reason)


def _step(request: Request, source: str, target: str, by: Any, reason: str) -> Request:
    with transaction.atomic():
        _lock_town(request.municipality_id)
        stored = _locked(request)
        if by is not None:
            structure.require_writer(by, stored, "change")
        if stored.state != source:
            raise ValidationError(
                _("「%(state)s」の照会にはできない操作です。画面を開き直してください。")
                % {"state": stored.get_state_display()},
                code="stale",
            )
        stored.state = target
        if target == Request.State.CLOSED:
            stored.closed_at = timezone.now()
        else:
            stored.closed_at = None
            _check_others(stored, _stored_plans(stored))
        save_with_reason(stored, by, reason)
    return stored


# --- Replies ------------------------------------------------------------------------------------


def record_reply(reply: Reply, *, by: Any, reason: str = "") -> Reply:
    """Check and save how a section replied beside the screen (a new or changed instance), to a
    request that has been sent and asks that section for something."""
    structure.check_row(reply, by=by)
    if reply.request.state == Request.State.DRAFT:
        raise ValidationError(_("まだ送っていない照会には回答を記録できません。"), code="draft")
    if not any(reply.department in (*due.sections, *due.named) for due in dues_of(reply.request)):
        raise ValidationError(
            _("「%(section)s」には、この照会で回答するものがありません。")
            % {"section": reply.department},
            code="not_asked",
        )
    return structure.record_row(reply, by=by, reason=reason)


def record_file_reply(reply: Reply, *, by: Any, reason: str = "") -> Reply:
    """Save that a section has replied by a file whose rows have just been taken in (a new or
    changed instance). Planners, whoever enters for the section, and its lead section."""
    if by is not None:
        town = reply.request.municipality_id
        require_section(by, town, {reply.department_id}, with_led=True)
    reply.channel = Reply.Channel.FILE
    check_valid(reply)
    save_with_reason(reply, by, reason)
    return reply


def remove_reply(reply: Reply, *, by: Any, reason: str) -> None:
    """Take the record of a reply back. Asks for a reason."""
    if not reason.strip():
        raise ValidationError({"reason": _("取り消す理由を入力してください。")}, code="no_reason")
    structure.remove_row(reply, by=by, reason=reason)
