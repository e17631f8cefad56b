"""Fixed phrases among tokens: the longest that begins at a place, and what it stands for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, NamedTuple, TypeVar

from claimgraph.extract.folding import fold_word
from claimgraph.extract.tokens import Token

Meaning = TypeVar("Meaning")

# What Arabic writes together with a word, and the article with what may stand before it.
CLITICS = ("", "و", "ف", "ب", "ل", "ك", "وب", "ول", "وك", "فب", "فل")
_ARTICLES = {"ال": ("", "و", "ف"), "بال": ("", "و"), "كال": ("",), "لل": ("", "و")}
_AND = "و"


class Surface(NamedTuple):
    """A word as it may stand in a text: folded, how much of it is clitics, whether "and" joins it, whether it has the article."""

    text: str
    cut: int
    joined: bool
    definite: bool


def surfaces_of(form: str) -> Iterator[Surface]:
    """The word alone and with every clitic."""
    folded = fold_word(form)
    for clitic in CLITICS:
        yield Surface(clitic + folded, len(clitic), clitic == _AND, definite=False)
    for article, clitics in _ARTICLES.items():
        for clitic in clitics:
            yield Surface(clitic + article + folded, len(clitic + article), clitic == _AND, definite=True)


class Phrase(NamedTuple, Generic[Meaning]):
    """A phrase as it stands in the text, what it means, and the length of the clitic on its first word."""

    words: tuple[str, ...]
    means: Meaning
    cut: int


class Phrases(Generic[Meaning]):
    """Phrases by their first word, the longest first. With ``clitics``, prepositions and "and" may be written together with it."""

    def __init__(self, entries: Iterable[tuple[Meaning, str]], *, clitics: bool = True) -> None:
        self._by_first: dict[str, list[Phrase[Meaning]]] = defaultdict(list)
        self._longest = 1
        for means, phrase in entries:
            first, *rest = map(fold_word, phrase.split())
            self._longest = max(self._longest, 1 + len(rest))
            for clitic in CLITICS if clitics else ("",):
                # "to" and the article are written as one: ل + اليوم is لليوم
                surface = clitic + (first[1:] if clitic.endswith("ل") and first.startswith("ال") else first)
                self._by_first[surface].append(Phrase((surface, *rest), means, len(clitic)))
        for phrases in self._by_first.values():
            phrases.sort(key=lambda p: (-len(p.words), p.cut))

    def __iter__(self) -> Iterator[str]:
        """The words a phrase may begin with."""
        return iter(self._by_first)

    def at(self, tokens: Sequence[Token], place: int) -> Phrase[Meaning] | None:
        """The longest phrase that begins at a place."""
        if not 0 <= place < len(tokens):
            return None
        phrases = self._by_first.get(tokens[place].text)
        if not phrases:
            return None
        for phrase in phrases:
            words = phrase.words
            if len(words) == 1 or (place + len(words) <= len(tokens) and all(tokens[place + i].text == w for i, w in enumerate(words))):
                return phrase
        return None

    def alone(self) -> frozenset[str]:
        """The words that are whole phrases and begin no longer one."""
        return frozenset(first for first, phrases in self._by_first.items() if all(len(p.words) == 1 for p in phrases))

    def ending(self, tokens: Sequence[Token], place: int) -> Phrase[Meaning] | None:
        """The longest phrase that ends before a place."""
        for length in range(min(self._longest, place), 0, -1):
            phrase = self.at(tokens, place - length)
            if phrase and len(phrase.words) == length:
                return phrase
        return None
