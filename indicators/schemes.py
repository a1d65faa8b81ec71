"""The write path of rating schemes: a scheme is checked and saved together with its bands.

One band alone says nothing: whether a threshold is in order, a class can be reached and the lowest
rates have one, only all of them show. So forms, imports and copies come through here. `by` None is
a command acting for the system; see `municipalities.record`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from measures.models import ProgressReport
from municipalities import fiscal_year as fiscal_years
from municipalities import record, record_many
from municipalities.models import Municipality
from municipalities.validators import CODE_MAX_LENGTH
from plans import structure
from plans.models import Band, PlanScheme, RatingScheme, YearLock

from . import evaluation
from .evaluation import Fault
from .models import Judgement
from .models.series import MAX_DECIMALS


class Complaint(NamedTuple):
    """What is wrong with a scheme: in which band and field of it (None: in the whole)."""

    message: str
    band: Band | None = None
    field: str | None = None


_FIELDS = {
    Fault.SAME_ORDER: "order",
    Fault.SAME_SYMBOL: "symbol",
    Fault.NO_THRESHOLD: "threshold",
    Fault.NEVER_REACHED: "test",
    Fault.TESTS_UNUSED: "test",
}


def complaints(scheme: RatingScheme, bands: Iterable[Band]) -> list[Complaint]:
    """Return what keeps `scheme` from judging with `bands` as its bands; asks no database."""
    rows = sorted(bands, key=lambda band: band.order)
    found = []
    if scheme.decimals > MAX_DECIMALS:
        message = _("率の小数桁は%(limit)d桁までにしてください。") % {"limit": MAX_DECIMALS}
        found.append(Complaint(message))
    found += [
        Complaint(_("横ばいの幅は0以上にしてください。"), row, "tolerance")
        for row in rows
        if row.tolerance is not None and row.tolerance < 0
    ]
    rules = evaluation.Scheme.of(vars(scheme), map(vars, rows))
    for problem in evaluation.problems(rules):
        row = next(
            (row for row, band in zip(rows, rules.bands, strict=True) if band is problem.band),
            None,
        )
        found.append(Complaint(problem.fault.label, row, _FIELDS.get(problem.fault)))
    return found


def check_scheme(scheme: RatingScheme, bands: Iterable[Band]) -> None:
    """Raise ValidationError with all that `complaints` finds, each naming its band."""
    found = complaints(scheme, bands)
    if found:
        raise ValidationError(
            [
                each.message if each.band is None else f"{each.band}：{each.message}"
                for each in found
            ]
        )


def check_band(band: Band, *, by: Any) -> None:
    """Raise where `by` may not write this band, or it is wrong by itself. Whether order and
    symbol are taken, the bands that are saved with it tell."""
    if by is not None:
        record.require_writer(by, band, "change" if band.pk else "add")
    band.full_clean(validate_unique=False, validate_constraints=False)


def record_scheme(
    scheme: RatingScheme, bands: Iterable[Band], *, by: Any, reason: str = ""
) -> RatingScheme:
    """Check and save a scheme, new or changed, with `bands` as all its bands."""
    with transaction.atomic():
        record.record_row(scheme, by=by, reason=reason)
        record_bands(scheme, bands, by=by, reason=reason)
    return scheme


def record_new_scheme(
    scheme: RatingScheme, bands: Iterable[Band], *, by: Any, reason: str = ""
) -> RatingScheme:
    """Check and save a scheme that is not there yet, in a few queries whatever its bands."""
    bands = list(bands)
    check_scheme(scheme, bands)
    with transaction.atomic(savepoint=False):
        record_many.record_rows([scheme], by=by, reason=reason)
        for band in bands:
            band.scheme = scheme
        record_many.record_rows(bands, by=by, reason=reason)
    return scheme


@transaction.atomic
def record_bands(scheme: RatingScheme, bands: Iterable[Band], *, by: Any, reason: str = "") -> None:
    """Make `bands` the bands of a saved scheme: write those that differ, delete the others.

    Orders and symbols may be exchanged. ValidationError where the scheme would not be sound, or a
    band that is left out has been used in a judgement.
    """
    bands = list(bands)
    check_scheme(scheme, bands)
    stored = {band.pk: band for band in scheme.bands.all()}
    for band in bands:
        if band.pk and band.pk not in stored:
            raise ValidationError(_("ほかの評価方式の区分です。"))
        band.scheme = scheme
    kept = {band.pk for band in bands}
    for band in stored.values():
        if band.pk not in kept:
            structure.remove_row(band, by=by, reason=reason)
    changed = [band for band in bands if not band.pk or _differ(band, stored[band.pk])]
    _make_room(changed, [*stored.values(), *bands])
    for band in changed:
        record.record_row(band, by=by, reason=reason)


def _differ(band: Band, stored: Band) -> bool:
    return any(
        getattr(band, field.attname) != getattr(stored, field.attname)
        for field in Band._meta.concrete_fields
    )


def _make_room(changed: Iterable[Band], taken: Iterable[Band]) -> None:
    """Move stored bands to orders and symbols nobody wants, so that two can change places."""
    taken = list(taken)
    orders, symbols = {band.order for band in taken}, {band.symbol for band in taken}
    free_orders = (number for number in count(1) if number not in orders)
    free_symbols = (f"~{number}" for number in count(1) if f"~{number}" not in symbols)
    for band in changed:
        if band.pk:
            Band.objects.filter(pk=band.pk).update(
                order=next(free_orders), symbol=next(free_symbols)
            )


def copy_scheme(scheme: RatingScheme, municipality: Municipality, *, by: Any) -> RatingScheme:
    """Copy a preset (or an own scheme) with its bands into a municipality and return the copy.

    Planners of that municipality only; a scheme of another municipality raises ValidationError.
    """
    if scheme.municipality_id not in (None, municipality.pk):
        raise ValidationError(_("この自治体の評価方式か、ひな形から選んでください。"))
    copy = RatingScheme(**values_of(scheme, leave={"id", "municipality", "code"}))
    copy.municipality = municipality
    copy.code = free_code(f"{municipality.slug}-{scheme.code}")
    bands = [Band(**values_of(band, leave={"id", "scheme"})) for band in scheme.bands.all()]
    reason = _("「%(name)s」の写し") % {"name": scheme.name}
    return record_scheme(copy, bands, by=by, reason=reason)


def values_of(row: RatingScheme | Band, leave: set[str]) -> dict[str, Any]:
    """Return what a scheme or band says, by the names of its fields without those to `leave`."""
    fields = row._meta.concrete_fields
    return {field.name: getattr(row, field.name) for field in fields if field.name not in leave}


def free_code(*wanted: str) -> str:
    """Return the first of `wanted` no scheme has; else the last, cut and numbered."""
    taken = set(RatingScheme.objects.filter(code__in=wanted).values_list("code", flat=True))
    for code in wanted:
        if code not in taken and len(code) <= CODE_MAX_LENGTH:
            return code
    return _numbered(wanted[-1])


def _numbered(wanted: str) -> str:
    for number in count(1):
        suffix = "" if number == 1 else f"-{number}"
        code = wanted[: CODE_MAX_LENGTH - len(suffix)] + suffix
        if not RatingScheme.objects.filter(code=code).exists():
            return code
    raise AssertionError("counting never ends")


# --- Which scheme a plan uses ------------------------------------------------------------------


def check_plan_scheme(choice: PlanScheme, *, by: Any) -> None:
    """Raise where `by` may not choose this scheme for the plan, it is not valid, or years that are
    closed or judged by people would be judged by another scheme than before."""
    record.check_row(choice, by=by)
    _check_years(choice, stays=True)


@transaction.atomic
def record_plan_scheme(choice: PlanScheme, *, by: Any, reason: str = "") -> PlanScheme:
    """Check and save which scheme a plan uses from a fiscal year on, with its history."""
    check_plan_scheme(choice, by=by)
    return record.record_row(choice, by=by, reason=reason)


@transaction.atomic
def remove_plan_scheme(choice: PlanScheme, *, by: Any, reason: str) -> None:
    """Delete such a row. Its years fall to the scheme before it, so they must allow that too."""
    if by is not None:
        record.require_writer(by, choice, "delete")
    _check_years(choice, stays=False)
    record.remove_row(choice, by=by, reason=reason)


def _check_years(choice: PlanScheme, *, stays: bool) -> None:
    """Raise ValidationError naming the years that forbid the change: where the row is to stand,
    and where it stands."""
    stored = PlanScheme.objects.filter(pk=choice.pk).first()
    rows = [choice] if stored is None else [choice, stored]
    for plan_id, subject in {(row.plan_id, row.subject): None for row in rows}:
        kept = PlanScheme.objects.filter(plan=plan_id, subject=subject)
        before = dict(kept.values_list("from_fiscal_year", "scheme"))
        after = dict(kept.exclude(pk=choice.pk).values_list("from_fiscal_year", "scheme"))
        if stays and (choice.plan_id, choice.subject) == (plan_id, subject):
            after[choice.from_fiscal_year] = choice.scheme_id
        _refuse(
            _(
                "締め切られた%(years)sの評価方式は変更できません。締切を解いてから変更してください。"
            ),
            {
                lock.fiscal_year
                for lock in YearLock.objects.filter(plan=plan_id)
                if _in_force(before, lock.fiscal_year) != _in_force(after, lock.fiscal_year)
            },
            code="locked",
        )
        _refuse(
            _(
                "%(years)sには別の評価方式の区分による評価があるため、評価方式を変更できません。"
                "適用する年度を改めるか、先にその年度の評価を消してください。"
            ),
            {
                year
                for year, scheme_id in _judged(plan_id, subject)
                if _in_force(before, year) != _in_force(after, year) != scheme_id
            },
            code="judged",
        )


def _in_force(choices: dict[int, int], year: int) -> int | None:
    """Return the id of the scheme of a fiscal year, as `Plan.scheme_in` finds it; `choices` leads
    from the first fiscal year of each to its id."""
    return choices.get(max((first for first in choices if first <= year), default=0))


def _judged(plan_id: int, subject: str) -> Iterable[tuple[int, int]]:
    """Return (fiscal year, id of the scheme whose bands people chose then)."""
    if subject == PlanScheme.Subject.INDICATORS:
        rows, band = Judgement.objects.filter(indicator__plan=plan_id), "band"
    else:
        rows, band = ProgressReport.objects.filter(row__action__plan=plan_id), "rating"
    judged = rows.filter(**{f"{band}__isnull": False}).order_by()
    return judged.values_list("fiscal_year", f"{band}__scheme").distinct()


def _refuse(message: str, years: set[int], code: str) -> None:
    if years:
        words = "、".join(fiscal_years.label(year) for year in sorted(years))
        raise ValidationError(message % {"years": words}, code=code)
