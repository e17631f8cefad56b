"""Sentences made from frames, in both languages: every part is said once, entities by their names, and no negation but the claim's own."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.ask.sentences import LANGUAGES, Piece, content, in_both, named, number
from claimgraph.model.document import ClaimsDocument, Event
from strategies import documents

NAMES = {
    "isis": {"en": "Islamic State", "ar": "تنظيم الدولة"},
    "us-forces": {"en": "US forces", "ar": "القوات الأميركية"},
    "sinaa-prison": {"en": "al-Sina'a prison", "ar": "سجن الصناعة"},
    "only-arabic": {"ar": "عربي"},
}
TRANSFER = {
    "type": "transfer",
    "actors": ["us-forces"],
    "targets": ["isis"],
    "facility": "sinaa-prison",
    "destination": "جبل البشري",
    "quantity": {"min": 750, "max": 750, "approximate": False, "of": "detainees", "counted": ["isis"], "wording": "750"},
    "time": "2022-01-30",
}


def told(event: dict[str, Any], language: str) -> str:
    """An event's sentence as text."""
    return "".join(piece.text for piece in content(Event.model_validate(event), NAMES.get, language))


@pytest.mark.parametrize(
    ("event", "english", "arabic"),
    [
        (
            TRANSFER,
            "transfer of Islamic State by US forces to جبل البشري at al-Sina'a prison, number: 750 detainees of Islamic State, time: 2022-01-30",
            (
                "نقل من جانب القوات الأميركية، والمستهدف تنظيم الدولة إلى جبل البشري في سجن الصناعة، "
                "العدد: 750 (محتجزون من تنظيم الدولة)، الوقت: 2022-01-30"
            ),
        ),
        ({"type": "escape", "actors": ["isis"]}, "escape of Islamic State", "فرار، والمعني تنظيم الدولة"),
        ({"type": "escape", "or": ["release"], "status": "planned"}, "escape or release (planned)", "فرار أو إفراج (مخطط له)"),
        ({"type": "attack", "time_wording": "فجراً"}, "attack, time: فجراً", "هجوم، الوقت: فجراً"),
        (
            {"type": "killing", "targets": ["isis", "us-forces"]},
            "killing of Islamic State, US forces",
            "قتل، والمستهدف تنظيم الدولة والقوات الأميركية",
        ),
        (
            {
                "type": "injury",
                "quantity": {"min": 13, "max": 13, "approximate": False, "of": "civilians", "counted": ["civilians"], "wording": "13"},
                "breakdown": [
                    {"min": 4, "max": 4, "approximate": False, "of": "children", "wording": "4"},
                    {"min": 2, "max": None, "approximate": True, "of": "staff", "wording": "2"},
                ],
            },
            "injury, number: 13 civilians, of these 4 children, about 2 or more staff",
            "إصابة، العدد: 13 (مدنيون)، منهم 4 (أطفال) ونحو 2 أو أكثر (عاملون)",
        ),
    ],
    ids=["all-parts", "undergoing", "alternatives", "open-date", "several", "breakdown"],
)
def test_a_frame_is_told(event: dict[str, Any], english: str, arabic: str) -> None:
    """In the order that each language likes."""
    assert (told(event, "en"), told(event, "ar")) == (english, arabic)


@given(documents())
def test_whatever_is_claimed_is_told_whole(document: ClaimsDocument) -> None:
    """Every party, place, number and time of any frame stands in its sentence, in both languages; nothing else is quoted."""
    for event in (claim.event for claim in document.claims):
        for language in LANGUAGES:
            pieces = content(event, NAMES.get, language)
            words = [*event.actors, *event.targets, *event.helpers, *filter(None, [event.facility, event.place, event.origin, event.destination])]
            quantities = [*([event.quantity] if event.quantity else []), *event.breakdown]
            words += [word for quantity in quantities for word in quantity.counted - {quantity.of}]
            words += [event.time_wording] if event.time_wording and not event.time else []
            assert sorted(piece.key or piece.text for piece in pieces if piece.kind in ("entity", "quoted")) == sorted(words)
            assert [piece.text for piece in pieces if piece.kind == "time"] == [event.time] * bool(event.time)
            ours = "".join(piece.text for piece in pieces if piece.kind == "words")
            assert all(str(bound) in ours for quantity in quantities for bound in (quantity.min, quantity.max) if bound is not None)
            assert all(before.kind != "words" or after.kind != "words" for before, after in pairwise(pieces))


@pytest.mark.parametrize(
    ("least", "most", "approximate", "english", "arabic"),
    [
        (200, 200, True, "about 200", "نحو 200"),
        (750, 750, False, "750", "750"),
        (800, None, False, "800 or more", "800 أو أكثر"),
        (None, 30, False, "up to 30", "30 على الأكثر"),
        (20, 99, False, "20–99", "20–99"),
        (None, None, False, "not said", "غير مذكور"),
        (0, 0, False, "0", "0"),
    ],
)
def test_a_number_is_told(least: int | None, most: int | None, *, approximate: bool, english: str, arabic: str) -> None:
    """With its open ends, and whether it is about."""
    assert number(least, most, approximate=approximate, language="en") == english
    assert number(least, most, approximate=approximate, language="ar") == arabic


def test_a_name_is_told_with_the_other_one() -> None:
    """An entity has both its names; one that lacks a name in the language goes by the one it has; a word that is no key is the report's."""
    assert named("isis", NAMES.get, "en") == Piece("Islamic State", "entity", "isis", "تنظيم الدولة")
    assert named("only-arabic", NAMES.get, "en") == Piece("عربي", "entity", "only-arabic")
    assert named("جبل البشري", NAMES.get, "en") == Piece("جبل البشري", "quoted")
    assert in_both(lambda language: [named("isis", NAMES.get, language)]) == {
        "ar": [{"text": "تنظيم الدولة", "kind": "entity", "key": "isis", "other": "Islamic State"}],
        "en": [{"text": "Islamic State", "kind": "entity", "key": "isis", "other": "تنظيم الدولة"}],
    }


@given(st.sampled_from(LANGUAGES), st.dictionaries(st.sampled_from(LANGUAGES), st.text(min_size=1), max_size=2))
def test_a_name_is_never_empty(language: str, names: dict[str, str]) -> None:
    """Whatever names an entity has, it is called something."""
    assert named("key", lambda _: names, language).text
