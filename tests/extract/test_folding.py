"""Folding: what is written now so, now otherwise is made alike, and every folded letter knows where it comes from."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.extract.folding import Folded, fold, fold_word

# All Arabic letters and marks, presentation forms, controls, quotation marks and digits come up often, anything else sometimes.
LETTERS = st.one_of(
    st.characters(min_codepoint=0x0600, max_codepoint=0x06FF),
    st.characters(min_codepoint=0xFB50, max_codepoint=0xFEFF),
    st.sampled_from("\u200b\u200e\u200f\u202e\u2066\u2069\ufeff\u00ad\u00a0\u202f\u2009\t\n\r“”„«»‹›‘’\"'-–—…½ﬁİß٣۳3"),
    st.characters(exclude_categories=["Cs"]),
)
TEXTS = st.text(LETTERS, max_size=80)


def plain(text: str) -> str:
    """The folded copy of a text."""
    return fold(text).plain


# --- what is folded -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variants", "one"),
    [
        ("اأإآٱٲٳ", "ا"),
        ("ييىئیېےۍ", "ي"),
        ("كکڪګ", "ك"),
        ("هةہھەۀۃ", "ه"),
        ("وؤۆۇ", "و"),
    ],
    ids=["alef and its hamzas", "yeh and its seats", "kaf", "heh and teh marbuta", "waw and its hamza"],
)
def test_letters_that_newsrooms_write_for_each_other(variants: str, one: str) -> None:
    """Hamza seats, final yeh, teh marbuta and Persian letters are led back to one letter each."""
    assert {plain(letter) for letter in variants} == {one}


@pytest.mark.parametrize("letter", "ابتثجحخدذرزسشصضطظعغفقكلمنهويء")
def test_letters_that_stand_for_themselves(letter: str) -> None:
    """Every other letter of Arabic stays as it is, the hamza on the line too."""
    assert plain(letter) == letter


@pytest.mark.parametrize(
    ("one", "other"),
    [("سوريا", "سورية"), ("قتل", "قبل"), ("سجن", "شجن"), ("داعش", "داعس"), ("حسكة", "حسكت"), ("جزء", "جزا")],
)
def test_different_words_stay_different(one: str, other: str) -> None:
    """Folding does not make two words of one that differ by more than a way of writing."""
    assert plain(one) != plain(other)


@pytest.mark.parametrize("mark", [chr(code) for code in (*range(0x610, 0x61B), *range(0x64B, 0x660), 0x670, *range(0x6D6, 0x6DD))])
def test_diacritics_are_dropped(mark: str) -> None:
    """Vowels, doubling, hamzas and Quranic marks above or below a letter vanish."""
    assert plain(f"سج{mark}ن") == "سجن"


def test_composed_and_decomposed_are_alike() -> None:
    """A letter with its hamza or madda is the same however it is encoded."""
    for letter in "أإآؤئۀ":
        assert plain(unicodedata.normalize("NFD", letter)) == plain(letter)


def test_a_word_with_all_its_vowels() -> None:
    """A fully vowelled word is found as the bare one."""
    assert plain("السِّجْنُ المَرْكَزِيُّ") == "السجن المركزي"


def test_tatweel_is_dropped() -> None:
    """A stretched word is the word."""
    assert plain("قـــــســـد ـ") == "قسد "


@pytest.mark.parametrize(
    ("form", "letters"),
    [
        ("ﻻ", "لا"),
        ("ﻼ", "لا"),
        ("ﻷ", "لا"),
        ("ﻹ", "لا"),
        ("ﻵ", "لا"),
        ("ﷲ", "الله"),
        ("ﷺ", "صلي الله عليه وسلم"),
        ("ﻗﺎﻝ", "قال"),
        ("ﺳﺠﻦ", "سجن"),
        ("ﯾﮑﯽ", "يكي"),
        ("ﺔ", "ه"),
        ("ﻰ", "ي"),
    ],
)
def test_presentation_forms_are_their_letters(form: str, letters: str) -> None:
    """Forms for display, ligatures of several letters included, are the letters they show."""
    assert plain(form) == letters


@pytest.mark.parametrize("digits", ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "０１２３４５６７８９"])
def test_digits_of_every_script(digits: str) -> None:
    """European, Arabic, Persian and full-width digits are the same digits."""
    assert plain(digits) == "0123456789"


def test_separators_of_arabic_numbers() -> None:
    """The marks within numbers are those of European ones."""
    assert plain("١٬٢٠٠ ٣٫٥ ٢٠٪") == "1,200 3.5 20%"


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u2007", "\u2009", "\u3000", "\t", "\r", "\x0b", "\x85", "\u2028"])
def test_spaces_of_every_width(space: str) -> None:
    """No-break and odd spaces part words as a space does."""
    assert plain(f"سجن{space}الصناعة") == "سجن الصناعه"


def test_a_line_break_stays() -> None:
    """The end of a line is kept: what a line is follows from where it ends."""
    assert plain("سجن\nالصناعة\r\n") == "سجن\nالصناعه \n"


@pytest.mark.parametrize(
    "control", [*"\u200b\u200c\u200d\u200e\u200f\u061c\u2060\ufeff\u00ad", *map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))]
)
def test_invisible_controls_are_dropped(control: str) -> None:
    """What has no width, or only turns the direction, splits no word."""
    assert plain(f"قس{control}د{control}") == "قسد"


@pytest.mark.parametrize("mark", '“”„‟«»‹›❝❞〝〞＂″‶"')
def test_quotation_marks_are_one(mark: str) -> None:
    """Every quotation mark is the straight one, opening, closing or reversed."""
    assert plain(mark) == '"'


@pytest.mark.parametrize(("mark", "one"), [*((m, "'") for m in "‘’‚‛′'"), *((m, "-") for m in "‐‑‒–—―−-"), ("،", ","), ("؛", ";"), ("؟", "?")])
def test_other_marks(mark: str, one: str) -> None:
    """Apostrophes, dashes and Arabic punctuation are their European fellows."""
    assert plain(mark) == one


def test_latin_letters_lose_their_case() -> None:
    """Latin names match in either case."""
    assert plain("SANA ＳＡＮＡ") == "sana sana"


@pytest.mark.parametrize("alike", [("قsد", "قسد"), ("دlعش", "داعش"), ("SDF", "ЅDF"), ("ΑΝΗΑ", "ANHA"), ("0رقة", "هرقة")])
def test_look_alikes_of_another_script_stay_what_they_are(alike: tuple[str, str]) -> None:
    """Latin, Cyrillic and Greek letters that only look like others are never taken for them."""
    assert plain(alike[0]) != plain(alike[1])


# --- the map back ---------------------------------------------------------------------------------------------------------


def held(folded: Folded) -> None:
    """The map has a place in the text for every folded letter, and never steps back."""
    assert len(folded.at) == len(folded.plain)
    assert all(0 <= place < len(folded.text) for place in folded.at)
    assert all(one <= other for one, other in pairwise(folded.at))


@given(text=TEXTS)
def test_every_folded_letter_comes_from_the_text(text: str) -> None:
    """Whatever the text, the map is in range and never steps back, and the text itself is kept as it was."""
    folded = fold(text)
    held(folded)
    assert folded.text == text


@given(text=TEXTS, data=st.data())
def test_a_span_holds_the_words_it_was_made_from(text: str, data: st.DataObject) -> None:
    """The stretch of the text behind any stretch of the copy, folded for itself, has the copy's words, and no other letter of the text is in it."""
    folded = fold(text)
    if not folded.plain:
        return
    start = data.draw(st.integers(0, len(folded.plain) - 1))
    end = data.draw(st.integers(start + 1, len(folded.plain)))
    first, last = folded.span(start, end)
    assert 0 <= first < last <= len(text)
    assert folded.plain[start:end] in plain(text[first:last])
    inside = {place for place in folded.at if first <= place < last}
    assert inside == {folded.at[place] for place in range(start, end)}


