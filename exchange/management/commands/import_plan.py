"""Reads a workbook into a plan: `manage.py import_plan mirai.xlsx --municipality mihon`."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from exchange import import_preview
from exchange.arguments import find_town, read_file, write_file
from exchange.plan_book.importing import Outcome, import_plan
from municipalities.uploads import Refused, read
from municipalities.uploads.marked import marked


class Command(BaseCommand):
    help = _(
        "Excelブックから計画を取り込みます。同じアドレス名の計画があれば変更し、なければ素案として"
        "つくります。誤りが1つでもあれば何も書き込みません。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help=_("取り込むファイル（.xlsx）"))
        parser.add_argument("--municipality", required=True, help=_("自治体のアドレス名"))
        parser.add_argument(
            "--dry-run", action="store_true", help=_("確かめるだけで、何も書き込まない")
        )
        parser.add_argument("--reason", default="", help=_("変更理由（履歴に残る）"))
        parser.add_argument(
            "--marked",
            type=Path,
            dest="marked_file",
            metavar="FILE",
            help=_("誤りのセルに印を付けたブックを書き出すファイル"),
        )

    def handle(
        self,
        *,
        file: Path,
        municipality: str,
        dry_run: bool,
        reason: str,
        marked_file: Path | None,
        **options: Any,
    ) -> None:
        town = find_town(municipality)
        content = read_file(file)
        try:
            book = read(content, file.name, takes_csv=False)
        except Refused as refused:
            raise CommandError(refused.message) from refused
        outcome = import_plan(book, town, by=None, reason=reason, dry_run=dry_run)
        preview = import_preview.preview_of(outcome, town)
        for line in import_preview.lines(preview):
            self.stdout.write(line)
        if marked_file is not None:
            self._mark(marked_file, content, outcome)
        if outcome.complaints:
            raise CommandError(
                _("誤りが%(count)d件あります。何も書き込んでいません。")
                % {"count": len(outcome.complaints)}
            )
        self.stdout.write(_result(outcome, dry_run, preview.says_nothing_new))

    def _mark(self, file: Path, content: bytes, outcome: Outcome) -> None:
        write_file(file, marked(content, outcome.complaints))
        self.stdout.write(_("印を付けたブックを %(file)s に書き出しました。") % {"file": file})


def _result(outcome: Outcome, dry_run: bool, says_nothing_new: bool) -> str:
    if says_nothing_new:
        text = _("「%(plan)s」と同じ内容です。何も変えていません。")
    elif outcome.is_new and dry_run:
        text = _("「%(plan)s」を新しい素案としてつくります。まだ何も書き込んでいません。")
    elif outcome.is_new:
        text = _("「%(plan)s」を新しい素案としてつくりました。")
    elif dry_run:
        text = _("「%(plan)s」を変えます。まだ何も書き込んでいません。")
    else:
        text = _("「%(plan)s」に取り込みました。")
    return text % {"plan": outcome.plan}
