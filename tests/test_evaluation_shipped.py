"""The shipped schemes, schemes as data, and what is wrong with a scheme."""

from decimal import Decimal

import pytest

from indicators.evaluation import Band, Fault, Reason, Scheme, Tolerance, Tone, judge, problems
from tests.evaluation_courses import (
    YEAR,
    band,
    course,
    falling,
    outcome,
    scheme,
    single,
    single_falling,
    thresholds,
)
from tests.rating_schemes import SCHEMES

# --- The shipped schemes ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "this", "expected"),
    [
        ("gunma-ict-3", single("50", "80", "80"), "達成"),
        ("gunma-ict-3", single("50", "80", "79"), "前進"),
        ("gunma-ict-3", single("50", "80", "49"), "後退"),
        ("gunma-ict-3", single_falling("50", "30", "49"), "前進"),
        ("gunma-ict-3", single(None, "80", "79"), Reason.NO_BASELINE),
        ("nagayo-sabc", single("50", "80", "80.1"), "S"),
        ("nagayo-sabc", single("50", "80", "80"), "A"),
        ("nagayo-sabc", single("50", "80", "50.1"), "A"),
        ("nagayo-sabc", single("50", "80", "50"), "B"),
        ("nagayo-sabc", single("50", "80", "45"), "B"),
        ("nagayo-sabc", single("50", "80", "44.9"), "C"),
        ("nagayo-sabc", single_falling("50", "30", "55"), "B"),
        ("nagayo-sabc", single_falling("50", "30", "55.1"), "C"),
        ("nagayo-sabc", single("50", "80", Reason.NO_SURVEY), Reason.NO_SURVEY),
        ("fuji-80-50-20", course("0", {2022: "50"}, {2022: "40"}), "80%以上"),
        ("fuji-80-50-20", course("0", {2022: "50"}, {2022: "39.9"}), "50%以上"),
        ("fuji-80-50-20", course("0", {2022: "50"}, {2022: "10"}), "20%以上"),
        ("fuji-80-50-20", course("0", {2022: "50"}, {2022: "9.9"}), "20%未満"),
        ("fuji-80-50-20", falling("20", {2022: "10"}, {2022: "12.5"}), "80%以上"),
        ("fuji-80-50-20", falling("20", {2022: "10"}, {2022: "12.6"}), "50%以上"),
        ("fuji-80-50-20", course(None, {2022: "50"}, {2022: "40"}), "80%以上"),
        ("tama-pro-rata", single("0", "100", "40"), "①"),
        ("tama-pro-rata", single("0", "100", "39.9"), "②"),
        ("tama-pro-rata", single("0", "100", "24"), "②"),
        ("tama-pro-rata", single("0", "100", "23.9"), "③"),
        ("ino", single("50", "80", "81"), "◎"),
        ("ino", single("50", "80", "80"), "○"),
        ("ino", single("50", "80", "51"), "△"),
        ("ino", single("50", "80", "50"), "×"),
        ("points-kurayoshi-form", single("0", "100", "100"), "+5"),
        ("points-kurayoshi-form", single("0", "100", "99.9"), "+4"),
        ("points-kurayoshi-form", single("0", "100", "0"), "0"),
        ("points-kurayoshi-form", single("0", "100", "-0.1"), "-1"),
        ("points-kurayoshi-form", single("0", "100", "-80"), "-4"),
        ("points-kurayoshi-form", single("0", "100", "-80.1"), "-5"),
        ("mihon-80-50", single("0", "100", "79.9"), "C"),
        ("mihon-80-50", single("0", "100", "49.9"), "D"),
    ],
)
def test_shipped_schemes(code, this, expected):
    assert outcome(SCHEMES[code], this) == expected


def test_ten_schemes_are_sound_and_say_what_they_show():
    assert len(SCHEMES) == 10
    for this in SCHEMES.values():
        assert problems(this) == []
        assert all(band.symbol and band.label and band.rule for band in this.bands)
        # A sign alone would be read as nothing or as its typographic name.
        assert all(
            band.spoken
            for band in this.bands
            if band.symbol != band.label and len(band.symbol) == 1
        )


def test_points_run_from_five_to_minus_five():
    scores = [band.score for band in SCHEMES["points-kurayoshi-form"].bands]
    assert scores == [Decimal(points) for points in range(5, -6, -1)]


# --- Schemes as data --------------------------------------------------------------------------


