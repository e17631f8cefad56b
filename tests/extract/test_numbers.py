"""Quantities: what a sentence counts, in which words, and what is no count."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.extract.folding import Folded, fold
from claimgraph.extract.lexicon import data
from claimgraph.extract.numbers import Found, Numbers
from claimgraph.extract.tokens import tokens_of
from claimgraph.model.vocabulary import notations

NUMBERS = Numbers()
CASES: list[Any] = yaml.safe_load(Path(__file__).with_name("numbers.yaml").read_text(encoding="utf-8"))

MASCULINE = ["", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة"]
FEMININE = ["", "إحدى", "اثنتان", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثماني", "تسع"]
TENS = ["", "عشر", "عشرون", "ثلاثون", "أربعون", "خمسون", "ستون", "سبعون", "ثمانون", "تسعون"]
HUNDREDS = ["", "مئة", "مئتان", "ثلاثمئة", "أربعمئة", "خمسمئة", "ستمئة", "سبعمئة", "ثمانمئة", "تسعمئة"]


def below_hundred(number: int, *, feminine: bool, oblique: bool) -> str:
    """A number from 1 to 99 in words."""
    units = FEMININE if feminine else MASCULINE
    tens, unit = divmod(number, 10)
    if number < 10:
        return units[unit]
    if number == 10:
        return "عشر" if feminine else "عشرة"
    if number < 20:
        first = {1: "إحدى" if feminine else "أحد", 2: "اثنتا" if feminine else "اثنا"}.get(unit, units[unit])
        if oblique and unit == 2:
            first = first[:-1] + "ي"
        return f"{first} {'عشرة' if feminine else 'عشر'}"
    ten = TENS[tens][:-2] + "ين" if oblique else TENS[tens]
    return f"{units[unit]} و{ten}" if unit else ten


def below_thousand(number: int, *, feminine: bool, oblique: bool, old: bool) -> str:
    """A number from 1 to 999 in words; ``old`` spells a hundred مائة."""
    hundred, rest = divmod(number, 100)
    text = HUNDREDS[hundred].replace("مئ", "مائ") if old else HUNDREDS[hundred]
    if oblique and hundred == 2:
        text = text[:-2] + "ين"
    return " و".join(part for part in (text, below_hundred(rest, feminine=feminine, oblique=oblique) if rest else "") if part)


def in_words(number: int, *, feminine: bool = False, oblique: bool = False, old: bool = False) -> str:
    """A number from 1 to 999,999 in words, as grammar books spell it: a reader for the reader under test."""
    thousands, rest = divmod(number, 1000)
    parts = []
    if thousands == 1:
        parts.append("ألف")
    elif thousands == 2:
        parts.append("ألفين" if oblique else "ألفان")
    elif thousands:
        small = 3 <= thousands % 100 <= 10
        parts.append(f"{below_thousand(thousands, feminine=False, oblique=oblique, old=old)} {'آلاف' if small else 'ألفا'}")
    if rest:
        parts.append(below_thousand(rest, feminine=feminine, oblique=oblique, old=old))
    return " و".join(parts)


def found_in(text: str) -> tuple[Folded, list[Found]]:
    """The folded text and its quantities."""
    folded = fold(text)
    return folded, NUMBERS.find(tokens_of(folded, 0, len(folded.plain)))


def as_written(folded: Folded, one: Found) -> list[Any]:
    """A quantity in the form of the cases."""
    start, end = folded.span(one.start, one.end)
    marks = [name for name, held in (("about", one.approximate), ("part", one.part), ("civilians", one.civilians)) if held]
    return [folded.text[start:end], one.low, one.high, one.of, *marks]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_sentence_counts_what_it_says(text: str, expected: list[list[Any]]) -> None:
    """Wording, bounds, kind and marks of every quantity of a sentence are those of the case, and there is no other."""
    folded, found = found_in(text)
    assert [as_written(folded, one) for one in found] == [[str(case[0]), *case[1:]] for case in expected]


def test_there_are_many_cases() -> None:
    """The cases are at least 150, a sixth of them at least without any quantity, and no sentence is given twice."""
    texts = [case[0] for case in CASES]
    assert len(texts) >= 150
    assert len(set(texts)) == len(texts)
    assert sum(not case[1] for case in CASES) >= len(CASES) / 6


@given(st.integers(0, 999_999), st.sampled_from(["{}", "{:,}"]))
def test_digits_are_read_back(number: int, form: str) -> None:
    """Any number to a million in digits, with a separator or without, is read as itself, also in Arabic digits."""
    text = form.format(number)
    eastern = text.translate(str.maketrans("0123456789,", "٠١٢٣٤٥٦٧٨٩٬"))
    for written in (text, eastern):
        _, found = found_in(f"وصل {written} شخص إلى البلدة")
        assert [(one.low, one.high, one.of) for one in found] == [(number, number, "persons")], written


@given(st.integers(3, 999_999), st.booleans(), st.booleans(), st.booleans())
def test_words_are_read_back(number: int, feminine: bool, oblique: bool, old: bool) -> None:
    """Any number from three to a million in words is read as itself, in both genders, both cases and both spellings of a hundred."""
    words = in_words(number, feminine=feminine, oblique=oblique, old=old)
    folded, found = found_in(f"وصل {words} من السجناء إلى البلدة")
    assert [(one.low, one.high, one.of) for one in found] == [(number, number, "detainees")], words
    assert folded.text[slice(*folded.span(found[0].start, found[0].end))] == f"{words} من السجناء"


def word_soup() -> st.SearchStrategy[str]:
    """Words of the lexicon, digits and marks in any order."""
    held = data("numbers")
    words = [form for forms in held["units"].values() for form in forms]
    words += [form for name in ("tens", "hundreds") for forms in held[name].values() for form in forms]
    words += [form for forms in held["scales"].values() for some in forms.values() for form in some]
    words += [*held["vague"], *held["few"], *held["some"], *held["about"], *held["at_least"], *held["between"], *held["part"], *held["casualties"]]
    words += [
        "من",
        "و",
        "إلى",
        "سجين",
        "سجناء",
        "سيارتين",
        "امرأة",
        "وشاب",
        "منهم",
        "أو",
        "ألفا",
        "ال",
        "-",
        "/",
        "(",
        ")",
        '"',
        ",",
        ".",
        "%",
        "M",
        "12",
        "3.5",
        "2022",
    ]
    return st.lists(st.sampled_from(words), max_size=30).map(" ".join)


@given(word_soup() | st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    """Whatever the words, reading ends without an error; ranges lie in the text, follow each other, and bounds are in order."""
    folded = fold(text)
    tokens = tokens_of(folded, 0, len(folded.plain))
    place = 0
    for one in NUMBERS.find(tokens):
        assert place <= one.first < one.last <= len(tokens)
        assert tokens[one.first].start <= one.start < one.end == tokens[one.last - 1].end
        assert one.low is not None or one.high is not None
        assert one.low is None or one.high is None or 0 <= one.low <= one.high
        assert one.of is None or one.of in notations("counts")
        assert one.unit is None or one.first <= one.unit[0] <= one.unit[1] <= one.last
        place = one.last


@pytest.mark.parametrize("words", ["خمسة و", "مئة ألف و ", "بين 5 و", "عشرات ", "نحو ", "أكثر من ", "بينهم 4 أطفال و", "من ", "مقتل امرأة و"])
def test_long_input_takes_linear_time(words: str) -> None:
    """Ten times the words take about ten times as long, also where each could begin or continue a number."""

    def seconds(times: int) -> float:
        folded = fold(words * times)
        tokens = tokens_of(folded, 0, len(folded.plain))
        best = 9.0
        for _ in range(3):
            begin = time.perf_counter()
            NUMBERS.find(tokens)
            best = min(best, time.perf_counter() - begin)
        return best

    assert seconds(2_000) < 40 * max(seconds(200), 0.0005)


def test_every_unit_has_a_kind_of_the_guidelines() -> None:
    """Units are grouped under the kinds of the guidelines, all of them, and groups of people and forces stand apart."""
    assert set(data("units")) == {*notations("counts"), "groups", "forces"}
