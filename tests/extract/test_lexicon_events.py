"""The word lists of events and light verbs hold what their headings promise. The files are read as data; no extractor is asked."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import claimgraph
from claimgraph.model.vocabulary import notations

Json = dict[str, Any]
FOLDER = Path(claimgraph.__file__).parent / "extract" / "lexicon"
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
TYPES = frozenset(notations("event"))
STATUSES = frozenset(notations("status"))
ROLES = frozenset(("actors", "targets", "place", None))
LISTED = ("past", "present", "passive", "noun", "persons")
AGREEMENTS = {"past": {"m", "f", "d", "df", "mp", "fp", "more"}, "present": {"m", "f", "d", "mp", "sp", "more"}}
WORD_FIELDS = {"type", "weight", "subject", "object", "genitive", "verb", "with", "status", *LISTED}
PHRASE_FIELDS = {"type", "weight", "subject", "object", "genitive", "with", "status", "phrase", "gap", "noun_forms"}
LIGHT_FIELDS = {"lemma", "status", "passes", "subject", "causes", "past", "present", "passive", "noun"}
FOLDED = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي"})
FEWEST = 12
FEWEST_MUCH_REPORTED = 20
MOST_BETWEEN = 6


@cache
def held(name: str) -> Any:
    """What a word list holds."""
    return yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), Loader=LOADER)  # noqa: S506  # a safe loader, in C where there is one


def words() -> list[Json]:
    """The entries of one word each."""
    return [entry for entry in held("events")["events"] if "phrase" not in entry]


def phrases() -> list[Json]:
    """The entries of several words."""
    return [entry for entry in held("events")["events"] if "phrase" in entry]


def lights() -> list[Json]:
    """The light verbs."""
    entries: list[Json] = held("light")["verbs"]
    return entries


def forms(entry: Json) -> Iterator[tuple[str, str]]:
    """Every listed form of an entry and the field it stands in."""
    for name in LISTED:
        value = entry.get(name) or []
        for some in value.values() if isinstance(value, dict) else [value]:
            yield from ((name, form) for form in ([some] if isinstance(some, str) else some))


def called(entry: Json) -> str:
    """A name for an entry in a message."""
    return (
        f"{entry.get('type', 'light')} {entry.get('verb') or entry.get('lemma') or entry.get('phrase') or entry.get('noun') or entry.get('persons')}"
    )


def everything() -> Iterator[tuple[str, str]]:
    """Every word of both files with the entry it is from."""
    for entry in [*words(), *lights()]:
        yield from ((called(entry), form) for _, form in forms(entry))
        yield from ((called(entry), word) for word in (*entry.get("with", ()), *entry.get("passes", ())))
    for entry in phrases():
        yield from ((called(entry), word) for step in (*entry["phrase"], entry.get("noun_forms", ()), entry.get("with", ())) for word in step)
    for status, some in held("light")["status"].items():
        yield from ((status, word) for word in some)


def test_entries_hold_their_fields() -> None:
    """Each entry has the fields it must have and none that the heading does not explain."""
    must = {"type", "weight", "subject", "object", "genitive"}
    wrong = [called(e) for e in words() if not must <= e.keys() or not e.keys() <= WORD_FIELDS or not any(forms(e))]
    wrong += [called(e) for e in words() if ("verb" in e) != ("past" in e or "present" in e)]
    must = {"type", "weight", "subject", "object", "phrase", "gap"}
    wrong += [called(e) for e in phrases() if not must <= e.keys() or not e.keys() <= PHRASE_FIELDS]
    must = {"lemma", "status", "passes", "subject", "causes"}
    wrong += [called(e) for e in lights() if not must <= e.keys() or not e.keys() <= LIGHT_FIELDS or not any(forms(e))]
    assert not wrong


def test_values_are_allowed() -> None:
    """Types and statuses are the ontology's, roles and weights those of the heading, forms stand under known agreements."""
    wrong = [
        called(e)
        for e in (*words(), *phrases())
        if e["type"] not in TYPES - {"other"}
        or e["weight"] not in {1, 2, 3}
        or {e["subject"], e["object"], e.get("genitive")} - ROLES
        or e.get("status", "happened") not in STATUSES
    ]
    wrong += [
        called(e)
        for e in lights()
        if e["status"] not in (STATUSES - {"happened"}) | {None} or e["subject"] not in ROLES or not isinstance(e["causes"], bool)
    ]
    wrong += [called(e) for e in (*words(), *lights()) for tense, known in AGREEMENTS.items() if not (e.get(tense) or {}).keys() <= known]
    wrong += [status for status in held("light")["status"] if status not in STATUSES - {"happened"}]
    assert not wrong


