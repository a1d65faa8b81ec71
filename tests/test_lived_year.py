"""One year of みほん市, from the request to the revised edition, on everybody's own pages."""

import pytest
from django.core.management import call_command

from . import shipped
from .lived_year.plain import Plain
from .lived_year.story import Year


@pytest.mark.django_db
def test_a_year_is_lived_through_and_every_row_obeys_the_rules() -> None:
    shipped.load(*shipped.SAMPLE_TOWN)
    Year(Plain).live()
    call_command("check_data", verbosity=0)
