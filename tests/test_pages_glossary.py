"""Words of the glossary: marked and explained on the pages of a plan, and in their own list."""

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from measures.models import Measure
from plans.choices import WorkState
from plans.models import Plan, Policy

from .browser import Browser, Page
from .factories import (
    make_action,
    make_column,
    make_goal,
    make_measure,
    make_policy,
    make_report,
    make_row,
    make_term,
)
from .kita_plan import make_kita_plan
from .public_pages import open_page, publish_plan, publish_year, tight

BASE = "/kita/sogo/"
LIST = BASE + "glossary/"


@pytest.fixture
def plan(db: None) -> Plan:
    return make_kita_plan()


@pytest.fixture
def policy(plan: Plan) -> Policy:
    return make_policy(plan, code="p", basic_goal=make_goal(plan, code="g"))


@pytest.fixture
def measure(plan: Plan, policy: Policy) -> Measure:
    return make_measure(plan, code="m", policy=policy, title="協働")


def marked(page: BeautifulSoup) -> list[str]:
    """Return the marked words with the place in which they are marked: "dd: NPO"."""
    found = []
    for mark in page.select(".term"):
        place = mark.find_parent(["p", "dd", "li"])
        assert place is not None
        assert mark.find_parent(["a", "h1", "h2", "h3", "h4", "h5", "h6"]) is None
        found.append(tight(mark).removesuffix("＊"))
    return found


def explained(page: BeautifulSoup) -> list[str]:
    """Return the words listed at the foot of the page."""
    heading = page.find(id="glossary")
    return [] if heading is None else [tight(term) for term in heading.parent.select("dt")]


# --- Marks -------------------------------------------------------------------------------------


def test_a_word_is_marked_where_the_page_first_uses_it(
    client: Client, plan: Plan, measure: Measure
) -> None:
    make_term(plan, term="NPO")
    make_term(plan, term="SNS")
    Measure.objects.update(title="NPOとの協働", summary="NPOと進める。", issues="ＮＰＯとSNS")
    publish_plan(plan)
    page = open_page(client, BASE + "measures/m/")
    assert marked(page) == ["NPO", "SNS"]
    assert tight(page.select_one(".lead")) == "NPO＊と進める。"
    assert tight(page.select_one(".definitions")) == "課題ＮＰＯとSNS＊"


def test_every_text_of_a_page_is_looked_through(client: Client, plan: Plan) -> None:
    words = [f"第{number}の語" for number in range(1, 12)]
    for word in words:
        make_term(plan, term=word)
    goal = make_goal(
        plan, code="x", slogan=words[0], summary=words[1], vision=words[2],
        current_state=words[3], issues=words[4],
    )  # fmt: skip
    make_policy(plan, basic_goal=goal, summary=words[5])
    action = make_action(plan, basic_goal=goal, summary=words[6], named_items=[words[7]])
    make_column(plan, "own", label="独自", order=9)
    make_report(
        make_row(action), state=WorkState.CHECKED, result=words[8], projects=[words[9]],
        extra={"own": words[10]},
    )  # fmt: skip
    publish_plan(plan)
    publish_year(plan)
    page = open_page(client, BASE + "goals/x/")
    assert sorted(marked(page)) == sorted(words)
    assert sorted(explained(page)) == sorted(words)
    assert [marked(open_page(client, BASE))] == [[words[1], words[5]]]


def test_the_page_of_the_plan_marks_its_summary_first(client: Client, plan: Plan) -> None:
    make_term(plan, term="NPO")
    plan.summary = "NPOと市"
    plan.save()
    make_goal(plan, summary="NPOの目標")
    make_action(plan, title="取組", summary="NPOの取組")
    publish_plan(plan)
    page = open_page(client, BASE)
    assert tight(page.select_one(".page-header p.overline ~ p")) == "NPO＊と市"
    assert marked(page) == ["NPO"]


def test_a_word_of_a_policy_is_marked_there_and_below_and_nowhere_else(
    client: Client, plan: Plan, policy: Policy, measure: Measure
) -> None:
    make_term(plan, term="NPO", policy=policy)
    other = make_policy(plan, code="q", basic_goal=policy.basic_goal, summary="NPOは別の所で")
    make_measure(plan, code="n", policy=other, issues="NPO")
    make_action(plan, measure=measure, summary="NPOの取組")
    policy.summary = "NPOの政策"
    policy.save()
    publish_plan(plan)
    for path, words in {
        "goals/g/": ["NPO"],
        "policies/p/": ["NPO"],
        "measures/m/": ["NPO"],
        "policies/q/": [],
        "measures/n/": [],
    }.items():
        assert marked(open_page(client, BASE + path)) == words, path
    goal = open_page(client, BASE + "goals/g/")
    assert [tight(text) for text in goal.select(".node-text")] == ["NPO＊の政策", "NPOは別の所で"]


