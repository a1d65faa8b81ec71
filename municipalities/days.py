"""Days and months as a municipality prints them."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from .models import Municipality

ERA_STARTS = ((date(2019, 5, 1), "令和"), (date(1989, 1, 8), "平成"), (date(1926, 12, 25), "昭和"))


def month_words(municipality: Municipality, day: date) -> str:
    """Return 令和6年10月, 2024年10月 or 令和6年（2024年）10月."""
    western = _("%(year)d年") % {"year": day.year}
    start, era = next((pair for pair in ERA_STARTS if pair[0] <= day), (None, ""))
    if start is None:
        year = western
    else:
        number = day.year - start.year + 1
        wareki = _("%(era)s%(year)s年") % {"era": era, "year": "元" if number == 1 else number}
        year = {
            Municipality.YearStyle.WAREKI: wareki,
            Municipality.YearStyle.SEIREKI: western,
            Municipality.YearStyle.BOTH: f"{wareki}（{western}）",
        }[Municipality.YearStyle(municipality.year_style)]
    return _("%(year)s%(month)d月") % {"year": year, "month": day.month}


def day_words(municipality: Municipality, day: date) -> str:
    """Return 令和6年10月1日 in the municipality's style."""
    month = month_words(municipality, day)
    return _("%(month)s%(day)d日") % {"month": month, "day": day.day}
