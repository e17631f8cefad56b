"""Tokens and sentences: where words, numbers and marks stand, and where a sentence ends."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.extract.folding import fold
from claimgraph.extract.tokens import Token, sentences_of, tokens_of

TEXTS = st.text(
    st.one_of(
        st.sampled_from('ابتسجنقدةىأ \u064b\u0640\u00a0\n.،؛؟!?…:"«»“”()-–/|%123٤٥۶,_@dA'),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=80,
)


def tokens(text: str) -> list[Token]:
    """All tokens of a text."""
    folded = fold(text)
    return tokens_of(folded, 0, len(folded.plain))


def words(text: str) -> list[str]:
    """The texts of its tokens."""
    return [token.text for token in tokens(text)]


def sentences(text: str) -> list[str]:
    """The sentences of a text, as the text has them."""
    folded, found = fold(text), tokens(text)
    spans = [folded.span(found[first].start, found[last - 1].end) for first, last in sentences_of(found)]
    return [text[start:end] for start, end in spans]


# --- tokens ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("قال «قسد»: فرّ", ["قال", '"', "قسد", '"', ":", "فر"]),
        ("200سجين", ["200", "سجين"]),
        ("لـ200 سجين", ["ل", "200", "سجين"]),
        ("1,200 و3.5 و١٬٢٠٠", ["1,200", "و", "3.5", "و", "1,200"]),
        ("٢٠٠ و۲۰۰", ["200", "و", "200"]),
        ("29/1/2022", ["29", "/", "1", "/", "2022"]),
        ("سجن_الصناعة", ["سجن", "_", "الصناعه"]),
        ("انتهى... ثم", ["انتهي", "...", "ثم"]),
        ("قال… ثم", ["قال", "...", "ثم"]),
        ("سجن\u200cالصناعة", ["سجنالصناعه"]),
        ("سجن\u00a0الصناعة", ["سجن", "الصناعه"]),
        ("M4", ["m", "4"]),
        ("", []),
        (" \n\u200f ", []),
    ],
)
def test_words_numbers_and_marks(text: str, expected: list[str]) -> None:
    """Words end where letters do, numbers keep their separators, every mark stands for itself."""
    assert words(text) == expected


def test_what_a_token_is() -> None:
    """A token of letters is a word, one of digits a number, all others are neither."""
    kinds = {token.text: (token.is_word, token.is_number) for token in tokens("فر 1,200 سجين، sdf...")}
    assert kinds == {
        "فر": (True, False),
        "1,200": (False, True),
        "سجين": (True, False),
        ",": (False, False),
        "sdf": (True, False),
        "...": (False, False),
    }


@given(text=TEXTS)
def test_tokens_cover_the_copy(text: str) -> None:
    """Tokens stand in order, never overlap, hold the copy's own words, and leave nothing but space between them."""
    folded, found = fold(text), tokens(text)
    for token in found:
        assert folded.plain[token.start : token.end] == token.text
        assert not any(letter.isspace() for letter in token.text)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert "".join(token.text for token in found) == "".join(folded.plain.split())


@given(text=TEXTS, start=st.integers(0, 80), end=st.integers(0, 80))
def test_tokens_of_a_stretch_stay_in_it(text: str, start: int, end: int) -> None:
    """Of a stretch of the copy, only tokens inside it are given, at their places in the whole."""
    folded = fold(text)
    first, last = sorted((min(start, len(folded.plain)), min(end, len(folded.plain))))
    for token in tokens_of(folded, first, last):
        assert first <= token.start < token.end <= last
        assert folded.plain[token.start : token.end] == token.text


# --- sentences ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("فر خمسة. وقتل ثلاثة.", ["فر خمسة.", "وقتل ثلاثة."]),
        ("فر خمسة! هل قتل أحد؟ لا", ["فر خمسة!", "هل قتل أحد؟", "لا"]),
        ("فر خمسة… ثم عادوا", ["فر خمسة…", "ثم عادوا"]),
        ("فر خمسة، وقتل ثلاثة؛ وانتهى", ["فر خمسة، وقتل ثلاثة؛ وانتهى"]),
        ("قال: «فر خمسة.» ثم مضى.", ["قال: «فر خمسة.»", "ثم مضى."]),
        ("قال د. سامر إن خمسة فروا.", ["قال د. سامر إن خمسة فروا."]),
        ("بلغت النسبة 3.5 بالمئة.", ["بلغت النسبة 3.5 بالمئة."]),
        ("نشر موقع example.org الخبر. ثم حذفه", ["نشر موقع example.org الخبر.", "ثم حذفه"]),
        ("بلا نهاية", ["بلا نهاية"]),
    ],
    ids=["stops", "other ends", "an ellipsis", "commas", "a quotation's end", "an abbreviation", "a decimal", "an address", "no end"],
)
def test_where_sentences_end(text: str, expected: list[str]) -> None:
    """A full stop, an exclamation or a question mark ends a sentence, its closing quotation mark included; an abbreviation does not."""
    assert sentences(text) == expected


@given(text=TEXTS)
def test_every_token_is_in_one_sentence(text: str) -> None:
    """Sentences follow each other without a gap from the first token to the last, and none is empty."""
    found = tokens(text)
    ranges = list(sentences_of(found))
    assert all(first < last for first, last in ranges)
    assert [place for first, last in ranges for place in range(first, last)] == list(range(len(found)))
