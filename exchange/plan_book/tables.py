"""The sheets of the workbook, each after those it refers to."""

from plans.models import Plan

from .actual_tables import ActualNoteTable, ActualTable
from .correspondence_table import CorrespondenceTable
from .figure_tables import (
    BreakTable,
    IndicatorTable,
    JudgementTable,
    ResponsibilityTable,
    SeriesTable,
    TargetTable,
)
from .report_tables import (
    CommentTable,
    IssueTable,
    ReportingDepartmentTable,
    ReportTable,
    RowTable,
    SheetTable,
)
from .scheme_tables import BandTable, PlanSchemeTable, SchemeTable
from .shelf import Shelf
from .structure_tables import ActionTable, FieldTable, GoalTable, MeasureTable, PolicyTable
from .table import Table
from .text_tables import FootnoteTable, FormTable, GlossaryTable, RelatedTable
from .town_tables import DepartmentTable, PlanTable, SuccessionTable

TABLES: tuple[Table, ...] = (
    PlanTable(),
    DepartmentTable(),
    SuccessionTable(),
    SchemeTable(),
    BandTable(),
    PlanSchemeTable(),
    GoalTable(),
    FieldTable(),
    PolicyTable(),
    MeasureTable(),
    ActionTable(),
    SeriesTable(),
    BreakTable(),
    IndicatorTable(),
    ResponsibilityTable(),
    TargetTable(),
    ActualTable(),
    ActualNoteTable(),
    JudgementTable(),
    FormTable(),
    RowTable(),
    ReportingDepartmentTable(),
    ReportTable(),
    SheetTable(),
    IssueTable(),
    CommentTable(),
    RelatedTable(),
    GlossaryTable(),
    FootnoteTable(),
    CorrespondenceTable(),
)


def shelf_of(plan: Plan) -> Shelf:
    """Return a shelf with everything stored of a plan; a constant number of queries."""
    shelf = Shelf(plan.municipality)
    shelf.plan = shelf.plans[plan.slug]
    for table in TABLES:
        for row in table.exported(shelf) if isinstance(table, SeriesTable) else table.stored(shelf):
            shelf.keep(row)
    return shelf
