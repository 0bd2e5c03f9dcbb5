"""How texts and questions are taken apart."""

import pytest

from processes import search_terms
from processes.search_terms import Phrase, Piece

pytestmark = pytest.mark.once


def said(pieces: tuple[Piece, ...]) -> str:
    """An excerpt with its hits in brackets."""
    return "".join(f"[{one.text}]" if one.hit else one.text for one in pieces)


def test_a_text_is_words_numbers_and_pairs_of_characters_without_case_and_width() -> None:
    assert search_terms.of("快递延误, EC-118 ＡＢＣ straße 王") == ["快递", "递延", "延误", "误", "ec", "118", "abc", "straße", "王"]


def test_a_question_is_all_its_words_the_last_of_them_unfinished() -> None:
    assert search_terms.read("快递 Late par") == (
        Phrase(terms=("快递",)),
        Phrase(terms=("late",)),
        Phrase(terms=("par",), begins=True),
    )
    assert search_terms.read("a") == (Phrase(terms=("a",)),)


def test_what_is_quoted_and_what_hangs_together_stands_together() -> None:
    assert search_terms.read('"not yet arrived" x') == (Phrase(terms=("not", "yet", "arrived")), Phrase(terms=("x",)))
    assert search_terms.read("EC-118 y")[0] == Phrase(terms=("ec", "118"))
    assert search_terms.read("“快递 延误”") == (Phrase(terms=("快递", "递", "延误")),)


@pytest.mark.parametrize("question", ["", "   ", "!?", '""', "**", "' OR 1=1 --"[:1]])
def test_a_question_without_a_letter_asks_for_nothing(question: str) -> None:
    assert search_terms.read(question) == ()


def test_an_excerpt_is_cut_around_the_first_hit_and_marks_every_hit() -> None:
    text = "前" * 300 + "快递延误，Parcel EC-118" + "后" * 300
    found = said(search_terms.excerpt(text, search_terms.read("延误 ec-11")))
    assert found.startswith("…前") and found.endswith("后…")
    assert "快递[延误]，Parcel [EC-11]8" in found
    assert len(found) < 180


def test_an_excerpt_without_a_hit_is_the_beginning_and_markup_stays_text() -> None:
    assert said(search_terms.excerpt("<b>one</b> two", search_terms.read("three"))) == "<b>one</b> two"


def test_characters_that_grow_when_they_are_compared_are_marked_where_they_stand() -> None:
    assert said(search_terms.excerpt("㈱ ﬁne Ⅻ", search_terms.read("fine xii"))) == "㈱ [ﬁne] [Ⅻ]"