def test_a_scheme_is_built_from_stored_fields_as_from_a_fixture():
    stored = {
        "id": 7,
        "scheme_id": 3,
        "order": 1,
        "symbol": "B",
        "label": "横ばい",
        "test": "unchanged",
        "threshold": None,
        "tolerance": Decimal("10.0000"),
        "tolerance_kind": "relative",
    }
    assert Band.of(stored).tolerance_kind is Tolerance.RELATIVE
    assert Band.of(stored).rule == "基準値の±10％以内"
    assert Band.of({**stored, "tolerance": "", "tolerance_kind": ""}).rule == "基準値と同じ"
    assert Band.of({**stored, "tolerance_kind": ""}).rule == "基準値から±10以内"
    with pytest.raises(ValueError):
        Band.of({**stored, "test": "by_heart"})


@pytest.mark.parametrize(
    ("test", "rule"),
    [
        ("rate_at_least", "率が100％以上"),
        ("rate_above", "率が100％を超える"),
        ("met", "目標を達成"),
        ("exceeded", "目標を超えて達成"),
        ("better", "基準値より良い"),
        ("worse", "基準値より悪い"),
        ("otherwise", "これより前の区分に当てはまらない"),
        ("people", "人が選ぶ"),
    ],
)
def test_rules_in_words(test, rule):
    fields = {"order": 1, "symbol": "A", "label": "", "test": test, "threshold": "100.000"}
    assert Band.of(fields).rule == rule


def test_how_a_class_is_shown():
    verdict = judge(SCHEMES["ino"], single("50", "80", "81"), YEAR)
    assert (verdict.symbol, verdict.label) == ("◎", "目標超過")
    assert (verdict.spoken, verdict.tone) == ("二重丸、目標超過", Tone.GOOD)
    unrated = judge(SCHEMES["nagayo-sabc"], single("50", "80", None), YEAR)
    assert (unrated.symbol, unrated.spoken) == ("－", "評価できない")


RATES = [band("A", "rate_at_least", "80"), band("B", "otherwise")]


@pytest.mark.parametrize(
    ("this", "faults"),
    [
        (scheme(*RATES, formula="progress"), []),
        (scheme(), [(Fault.NO_BANDS, None)]),
        (scheme(*RATES), [(Fault.NO_FORMULA, None)]),
        (scheme(RATES[0], formula="progress"), [(Fault.NO_OTHERWISE, None)]),
        (
            scheme(band("A", "rate_at_least"), RATES[1], formula="progress"),
            [(Fault.NO_THRESHOLD, "A")],
        ),
        (thresholds("50", "80"), [(Fault.NEVER_REACHED, "B")]),
        (thresholds("80", "80"), [(Fault.NEVER_REACHED, "B")]),
        (
            scheme(
                band("A", "rate_above", "80"),
                band("B", "rate_at_least", "80"),
                band("C", "otherwise"),
                formula="progress",
            ),
            [],
        ),
        (
            scheme(
                band("A", "rate_at_least", "80"),
                band("B", "rate_above", "80"),
                band("C", "otherwise"),
                formula="progress",
            ),
            [(Fault.NEVER_REACHED, "B")],
        ),
        (scheme(band("A", "met"), band("S", "exceeded")), [(Fault.NEVER_REACHED, "S")]),
        (scheme(band("A", "otherwise"), band("B", "better")), [(Fault.NEVER_REACHED, "B")]),
        (scheme(band("A", "better"), band("B", "better")), [(Fault.NEVER_REACHED, "B")]),
        (scheme(band("A", "met"), band("A", "better")), [(Fault.SAME_SYMBOL, "A")]),
        (scheme(band("A", "people")), [(Fault.NO_COMPUTED_BAND, None)]),
        (scheme(band("A", "met"), chosen_by_people=True), [(Fault.TESTS_UNUSED, "A")]),
    ],
)
def test_problems_of_a_scheme(this, faults):
    found = problems(this)
    assert [(one.fault, one.band and one.band.symbol) for one in found] == faults
    assert all(one.fault.label for one in found)


def test_two_classes_in_one_place():
    rows = [{"order": 1, "symbol": symbol, "label": "", "test": "met"} for symbol in "AB"]
    twice = Scheme.of({"code": "x", "name": "x"}, rows)
    assert Fault.SAME_ORDER in {one.fault for one in problems(twice)}
