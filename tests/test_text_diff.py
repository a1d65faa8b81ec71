"""What changed between two wordings, and that nothing is lost or invented on the way."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.text_diff import LONGEST, Piece, compare, likeness

# Few characters, so that texts have something in common; marks, digits and spare characters too.
TEXTS = st.one_of(
    st.text("市民の協働12年、\n\r\u3099\U000e0100\U000f0000aZ", max_size=40), st.text(max_size=40)
)


def marked(side: tuple[Piece, ...]) -> str:
    """Return a side with what changed in brackets."""
    return "".join(f"[{piece.text}]" if piece.changed else piece.text for piece in side)


def joined(side: tuple[Piece, ...], *, with_changed: bool = True) -> str:
    return "".join(piece.text for piece in side if with_changed or not piece.changed)


@given(TEXTS, TEXTS)
def test_the_pieces_are_the_texts(new: str, old: str) -> None:
    left, right = compare(new, old)
    assert (joined(left), joined(right)) == (new, old)
    assert joined(left, with_changed=False) == joined(right, with_changed=False)
    assert all(piece.text for piece in (*left, *right))


@given(TEXTS)
def test_equal_texts_have_no_changed_piece(text: str) -> None:
    assert not any(piece.changed for side in compare(text, text) for piece in side)


@given(TEXTS, TEXTS)
def test_different_texts_differ_somewhere(new: str, old: str) -> None:
    has_change = any(piece.changed for side in compare(new, old) for piece in side)
    assert has_change == (new != old)


@given(TEXTS, TEXTS)
def test_likeness_lies_between_nothing_and_all(new: str, old: str) -> None:
    assert 0 <= likeness(new, old) <= 1
    assert (likeness(new, old) == 1) == (new == old)


@pytest.mark.parametrize(
    ("new", "old", "expected"),
    [
        ("意欲を活かした協働のまちづくり", "意欲を活かしたまちづくり",
         ("意欲を活かした[協働の]まちづくり", "意欲を活かしたまちづくり")),
        ("情報公開制度の推進", "情報公開制度の充実",
         ("情報公開制度の[推進]", "情報公開制度の[充実]")),
        # A number changes as a whole, and so does a word in Latin letters.
        ("令和11年度までに1,250人", "令和16年度までに1,200人",
         ("令和[11]年度までに[1,250]人", "令和[16]年度までに[1,200]人")),
        ("NPOとの連携を進める", "NGOとの連携を進める",
         ("[NPO]との連携を進める", "[NGO]との連携を進める")),
        # A character keeps the marks that belong to it: another form of 葛, か and が.
        ("葛\U000e0100城の森を守る", "葛\U000e0101城の森を守る",
         ("[葛\U000e0100]城の森を守る", "[葛\U000e0101]城の森を守る")),
        ("か\u3099っこうの里", "かっこうの里", ("[か\u3099]っこうの里", "[か]っこうの里")),
        # What was only added to is kept, however much was added.
        ("子育て支援。" + "相談の場を増やす。" * 9, "子育て支援。",
         ("子育て支援。[" + "相談の場を増やす。" * 9 + "]", "子育て支援。")),
        # With hardly anything in common it is a new wording.
        ("ふれあいに満ちたコミュニティの育成", "コミュニティで支える地域づくり",
         ("[ふれあいに満ちたコミュニティの育成]", "[コミュニティで支える地域づくり]")),
        ("新しい文", "", ("[新しい文]", "")),
    ],
)  # fmt: skip
def test_what_changed_is_told_as_a_reader_would(
    new: str, old: str, expected: tuple[str, str]
) -> None:
    left, right = compare(new, old)
    assert (marked(left), marked(right)) == expected


@pytest.mark.parametrize("length", [3_000, LONGEST // 2 - 1, 200_000])
@pytest.mark.parametrize("alphabet", ["ab", "市民協働", "".join(map(chr, range(0x4E00, 0x5E00)))])
@pytest.mark.parametrize("line", [0, 3])
def test_a_hostile_text_does_not_keep_a_page_waiting(length: int, alphabet: str, line: int) -> None:
    dice = random.Random(4)  # noqa: S311 (no secret)
    texts = ["".join(dice.choices(alphabet, k=length)) for _ in range(2)]
    if line:
        texts = ["\n".join(text[at : at + line] for at in range(0, length, line)) for text in texts]
    start = time.perf_counter()
    left, right = compare(*texts)
    assert time.perf_counter() - start < 5
    assert [joined(left), joined(right)] == texts
