"""Writes a report as a workbook: `manage.py report indicators mihon mirai 一覧.xlsx …`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from exchange import reports
from exchange.arguments import find_plan, read_year, write_file
from municipalities.models import Department
from plans.choices import Period
from plans.models import BasicGoal, Plan
from rounds.models import Publication


class Command(BaseCommand):
    help = _(
        "計画の帳票をExcelのファイルに書きます。ふつうは作業中の値（すべての状態）、--published "
        "ではいま公表されているとおり、--publication ではその号が固定したとおりです。"
        "sections は全担当課のシートのZIPです。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[*reports.REPORTS, reports.SECTIONS])
        parser.add_argument("municipality", help=_("自治体のアドレス名"))
        parser.add_argument("plan", help=_("計画のアドレス名"))
        parser.add_argument("file", type=Path, help=_("書き込むファイル"))
        parser.add_argument("--fiscal-year", help=_("年度。例：R6、令和6年度、2024"))
        parser.add_argument("--period", choices=Period.values, default=Period.YEAR_END.value)
        source = parser.add_mutually_exclusive_group()
        source.add_argument("--published", action="store_true", help=_("公表されているとおり"))
        source.add_argument("--publication", type=int, help=_("公表の番号"))
        parser.add_argument("--goal", help=_("基本目標のコード"))
        parser.add_argument("--section", help=_("組織のコード"))
        parser.add_argument("--number", default="", help=_("資料番号。例：資料1-2"))

    def handle(self, *, kind: str, file: Path, **options: Any) -> None:
        plan = find_plan(options["municipality"], options["plan"])
        try:
            edition = _edition(kind, plan, options).only(
                _goal(plan, options["goal"]), _section(plan, options["section"])
            )
            made = reports.make(kind, edition, reports.Options(options["number"]))
        except reports.NoEditionError as error:
            raise CommandError(str(error)) from error
        write_file(file, made.content)
        self.stdout.write(f"{file}")


def _edition(kind: str, plan: Plan, options: dict[str, Any]) -> reports.Edition:
    if options["publication"] is not None:
        return reports.reprint(_publication(plan, options["publication"]))
    asked = options["fiscal_year"]
    if asked is None and reports.has_year(kind):
        raise CommandError(_("--fiscal-year か --publication を指定してください。"))
    year = None if asked is None else read_year(asked)
    if options["published"]:
        return reports.edition_for_citizens(kind, plan, year, options["period"])
    return reports.working_edition(kind, plan, year, options["period"])


def _publication(plan: Plan, number: int) -> Publication:
    found = Publication.objects.filter(plan=plan, number=number).first()
    if found is None:
        raise CommandError(
            _("「%(plan)s」に第%(number)d号の公表はありません。") % {"plan": plan, "number": number}
        )
    found.plan = plan
    return found


def _goal(plan: Plan, code: str | None) -> BasicGoal | None:
    return None if code is None else _coded(BasicGoal.objects.filter(plan=plan), code)


def _section(plan: Plan, code: str | None) -> Department | None:
    rows = Department.objects.filter(municipality=plan.municipality)
    return None if code is None else _coded(rows, code)


def _coded(rows: Any, code: str) -> Any:
    found = rows.filter(code=code).first()
    if found is None:
        raise CommandError(
            _("コード「%(code)s」の%(kind)sはありません（ある：%(codes)s）。")
            % {
                "code": code,
                "kind": rows.model._meta.verbose_name,
                "codes": "、".join(rows.values_list("code", flat=True)) or _("なし"),
            }
        )
    return found
