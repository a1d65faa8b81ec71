"""Rating schemes in the admin: edited as a whole, presets copied, each year by its own."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.urls import reverse

from indicators import judging, schemes
from indicators.models import Judgement
from indicators.record import check_override, record_judgement
from municipalities.access import Role
from plans.models import Band, Plan, PlanScheme, RatingScheme

from . import factories as make
from .admin_pages import add_row, address, filled_in, save, sign_in
from .people import People, make_people

RATES = (("A", "rate_at_least", 100), ("B", "rate_at_least", 80), ("C", "otherwise", None))


@pytest.fixture
def people(db: None) -> People:
    return make_people()


def make_rates(town: Any = None, bands: Any = RATES, **fields: Any) -> RatingScheme:
    """A sound scheme by progress: A from 100 %, B from 80 %, else C."""
    scheme = make.make_scheme(
        town, symbols="", chosen_by_people=False, **({"formula": "progress"} | fields)
    )
    for order, (symbol, test, threshold) in enumerate(bands, start=1):
        scheme.bands.create(
            order=order, symbol=symbol, label=f"区分{symbol}", test=test, threshold=threshold
        )
    return scheme


def use(plan: Plan, scheme: RatingScheme, year: int = 2020) -> None:
    PlanScheme.objects.create(plan=plan, subject="indicators", from_fiscal_year=year, scheme=scheme)


# --- Editing ----------------------------------------------------------------------------------


def test_thresholds_symbols_labels_and_spoken_texts_are_edited(people: People) -> None:
    scheme = make_rates(people.kita)
    planner, url = sign_in(people.planner), address(RatingScheme, "change", scheme.pk)
    data = filled_in(planner, url) | {
        "bands-1-threshold": "７５．５",
        "bands-1-symbol": "○",
        "bands-1-label": "順調",
        "bands-1-spoken": "丸、順調",
    }
    assert save(planner, url, data) == []
    band = scheme.bands.get(order=2)
    assert (band.threshold, band.symbol, band.label) == (Decimal("75.5"), "○", "順調")
    assert band.spoken == "丸、順調"
    assert band.history.first().history_user == people.planner


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"bands-2-DELETE": "on"}, "「それ以外」を加えてください"),
        ({"bands-1-threshold": "120"}, "使われない区分です"),
        ({"bands-0-threshold": ""}, "率で分ける区分には下限を入力してください"),
        ({"bands-1-symbol": "A"}, "この記号の区分がすでにあります"),
        ({"bands-1-order": "1"}, "この順番の区分がすでにあります"),
        ({"formula": "none"}, "率の式が選ばれていません"),
        ({"chosen_by_people": "on"}, "区分の条件は使われません"),
        ({"bands-1-tolerance": "-1"}, "横ばいの幅は0以上"),
        ({"decimals": "30000"}, "率の小数桁は4桁まで"),
        ({f"bands-{n}-DELETE": "on" for n in range(3)}, "区分がありません"),
        ({f"bands-{n}-test": "people" for n in range(3)}, "「人が選ぶ」を選んでください"),
    ],
)
def test_a_scheme_that_would_not_judge_is_refused_in_words(
    people: People, changes: dict[str, str], message: str
) -> None:
    scheme = make_rates(people.kita)
    planner, url = sign_in(people.planner), address(RatingScheme, "change", scheme.pk)
    errors = save(planner, url, filled_in(planner, url) | changes)
    assert any(message in error for error in errors), errors
    assert list(scheme.bands.values_list("symbol", "threshold")) == [
        ("A", 100),
        ("B", 80),
        ("C", None),
    ]


def test_a_new_scheme_is_made_with_its_bands(people: People) -> None:
    planner, url = sign_in(people.planner), address(RatingScheme, "add")
    data = filled_in(planner, url) | {
        "municipality": people.kita.pk,
        "code": "own",
        "name": "独自の方式",
        "formula": "progress",
    }
    assert save(planner, url, data) == ["区分がありません。"]
    top = {"order": "1", "symbol": "A", "label": "良い", "tone": "good"}
    rest = {"order": "2", "symbol": "B", "label": "ほか", "tone": "none", "test": "otherwise"}
    with_top = add_row(data, "bands", **top, test="rate_at_least", threshold="80")
    assert any("それ以外" in error for error in save(planner, url, with_top))
    assert save(planner, url, add_row(with_top, "bands", **rest)) == []
    assert RatingScheme.objects.get(code="own").bands.count() == 2


def test_bands_change_places_and_one_comes_between(people: People) -> None:
    scheme = make_rates(people.kita)
    planner, url = sign_in(people.planner), address(RatingScheme, "change", scheme.pk)
    data = filled_in(planner, url) | {"bands-0-symbol": "B", "bands-1-symbol": "A"}
    assert save(planner, url, data) == []
    assert list(scheme.bands.values_list("symbol", flat=True)) == ["B", "A", "C"]
    data = filled_in(planner, url) | {"bands-2-order": "4"}
    new = {"order": "3", "symbol": "D", "label": "中", "tone": "fair", "test": "rate_at_least"}
    assert save(planner, url, add_row(data, "bands", **new, threshold="50")) == []
    assert list(scheme.bands.values_list("symbol", flat=True)) == ["B", "A", "D", "C"]


def test_a_band_that_was_chosen_in_a_judgement_stays(people: People) -> None:
    scheme = make.make_scheme(people.kita, symbols="AB")
    plan = make.make_plan(people.kita)
    make.make_judgement(make.make_indicator(plan), scheme.bands.first())
    planner, url = sign_in(people.planner), address(RatingScheme, "change", scheme.pk)
    assert save(planner, url, filled_in(planner, url) | {"bands-0-DELETE": "on"}) != []
    assert scheme.bands.count() == 2


def test_no_door_leaves_an_unsound_scheme(people: People) -> None:
    scheme = make_rates(people.kita)
    top, _middle, _rest = scheme.bands.all()
    with pytest.raises(ValidationError, match="それ以外"):
        schemes.record_bands(scheme, [top], by=people.planner)
    scheme.formula = "none"
    with pytest.raises(ValidationError, match="率の式"):
        schemes.record_scheme(scheme, scheme.bands.all(), by=None)
    with pytest.raises(ValidationError, match="ほかの評価方式"):
        schemes.record_bands(make_rates(people.kita), scheme.bands.all(), by=None)
    assert (scheme.bands.count(), RatingScheme.objects.get(pk=scheme.pk).formula) == (
        3,
        "progress",
    )
    planner = sign_in(people.planner)  # one band alone cannot be checked
    assert planner.get(address(Band, "add")).status_code == 403
    for page in ("change", "delete"):
        url = address(Band, page, top.pk)
        assert planner.post(url, {"threshold": "1", "post": "yes"}).status_code == 403


@pytest.mark.usefixtures("loaded_plans")
def test_the_shipped_schemes_are_sound() -> None:
    for scheme in RatingScheme.objects.all():
        schemes.check_scheme(scheme, scheme.bands.all())


# --- Presets ----------------------------------------------------------------------------------


def test_a_planner_reads_a_preset_and_copies_it(people: People) -> None:
    preset = make_rates(code="preset", name="ひな形の方式")
    planner, url = sign_in(people.planner), address(RatingScheme, "change", preset.pk)
    assert filled_in(planner, url) == {}
    assert "ひな形を写す" in planner.get(url).content.decode()
    copy_url = reverse("admin:plans_ratingscheme_copy", args=[preset.pk])
    assert planner.get(copy_url).status_code == 200
    assert RatingScheme.objects.count() == 1
    for _time in range(2):
        page = planner.post(copy_url, {"municipality": people.kita.pk}, follow=True)
        assert "「ひな形の方式」を写しました" in page.content.decode()
    first, second = RatingScheme.objects.filter(municipality=people.kita).order_by("pk")
    assert (first.code, second.code) == ("kita-preset", "kita-preset-2")
    assert judging.rules_of(first).bands == judging.rules_of(preset).bands
    url = address(RatingScheme, "change", first.pk)
    assert save(planner, url, filled_in(planner, url) | {"bands-1-threshold": "70"}) == []
    assert preset.bands.get(order=2).threshold == 80


def test_who_may_copy_and_whereto(people: People) -> None:
    preset, theirs = make_rates(), make_rates(people.minami)
    url = reverse("admin:plans_ratingscheme_copy", args=[preset.pk])
    their_url = reverse("admin:plans_ratingscheme_copy", args=[theirs.pk])
    for who in (people.entry, people.approver, people.reader):
        assert sign_in(who).get(url).status_code == 403
        assert sign_in(who).post(url, {"municipality": people.kita.pk}).status_code == 403
        assert sign_in(who).get(their_url).status_code == 404
    planner = sign_in(people.planner)
    assert planner.post(their_url, {"municipality": people.kita.pk}).status_code == 404
    for town in (people.minami.pk, "abc", ""):
        assert planner.post(url, {"municipality": town}).status_code == 200
    assert sign_in(people.nobody).get(url).status_code == 302
    with pytest.raises(Http404):
        schemes.copy_scheme(preset, people.kita, by=people.stranger)
    with pytest.raises(PermissionDenied):
        schemes.copy_scheme(preset, people.kita, by=people.reader)
    with pytest.raises(ValidationError):
        schemes.copy_scheme(theirs, people.kita, by=people.operator)
    assert RatingScheme.objects.count() == 2
    make.make_membership(people.reader, Role.PLANNER, people.minami)
    assert sign_in(people.operator).post(url, {"municipality": people.kita.pk}).status_code == 302


# --- A change of scheme -----------------------------------------------------------------------


def test_each_year_is_judged_by_its_own_scheme(people: People) -> None:
    plan = make.make_plan(people.kita)
    indicator = make.make_indicator(plan)
    make.make_target(indicator, 2029, 200)
    for year in (2021, 2022, 2023):
        make.make_actual(indicator.series, year, 180)
    strict = make_rates(people.kita)
    mild = make_rates(people.kita, (("◎", "rate_at_least", 70), ("×", "otherwise", None)))
    use(plan, strict, 2020)
    planner, url = sign_in(people.planner), address(PlanScheme, "add")
    later = {
        "plan": plan.pk,
        "subject": "indicators",
        "from_fiscal_year": "R5",
        "scheme": mild.pk,
    }
    assert save(planner, url, filled_in(planner, url) | later) == []
    assert save(planner, url, filled_in(planner, url) | later) != []  # one scheme per year
    plan = Plan.objects.get(pk=plan.pk)
    symbols = {
        year: [
            judged.verdict and judged.verdict.symbol for judged in judging.judge_plan(plan, year)
        ]
        for year in (2019, 2021, 2022, 2023)
    }
    assert symbols == {2019: [None], 2021: ["B"], 2022: ["B"], 2023: ["◎"]}


# --- People's judgement -----------------------------------------------------------------------


@pytest.fixture
def judged(people: People) -> Any:
    """An indicator whose 80 % of FY2023 are B by the figures."""
    plan = make.make_plan(people.kita)
    indicator = make.make_indicator(plan)
    make.make_target(indicator, 2029, 200)
    make.make_actual(indicator.series, 2023, 180)
    use(plan, make_rates(people.kita))
    return indicator


def judgement_of(indicator: Any, symbol: str, **fields: Any) -> Judgement:
    band = Band.objects.get(scheme__plan_schemes__plan=indicator.plan, symbol=symbol)
    defaults = {"fiscal_year": 2023, "stage": "2_second", "band": band}
    return Judgement(indicator=indicator, **(defaults | fields))


def test_who_overrides_a_computed_judgement_says_why(people: People, judged: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        record_judgement(judgement_of(judged, "A", reason="  "), by=people.planner)
    assert refused.value.message_dict == {
        "reason": ["計算による評価は「B 区分B」です。「A 区分A」を選ぶ理由を入力してください。"]
    }
    assert not Judgement.objects.exists()
    record_judgement(judgement_of(judged, "A", reason="年度末に開設した。"), by=people.planner)
    record_judgement(judgement_of(judged, "B", stage="4_final"), by=people.planner)
    assert Judgement.objects.count() == 2


def test_where_nothing_is_computed_no_reason_is_asked_for(people: People, judged: Any) -> None:
    for fields in ({"fiscal_year": 2024}, {"period": "mid_year"}):
        record_judgement(judgement_of(judged, "A", **fields), by=people.planner)
    plan = make.make_plan(people.kita)
    chosen = make.make_scheme(plan=plan)  # people choose
    by_people = make.make_indicator(plan)
    make.make_actual(by_people.series, 2023, 180)
    judgement = Judgement(
        indicator=by_people, fiscal_year=2023, stage="1_first", band=chosen.bands.last()
    )
    assert record_judgement(judgement, by=people.planner).pk


def test_the_form_shows_which_reason_is_missing(people: People, judged: Any) -> None:
    planner, url = sign_in(people.planner), address(Judgement, "add")
    band = Band.objects.get(symbol="C")
    data = filled_in(planner, url) | {
        "indicator": judged.pk,
        "fiscal_year": "R5",
        "period": "year_end",
        "stage": "3_external",
        "band": band.pk,
        "state": "draft",
    }
    assert save(planner, url, data) == [
        "計算による評価は「B 区分B」です。「C 区分C」を選ぶ理由を入力してください。"
    ]
    assert save(planner, url, data | {"reason": "利用者の声による。"}) == []


def test_checking_a_judgement_asks_a_constant_number_of_queries(
    people: People, judged: Any, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    def check() -> None:
        record_judgement(judgement_of(judged, "B"), by=None)
        Judgement.objects.all().delete()

    with django_assert_max_num_queries(30) as few:
        check()
    for year in range(1990, 2020):
        make.make_actual(judged.series, year)
        make.make_indicator(judged.plan)
    with django_assert_num_queries(len(few)):
        check()


@pytest.mark.usefixtures("loaded_plans")
def test_the_shipped_judgements_give_their_reasons() -> None:
    rows = Judgement.objects.select_related("band__scheme", "indicator__plan", "indicator__series")
    judgements = list(rows.prefetch_related("band__scheme__bands"))
    assert judgements
    for judgement in judgements:
        check_override(judgement, judging.rules_of(judgement.band.scheme))


# --- Years that are judged or closed ----------------------------------------------------------


@pytest.fixture
def settled(people: People) -> Any:
    """A plan by one scheme since FY2020, judged by people in FY2022 and FY2023."""
    plan = make.make_plan(people.kita)
    use(plan, make_rates(people.kita))
    indicator = make.make_indicator(plan)
    for year in (2022, 2023):
        record_judgement(judgement_of(indicator, "A", fiscal_year=year), by=None)
    return plan


def choose(client: Any, plan: Plan, scheme: RatingScheme, year: str, subject: str) -> list[str]:
    """Add a scheme on its own page, and on the plan's; both say the same."""
    row = {"subject": subject, "from_fiscal_year": year, "scheme": scheme.pk}
    url, on_plan = address(PlanScheme, "add"), address(Plan, "change", plan.pk)
    with_row = add_row(filled_in(client, on_plan), "schemes", **row)
    told = save(client, url, filled_in(client, url) | row | {"plan": plan.pk})
    if told:
        assert save(client, on_plan, with_row) == told
    return told


