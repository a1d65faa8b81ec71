"""What commands are told: a town, a plan, a year, a file, or a message that says what is wrong."""

from __future__ import annotations

from pathlib import Path

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from municipalities import fiscal_year as fiscal_years
from municipalities.models import Municipality
from plans.models import Plan


def find_town(slug: str) -> Municipality:
    town = Municipality.objects.filter(slug=slug).first()
    if town is None:
        raise CommandError(_("自治体「%(slug)s」はありません。") % {"slug": slug})
    return town


def find_plan(municipality: str, slug: str) -> Plan:
    town = find_town(municipality)
    plan = Plan.objects.filter(municipality=town, slug=slug).first()
    if plan is None:
        slugs = town.plans.values_list("slug", flat=True)
        raise CommandError(
            _("計画「%(slug)s」は%(town)sにありません（ある計画：%(slugs)s）。")
            % {"slug": slug, "town": town, "slugs": "、".join(slugs) or _("なし")}
        )
    plan.municipality = town
    return plan


def read_year(text: str) -> int:
    try:
        return fiscal_years.parse(text)
    except fiscal_years.FiscalYearError as error:
        raise CommandError(str(error)) from error


def read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(
            _("ファイル %(file)s を読めません（%(error)s）。")
            % {"file": path, "error": error.strerror}
        ) from error


def write_file(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise CommandError(
            _("%(file)sに書き込めません（%(error)s）。") % {"file": path, "error": error.strerror}
        ) from error