def test_every_type_is_well_covered() -> None:
    """Every type but ``other`` has its dozen of entries, and those that are most reported far more."""
    count: dict[str, int] = defaultdict(int)
    for entry in (*words(), *phrases()):
        count[entry["type"]] += 1
    few = {kind: count[kind] for kind in TYPES - {"other"} if count[kind] < FEWEST}
    few |= {kind: count[kind] for kind in ("attack", "killing", "arrest", "control") if count[kind] < FEWEST_MUCH_REPORTED}
    assert not few


def test_every_status_has_words() -> None:
    """Each status that is not the plain one has words that give it."""
    assert {status for status, some in held("light")["status"].items() if some} == STATUSES - {"happened"}


def test_phrases_are_steps_of_alternatives() -> None:
    """A phrase has two steps or more, none empty, few words between, and its verbal nouns are among its alternatives."""
    wrong = [
        called(e)
        for e in phrases()
        if len(e["phrase"]) < 2
        or not all(isinstance(step, list) and step and len(step) == len(set(step)) for step in e["phrase"])
        or not 0 <= e["gap"] <= MOST_BETWEEN
        or not {*e.get("noun_forms", ())} <= {word for step in e["phrase"] for word in step}
    ]
    assert not wrong


def test_words_are_plain_single_words() -> None:
    """Every word is Arabic letters alone: no vowel sign, no stretching, no space, no Latin letter."""
    wrong = [(name, word) for name, word in everything() if not isinstance(word, str) or not word.isalpha() or "ـ" in word]
    wrong += [(name, word) for name, word in everything() if any(not unicodedata.name(letter, "").startswith("ARABIC LETTER") for letter in word)]
    assert not wrong


@pytest.mark.parametrize("name", ["events", "light"])
def test_no_form_twice_in_a_list(name: str) -> None:
    """A list of forms names each once."""
    entries = words() if name == "events" else lights()
    wrong = [called(entry) for entry in entries for field in LISTED for some in _lists(entry.get(field)) if len(some) != len(set(some))]
    assert not wrong


def _lists(value: Any) -> Iterator[list[str]]:
    """The lists in a field: itself, or those under its agreements."""
    if isinstance(value, list):
        yield value
    elif isinstance(value, dict):
        yield from (some for some in value.values() if isinstance(some, list))


def test_no_lemma_twice_for_a_type() -> None:
    """A verb has one entry for a type, and one as a light verb."""
    seen = [(e["type"], e["verb"]) for e in words() if "verb" in e] + [("light", e["lemma"]) for e in lights()]
    assert sorted(seen) == sorted(set(seen))


def test_no_form_means_two_things_alike() -> None:
    """A form that has two types has them at different weights, or stands in ``shared_forms``; and nothing stands there in vain."""
    types: dict[tuple[str, int], set[str]] = defaultdict(set)
    for entry in words():
        for _, form in forms(entry):
            types[form.translate(FOLDED), entry["weight"]].add(entry["type"])
    shared = {form for (form, _), kinds in types.items() if len(kinds) > 1}
    assert shared == {form.translate(FOLDED) for form in held("events")["shared_forms"]}


def test_tenses_look_their_part() -> None:
    """A third person's present begins with ya or ta, a speaker's with nun; the feminine past ends in ta, the plural in waw and alif."""
    begins = {"m": "ي", "f": "ت", "d": "ي", "mp": "ي", "sp": "ن"}
    ends = {"f": ("ت",), "mp": ("وا",), "d": ("ا", "آ"), "df": ("تا",), "fp": ("ن",)}
    wrong = []
    for entry in (*words(), *lights()):
        past, present = entry.get("past") or {}, entry.get("present") or {}
        wrong += [form for agree, form in present.items() if agree != "more" and not form.startswith(begins[agree])]
        wrong += [form for agree, form in past.items() if agree in ends and not form.endswith(ends[agree])]
        wrong += [form for form in present.get("more", []) if form[0] not in "يت"]
    assert not wrong