def test_a_word_only_in_a_heading_is_explained_at_the_foot(
    client: Client, plan: Plan, measure: Measure
) -> None:
    make_term(plan, term="協働")
    make_term(plan, term="寄付")
    make_term(plan, term="体操")
    make_action(plan, measure=measure, title="寄付を集める")
    publish_plan(plan)
    page = open_page(client, BASE + "measures/m/")
    assert marked(page) == []
    assert page.select("[popover]") == []
    assert explained(page) == ["協働", "寄付"]


def test_a_page_without_any_word_has_no_list(client: Client, plan: Plan, measure: Measure) -> None:
    make_term(plan, term="NPO")
    publish_plan(plan)
    assert open_page(client, BASE + "measures/m/").find(id="glossary") is None


def test_a_mark_opens_its_explanation_which_leads_to_the_list(
    client: Client, plan: Plan, measure: Measure
) -> None:
    make_term(plan, number=4, term="DV", formal_name="正式名", definition="<b>暴力</b>",
              definition_by_site=True)  # fmt: skip
    make_term(plan, number=5, term="GX")
    Measure.objects.update(summary="DVとGX")
    publish_plan(plan)
    page = open_page(client, BASE + "measures/m/")
    first, second = page.select("button.term-mark")
    assert (first["popovertarget"], first["aria-label"]) == ("term-4", "「DV」の説明")
    note = page.find(id="term-4")
    assert note is not None
    assert note.has_attr("popover")
    assert note.find_parent("p") is None
    assert tight(note) == ("DV正式な名称：正式名<b>暴力</b>当サイトによる要約用語解説で見る閉じる")
    assert note.select_one("a")["href"] == f"{LIST}#term-4"
    close = note.select_one("button")
    assert (close["popovertarget"], close["popovertargetaction"]) == ("term-4", "hide")
    assert "GX－データなし：説明の記載なし" in tight(page.find(id=second["popovertarget"]))


def test_the_sheet_of_a_year_marks_its_cells(client: Client, plan: Plan, measure: Measure) -> None:
    make_term(plan, term="NPO")
    make_term(plan, term="SNS")
    make_report(
        make_row(make_action(plan, measure=measure, title="SNSの発信")),
        state=WorkState.CHECKED,
        result="NPOと",
        projects=["NPO支援"],
    )
    publish_plan(plan)
    publish_year(plan)
    page = open_page(client, BASE + "measures/m/sheets/2023/")
    assert [tight(mark.find_parent("td")) for mark in page.select(".term")] == ["NPO＊支援"]
    assert page.find(id=page.select_one(".term-mark")["popovertarget"]) is not None
    assert explained(page) == ["NPO", "SNS"]


def test_texts_stay_escaped_and_keep_their_lines(
    client: Client, plan: Plan, measure: Measure
) -> None:
    make_term(plan, term="NPO")
    Measure.objects.update(summary="<i>NPO</i> & 市", issues="一行目\nNPO<script>")
    publish_plan(plan)
    html = client.get(BASE + "measures/m/").content.decode()
    assert "&lt;i&gt;<label" in html
    assert "一行目<br>NPO&lt;script&gt;" in html


# --- The list ----------------------------------------------------------------------------------


def test_the_list_gives_all_words_in_their_order_with_their_pages(
    client: Client, plan: Plan, policy: Policy, measure: Measure
) -> None:
    make_term(plan, number=2, term="NPO", policy=policy, place="1-1", note="＊印の語",
              formal_name="非営利組織", definition="組織", definition_by_site=True)  # fmt: skip
    make_term(plan, number=1, term="SNS")
    make_term(plan, number=3, term="GX")
    make_report(
        make_row(make_action(plan, measure=measure)), state=WorkState.CHECKED,
        result="NPOと", projects=["SNS発信"],
    )  # fmt: skip
    make_goal(plan, code="other", title="NPOの目標", issues="SNS")
    publish_plan(plan)
    publish_year(plan)
    page = open_page(client, LIST)
    assert [tight(term) for term in page.select("dt")] == ["SNS", "NPO", "GX"]
    sns, npo, gx = (page.find(id=f"term-{number}") for number in (1, 2, 3))
    assert [link["href"] for link in sns.select("a")] == [
        f"{BASE}measures/m/",
        f"{BASE}goals/other/",
    ]
    text = tight(npo)
    assert "正式な名称：非営利組織組織当サイトによる要約" in text
    assert "出てくる場所：1-1＊印の語" in text
    assert [link["href"] for link in npo.select("a")] == [
        f"{BASE}policies/p/",
        f"{BASE}measures/m/",
    ]
    assert tight(gx) == "GX－データなし：説明の記載なし"


