"""How sure a clause sounds, and whether it is negated."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from claimgraph.extract.clitics import REMEMBERED
from claimgraph.extract.folding import fold_word
from claimgraph.extract.grammar import PREPOSITIONS, Steps, by_first
from claimgraph.extract.lexicon import data, lexicon
from claimgraph.extract.sentence import Sentence
from claimgraph.extract.triggers import Head

_NO = 3  # tokens before a noun in which "no" negates it
_NONE = frozenset(map(fold_word, data("negation")["noun_negators"]))
_FAR = 5  # words between a negator and the verb it negates
_IMPERFECT = ("ي", "ت", "ن")  # letters that an imperfect begins with


class _Marker(NamedTuple):
    """A phrase after its first word, the certainty it gives, how far into the clause it may stand, whether an imperfect must follow."""

    steps: Steps
    certainty: str
    within: int
    imperfect: bool


def certainty_of(s: Sentence, first: int, last: int, *, attribution: bool = False) -> str:
    """``certain``, ``probable`` or ``possible``, by the first marker of the clause, or of the words of ``attribution`` before it."""
    markers = _markers(attribution=attribution)
    for place, word in enumerate(s.words[first:last], first):
        for marker in markers.get(word, ()):
            behind = place + 1 + len(marker.steps)
            if (marker.within and place > first + marker.within) or not s.follow(place + 1, marker.steps):
                continue
            if not marker.imperfect or _is_imperfect(s.word(behind)):  # before a past verb it only says that it is over
                return marker.certainty
    return "certain"


@lru_cache(REMEMBERED)
def _is_imperfect(word: str) -> bool:
    """Whether a verb is in the imperfect: by its first letter, unless the lexicon has it as a past form."""
    words = lexicon()
    past = any(f.how == "past" for table in (words.events, words.light, words.reporting) for f in table.verbs(word))
    return word.startswith(_IMPERFECT) and not past


def is_denied(s: Sentence, head: Head | None, first: int, last: int) -> bool:
    """Whether the clause's own verb is negated, or the clause ends by calling what it says untrue."""
    negators, untrue = _negations()
    if (
        head is not None
        and head.occurrence.how == "noun"
        and not _NONE.isdisjoint(s.words[max(first, head.occurrence.place - _NO) : head.occurrence.place])
    ):
        return True  # "the absence of losses"
    at = head.light.place if head and head.light and head.light.place < head.occurrence.place else head.occurrence.place if head else first
    for place in range(max(first, at - _FAR), at):
        if s.words[place] in negators and not _is_trap(s, place) and not any(w == "," or w in PREPOSITIONS for w in s.words[place:at]):
            return True
    places = (place for place, word in enumerate(s.words[first:last], first) if word in untrue)
    return any(s.follow(place + 1, steps) for place in places for steps in untrue[s.words[place]])


def _is_trap(s: Sentence, place: int) -> bool:
    """Whether it only looks like a negation: "still", "especially", "no fewer than"."""
    word = s.words[place].lstrip("وف")
    return any(s.word(place + 1).startswith(following) for following in _traps().get(word, ()))


@cache
def _traps() -> dict[str, tuple[str, ...]]:
    """What makes a negator none, by the negator: the beginning of the word after it."""
    return {word: tuple(steps[0] for steps in some) for word, some in by_first(data("negation")["traps"]).items()}


@cache
def _negations() -> tuple[frozenset[str], dict[str, list[Steps]]]:
    """The words that negate a clause, and the phrases that call it untrue, by their first word."""
    held = data("negation")
    return frozenset(fold_word(p + w) for w in held["negators"] for p in ("", "و", "ف")), by_first(held["untrue"])


@cache
def _markers(*, attribution: bool) -> dict[str, list[_Marker]]:
    """The markers of certainty by their first word, with and without "and" before it, the longest first."""
    found: dict[str, list[_Marker]] = {}
    for entry in data("certainty"):
        if (entry["stands"] == "attribution") != attribution:
            continue
        for phrase in entry["words"]:
            first, *others = map(fold_word, phrase.split())
            marker = _Marker(tuple(others), entry["certainty"], entry.get("within", 0), entry.get("follows") == "imperfect")
            for prefix in ("", "و", "ف"):
                found.setdefault(prefix + first, []).append(marker)
    for markers in found.values():
        markers.sort(key=lambda marker: -len(marker.steps))
    return found
