"""What an import knows of the town and the plan it writes to: everything rows may refer to.

Rows that the workbook brings are put on the shelf as soon as they are read, so that later sheets
find them like those that were there before.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from indicators.models import CommonIndicator, Indicator, Series
from measures.models import Action, DepartmentPolicySheet, Measure, ReportingRow
from municipalities.models import Department, Municipality
from plans.models import Band, BasicGoal, Plan, PlanScheme, Policy, PolicyField, RatingScheme

from .values import CellError, folded

LEVELS = {
    "basicgoal": BasicGoal,
    "policyfield": PolicyField,
    "policy": Policy,
    "measure": Measure,
    "action": Action,
}
# The standard words; a plan's own may name two levels alike.
LEVEL_NAMES = {
    "basicgoal": "基本目標",
    "policyfield": "分野",
    "policy": "政策",
    "measure": "施策",
    "action": "取組",
}


class Waiting(CellError):  # noqa: N818
    """The cell names a plan that is not here yet: the line waits as text until it is."""

    def __init__(self, slug: str) -> None:
        super().__init__(_("計画「%(slug)s」はまだこの自治体にありません。") % {"slug": slug})
        self.slug = slug


class Shelf:
    """The rows of a town and a plan by what a workbook calls them."""

    def __init__(self, municipality: Municipality) -> None:
        self.municipality = municipality
        self.plan: Any = None  # as soon as its sheet is read
        self.plan_is_fresh = False
        self.plans = {plan.slug: plan for plan in Plan.objects.filter(municipality=municipality)}
        for plan in self.plans.values():
            plan.municipality = municipality
        self.departments: dict[str, Department] = {}
        for each in Department.objects.filter(municipality=municipality):
            each.municipality = municipality
            self.departments[each.code] = each
        allowed = Q(municipality=municipality) | Q(municipality=None)
        schemes = RatingScheme.objects.filter(allowed).select_related("municipality")
        self.stored_schemes = {each.code: each for each in schemes.prefetch_related("bands")}
        own = {
            code.removeprefix(f"{municipality.slug}-"): each
            for code, each in self.stored_schemes.items()
            if each.municipality_id is not None
        }
        self.schemes: dict[str, RatingScheme] = self.stored_schemes | own
        self.plan_schemes: list[PlanScheme] = []
        self.described: dict[str, Any] = {}
        self.nodes: dict[tuple[str, str], Any] = {}
        self.series: dict[str, Series] = {}
        self.indicators: dict[str, Indicator] = {}
        self.rows: dict[tuple[str, int], ReportingRow] = {}
        self.sheets: dict[tuple[str, int], DepartmentPolicySheet] = {}
        self.actuals: dict[tuple[str, int, str], Any] = {}
        self.form: list[Any] | None = None
        self.decimals: dict[str, int] = {}
        self.proposals: dict[str, str] = {}
        self.commons: dict[str, CommonIndicator] | None = None
        self._others: dict[str, Shelf] = {}
        self.notes: list[str] = []
        """What was inferred, for people to look at."""

    # --- Finding --------------------------------------------------------------------------------

    def department(self, word: str) -> Department:
        """Return a section by its code, or by its name where only one bears it today."""
        found = self.departments.get(word)
        if found is not None:
            return found
        named = [each for each in self.departments.values() if folded(each.name) == word]
        lasting = [each for each in named if each.valid_to is None] or named
        if len(lasting) == 1:
            return lasting[0]
        if lasting:
            codes = "、".join(each.code for each in lasting)
            raise CellError(
                _("「%(name)s」という組織が複数あります。コード（%(codes)s）で入力してください。")
                % {"name": word, "codes": codes}
            )
        raise self._unknown(_("組織"), word, self.departments)

    def node(self, word: str, levels: Iterable[str]) -> Any:
        """Return the node named 施策 1-1-1, or 1-1-1 where only one level has it."""
        levels = tuple(levels)
        by_name = {name: level for level, name in LEVEL_NAMES.items() if level in levels}
        name, _blank, code = word.partition(" ")
        if code and name in by_name:
            found = self.nodes.get((by_name[name], code))
            if found is not None:
                return found
        else:
            places = [self.nodes[key] for level in levels if (key := (level, word)) in self.nodes]
            if len(places) == 1:
                return places[0]
            if places:
                raise CellError(
                    _(
                        "「%(code)s」は複数の段にあります。"
                        "「施策 %(code)s」のように段を付けてください。"
                    )
                    % {"code": word}
                )
        known = [f"{LEVEL_NAMES[level]} {code}" for level, code in self.nodes if level in levels]
        raise self._unknown(_("「体系」の行"), word, known)

    def plan_numbered(self, number: int) -> Plan:
        return next(plan for plan in self.plans.values() if plan.pk == number)

    def of_other_plan(self, plan: Plan) -> Shelf:
        """Return a shelf with the nodes of another plan of the town. Five queries a plan."""
        if plan.slug not in self._others:
            other = copy(self)
            other.plan, other.nodes = plan, {}
            for model in LEVELS.values():
                for row in model._default_manager.filter(plan=plan):
                    row.plan = plan
                    other.keep(row)
            self._others[plan.slug] = other
        return self._others[plan.slug]

    def action(self, word: str) -> Action:
        return self.node(word, ("action",))

    def policy(self, word: str) -> Policy:
        return self.node(word, ("policy",))

    def one_series(self, word: str) -> Series:
        return self._by_code(self.series, word, _("系列"))

    def indicator(self, word: str) -> Indicator:
        return self._by_code(self.indicators, word, _("指標"))

    def scheme(self, word: str) -> RatingScheme:
        return self._by_code(self.schemes, word, _("評価方式"))

    def band(self, subject: str, fiscal_year: int, word: str) -> Band:
        """Return a band of the scheme the plan uses in a fiscal year, by its symbol or name."""
        in_force = [
            choice
            for choice in self.plan_schemes
            if choice.subject == subject and choice.from_fiscal_year <= fiscal_year
        ]
        if not in_force:
            raise CellError(_("この年度の評価方式が「計画の評価方式」にありません。"))
        scheme = max(in_force, key=lambda choice: choice.from_fiscal_year).scheme
        bands = list(scheme.bands.all())
        for band in bands:
            if word in {folded(band.symbol), folded(band.label)}:
                band.scheme = scheme
                return band
        names = "、".join(band.symbol for band in bands)
        raise CellError(
            _("「%(scheme)s」の区分（%(names)s）から入力してください。")
            % {"scheme": scheme.name, "names": names}
        )

    def common(self, word: str) -> CommonIndicator | None:
        """Return what several towns count alike; operators keep these, so a code that is not known
        here is left out and said so."""
        if self.commons is None:
            self.commons = {each.code: each for each in CommonIndicator.objects.all()}
        if word not in self.commons:
            self.notes.append(
                _("共通指標「%(code)s」はここにないため、結び付けません。") % {"code": word}
            )
        return self.commons.get(word)

    def waits_for(self, word: str) -> CellError:
        """Return the answer to a plan of this town that is not here yet."""
        return Waiting(word)

    def _by_code(self, rows: dict[str, Any], word: str, what: str) -> Any:
        if word not in rows:
            raise self._unknown(what, word, rows)
        return rows[word]

    def _unknown(self, what: str, word: str, known: Iterable[str]) -> CellError:
        few = list(known)[:5]
        examples = _("（例：%(few)s）") % {"few": "、".join(few)} if few else ""
        return CellError(
            _(
                "%(what)s「%(word)s」がありません。このブックかこの自治体にある%(what)sを入力してください%(few)s。"
            )
            % {"what": what, "word": word, "few": examples}
        )

    # --- Keeping --------------------------------------------------------------------------------

    def keep(self, row: Any) -> None:
        """Let later rows find this one by what the workbook calls it."""
        match row:
            case Plan():
                self.plan = row
                row.municipality = self.municipality
                self.plan_is_fresh = row.pk is None
            case Department():
                self.departments[row.code] = row
            case RatingScheme():
                self.schemes[row.code] = row
            case Series():
                self.series[row.code] = row
            case Indicator():
                self.indicators[row.code] = row
            case PlanScheme():
                if row not in self.plan_schemes:
                    self.plan_schemes.append(row)
            case DepartmentPolicySheet():
                self.sheets[row.department.code, row.fiscal_year] = row
            case ReportingRow():
                self.rows[row.action.code, row.order] = row
            case _ if row._meta.model_name in LEVELS:
                self.nodes[row._meta.model_name, row.code] = row

    def index(self) -> dict[tuple[type[Any], int], Any]:
        """Return (model, number) → row of all stored rows on the shelf."""
        rows = [
            self.plan,
            *self.departments.values(),
            *self.schemes.values(),
            *self.nodes.values(),
            *self.series.values(),
            *self.indicators.values(),
            *self.rows.values(),
            *self.sheets.values(),
        ]
        return {(type(row), row.pk): row for row in rows if row is not None and row.pk is not None}

    def adopt(self, rows: Iterable[Any]) -> list[Any]:
        """Let rows refer to the rows on the shelf instead of reading them again; return them."""
        rows = list(rows)
        known = self.index()
        known[Municipality, self.municipality.pk] = self.municipality
        for row in rows:
            for model_field in row._meta.fields:
                number = getattr(row, model_field.attname) if model_field.is_relation else None
                other = known.get((model_field.related_model, number)) if number else None
                if other is not None:
                    model_field.set_cached_value(row, other)
        return rows
