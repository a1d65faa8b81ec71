"""Telling the story of the sample town again gives the shipped file."""

from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

SHIPPED = Path(settings.BASE_DIR, "fixtures", "mihon_mirai.json")


def dumped() -> str:
    """Return the sample town's plans of the database as the text of a fixture."""
    out = StringIO()
    call_command(
        "dump_fixture",
        "-",
        "--municipality=mihon",
        "--plan=mirai",
        "--plan=senryaku",
        "--plan=senryaku-kaitei",
        "--with=sections",
        "--with=schemes",
        stdout=out,
    )
    return out.getvalue()


@pytest.mark.any_database
@pytest.mark.django_db
def test_building_the_town_again_gives_the_same_file() -> None:
    call_command("loaddata", "rating_schemes", "mihon", verbosity=0)
    call_command("build_sample_town", stdout=StringIO())
    assert dumped() == SHIPPED.read_text(encoding="utf-8")
