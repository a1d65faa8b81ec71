"""Writes fixtures: `manage.py dump_fixture mihon_mirai --municipality mihon --plan mirai`."""

from argparse import ArgumentParser
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from municipalities.models import Municipality
from plans.models import Plan
from rounds import fixture_files

PARTS = ("municipality", "sections", "schemes")


class Command(BaseCommand):
    help = _(
        "自治体や計画を、loaddata で元どおりに戻せるフィクスチャに書き出します。"
        "利用者と変更履歴は含みません。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help=_("ファイルの名前（拡張子なし）。「-」は画面に出します。"))
        parser.add_argument("--municipality", required=True, help=_("自治体のアドレス名"))
        parser.add_argument(
            "--plan",
            action="append",
            default=[],
            help=_("計画のアドレス名。繰り返せます。使う系列と実績も含みます。"),
        )
        parser.add_argument(
            "--with",
            action="append",
            default=[],
            dest="parts",
            choices=PARTS,
            help=_("自治体の行、組織と改編、独自の評価方式。繰り返せます。"),
        )

    def handle(self, *, name: str, municipality: str, plan: list[str], **options: Any) -> None:
        town = Municipality.objects.filter(slug=municipality).first()
        if town is None:
            raise CommandError(_("自治体「%(slug)s」はありません。") % {"slug": municipality})
        plans = {found.slug: found for found in Plan.objects.filter(municipality=town)}
        unknown = [slug for slug in plan if slug not in plans]
        if unknown:
            raise CommandError(_("計画「%(slug)s」はありません。") % {"slug": "、".join(unknown)})
        if not plan and not options["parts"]:
            raise CommandError(_("--plan か --with で書き出すものを選んでください。"))
        parts = {
            "municipality": lambda: [town],
            "sections": lambda: fixture_files.sections_of(town),
            "schemes": lambda: fixture_files.schemes_of(town),
        }
        rows = chain.from_iterable(parts[part]() for part in PARTS if part in options["parts"])
        text = fixture_files.as_text(
            chain(rows, fixture_files.plans_of(plans[slug] for slug in plan))
        )
        if name == "-":
            self.stdout.write(text, ending="")
            return
        path = Path(settings.BASE_DIR, "fixtures", f"{name}.json")
        path.write_text(text, encoding="utf-8")
        self.stdout.write(str(path))
