"""The part of the write path every row shares: scope, locks, versions, history.

`indicators.record`, `measures.record` and `rounds.record` stand on it; admin, screens, imports
and commands call those. `by` is the person who writes; None is a command acting for the system,
which skips the question who may, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.http import Http404
from django.utils.translation import gettext as _

from municipalities import fiscal_year as fiscal_years
from municipalities.access import require_planner, scope_of
from municipalities.history import save_with_reason

from .models import Plan, WorkingRow, YearLock
from .moving import content_differs, is_vouched


def ensure_open(plan_ids: Iterable[int], fiscal_year: int) -> None:
    """Raise ValidationError where one of the plans has closed this fiscal year."""
    lock = (
        YearLock.objects.filter(plan__in=list(plan_ids), fiscal_year=fiscal_year)
        .select_related("plan")
        .first()
    )
    if lock is not None:
        raise locked(lock.plan, lock.fiscal_year)


def locked(plan: Plan, fiscal_year: int) -> ValidationError:
    """Return the error of a write into a fiscal year that a plan has closed."""
    return ValidationError(
        _("%(year)sは「%(plan)s」で締め切られているため、変更できません。")
        % {"year": fiscal_years.label(fiscal_year), "plan": plan},
        code="locked",
    )


def ensure_in_force(plan: Plan, fiscal_year: int) -> None:
    """Raise ValidationError where a later plan or edition has taken over by this fiscal year:
    reports, judgements, targets and publications of that year are the successor's. Figures belong
    to their series and are written through whichever plan shows them."""
    successor = plan.successor_in(fiscal_year)
    if successor is not None:
        raise taken_over(successor)


def taken_over(successor: Plan) -> ValidationError:
    """Return the error of a write into a year that belongs to a later plan or edition."""
    return ValidationError(
        _("%(year)sからは「%(plan)s」に引き継がれています。")
        % {"year": fiscal_years.label(successor.takes_over_from), "plan": successor},
        code="taken_over_by_plan",
    )


def require_section(
    by: Any, municipality_id: int, department_ids: Iterable[int], *, with_led: bool = False
) -> None:
    """Raise Http404 for a stranger, PermissionDenied for a colleague of another section.

    Planners may act for every section of their municipality; `with_led`: the approvers of a lead
    section (部主管課) for those of their division, whose files they bring.
    """
    scope = scope_of(by)
    if not scope.reads(municipality_id):
        raise Http404(_("見つかりません。"))
    own = scope.departments | scope.led if with_led else scope.departments
    if not scope.plans_for(municipality_id) and own.isdisjoint(department_ids):
        raise PermissionDenied(_("担当する組織の行だけを変更できます。"))


def save_row(
    row: models.Model, *, by: Any, reason: str = "", expected_version: int | None = None
) -> Any:
    """Save a row that has been checked; its history names `by` and `reason`.

    Rows with a version count it up, and keep whose the content is. Where `expected_version` is
    given and someone else has saved meanwhile, raises ValidationError (code "stale") and changes
    nothing; who approves or checks has to give it.
    """
    try:
        with transaction.atomic():
            if isinstance(row, WorkingRow) and row.pk:
                stored = type(row)._default_manager.select_for_update().get(pk=row.pk)
                names_version = expected_version is not None
                if names_version and stored.version != expected_version:
                    raise stale()
                if by is not None and not names_version and is_vouched(row, stored):
                    raise stale()
                row.version = stored.version + 1
                if content_differs(row, stored):
                    row.changed_by = by
            elif isinstance(row, WorkingRow):
                row.changed_by = by
            save_with_reason(row, by, reason)
    except IntegrityError as error:
        raise ValidationError(
            _("同じ行がほかの人によって先に登録されました。"), code="duplicate"
        ) from error
    return row


def wrong_scheme(field: str) -> ValidationError:
    """Return the error, on `field`, of a band that is none of the scheme in force."""
    return ValidationError({field: _("この計画がこの年度に使う評価方式の区分から選んでください。")})


def stale() -> ValidationError:
    """Return the error of a write over a version the writer has not seen."""
    return ValidationError(
        _("ほかの人が先に変更しました。画面を開き直して確かめてください。"), code="stale"
    )


def delete_row(row: models.Model, *, by: Any, reason: str) -> None:
    """Delete a row that has been checked; its history keeps who and why."""
    row._history_user = by
    row._change_reason = reason or None
    row.delete()


def lock_year(plan: Plan, fiscal_year: int, *, by: Any, reason: str = "") -> YearLock:
    """Close a fiscal year of a plan for every door. Planners only."""
    if by is not None:
        require_planner(by, plan.municipality_id)
    lock = YearLock(plan=plan, fiscal_year=fiscal_year, locked_by=by, reason=reason)
    lock.full_clean()
    return save_row(lock, by=by, reason=reason)


def unlock_year(plan: Plan, fiscal_year: int, *, by: Any, reason: str) -> None:
    """Open a closed fiscal year again. Planners only; without a reason ValidationError."""
    if by is not None:
        require_planner(by, plan.municipality_id)
    if not reason.strip():
        raise ValidationError({"reason": _("締切を解く理由を入力してください。")})
    lock = YearLock.objects.filter(plan=plan, fiscal_year=fiscal_year).first()
    if lock is None:
        raise ValidationError(_("この年度は締め切られていません。"))
    delete_row(lock, by=by, reason=reason)
