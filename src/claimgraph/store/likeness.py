"""Whose a name may be that the reference graph lacks: entities whose names are like it, for a person to choose from. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from claimgraph.extract.folding import fold_word
from claimgraph.extract.transliteration import is_arabic, skeleton
from claimgraph.model.vocabulary import CG
from claimgraph.store.reference import Reference

_ALIKE = 60.0  # of 100: below, likeness is chance
_SOUNDS_ALIKE = 75.0  # of 100: consonants alone agree by chance more often
_FEWEST_SOUNDS = 3


@dataclass(frozen=True)
class Candidate:
    """An entity that may be meant, by its name ``form``: how alike, of 100, and whether in spelling or, across scripts, in sound."""

    key: str
    form: str
    likeness: float
    by: str


def candidates(name: str, reference: Reference, most: int) -> list[Candidate]:
    """The entities whose names are most like a name, each once, at most ``most`` of them, the likest first.

    Names are compared as texts are matched (:mod:`claimgraph.extract.folding`); those of persons in another script by their sounds.
    """
    best: dict[str, Candidate] = {}
    for found in _likenesses(name, reference):
        if found.key not in best or best[found.key].likeness < found.likeness:
            best[found.key] = found
    return sorted(best.values(), key=lambda one: (-one.likeness, one.key))[:most]


def _likenesses(name: str, reference: Reference) -> Iterator[Candidate]:
    plain, sounds, arabic = fold_word(name), skeleton(name), is_arabic(name)
    for key in sorted(reference.entities - reference.merged.keys()):
        person = CG.Person in reference.types(key)
        for form in dict.fromkeys(literal.value for literal in reference.names(key)):
            if (likeness := fuzz.WRatio(plain, fold_word(form))) >= _ALIKE:
                yield Candidate(key, form, round(likeness, 1), "spelling")
            if person and is_arabic(form) != arabic and len(sounds) >= _FEWEST_SOUNDS:
                likeness = fuzz.ratio(sounds, skeleton(form))
                if likeness >= _SOUNDS_ALIKE:
                    yield Candidate(key, form, round(likeness, 1), "sound")
