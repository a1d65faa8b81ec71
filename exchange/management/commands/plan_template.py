"""Writes the empty workbook of a plan: `manage.py plan_template hinagata.xlsx`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from exchange.arguments import write_file
from exchange.plan_book.workbook import template_workbook


class Command(BaseCommand):
    help = _("計画の取込のひな形（書き方と記入例のあるExcelブック）を書き出します。")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help=_("書き出すファイル（.xlsx）"))

    def handle(self, *, file: Path, **options: Any) -> None:
        write_file(file, template_workbook())
        self.stdout.write(_("ひな形を %(file)s に書き出しました。") % {"file": file})
