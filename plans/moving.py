"""Moving working rows through the workflow: the one path, for one row or many, of every door.

`move_rows` takes rows a step further (approve, return …); `check_state` looks at a row that is
written as a whole, whose state may have been changed with it. Both ask the table of `workflow`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from municipalities.access import Scope, scope_of
from municipalities.history import update_with_reason
from municipalities.models import Municipality
from municipalities.record_many import gathered, refuse

from .choices import WorkState
from .models import WorkingRow
from .workflow import (
    APPROVING,
    OF_PLANNERS,
    SECTION_STEPS,
    Action,
    Flow,
    Party,
    Refusal,
    State,
    Step,
)

SECTION_STATES = frozenset({WorkState.DRAFT, WorkState.SUBMITTED})
WORDS: Mapping[Action, Promise] = {
    Action.SUBMIT: gettext_lazy("提出"),
    Action.WITHDRAW: gettext_lazy("取下げ"),
    Action.APPROVE: gettext_lazy("承認"),
    Action.CONFIRM: gettext_lazy("部主管課の確認"),
    Action.CHECK: gettext_lazy("確認"),
    Action.RETURN: gettext_lazy("差戻し"),
    Action.REOPEN: gettext_lazy("確認の取消し"),
}
NOT_CONTENT = frozenset({"state", "version", "changed_by", "updated_at"})


@dataclass(frozen=True)
class Place:
    """Where a row stands, as far as a move asks: whose it is, and whether its year is open."""

    municipality_id: int
    ensure_open: Callable[[], None]
    sections: Collection[int] = ()


class Flows:
    """The flow of each municipality, read when first asked for."""

    def __init__(self, *, of_planners: bool = False) -> None:
        self._of_planners = of_planners
        self._flows: dict[int, Flow] = {}

    def of(self, municipality_id: int) -> Flow:
        if self._of_planners:
            return OF_PLANNERS
        if municipality_id not in self._flows:
            town = Municipality.objects.get(pk=municipality_id)
            self._flows[municipality_id] = flow_of(town)
        return self._flows[municipality_id]


def flow_of(town: Municipality) -> Flow:
    """Return the flow of a town's figures and reports."""
    return Flow(
        has_approval=town.has_approval_step,
        has_lead=town.has_lead_step,
        allows_own=town.allows_own_approval,
        steps=SECTION_STEPS,
    )


def parties_of(scope: Scope, municipality_id: int, sections: Collection[int]) -> frozenset[Party]:
    """Return what a person is to the rows of some sections of a municipality."""
    found = set()
    if scope.plans_for(municipality_id):
        found.add(Party.PLANNER)
    elif not scope.approved.isdisjoint(sections):
        found.add(Party.APPROVER)
    elif not scope.departments.isdisjoint(sections):
        found.add(Party.ENTRY)
    if not scope.led.isdisjoint(sections):
        found.add(Party.LEAD)
    return frozenset(found)