def test_a_scheme_for_years_judged_by_another_is_refused(people: People, settled: Any) -> None:
    planner, other = sign_in(people.planner), make_rates(people.kita)
    (told,) = choose(planner, settled, other, "R3", "indicators")
    assert told.startswith("令和4年度、令和5年度には別の評価方式の区分による評価があるため")
    (told,) = choose(planner, settled, other, "R5", "indicators")
    assert told.startswith("令和5年度には別の評価方式")
    assert settled.schemes.count() == 1
    assert choose(planner, settled, other, "R5", "reports") == []
    assert choose(planner, settled, other, "R6", "indicators") == []
    # Between the two: only until the next one begins.
    (told,) = choose(planner, settled, make_rates(people.kita), "R4", "indicators")
    assert told.startswith("令和4年度、令和5年度には")
    same = settled.schemes.get(from_fiscal_year=2020).scheme
    assert choose(planner, settled, same, "R5", "indicators") == []


def test_the_scheme_of_judged_years_is_neither_changed_nor_moved_nor_removed(
    people: People, settled: Any
) -> None:
    stored, other = settled.schemes.get(), make_rates(people.kita)
    planner, url = sign_in(people.planner), address(PlanScheme, "change", stored.pk)
    for changes in (
        {"scheme": other.pk},
        {"from_fiscal_year": "R5"},
        {"subject": "reports"},
    ):
        errors = save(planner, url, filled_in(planner, url) | changes)
        assert len(errors) == 1, errors
        assert errors[0].startswith("令和4年度"), errors
    on_plan = address(Plan, "change", settled.pk)
    errors = save(planner, on_plan, filled_in(planner, on_plan) | {"schemes-0-DELETE": "on"})
    assert any("令和4年度、令和5年度には" in error for error in errors), errors
    page = planner.post(
        address(PlanScheme, "delete", stored.pk),
        {"post": "yes", "change_reason": "誤り"},
        follow=True,
    )
    assert "令和4年度、令和5年度には別の評価方式" in page.content.decode()
    assert PlanScheme.objects.get().scheme_id == stored.scheme_id
    assert save(planner, url, filled_in(planner, url) | {"from_fiscal_year": "R4"}) == []
    Judgement.objects.all().delete()
    assert save(planner, url, filled_in(planner, url) | {"scheme": other.pk}) == []


