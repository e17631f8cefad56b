"""Whether a reference graph can be relied on: one key for each entity, wholes without cycles, names that are what they look like."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Quad

from claimgraph.extract.folding import fold_word
from claimgraph.model.errors import Problem
from claimgraph.model.names import Base
from claimgraph.model.text import shown
from claimgraph.model.vocabulary import CG, DCTERMS, RDF_TYPE, SKOS

_NAMES = (SKOS.prefLabel, SKOS.altLabel, CG.ambiguousLabel)
_SCRIPTS = ("LATIN", "ARABIC", "CYRILLIC", "GREEK", "HEBREW", "ARMENIAN", "SYRIAC", "CHEROKEE")
_ALPHABET = frozenset("ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأؤإئةىـ")  # and the stroke that stretches a word


class _Things:
    """What a graph says of each thing that has a key, by property."""

    def __init__(self, quads: Iterable[Quad], base: Base) -> None:
        self.base = base
        self.of: dict[str, dict[NamedNode, list[object]]] = defaultdict(lambda: defaultdict(list))
        for quad in dict.fromkeys(quads):
            if (key := base.key(quad.subject)) is not None:
                self.of[key][quad.predicate].append(quad.object)

    def names(self, key: str) -> Iterator[tuple[NamedNode, Literal]]:
        """The names of a thing, each with the property that gives it."""
        for predicate in _NAMES:
            yield from ((predicate, name) for name in self.of[key][predicate] if isinstance(name, Literal))

    def wholes(self, key: str) -> list[str]:
        """What a thing is directly part of."""
        return [whole for value in self.of[key][CG.partOf] if (whole := self.base.key(value)) is not None]


def faults(quads: Iterable[Quad], base: Base) -> list[Problem]:
    """What makes a reference graph unusable, sorted by key, each with a sentence that says what to do: nothing where it is sound.

    A thing has one class, the key that its IRI ends in and nobody else's, and one name to be shown by in each language; it is part of
    things that are there, and of itself by no way; a name has a letter or a digit.
    """
    things = _Things(quads, base)
    return [Problem(message, key) for key in sorted(things.of) for message in (*_identity(things, key), *_whole(things, key), *_empty(things, key))]


def doubts(quads: Iterable[Quad], base: Base) -> list[Problem]:
    """What a reader should know of the names of a reference graph, sorted by key, each with a sentence that says what to do.

    Characters that are not seen, letters that look like others, and a name that others bear too where it is no cg:ambiguousLabel.
    """
    things = _Things(quads, base)
    bearers: dict[str, set[str]] = defaultdict(set)
    for key in things.of:
        for _, name in things.names(key):
            bearers[fold_word(name.value)].add(key)
    found: dict[Problem, None] = {}
    for key in sorted(things.of):
        unsure = {fold_word(value.value) for value in things.of[key][CG.ambiguousLabel] if isinstance(value, Literal)}
        for _, name in things.names(key):
            messages = [*unlike(name)]
            folded = fold_word(name.value)
            if folded not in unsure and (others := bearers[folded] - {key}):
                messages.append(f"'{shown(name.value)}' is a name of {' and '.join(sorted(others))} too: make it a cg:ambiguousLabel of each.")
            found |= dict.fromkeys(Problem(message, key) for message in messages)
    return list(found)


def _identity(things: _Things, key: str) -> Iterator[str]:
    said = things.of[key]
    for predicate, what in ((RDF_TYPE, "classes"), (DCTERMS.identifier, "keys")):
        if len(said[predicate]) != 1:
            told = ", ".join(shown(getattr(value, "value", "")) for value in said[predicate]) or "none"
            yield f"it has {len(said[predicate])} {what} ({told}), and must have one: two entities may not share an IRI."
    for value in said[DCTERMS.identifier]:
        if isinstance(value, Literal) and value.value != key:
            yield f"its key is '{shown(value.value)}', but its IRI ends in '{key}': no two entities have one key, and a key never changes."
    for language in ("ar", "en"):
        names = [name.value for name in said[SKOS.prefLabel] if isinstance(name, Literal) and name.language == language]
        if len(names) > 1:
            yield f"it is shown by {len(names)} names in '{language}' ({', '.join(map(shown, names))}): make all but one a skos:altLabel."


def _whole(things: _Things, key: str) -> Iterator[str]:
    yield from (f"it is part of '{whole}', which is not there: add that first." for whole in things.wholes(key) if whole not in things.of)
    way: dict[str, str] = {}
    waiting = [(whole, key) for whole in things.wholes(key)]
    while waiting:
        above, below = waiting.pop()
        if above in way or above not in things.of:
            continue
        way[above] = below
        waiting += [(whole, above) for whole in things.wholes(above)]
    if key in way:
        steps = [key]
        while (step := way[steps[-1]]) != key:
            steps.append(step)
        circle = " < ".join([key, *reversed(steps[1:]), key])
        yield f"it is part of itself ({circle}): take one cg:partOf away."


def _empty(things: _Things, key: str) -> Iterator[str]:
    for _, name in things.names(key):
        if not says_something(name.value):
            yield f"the name '{shown(name.value)}' has no letter and no digit: give the name as reports write it."


def says_something(text: str) -> bool:
    """Whether a text has a letter or a digit."""
    return any(unicodedata.category(c)[0] in "LN" for c in text)


def unlike(name: Literal) -> Iterator[str]:
    """What of a name is not what it looks like: characters that are not seen, and letters that are taken for others; a sentence for each."""
    unseen = dict.fromkeys(c for c in name.value if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
    if unseen:
        yield f"the name '{shown(name.value)}' has characters that are not seen ({_told(unseen)}): leave them out unless reports write them."
    for word in name.value.split():
        scripts = dict.fromkeys(script for c in word if (script := _script(c)))
        if len(scripts) > 1:
            yield f"the word '{shown(word)}' mixes letters of {' and '.join(map(str.title, scripts))} that may look alike: write it in one script."
    foreign = dict.fromkeys(c for c in name.value if c.isalpha() and _script(c) == "ARABIC" and c not in _ALPHABET)
    if foreign and name.language == "ar":
        yield f"the Arabic name '{shown(name.value)}' has letters of other languages ({_told(foreign)}): write it in the letters of Arabic."


def _told(characters: Iterable[str]) -> str:
    return ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, 'CONTROL')}" for c in characters)


def _script(character: str) -> str:
    """The script of a letter, where it is one of those that letters look alike in; nothing of what is no letter."""
    name = unicodedata.name(character, "") if character.isalpha() else ""
    return next((script for script in _SCRIPTS if name.startswith(script)), "")
