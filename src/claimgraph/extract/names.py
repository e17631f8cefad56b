"""Finding the names that the reference graph knows, as text writes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from claimgraph.extract.clitics import ARTICLES, REMEMBERED, noun_cuts
from claimgraph.extract.folding import fold, fold_word
from claimgraph.extract.lexicon import data, lexicon
from claimgraph.extract.protocol import Known, KnownName
from claimgraph.extract.tokens import rejoined, tokens_of

_CLITICS = ("و", "ف", "ب", "ل", "ك", "وب", "ول", "فب", "فل")
_TO_THE = ("لل", "ولل", "فلل")  # "to" and the article, written as one
_FIRSTS = frozenset(clitic[0] for clitic in _CLITICS)
_MARKS = frozenset(('"', "'", "-", "(", ")", ""))
_KINDS, _VILLAGES, _WITHIN = (frozenset(fold_word(word) for word in data("sites")[name]) for name in ("kinds", "villages", "within"))


@dataclass(frozen=True, slots=True)
class Bearers:
    """Those who bear the same words as a name: ``key`` is the one entity, where it is one beyond doubt, ``types`` the classes of all.

    ``word`` is whether the words are ordinary ones besides, so that they are the one entity's name only behind a word for its kind.
    """

    known: tuple[KnownName, ...]
    key: str | None
    types: frozenset[str]
    word: bool


class _Tree(dict[str, "_Tree"]):
    """Names by their words: what may follow the words that lead here, and whose name these words are."""

    __slots__ = ("bearers",)

    def __init__(self) -> None:
        super().__init__()
        self.bearers: Bearers | None = None

    def add(self, name: KnownName) -> None:
        """Note that the words that lead here are this name; of an entity's names that are spelled alike, the first counts."""
        known = self.bearers.known if self.bearers else ()
        if any(other.key == name.key for other in known):
            return
        known = (*known, name)
        one, sure = len(known) == 1, not any(other.ambiguous for other in known)
        types = frozenset(kind for other in known for kind in other.types)
        self.bearers = Bearers(known, name.key if one and sure else None, types, word=one and not sure)


class Name(NamedTuple):
    """A known name at ``[first, last)`` of the tokens: whose it is, or whose it may be."""

    first: int
    last: int
    prefix: str
    bearers: Bearers

    @property
    def known(self) -> tuple[KnownName, ...]:
        """The names of the reference graph that it is, one of each bearer."""
        return self.bearers.known

    @property
    def key(self) -> str | None:
        """The one entity that bears it; nothing where it is ambiguous."""
        return self.bearers.key

    def is_a(self, kind: str) -> bool:
        """Whether one of its bearers is of a class."""
        return kind in self.bearers.types


def _spelling(word: str) -> str:
    return _SPELLINGS.get(word, word)


def _spellings() -> dict[str, str]:
    """Words that are written in several ways, each led back to one: سورية and سوريا, أميركي and أمريكي."""
    found: dict[str, str] = {}
    for group in data("spellings"):
        first, *others = ["".join(fold(w).plain) for w in group]
        for prefix in ("", "ال", "و", "ب", "ل", "وال", "بال", "لل", "ول", "وب"):
            for other in others:
                found[prefix + other] = prefix + first
    return found


_SPELLINGS = _spellings()


