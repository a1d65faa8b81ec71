"""The sheets of rating schemes: a scheme and its bands are read together and saved together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.core.exceptions import ValidationError

from indicators import schemes
from indicators.schemes import values_of
from municipalities import record
from plans.models import Band, PlanScheme, RatingScheme

from .columns import Column, linked, plain, plains
from .shelf import Shelf
from .table import Faults, Item, Status, Table, invalid, write_one_by_one


def short_code(scheme: RatingScheme) -> str:
    """Return the code without the name of the town whose scheme it is: codes are unique among all
    towns, and a workbook may go to another one."""
    town = scheme.municipality
    return scheme.code if town is None else scheme.code.removeprefix(f"{town.slug}-")


def _code_column() -> Column:
    code = plain(RatingScheme, "code", is_key=True)
    return replace(code, write=short_code)


class SchemeTable(Table):
    """The schemes the plan uses. Their bands decide whether they are new (see BandTable)."""

    sheet = "評価方式"
    about = "計画が使う評価方式。区分は「評価区分」に書きます。"
    model = RatingScheme
    columns = (
        _code_column(),
        plain(RatingScheme, "name", is_required=True),
        *plains(RatingScheme, "formula", "basis", "years_from", "chosen_by_people"),
        *plains(RatingScheme, "met_counts_as_top", "no_value", "unrated_symbol", "unrated_label"),
        *plains(RatingScheme, "decimals", "rounding", "bands_see_rounded", "source", "note"),
    )

    def stored(self, shelf: Shelf) -> list[Any]:
        return []  # every line describes a scheme anew; what is there is compared with the bands

    def exported(self, shelf: Shelf) -> list[Any]:
        used = RatingScheme.objects.filter(plan_schemes__plan=shelf.plan).distinct()
        related = used.select_related("municipality").prefetch_related("bands")
        return sorted(related, key=short_code)

    def new(self, shelf: Shelf) -> Any:
        return RatingScheme(municipality=shelf.municipality)

    def write(self, items: Sequence[Item], shelf: Shelf, *, by: Any, reason: str) -> Faults:
        shelf.described = {item.row.code: item for item in items}
        return invalid(items)


class BandTable(Table):
    sheet = "評価区分"
    about = "評価方式の区分。「順番」の小さい区分から条件を試します。"
    model = Band
    columns = (
        linked("評価方式", "scheme", Shelf.scheme, short_code, is_key=True),
        plain(Band, "order", is_key=True),
        plain(Band, "symbol", is_required=True),
        plain(Band, "label", is_required=True),
        *plains(Band, "spoken", "meaning", "tone", "score", "test", "threshold"),
        *plains(Band, "tolerance", "tolerance_kind"),
    )

    def stored(self, shelf: Shelf) -> list[Any]:
        return []

    def exported(self, shelf: Shelf) -> list[Any]:
        return [
            band
            for scheme in SchemeTable().exported(shelf)
            for band in sorted(scheme.bands.all(), key=lambda band: band.order)
        ]

    def new(self, shelf: Shelf) -> Any:
        return Band()

    def write(self, items: Sequence[Item], shelf: Shelf, *, by: Any, reason: str) -> Faults:
        """Put for each described scheme the one the plan is to use on the shelf: an equal one that
        is there, the town's own changed, or a new one."""
        faults = invalid(items)
        wrong = {id(item.row.scheme) for item, _error in faults}
        for code, described in shelf.described.items():
            mine = [item for item in items if item.row.scheme is described.row]
            if id(described.row) in wrong:
                continue
            try:
                shelf.schemes[code] = _settle(described, mine, shelf, by, reason)
            except ValidationError as error:
                faults.append((described, ValidationError(error.messages)))
        return faults


def _settle(
    described: Item,
    bands: list[Item],
    shelf: Shelf,
    by: Any,
    reason: str,
) -> RatingScheme:
    """Return the scheme the lines describe, and set what they do. ValidationError where it would
    not judge soundly, or bands that are in use would go."""
    code = described.row.code
    prefix = f"{shelf.municipality.slug}-"
    stored = shelf.stored_schemes
    candidates = [stored[each] for each in (prefix + code, code) if each in stored]
    for there in candidates:
        if _equal(described, bands, there):
            for item in (described, *bands):
                item.status = Status.UNCHANGED
            return there
    own = next((there for there in candidates if there.municipality_id is not None), None)
    target = own or described.row
    if own is None:
        target.code = schemes.free_code(prefix + code)
    kept = {} if own is None else {band.order: band for band in own.bands.all()}
    described.status = Status.NEW if own is None else Status.CHANGED
    if own is not None:
        _copy(described.row, own, leave={"id", "code", "municipality"})
    written = []
    for item in bands:
        there = kept.get(item.row.order)
        item.status = Status.NEW if there is None else Status.CHANGED
        if there is not None:
            _copy(item.row, there, leave={"id", "scheme"})
        written.append(there or item.row)
    if by is not None:
        record.require_writer(by, target, "change" if own else "add")
    if own is None:
        return schemes.record_new_scheme(target, written, by=by, reason=reason)
    return schemes.record_scheme(target, written, by=by, reason=reason)


def _equal(described: Item, bands: list[Item], there: RatingScheme) -> bool:
    other = {band.order: band for band in there.bands.all()}
    return (
        values_of(described.row, leave={"id", "code", "municipality"})
        == values_of(there, leave={"id", "code", "municipality"})
        and len(other) == len(bands)
        and all(
            item.row.order in other
            and values_of(item.row, leave={"id", "scheme"})
            == values_of(other[item.row.order], leave={"id", "scheme"})
            for item in bands
        )
    )


def _copy(source: Any, to: Any, leave: set[str]) -> None:
    for name, value in values_of(source, leave).items():
        setattr(to, name, value)


class PlanSchemeTable(Table):
    sheet = "計画の評価方式"
    about = "どの年度から、何に、どの評価方式を使うか。"
    model = PlanScheme
    columns = (
        plain(PlanScheme, "subject", is_key=True),
        plain(PlanScheme, "from_fiscal_year", is_key=True),
        linked("評価方式", "scheme", Shelf.scheme, short_code, is_required=True),
    )

    def write(self, items: Sequence[Item], shelf: Shelf, *, by: Any, reason: str) -> Faults:
        """Into a new plan together; otherwise row by row, which asks what years were judged by."""
        if shelf.plan_is_fresh:
            return super().write(items, shelf, by=by, reason=reason)
        return write_one_by_one(items, schemes.record_plan_scheme, by=by, reason=reason)