@given(text=TEXTS, start=st.integers(0, 80), end=st.integers(0, 80))
def test_a_piece_folds_as_it_does_in_the_whole(text: str, start: int, end: int) -> None:
    """A letter is folded by itself: what stands around it changes nothing."""
    first, last = sorted((min(start, len(text)), min(end, len(text))))
    assert plain(text) == plain(text[:first]) + plain(text[first:last]) + plain(text[last:])


@given(text=st.text(LETTERS.filter(lambda c: c != "İ"), max_size=80))
def test_what_is_folded_stays(text: str) -> None:
    """Folding the copy again changes nothing."""
    assert plain(plain(text)) == plain(text)


@given(text=TEXTS)
def test_nothing_invisible_is_left(text: str) -> None:
    """The copy has no tatweel, no control of format, and no space but the plain one."""
    for letter in plain(text).replace("i\u0307", ""):
        assert letter != "ـ"
        assert unicodedata.category(letter) not in ("Mn", "Me", "Cf")
        assert letter in " \n" or not letter.isspace()


@given(word=TEXTS)
def test_a_word_is_folded_as_text_is(word: str) -> None:
    """The lexicon's words and the texts meet in one form."""
    assert fold_word(word) == plain(word)


@pytest.mark.parametrize(
    ("text", "words", "surface"),
    [
        ("فرَّ السَّجينُ", "سجين", "سَّجينُ"),
        ("في سجـن الصناعـــة.", "الصناعه", "الصناعـــة"),
        ("قال \u202bقسـد\u202c أمس", "قسد", "قسـد"),
        ("«ق\u200cس\u200dد»", "قسد", "ق\u200cس\u200dد"),
        ("عند ﷲ وحده", "الله", "ﷲ"),
        ("انقﻻب", "لا", "ﻻ"),
    ],
    ids=["diacritics", "tatweel", "bidi controls outside", "joiners inside", "a ligature whole", "a ligature within a word"],
)
def test_the_words_of_the_text_behind_a_match(text: str, words: str, surface: str) -> None:
    """A match on the copy gives the words as the text has them: marks of the last letter with it, controls around it not."""
    folded = fold(text)
    start = folded.plain.index(words)
    first, last = folded.span(start, start + len(words))
    assert text[first:last] == surface


