"""Similar titles are proposed, the most similar first; a typed code finds its node."""

from hypothesis import given
from hypothesis import strategies as st

from measures.matching import LEAST, MOST, Directory, Key, folded, similar

GOAL, POLICY, OTHER_POLICY = ("basicgoal", 1), ("policy", 1), ("policy", 2)
titles = st.dictionaries(
    st.tuples(st.sampled_from(["policy", "measure"]), st.integers(1, 9)),
    st.text(alphabet="子育健康ａa１1・　 りと", max_size=8),
    max_size=8,
)


def keys(new: str, *olds: tuple[Key, str], linked: set[tuple[Key, Key]] = frozenset()) -> list[Key]:
    found = similar({POLICY: new}, dict(olds), linked)
    return [each.key for each in found.get(POLICY, [])]


def test_the_most_similar_title_comes_first_with_its_percentage() -> None:
    old = {
        POLICY: "健康づくりと地域医療の充実",
        OTHER_POLICY: "健康づくりの推進",
        GOAL: "消防・救急体制の強化",
    }
    found = similar({("measure", 7): "健康づくりの推進"}, old)[("measure", 7)]
    assert [(each.key, each.percent) for each in found] == [(OTHER_POLICY, 100)]
    found = similar({("measure", 7): "健康づくりと地域医療の推進"}, old)[("measure", 7)]
    assert [each.key for each in found] == [POLICY, OTHER_POLICY]
    assert 100 > found[0].percent > found[1].percent >= LEAST


def test_widths_cases_and_signs_make_no_difference() -> None:
    assert keys("ＩＣＴの活用・ＤＸの推進", (OTHER_POLICY, "ictの活用 dxの推進")) == [OTHER_POLICY]
    assert folded("第１章　(子育て)") == "第1章子育て"


def test_among_equal_titles_the_own_level_comes_first() -> None:
    assert keys("子育て", (GOAL, "子育て"), (OTHER_POLICY, "子育て")) == [OTHER_POLICY, GOAL]


def test_what_is_linked_already_is_not_proposed() -> None:
    linked = {(POLICY, OTHER_POLICY)}
    assert keys("子育て", (GOAL, "子育て"), (OTHER_POLICY, "子育て"), linked=linked) == [GOAL]


def test_a_node_without_title_is_like_no_other() -> None:
    assert similar({POLICY: ""}, {OTHER_POLICY: ""}) == {}
    assert keys("・・・", (OTHER_POLICY, "・・・")) == []


@given(new=titles, old=titles)
def test_proposals_are_few_sorted_and_similar_enough(
    new: dict[Key, str], old: dict[Key, str]
) -> None:
    for key, found in similar(new, old).items():
        percents = [each.percent for each in found]
        assert len(found) <= MOST
        assert percents == sorted(percents, reverse=True)
        assert all(LEAST <= percent <= 100 for percent in percents)
        same = [other for other, title in old.items() if folded(title) == folded(new[key])]
        assert {each.key for each in found} >= set(same) or len(same) > MOST
        assert (100 in percents) == bool(same)


# --- What people type ---------------------------------------------------------------------------


def test_a_node_is_found_by_its_words_or_its_code() -> None:
    nodes = [(GOAL, "1", "1 くらし（基本目標）"), (POLICY, "1-1", "1-1 くらし（施策）")]
    directory = Directory(nodes)
    assert directory.find("1-1 くらし（施策）") == [POLICY]
    assert directory.find("１－１") == directory.find(" 1-1 ") == [POLICY]
    assert directory.find("1　くらし(基本目標)") == [GOAL]
    assert directory.find("11") == directory.find("くらし") == []


def test_a_code_of_two_levels_is_not_guessed() -> None:
    directory = Directory([(GOAL, "1", "1 あ（目標）"), (POLICY, "1", "1 い（施策）")])
    assert directory.find("1") == [GOAL, POLICY]


codes = st.from_regex(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,5}", fullmatch=True)


@given(st.dictionaries(codes.map(str.casefold), st.text(max_size=6), max_size=6))
def test_the_words_of_the_list_find_what_they_name(listed: dict[str, str]) -> None:
    nodes = [
        (("policy", number), code, f"{code} {title}（施策）")
        for number, (code, title) in enumerate(listed.items())
    ]
    directory = Directory(nodes)
    for key, code, words in nodes:
        assert key in directory.find(words)
        assert directory.find(code) == [key]
