"""The rating schemes that are shipped, as the pure rules read them."""

import json
from pathlib import Path

from indicators.evaluation import Scheme

FIXTURE = Path(__file__).resolve().parent.parent / "fixtures" / "rating_schemes.json"


def from_fixture():
    """The schemes of the fixture by code."""
    rows = json.loads(FIXTURE.read_text())
    bands = [row["fields"] for row in rows if row["model"] == "plans.band"]
    return {
        fields["code"]: Scheme.of(
            fields, [band for band in bands if band["scheme"] == [fields["code"]]]
        )
        for row in rows
        if row["model"] == "plans.ratingscheme"
        for fields in [row["fields"]]
    }


SCHEMES = from_fixture()
