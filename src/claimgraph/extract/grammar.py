"""Function words and fixed phrases: the closed classes that the rules read a sentence by."""

from __future__ import annotations

from collections.abc import Iterable

from claimgraph.extract.folding import fold_word
from claimgraph.extract.lexicon import data

Steps = tuple[str, ...]
"""The words of a fixed phrase after its first."""


def closed(name: str) -> frozenset[str]:
    """A closed class of ``lexicon/grammar.yaml``, folded. Raises :class:`KeyError` if it is not there."""
    return frozenset(fold_word(word) for word in data("grammar")[name])


def by_first(phrases: Iterable[str]) -> dict[str, list[Steps]]:
    """Fixed phrases, folded, by their first word: the words after it, the longest phrase first.

    A last word such as ``ل-`` is a preposition written together with what follows; its hyphen stays.
    """
    found: dict[str, list[Steps]] = {}
    for phrase in phrases:
        first, *others = map(fold_word, phrase.split())
        found.setdefault(first, []).append(tuple(others))
    for steps in found.values():
        steps.sort(key=len, reverse=True)
    return found


THAT = closed("that")
RELATIVE = closed("relative")
PREPOSITIONS = closed("prepositions")
SHIFTS = closed("shifts")
ADJUNCTS = closed("adjuncts")
HELP = closed("help")
HOLLOW = closed("hollow")
OF = closed("of")
ABOUT_WHOM = closed("about_whom")
CHANNELS = {fold_word(word): channel for channel, words in data("grammar")["channels"].items() for word in words}
CIVILIANS = closed("civilians")
STOPS = frozenset((",", ";"))  # marks that end a clause within a sentence
