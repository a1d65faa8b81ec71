"""Builds the invented town's plans: `manage.py build_sample_town`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from municipalities.models import Municipality
from plans.models import Plan, RatingScheme
from rounds.sample_town import story, town, whole


class Command(BaseCommand):
    help = _(
        "架空のみほん市に「みほん市みらい計画」と総合戦略を、年ごとの公表まで含めて作ります。"
        "できたものは dump_fixture でフィクスチャにします。"
    )

    def handle(self, **options: Any) -> None:
        municipality = Municipality.objects.filter(slug=town.SLUG).first()
        if (
            municipality is None
            or not RatingScheme.objects.filter(code=town.INDICATOR_PRESET).exists()
        ):
            raise CommandError(_("先に `loaddata rating_schemes mihon` を実行してください。"))
        if Plan.objects.filter(municipality=municipality, slug=whole.PLAN["slug"]).exists():
            raise CommandError(_("「%(plan)s」はすでにあります。") % {"plan": whole.PLAN["title"]})
        for plan in story.build(municipality):
            self.stdout.write(str(plan))
