"""Where a personal name stands that the reference graph lacks."""

from __future__ import annotations

from claimgraph.extract.folding import fold_word
from claimgraph.extract.grammar import ADJUNCTS, PREPOSITIONS, RELATIVE, THAT
from claimgraph.extract.lexicon import data, lexicon
from claimgraph.extract.sentence import Sentence

_GIVEN = frozenset(fold_word(name) for name in data("given_names")["names"])
_ADJECTIVES = frozenset(fold_word(prefix + word) for word in data("sources")["adjectives"] for prefix in ("", "ال"))
_LONGEST_NAME = 5
_LEAST_TITLE = 1  # words between a title's first and a name that nothing tells of
_NO_NAME = PREPOSITIONS | ADJUNCTS | THAT | RELATIVE
_FEWEST = 2  # words of a name: a given name and another
_FEW = 3  # words of a name that nothing tells of


class Persons:
    """Finds personal names by their given name, or by the title before them."""

    def __init__(self) -> None:
        self._words = lexicon()

    def begins(self, s: Sentence, place: int) -> bool:
        """Whether a given name stands here."""
        word = s.word(place)
        return word in _GIVEN and not self._words.bodies.nouns(word)

    def name(self, s: Sentence, first: int, last: int) -> tuple[int, int] | None:
        """A person's name among ``[first, last)``: from a given name to the end of the run."""
        for place in range(first, last):
            if not self.begins(s, place):
                continue
            if place and s.word(s.before(place)) in PREPOSITIONS:
                continue
            end = place + 1
            while end < last and end - place < _LONGEST_NAME and self._goes_on(s, end):
                end += 1
            if end - place >= _FEWEST:
                return place, end
        return None

    def last_words(self, s: Sentence, first: int, last: int) -> tuple[int, int] | None:
        """The unknown words that end a title's stretch ("the governor of the city, Nader Qassab"): a name, where the first has no article."""
        start = last
        while start > first + 1 and last - start < _FEW and self._is_unknown(s, start - 1):
            start -= 1
        while start < last and (s.words[start].startswith(("ال", "لل")) or not s.words[start]):
            start += 1
        if last - start < _FEWEST or start < first + 1 + _LEAST_TITLE or s.word(start - 1) in PREPOSITIONS:
            return None
        return start, last

    def _is_unknown(self, s: Sentence, place: int) -> bool:
        """Whether the lexicon knows a word as nothing that stands beside a title."""
        word, plain = s.words[place], self._words
        if not word or not word[0].isalpha() or word in PREPOSITIONS or place in s.named:
            return False
        return not (
            plain.sources.nouns(word) or plain.bodies.nouns(word) or plain.events.nouns(word) or word in _ADJECTIVES or word.endswith(("ي", "يه"))
        )

    @staticmethod
    def _goes_on(s: Sentence, place: int) -> bool:
        """Whether a word may continue a person's name."""
        word = s.words[place]
        if not word or not word[0].isalpha() or word in _NO_NAME or place in s.dates:
            return False
        return word[0] != "ل" or not any(n.first == place and n.prefix for n in s.names)  # "to" another