def test_half_a_ligature_is_the_whole_letter() -> None:
    """What matches only a part of a ligature still gives a character of the text, not less."""
    folded = fold("سﻻم")
    assert folded.plain == "سلام"
    assert folded.span(1, 2) == folded.span(2, 3) == (1, 2)


def test_a_thousand_diacritics_on_a_letter() -> None:
    """They belong to their letter, and the words behind them keep their place."""
    text = "ق" + "\u064b\u0651" * 500 + "سد فر"
    folded = fold(text)
    assert folded.plain == "قسد فر"
    assert folded.span(0, 1) == (0, 1_001)
    assert folded.at[1:] == [1_001, 1_002, 1_003, 1_004, 1_005]
    held(folded)


@pytest.mark.parametrize("text", ["", "ـ", "\u064b\u0651", "\u202e\u2066\ufeff"], ids=["nothing", "tatweel", "marks", "controls"])
def test_a_text_of_which_nothing_is_left(text: str) -> None:
    """A text without anything to match on has an empty copy."""
    folded = fold(text)
    assert (folded.plain, list(folded.at)) == ("", [])


def test_letters_beyond_the_basic_plane() -> None:
    """Letters that other programs count as two are one place here, and do not move what follows."""
    folded = fold("😀𐎠 قسد")
    start = folded.plain.index("قسد")
    assert folded.span(start, start + 3) == (3, 6)
