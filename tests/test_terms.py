"""Words of the glossary in running text: found in any width, marked once, nothing lost."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.terms import Term, Terms


def terms(*words: str) -> Terms:
    """The words with the keys 1, 2, …"""
    return Terms(Term(key, word) for key, word in enumerate(words, start=1))


def brackets(marked: str) -> str:
    """Write a marked text as [word]; the escaped rest as it was."""
    pattern = r'<label class="term">(.*?)<button [^>]*>＊</button></label>'
    return html.unescape(re.sub(pattern, r"[\1]", marked))


def without_markup(marked: str) -> str:
    return re.sub(r"<[^>]+>", "", re.sub(r"<button [^>]*>.*?</button>", "", marked))


@pytest.mark.parametrize(
    ("words", "text", "marked"),
    [
        pytest.param(["NPO"], "NPOとNPO", "[NPO]とNPO", id="first use only"),
        pytest.param(["NPO"], "市はＮＰＯと", "市は[ＮＰＯ]と", id="full width"),
        pytest.param(["ＬＧＢＴ"], "LGBTの", "[LGBT]の", id="term in full width"),
        pytest.param(["クラウド"], "ｸﾗｳﾄﾞの", "[ｸﾗｳﾄﾞ]の", id="half-width kana"),
        pytest.param(["ｸﾗｳﾄﾞ"], "クラウドの", "[クラウド]の", id="term in half-width kana"),
        pytest.param(["カフ"], "ｶﾌﾞ", "ｶﾌﾞ", id="a sound mark belongs to its kana"),
        pytest.param(["a b"], "a　b", "[a　b]", id="wide blank"),
        pytest.param(["DV"], "DVDでDVを", "DVDで[DV]を", id="not inside a Latin word"),
        pytest.param(["DV"], "ＤＶＤ、ADV、DV2", "ＤＶＤ、ADV、DV2", id="in any width"),
        pytest.param(["NPO"], "NPO法人", "[NPO]法人", id="before Japanese"),
        pytest.param(["ICT化"], "GICT化、ICT化", "GICT化、[ICT化]", id="only its Latin end"),
        pytest.param(["男女", "男女共同参画"], "男女共同参画と男女", "[男女共同参画]と[男女]",
                     id="the longest first"),
        pytest.param(["男女", "男女共同参画"], "男女共同参画、男女共同参画",
                     "[男女共同参画]、男女共同参画", id="nothing inside a longer word"),
        pytest.param(["市民参加", "参加協働"], "市民参加協働", "[市民参加]協働", id="overlapping"),
        pytest.param(["C++", "(注)", "a.c"], "C++と(注)とabc", "[C++]と[(注)]とabc",
                     id="signs of expressions"),
        pytest.param(["<b>"], "<b>と<i>&amp;", "[<b>]と<i>&amp;", id="HTML"),
        pytest.param(["", " "], "空 の語", "空 の語", id="empty words"),
        pytest.param(["NPO"], "", "", id="empty text"),
    ],
)  # fmt: skip
def test_words_are_marked_where_they_stand(words: list[str], text: str, marked: str) -> None:
    assert brackets(terms(*words).mark(text)) == marked


def test_the_first_use_is_that_of_the_page() -> None:
    page = terms("NPO", "SNS")
    assert brackets(page.mark("NPOが")) == "[NPO]が"
    assert brackets(page.mark("NPOとSNSが")) == "NPOと[SNS]が"
    assert page.marked == {1, 2}


def test_a_word_in_a_heading_is_on_the_page_but_bears_no_mark() -> None:
    page = terms("NPO", "SNS")
    page.see("NPOの支援")
    assert (page.seen, page.marked) == ({1}, set())
    assert brackets(page.mark("NPOが")) == "[NPO]が"


def test_looking_for_words_leaves_no_trace() -> None:
    page = terms("NPO", "SNS")
    assert page.keys("SNSとＮＰＯ") == {1, 2}
    assert page.seen == set()


def test_a_word_with_a_scope_is_looked_for_only_there() -> None:
    page = Terms([Term(1, "NPO", scope=7), Term(2, "SNS")])
    assert brackets(page.mark("NPOとSNS")) == "NPOと[SNS]"
    assert brackets(page.mark("NPOとSNS", scope=8)) == "NPOとSNS"
    assert brackets(page.mark("NPOとSNS", scope=7)) == "[NPO]とSNS"


def test_of_two_equal_words_that_of_the_place_is_explained() -> None:
    page = Terms([Term(1, "NPO"), Term(2, "ＮＰＯ", scope=7)])
    page.mark("NPO", scope=7)
    assert page.marked == {2}


def test_the_mark_is_a_button_with_a_name_that_shows_the_explanation() -> None:
    marked = terms('"NPO"').mark('"NPO"')
    assert marked == (
        '<label class="term">&quot;NPO&quot;<button type="button" class="term-mark"'
        ' popovertarget="term-1" aria-label="「&quot;NPO&quot;」の説明">＊</button></label>'
    )


LETTERS = st.text(alphabet="aAＡ1１アｱガｶﾞﾞ市民<>&\"'(.*+ \n　", max_size=12)


@given(st.lists(LETTERS, max_size=5), st.lists(st.tuples(LETTERS, LETTERS), max_size=4))
def test_without_the_marks_every_text_is_as_it_was(
    words: list[str], texts: list[tuple[str, str]]
) -> None:
    page = terms(*words)
    for first, second in texts:
        for text in (first, "".join([first, *words, second])):
            marked = page.mark(text)
            assert html.unescape(without_markup(marked)) == text
            assert hasattr(marked, "__html__")
    assert page.marked <= page.seen


@given(st.lists(LETTERS, max_size=5), LETTERS)
def test_every_word_is_marked_at_most_once(words: list[str], text: str) -> None:
    page = terms(*words)
    marked = page.mark(text) + page.mark(text)
    targets = re.findall(r'popovertarget="([^"]*)"', marked)
    assert sorted(targets) == sorted(f"term-{key}" for key in page.marked)