def test_unpublished_reports_do_not_show_in_the_list(
    client: Client, plan: Plan, measure: Measure
) -> None:
    make_term(plan, number=1, term="NPO")
    publish_plan(plan)
    make_report(make_row(make_action(plan, measure=measure)), result="NPOと")
    assert open_page(client, LIST).select("#term-1 a") == []


def test_there_is_no_list_without_words_and_no_link_to_it(
    client: Client, plan: Plan, measure: Measure
) -> None:
    assert client.get(LIST).status_code == 404
    publish_plan(plan)
    assert client.get(LIST).status_code == 404
    assert LIST not in client.get(BASE).content.decode()
    make_term(plan, term="NPO")
    assert f'href="{LIST}"' in client.get(BASE).content.decode()


# --- The shipped plans -------------------------------------------------------------------------


@pytest.mark.usefixtures("loaded_plans")
def test_the_asterisked_words_of_konan_are_marked_where_they_stand(client: Client) -> None:
    base = "/konan/sogo/"
    for path, words in {
        "measures/1-1-3/": ["クラウドファンディング", "NPO"],
        "measures/1-1-4/": ["NPO"],
        "measures/1-1-6/": ["SNS"],
        "measures/1-6-2/": ["オープンデータ"],
    }.items():
        page = open_page(client, base + path)
        assert marked(page) == words, path
        for note in page.select("[popover]"):
            assert "説明の記載なし" in tight(note)
    assert explained(open_page(client, base + "measures/1-6-2/")) == [
        "アプリケーション",
        "オープンデータ",
    ]
    assert len(open_page(client, base + "glossary/").select("dt")) == 6


# --- Queries -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["glossary/", "measures/m/", "measures/m/sheets/2023/", "goals/g/"]
)
def test_queries_do_not_grow_with_words_and_texts(
    client: Client, plan: Plan, policy: Policy, measure: Measure, path: str
) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(BASE + path).status_code == 200
        return len(captured)

    def grow(times: int) -> None:
        for number in range(times):
            make_term(plan, term=f"語{plan.glossary.count()}x", policy=policy)
            for other in (measure, make_measure(plan, policy=policy, issues=f"語{number}x")):
                row = make_row(make_action(plan, measure=other, summary=f"語{number}x"))
                make_report(row, state=WorkState.CHECKED, result=f"語{number}x")
        publish_plan(plan)
        publish_year(plan)

    grow(2)
    few = count()
    grow(20)
    assert count() == few


# --- In a browser ------------------------------------------------------------------------------

WORDS = "/konan/sogo/measures/1-1-3/"


@pytest.mark.browser
def test_an_explanation_opens_and_closes_by_keyboard(site: str, page: Page) -> None:
    page.goto(site + WORDS)
    mark, note = page.locator(".term-mark").first, page.locator(".term-note").first
    assert not note.is_visible()
    mark.focus()
    page.keyboard.press("Enter")
    assert note.is_visible()
    assert "説明の記載なし" in note.inner_text()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.term-note') !== null")
    page.keyboard.press("Escape")
    assert not note.is_visible()
    assert mark.evaluate("mark => mark === document.activeElement")


@pytest.mark.browser
def test_an_explanation_opens_by_touch_without_scripts(site: str, chromium: Browser) -> None:
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, java_script_enabled=False
    )
    try:
        page = context.new_page()
        page.goto(site + WORDS)
        note = page.locator(".term-note").first
        page.locator(".term").first.tap(position={"x": 20, "y": 8})  # the word itself
        assert note.is_visible()
        box = note.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        note.get_by_role("button", name="閉じる").tap()
        assert not note.is_visible()
        page.locator(".term-mark").first.tap()
        assert note.is_visible()
        page.keyboard.press("Escape")
        assert not note.is_visible()
    finally:
        context.close()