def test_the_scheme_of_a_closed_year_stays(people: People) -> None:
    plan = make.make_plan(people.kita)
    use(plan, make_rates(people.kita))
    lock = make.make_lock(plan, 2023)
    planner, other = sign_in(people.planner), make_rates(people.kita)
    told = choose(planner, plan, other, "R4", "indicators")
    assert told == [
        "締め切られた令和5年度の評価方式は変更できません。締切を解いてから変更してください。"
    ]
    with pytest.raises(ValidationError, match="令和5年度"):
        schemes.remove_plan_scheme(plan.schemes.get(), by=None, reason="x")
    assert choose(planner, plan, other, "R6", "indicators") == []
    lock.delete()
    assert choose(planner, plan, other, "R4", "indicators") == []


def test_sheets_keep_the_scheme_they_were_rated_by(people: People) -> None:
    plan = make.make_plan(people.kita)
    scheme = make.make_scheme(plan=plan)
    row = make.make_row(make.make_action(plan), [people.welfare])
    make.make_report(row, fiscal_year=2023, rating=scheme.bands.first())
    make.make_report(row, fiscal_year=2024)  # not rated
    planner, other = sign_in(people.planner), make.make_scheme(people.kita)
    (told,) = choose(planner, plan, other, "R5", "reports")
    assert told.startswith("令和5年度には別の評価方式の区分による評価がある")
    assert choose(planner, plan, other, "R6", "reports") == []


def test_the_rule_asks_who_may(people: People, settled: Any) -> None:
    choice = PlanScheme(
        plan=settled,
        subject="indicators",
        from_fiscal_year=2026,
        scheme=settled.schemes.get().scheme,
    )
    with pytest.raises(Http404):
        schemes.record_plan_scheme(choice, by=people.stranger)
    with pytest.raises(PermissionDenied):
        schemes.record_plan_scheme(choice, by=people.entry)
    with pytest.raises(PermissionDenied):
        schemes.remove_plan_scheme(settled.schemes.get(), by=people.reader, reason="x")
    kept = schemes.record_plan_scheme(choice, by=people.planner, reason="延長")
    assert kept.history.first().history_change_reason == "延長"
