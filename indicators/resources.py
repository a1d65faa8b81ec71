"""Flat tables of what is counted: series, indicators, actuals and targets."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from measures.models import Measure
from municipalities.flat.columns import Column, Link, columns_of, town_link
from municipalities.flat.importing import Line
from municipalities.flat.resource import FlatResource
from municipalities.models import Department
from municipalities.record_many import Problems
from plans.models import BasicGoal, Plan, Policy

from . import record_many
from .models import Actual, Indicator, Series, Target


class SeriesResource(FlatResource):
    model = Series
    related = ("municipality", "owner")

    @classmethod
    def columns(cls) -> Sequence[Column | Link]:
        town = town_link("municipality__slug", key=True, attribute="municipality")
        owner = Link(
            "所管課の組織コード",
            Department,
            "owner__code",
            parent=town,
            within="municipality",
            attribute="owner",
            required=False,
        )
        names = (
            "code",
            "name",
            "unit",
            "decimals",
            "definition",
            "definition_by_site",
            "accumulation",
            "accumulation_note",
            "start_fiscal_year",
            "basis",
            "as_of_month",
            "as_of_day",
            "mean_years",
            "window_start",
            "window_end",
            "source",
            "source_url",
            "settled_month",
            "note",
        )
        return [town, *columns_of(Series, names, keys=("code",)), owner]


class IndicatorResource(FlatResource):
    model = Indicator
    related = ("plan__municipality", "series", "measure", "policy", "basic_goal")

    @classmethod
    def columns(cls) -> Sequence[Column | Link]:
        town, plan = _plan_links("plan", attribute="plan")
        series = Link(
            "系列コード",
            Series,
            "series__code",
            parent=town,
            within="municipality",
            attribute="series",
        )
        places = [
            Link(
                heading,
                model,
                f"{name}__code",
                parent=plan,
                within="plan",
                attribute=name,
                required=False,
            )
            for heading, model, name in (
                ("基本目標のコード", BasicGoal, "basic_goal"),
                ("政策のコード", Policy, "policy"),
                ("施策のコード", Measure, "measure"),
            )
        ]
        names = (
            "label",
            "order",
            "name",
            "group",
            "direction",
            "direction_note",
            "baseline_status",
            "baseline_value",
            "baseline_fiscal_year",
            "baseline_label",
            "baseline_value_label",
            "baseline_mark",
            "baseline_note",
            "baseline_is_average",
            "first_fiscal_year",
            "last_fiscal_year",
            "life_reason",
            "life_note",
            "note",
        )
        code = Column(Indicator._meta.get_field("code"), key=True)
        return [town, plan, code, series, *places, *columns_of(Indicator, names)]

    def check(self, lines: Sequence[Line], *, by: Any, fields: Collection[str]) -> Problems:
        rows = [line.row for line in lines]
        return record_many.check_indicators(rows, by=by, fields=fields)


class ActualResource(FlatResource):
    """A row without its series' code is nobody's; a stale row is another's."""

    model = Actual
    related = ("series__municipality",)

    @classmethod
    def columns(cls) -> Sequence[Column | Link]:
        town = town_link("series__municipality__slug", key=True)
        series = Link(
            "系列コード",
            Series,
            "series__code",
            parent=town,
            within="municipality",
            attribute="series",
            key=True,
        )
        names = (
            "fiscal_year",
            "period",
            "value",
            "missing_reason",
            "expected_on",
            "is_provisional",
            "revision",
            "revision_reason",
            "year_label",
            "value_label",
            "note",
            "internal_note",
            "source",
            "source_url",
            "state",
        )
        return [town, series, *columns_of(Actual, names, keys=("fiscal_year", "period"))]

    def check(self, lines: Sequence[Line], *, by: Any, fields: Collection[str]) -> Problems:
        return record_many.check_actuals([line.row for line in lines], by=by, fields=fields)

    def save(self, lines: Sequence[Line], *, by: Any, reason: str, fields: Collection[str]) -> None:
        versions = {line.row.pk: line.row.version for line in lines if line.row.pk is not None}
        record_many.save_actuals(
            [line.row for line in lines],
            by=by,
            reason=reason,
            fields=fields,
            expected_versions=versions,
        )


class TargetResource(FlatResource):
    model = Target
    related = ("indicator__plan__municipality", "indicator__series")

    @classmethod
    def columns(cls) -> Sequence[Column | Link]:
        town, plan = _plan_links("indicator__plan")
        indicator = Link(
            "指標コード",
            Indicator,
            "indicator__code",
            parent=plan,
            within="plan",
            attribute="indicator",
            key=True,
            reads=("series",),
        )
        names = (
            "fiscal_year",
            "revision",
            "kind",
            "value",
            "lower",
            "upper",
            "tolerance",
            "text",
            "year_label",
            "value_label",
            "mark",
            "note",
            "decided_on",
            "effective_from",
            "reason",
        )
        return [
            town,
            plan,
            indicator,
            *columns_of(Target, names, keys=("fiscal_year", "revision")),
        ]

    def check(self, lines: Sequence[Line], *, by: Any, fields: Collection[str]) -> Problems:
        return record_many.check_targets([line.row for line in lines], by=by, fields=fields)


def _plan_links(path: str, *, attribute: str = "") -> tuple[Link, Link]:
    """Return the columns that name the municipality and, in it, the plan at `path`."""
    town = town_link(f"{path}__municipality__slug", key=True)
    plan = Link(
        "計画",
        Plan,
        f"{path}__slug",
        parent=town,
        within="municipality",
        attribute=attribute,
        key=True,
    )
    return town, plan