class Names:
    """The names of a reference graph, as a tree of words."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.by_key: dict[str, list[KnownName]] = defaultdict(list)
        self._tree = _Tree()
        self._generic: set[tuple[str, str]] = set()
        self._starts = lru_cache(REMEMBERED)(self._read_start)
        words = lexicon()
        for name in known.names:
            self.by_key[name.key].append(name)
            folded = fold(name.surface)
            steps = [_spelling(word) for word in rejoined(tokens_of(folded, 0, len(folded.plain))) if word and word[0].isalnum()]
            if not steps:
                continue
            if len(steps) == 1 and (words.bodies.nouns(steps[0]) or words.sources.nouns(steps[0])):
                self._generic.add((name.key, name.surface))
            self._enter(steps, name)

    def _enter(self, steps: Sequence[str], name: KnownName) -> None:
        tree = self._tree
        for step in steps:
            following = tree.get(step)
            if following is None:
                following = tree[step] = _Tree()
            tree = following
        tree.add(name)

    def is_generic(self, name: Name) -> bool:
        """Whether the words are a common noun ("the organisation", "the leader") that stands for the entity only after its name."""
        return all((known.key, known.surface) in self._generic for known in name.known)

    def find(self, words: Sequence[str]) -> list[Name]:
        """The known names among a sentence's words, the longest at each place; quotation marks inside are passed over.

        What the word before shows to be no name, or another's, is left out.
        """
        found: list[Name] = []
        edge, starts = 0, self._starts
        for place in [i for i, word in enumerate(words) if starts(word)]:
            name = self._at(words, place) if place >= edge else None
            if name is not None and (name := _as_read(name, words)) is not None:
                found.append(name)
                edge = name.last
        return found

    def _at(self, words: Sequence[str], place: int) -> Name | None:
        for prefix, tree in self._starts(words[place]):
            if match := self._longest(words, place, tree):
                return Name(place, match[0], prefix, match[1])
        return None

    def _read_start(self, word: str) -> tuple[tuple[str, _Tree], ...]:
        """The names that may begin with a word, each with the clitic before it."""
        if not word[:1].isalpha():
            return ()
        found = ((prefix, self._tree.get(core)) for prefix, core in _starts(_spelling(word)))
        return tuple((prefix, tree) for prefix, tree in found if tree is not None)

    @staticmethod
    def _longest(words: Sequence[str], place: int, tree: _Tree) -> tuple[int, Bearers] | None:
        """Where the longest name ends that begins at ``place`` with the word that leads to ``tree``, and whose it is."""
        best: tuple[int, Bearers] | None = None
        last = place + 1
        while True:
            if tree.bearers is not None:
                best = last, tree.bearers
            step = last
            while step < len(words) and words[step] in _MARKS:
                step += 1
            if step >= len(words) or not words[step][0].isalnum():
                return best
            following = tree.get(_spelling(words[step]))
            if following is None:
                return best
            tree, last = following, step + 1


def _as_read(name: Name, words: Sequence[str]) -> Name | None:
    """A name as the word before it has it read, or nothing.

    The village of Duma is not the city of that name. Words that are ordinary ones are sure behind a word for their kind ("the city of
    al-Bab"), the name of a country, which is that of its state too, behind a preposition of place.
    """
    before = name.first - 1
    while before >= 0 and words[before] in _MARKS:
        before -= 1
    word = words[before] if before >= 0 and not name.prefix else ""
    if name.is_a("City") and _is_kind(word, _VILLAGES):
        return None
    if not name.bearers.word:
        return name
    within = name.is_a("Country") and (name.prefix.endswith("ب") or word in _WITHIN)
    return name._replace(bearers=replace(name.bearers, key=name.known[0].key)) if within or _is_kind(word, _KINDS) else None


@lru_cache(REMEMBERED)
def _is_kind(word: str, kinds: frozenset[str]) -> bool:
    """Whether a word is one of these kinds of place, without the article, so that a name must follow."""
    return any(cut.core in kinds for cut in noun_cuts(word) if cut.prefix not in ARTICLES and not cut.suffix)


def _starts(word: str) -> list[tuple[str, str]]:
    """A name's first word with and without what may be written before it."""
    starts = [("", word)]
    if word[0] not in _FIRSTS:
        return starts
    starts += ((prefix, word[len(prefix) :]) for prefix in _CLITICS if word.startswith(prefix) and len(word) - len(prefix) > 1)
    starts += ((prefix[:-1], "ال" + word[len(prefix) :]) for prefix in _TO_THE if word.startswith(prefix))
    return starts
