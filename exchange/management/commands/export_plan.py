"""Writes a plan as a workbook: `manage.py export_plan mihon mirai mirai.xlsx`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from exchange.arguments import find_plan, write_file
from exchange.plan_book.workbook import plan_workbook


class Command(BaseCommand):
    help = _(
        "計画の作業中の内容（入力中の値と庁内だけのメモを含む）をExcelブックに書き出します。"
        "直したブックは import_plan で取り込めます。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("municipality", help=_("自治体のアドレス名"))
        parser.add_argument("plan", help=_("計画のアドレス名"))
        parser.add_argument("file", type=Path, help=_("書き出すファイル（.xlsx）"))

    def handle(self, *, municipality: str, plan: str, file: Path, **options: Any) -> None:
        found = find_plan(municipality, plan)
        write_file(file, plan_workbook(found))
        self.stdout.write(
            _("「%(plan)s」を %(file)s に書き出しました。") % {"plan": found, "file": file}
        )
