"""Taking clitics off a word: "and", "so", "with", "to", the article before it, pronouns behind it.

Forms are listed in the lexicon; only what Arabic writes together with any word is taken off here. That is no lemmatiser: a stem is
never guessed, it must be a listed form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

_VERB_PRONOUNS = ("هما", "هم", "هن", "ها", "نا", "ني", "كم", "ه")
_NOUN_PRONOUNS = ("هما", "هم", "هن", "ها", "نا", "كم", "ه", "ي")
_VERB_PREFIXES = ("و", "ف")
_VERB_PRESENT = ("س", "ل", "وس", "فس", "ول", "فل")
_NOUN_PREFIXES = ("وبال", "وكال", "وال", "بال", "فال", "كال", "ولل", "ال", "لل", "وب", "ول", "وك", "فب", "فل", "و", "ف", "ب", "ل", "ك")
ARTICLES = frozenset(p for p in _NOUN_PREFIXES if p.endswith(("ال", "لل")))
_PRONOUN_ENDS = frozenset(pronoun[-1] for pronoun in (*_VERB_PRONOUNS, *_NOUN_PRONOUNS))
_SHORTEST = 2
_READING = 1 << 8  # words whose cuts are kept while the rules ask for them one after the other
REMEMBERED = 1 << 13  # words whose reading each cache keeps: most of a text; all caches full take some ten megabytes


def _by_first_letter(prefixes: Iterable[tuple[str, bool]]) -> dict[str, tuple[tuple[str, bool], ...]]:
    """Prefixes by their first letter, each list after "no prefix": most words begin with a letter that is none."""
    found: dict[str, list[tuple[str, bool]]] = {}
    for prefix, present in prefixes:
        found.setdefault(prefix[0], [("", False)]).append((prefix, present))
    return {letter: tuple(some) for letter, some in found.items()}


_ALONE = (("", False),)
_ON_VERBS = _by_first_letter((*((p, False) for p in _VERB_PREFIXES), *((p, True) for p in _VERB_PRESENT)))
_ON_NOUNS = _by_first_letter((p, False) for p in _NOUN_PREFIXES)


class Cut(NamedTuple):
    """A word as ``prefix`` + ``core`` + ``suffix`` (a pronoun)."""

    prefix: str
    core: str
    suffix: str


def verb_cuts(word: str) -> Iterator[tuple[Cut, bool]]:
    """Ways to read a word as a verb, the plainest first; the flag says that only the present tense may stand so (future, purpose)."""
    for prefix, present in _ON_VERBS.get(word[:1], _ALONE):
        if not word.startswith(prefix):
            continue
        rest = word[len(prefix) :]
        if len(rest) < _SHORTEST:
            continue
        yield Cut(prefix, rest, ""), present
        for core, suffix in _without_pronoun(rest, _VERB_PRONOUNS):
            yield Cut(prefix, core, suffix), present


@lru_cache(_READING)
def noun_cuts(word: str) -> tuple[Cut, ...]:
    """Ways to read a word as a noun, the plainest first."""
    return tuple(_noun_cuts(word))


@lru_cache(REMEMBERED)
def cores(word: str) -> frozenset[str]:
    """A word, and what is left of it without clitics."""
    return frozenset((word, *(cut.core for cut in noun_cuts(word)))) if word else frozenset()


def _noun_cuts(word: str) -> Iterator[Cut]:
    """The ways of :func:`noun_cuts`, one by one."""
    for prefix, _ in _ON_NOUNS.get(word[:1], _ALONE):
        if not word.startswith(prefix):
            continue
        rest = word[len(prefix) :]
        if len(rest) < _SHORTEST:
            continue
        yield Cut(prefix, rest, "")
        if prefix in ARTICLES:
            continue  # what is definite bears no pronoun
        for core, suffix in _without_pronoun(rest, _NOUN_PRONOUNS):
            yield Cut(prefix, core, suffix)
            if core.endswith("ت"):  # a teh marbuta is written open before a pronoun
                yield Cut(prefix, core[:-1] + "ه", suffix)


def _without_pronoun(word: str, pronouns: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """What is left of a word without a pronoun behind it, in the spelling it has alone, and the pronoun."""
    if word[-1] not in _PRONOUN_ENDS:
        return
    for suffix in pronouns:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST:
            core = word[: -len(suffix)]
            yield core, suffix
            if core.endswith("و"):  # قالوه is قالوا; ادعاؤها is ادعاء
                yield core + "ا", suffix
            if core.endswith(("اي", "او")):  # إجلائهم
                yield core[:-1] + "ء", suffix
            elif core.endswith("ا"):  # نفاها is نفى
                yield core[:-1] + "ي", suffix
