"""What commands are told: a plan and a year, or a message that says what there is instead."""

from __future__ import annotations

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from municipalities import fiscal_year as fiscal_years
from municipalities.models import Municipality
from plans.models import Plan


def find_plan(municipality: str, slug: str) -> Plan:
    town = Municipality.objects.filter(slug=municipality).first()
    if town is None:
        raise CommandError(_("自治体「%(slug)s」はありません。") % {"slug": municipality})
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
