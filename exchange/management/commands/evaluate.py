"""Prints the evaluation of a plan's year: `manage.py evaluate mihon mirai --fiscal-year R6`."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from exchange import evaluation_table
from exchange.arguments import find_plan, read_year
from exchange.evaluation_formats import as_csv, as_json
from exchange.evaluation_terminal import as_table
from municipalities.memory import without_garbage_collection
from plans.choices import Period
from plans.models import Plan
from rounds.models import Publication

FORMATS = {"table": as_table, "csv": as_csv, "json": as_json}


class Command(BaseCommand):
    help = _(
        "計画の1年度の評価を、指標ごとの基準値・目標・実績・率・評価とその理由、全体の集計で出します。"
        "ふつうは作業中の値（すべての状態）、--published では公表したとおりの値です。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("municipality", help=_("自治体のアドレス名"))
        parser.add_argument("plan", help=_("計画のアドレス名"))
        parser.add_argument("--fiscal-year", required=True, help=_("年度。例：R6、令和6年度、2024"))
        parser.add_argument("--period", choices=Period.values, default=Period.YEAR_END.value)
        parser.add_argument("--format", choices=FORMATS, default="table")
        source = parser.add_mutually_exclusive_group()
        source.add_argument(
            "--published",
            action="store_const",
            dest="kind",
            const=Publication.Kind.PUBLIC,
            help=_("いま有効な公表版のとおり"),
        )
        source.add_argument(
            "--council",
            action="store_const",
            dest="kind",
            const=Publication.Kind.COUNCIL,
            help=_("いま有効な議会提出版のとおり"),
        )

    def handle(
        self,
        *,
        municipality: str,
        plan: str,
        fiscal_year: str,
        period: str,
        kind: str | None,
        **options: Any,
    ) -> None:
        found, year = find_plan(municipality, plan), read_year(fiscal_year)
        with without_garbage_collection():
            if kind is None:
                _check_year(found, year)
                table = evaluation_table.working(found, year, period)
            else:
                table = evaluation_table.published(_publication(found, kind, year, period))
            text = FORMATS[options["format"]](table)
        self.stdout.write(text, ending="")


def _check_year(plan: Plan, year: int) -> None:
    """Raise where the year lies outside the plan; a plan without period has every year."""
    start, end = plan.start_fiscal_year, plan.end_fiscal_year
    if (start is not None and year < start) or (end is not None and year > end):
        label = plan.municipality.year_label
        raise CommandError(
            _("%(year)sは「%(plan)s」の期間（%(start)s～%(end)s）の外です。")
            % {
                "year": label(year),
                "plan": plan,
                "start": "" if start is None else label(start),
                "end": "" if end is None else label(end),
            }
        )


def _publication(plan: Plan, kind: str, year: int, period: str) -> Publication:
    current = Publication.objects.current().filter(plan=plan, kind=kind)
    found = current.filter(fiscal_year=year, period=period).first()
    if found is None:
        label = plan.municipality.year_label
        others = [
            f"{label(other.fiscal_year)} {other.get_period_display()}"
            for other in current.order_by("fiscal_year", "period")
        ]
        raise CommandError(
            _("%(year)s %(period)sの%(kind)sはまだ出されていません（あるもの：%(others)s）。")
            % {
                "year": label(year),
                "period": Period(period).label,
                "kind": Publication.Kind(kind).label,
                "others": "、".join(others) or _("なし"),
            }
        )
    found.plan = plan
    return found