def content_differs(row: WorkingRow, before: WorkingRow) -> bool:
    """Whether a row says something else than before; its state and version say nothing."""
    return any(
        getattr(row, field.attname) != getattr(before, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in NOT_CONTENT
    )


def goes_back(row: WorkingRow, before: WorkingRow) -> bool:
    """Whether a row that had been handed in is a draft again; what it waited for sends nothing
    back."""
    return row.state == WorkState.DRAFT != before.state and not row.arrives_over(before)


def is_vouched(row: WorkingRow, before: WorkingRow) -> bool:
    """Whether a row comes to a state in which somebody vouches for what it says."""
    return row.state != before.state and row.state not in SECTION_STATES


# --- Rows written as a whole ----------------------------------------------------------------------


def check_state(
    row: WorkingRow,
    before: WorkingRow | None,
    *,
    by: Any,
    municipality_id: int,
    sections: Callable[[], Collection[int]],
    flows: Flows,
    reason: str | None,
    is_changed: bool = False,
) -> None:
    """Raise ValidationError where `by` may not write `row` in its state over `before`.

    A new row is a draft or handed in; planners also register what has long been settled. A stored
    row takes the steps of its town's flow only, with the `reason` they ask for (None: it is asked
    for when saved). What has been approved is returned before anybody changes it; what has been
    checked, planners correct, and it stays checked. What a row has been waiting for comes as a
    draft or handed in, however far the row had come without it. `is_changed`: something that shares
    the row's state changes.
    """
    if by is None:
        return
    scope = scope_of(by)
    is_planner = scope.plans_for(municipality_id)
    if before is None:
        if not is_planner and row.state not in SECTION_STATES:
            raise _not_yours("state")
        return
    is_changed = is_changed or content_differs(row, before)
    if row.arrives_over(before) and row.state in SECTION_STATES:
        return
    stays = row.state == before.state
    if before.state not in SECTION_STATES and not is_planner and (is_changed or stays):
        if row.arrives_over(before):
            raise ValidationError(
                {
                    "state": _(
                        "確定した値を入力するときは、状態を「入力中」か「提出済」にしてください。"
                    )
                },
                code="arrives",
            )
        raise taken_over_by_others(before)
    if stays:
        flow = flows.of(municipality_id) if before.state not in SECTION_STATES else None
        if is_changed and flow is not None and _is_vouched_for(before, flow):
            raise ValidationError(
                _("「%(state)s」の行を直すには、先に差し戻してください。")
                % {"state": before.get_state_display()},
                code="approved",
            )
        return
    parties = parties_of(scope, municipality_id, sections())
    if row.state not in SECTION_STATES and parties <= {Party.ENTRY}:
        raise _not_yours("state")
    flow = flows.of(municipality_id)
    steps = flow.steps_between(State(before.state), State(row.state))
    is_own = is_changed or before.changed_by_id == by.pk
    has_reason = reason is None or bool(reason.strip())
    refusals = [flow.refusal(step, parties, is_own=is_own, has_reason=has_reason) for step in steps]
    if None not in refusals:
        # Of two ways, the one that is theirs says what is missing.
        last = next((each for each in refusals if each != Refusal.NOT_YOURS), None)
        refusal = last or (Refusal.NOT_YOURS if refusals else Refusal.NOT_A_STEP)
        step = steps[refusals.index(refusal)] if refusals else None
        raise ValidationError({"state": words_of(refusal, before, step, row.state)}, refusal.value)


def _is_vouched_for(row: WorkingRow, flow: Flow) -> bool:
    return flow.steps is SECTION_STEPS and row.state in {WorkState.APPROVED, WorkState.CONFIRMED}


def _not_yours(field: str) -> ValidationError:
    return ValidationError({field: _("この状態にできるのは承認者と企画担当です。")}, code="state")


def taken_over_by_others(row: WorkingRow) -> ValidationError:
    """Return the error of a section that changes what has been approved or checked."""
    return ValidationError(
        _("「%(state)s」の行は変更できません。企画担当に差し戻しを依頼してください。")
        % {"state": row.get_state_display()},
        code="taken_over",
    )


def check_removal(row: WorkingRow, *, by: Any, municipality_id: int) -> None:
    """Raise ValidationError where a section deletes what has been approved or checked."""
    if by is None or scope_of(by).plans_for(municipality_id):
        return
    stored = type(row)._default_manager.filter(pk=row.pk).first() or row
    if stored.state not in SECTION_STATES:
        raise taken_over_by_others(stored)


def words_of(refusal: Refusal, row: WorkingRow, step: Step | None, target: str = "") -> str:
    """Return a refusal as people read it."""
    if refusal == Refusal.NOT_A_STEP:
        return _("「%(state)s」から「%(target)s」へは進められません。") % {
            "state": row.get_state_display(),
            "target": WorkState(target).label,
        }
    action = WORDS[step.action] if step else ""
    if refusal == Refusal.OWN:
        return _("自分が入力した内容の%(action)sはできません。") % {"action": action}
    if refusal == Refusal.NO_REASON:
        return _("%(action)sの理由を入力してください。") % {"action": action}
    return _("%(action)sができる役割ではありません。") % {"action": action}


@dataclass(frozen=True)
class Offer:
    """An action somebody could take with a row; `refusal` says why not now, "" where they may."""

    action: Action
    refusal: str = ""


def offers_of(row: WorkingRow, *, by: Any, place: Place, flows: Flows) -> list[Offer]:
    """Return what `by` may do with a stored row in its state, and what is theirs to do but refused
    now; nothing that is others' to do. Reasons and versions, the move itself asks for."""
    flow = flows.of(place.municipality_id)
    parties = parties_of(scope_of(by), place.municipality_id, place.sections)
    found = []
    for action in Action:
        step = flow.step(State(row.state), action)
        is_own = row.changed_by_id == by.pk
        refusal = flow.refusal(step, parties, is_own=is_own, has_reason=True)
        if refusal in {Refusal.NOT_A_STEP, Refusal.NOT_YOURS}:
            continue
        words = "" if refusal is None else words_of(refusal, row, step)
        try:
            place.ensure_open()
        except ValidationError as error:
            words = " ".join(error.messages)
        found.append(Offer(action, words))
    return found


# --- Moves ----------------------------------------------------------------------------------------


def move_rows(
    rows: Sequence[Any],
    action: Action,
    *,
    by: Any,
    places: Callable[[Sequence[Any]], Callable[[Any], Place]],
    related: Sequence[str],
    reason: str = "",
    versions: Mapping[int, int] | None = None,
    of_planners: bool = False,
) -> list[Any]:
    """Take rows of one model a step of the workflow, all or none, and return them as they stand.

    `versions` (number → version) names what `by` has seen; approving and checking ask for it of
    every row. Raises ValidationError naming each row that is refused and why, Http404 where one
    is a stranger's. The number of queries does not depend on the number of rows.
    """
    if not rows:
        return []
    model, seen = type(rows[0]), versions or {}
    with transaction.atomic():
        found = model._default_manager.locked().filter(pk__in=[row.pk for row in rows])
        stored = list(found.select_related(*related))
        if len(stored) < len({row.pk for row in rows}):
            raise ValidationError(_("選択した行が見つかりません。"), code="stale")
        place_of = places(stored)
        flows = Flows(of_planners=of_planners)
        mover = _Mover(action, by, reason, seen, place_of, flows)
        mover.hide_strangers(stored)
        refuse(gathered(stored, mover.check), stored)
        for row in stored:
            row.state = mover.step_of(row).target.value
            row.version += 1
        said = reason.strip() or str(WORDS[action])
        update_with_reason(stored, {"state", "version", "updated_at"}, by, said)
    return stored


@dataclass(frozen=True)
class _Mover:
    """Asks of each row what a move asks."""

    action: Action
    by: Any
    reason: str
    versions: Mapping[int, int]
    place_of: Callable[[Any], Place]
    flows: Flows

    def step_of(self, row: Any) -> Step | None:
        return self.flows.of(self.place_of(row).municipality_id).step(State(row.state), self.action)

    def hide_strangers(self, rows: Sequence[Any]) -> None:
        """Raise Http404 where one of the rows must not even be named."""
        if self.by is None:
            return
        scope = scope_of(self.by)
        if not all(scope.reads(self.place_of(row).municipality_id) for row in rows):
            raise Http404(_("見つかりません。"))

    def check(self, row: Any) -> None:
        place, step = self.place_of(row), self.step_of(row)
        place.ensure_open()
        if self.by is not None:
            self._ask(row, place, step)
        elif step is None:
            raise self._not_a_step(row)
        self._check_version(row)

    def _ask(self, row: Any, place: Place, step: Step | None) -> None:
        parties = parties_of(scope_of(self.by), place.municipality_id, place.sections)
        if not parties:
            raise PermissionDenied(_("担当する組織の行だけを変更できます。"))
        refusal = self.flows.of(place.municipality_id).refusal(
            step,
            parties,
            is_own=row.changed_by_id == self.by.pk,
            has_reason=bool(self.reason.strip()),
        )
        if refusal == Refusal.NOT_A_STEP:
            raise self._not_a_step(row)
        if refusal is not None:
            raise ValidationError(words_of(refusal, row, step), code=refusal.value)

    def _not_a_step(self, row: Any) -> ValidationError:
        text = _("「%(state)s」の行に%(action)sはできません。")
        values = {"state": row.get_state_display(), "action": WORDS[self.action]}
        return ValidationError(text % values, code=Refusal.NOT_A_STEP.value)

    def _check_version(self, row: Any) -> None:
        seen = self.versions.get(row.pk)
        if seen is None and self.action not in APPROVING:
            return
        if seen != row.version:
            raise ValidationError(
                _(
                    "ほかの人が先に変更しました（見た版：%(seen)s、今の版：%(now)d）。"
                    "画面を開き直して確かめてください。"
                )
                % {"seen": "－" if seen is None else seen, "now": row.version},
                code="stale",
            )
