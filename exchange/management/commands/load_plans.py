"""Load the real plans and the sample town into an empty database."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from municipalities.models import Municipality
from municipalities.natural_keys import keys_at_hand

# In the order in which they build on each other.
FIXTURES = (
    "rating_schemes",
    "gunma",
    "gunma_seikatsu",
    "gunma_ict_3",
    "gunma_ict_4",
    "isesaki",
    "isesaki_sogo",
    "konan",
    "konan_sogo",
    "mihon",
    "mihon_kihon_zenki",
    "mihon_kihon",
    "mihon_mirai",
)


class Command(BaseCommand):
    help = "Loads the shipped plans, only where no municipality has been entered yet."

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if Municipality.objects.exists():
            self.stdout.write("Municipalities exist already; nothing was loaded.")
            return
        with keys_at_hand():
            call_command("loaddata", *FIXTURES, verbosity=options["verbosity"])
