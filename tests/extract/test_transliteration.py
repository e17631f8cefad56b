"""Personal names across scripts: spellings of one name come to the same sounds, other names to others."""

from __future__ import annotations

import pytest
from rapidfuzz import fuzz

from claimgraph.extract.transliteration import is_arabic, skeleton


@pytest.mark.parametrize(
    ("arabic", "spellings"),
    [
        ("مظلوم عبدي", ["Mazloum Abdi", "Mazlum Abdî", "MAZLOUM ABDI"]),
        ("أبو بكر البغدادي", ["Abu Bakr al-Baghdadi", "Abou Bakr el Baghdadi", "abu bakr al baghdādī"]),
        ("قاسم", ["Qasim", "Kassem", "Qassem"]),
        ("فرهاد شامي", ["Farhad Shami", "Ferhad Shamî"]),
        ("خالد", ["Khaled", "Khalid"]),
        ("فاطمة", ["Fatima", "Fatimah"]),
        ("غسّان", ["Ghassan"]),
    ],
)
def test_spellings_of_a_name_sound_alike(arabic: str, spellings: list[str]) -> None:
    """Vowels, doubled letters, articles, marks and case aside, an Arabic name and its Latin spellings are the same."""
    assert {skeleton(spelling) for spelling in spellings} == {skeleton(arabic)}
    assert skeleton(arabic)


@pytest.mark.parametrize(("one", "other"), [("مظلوم عبدي", "Farhad Shami"), ("أبو بكر البغدادي", "Qasim"), ("خالد", "Ghassan")])
def test_other_names_sound_otherwise(one: str, other: str) -> None:
    """Names that nobody would take for each other are far apart."""
    assert fuzz.ratio(skeleton(one), skeleton(other)) < 60


def test_what_has_no_letters_of_the_two_scripts_has_no_sounds() -> None:
    """Digits, punctuation and other scripts give nothing, and nothing fails."""
    assert [skeleton(text) for text in ("", "123", "«…»", "Сирия", "\u202e")] == ["", "", "", "", ""]
    assert (is_arabic("قسد"), is_arabic("SDF")) == (True, False)
