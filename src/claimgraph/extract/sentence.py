"""A sentence as the rules see it: its words with split clitics rejoined, and what lexicon and reference graph know of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from claimgraph.extract.folding import Folded, fold_word
from claimgraph.extract.names import Name
from claimgraph.extract.numbers import Found
from claimgraph.extract.times import When
from claimgraph.extract.tokens import Token

_TITLE = 7  # tokens up to the end of a quoted name
_FEWEST = 2  # words of one
MARKS = frozenset(('"', "'", "-", "(", ")", ""))


@dataclass
class Sentence:
    """Tokens ``[0, len)`` with their words, and what was found among them; ranges are of tokens, half-open."""

    folded: Folded
    tokens: list[Token]
    words: list[str]
    names: list[Name] = field(default_factory=list)
    numbers: list[Found] = field(default_factory=list)
    whens: list[When] = field(default_factory=list)
    block: int = 0

    @cached_property
    def titles(self) -> frozenset[int]:
        """Places inside short quotations whose words all bear the article: names («الدعم السريع»), whatever their words mean otherwise."""
        if '"' not in self.words:
            return frozenset()
        inside: set[int] = set()
        for place, word in enumerate(self.words):
            if word != '"' or not self.opens(place):
                continue
            close = next((j for j in range(place + 1, min(place + _TITLE, len(self.words))) if self.words[j] == '"'), None)
            if (
                close is not None
                and close - place > _FEWEST
                and all(w.removeprefix("ب").removeprefix("ل").startswith(("ال", "لل")) for w in self.words[place + 1 : close])
            ):
                inside.update(range(place + 1, close))
        return frozenset(inside)

    @cached_property
    def named(self) -> frozenset[int]:
        """Places inside known names: whatever the words mean otherwise, they say nothing else."""
        return frozenset(place for name in self.names for place in range(name.first, name.last))

    @cached_property
    def dates(self) -> dict[int, When]:
        """The dates by where they begin; no two begin at one place."""
        return {when.first: when for when in self.whens}

    @cached_property
    def _counts(self) -> list[int]:
        """How many words made of letters stand before each place."""
        return list(accumulate((word[:1].isalpha() for word in self.words), initial=0))

    def count(self, first: int, last: int) -> int:
        """How many words stand in ``[first, last)``, marks and numbers aside."""
        return self._counts[last] - self._counts[first] if last > first else 0

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Offsets in the stored text of a range of tokens."""
        return self.folded.span(self.tokens[first].start, self.tokens[last - 1].end)

    def wording(self, start: int, end: int) -> str:
        """The stored text behind a range of the folded copy."""
        first, last = self.folded.span(start, end)
        return self.folded.text[first:last]

    def surface(self, first: int, last: int) -> str:
        """The stored text of a range of tokens."""
        start, end = self.span(first, last)
        return self.folded.text[start:end]

    def is_torn(self, place: int) -> bool:
        """Whether a word's clitic stands apart from it, torn off by a quotation mark."""
        return self.words[place] != self.tokens[place].text

    def bare_span(self, first: int, last: int, prefix: str) -> tuple[int, int]:
        """Offsets in the stored text of a range of tokens, without torn quotation marks and without a clitic before its first word.

        The article stays, also where "to" is written together with it (للتحالف); a clitic that a mark tore off is not there to be cut.
        """
        text = self.folded.text
        start, end = _whole(text, *self.span(first, last))
        taken = 0 if self.is_torn(first) else len(prefix.removesuffix("ال").removesuffix("لل"))
        if prefix.endswith("ل") and self.words[first].startswith("لل", len(prefix) - 1):
            taken = len(prefix) - 1
        if taken:
            start = self.folded.at[self.tokens[first].start + taken]
        return start, end

    def bare_surface(self, first: int, last: int, prefix: str) -> str:
        """The stored text behind :meth:`bare_span`."""
        start, end = self.bare_span(first, last, prefix)
        return self.folded.text[start:end]

    def word(self, place: int) -> str:
        """The word at a place; nothing outside of the sentence."""
        return self.words[place] if 0 <= place < len(self.words) else ""

    def follow(self, place: int, steps: Sequence[str]) -> bool:
        """Whether these words stand from a place on."""
        return not steps or self.words[place : place + len(steps)] == list(steps)

    def skip_marks(self, place: int, last: int | None = None) -> int:
        """The next place that holds a word, a number, or a mark that separates."""
        last = len(self.words) if last is None else last
        while place < last and self.words[place] in MARKS:
            place += 1
        return place

    def opens(self, place: int) -> bool:
        """Whether a quotation mark opens: a word touches it behind, and none, or only a clitic, before. Reversed marks are read so too."""
        tokens = self.tokens
        touches = place + 1 < len(tokens) and tokens[place + 1].start == tokens[place].end
        touched = place > 0 and tokens[place - 1].end == tokens[place].start and tokens[place - 1].text not in ("(", ":")
        return touches and (not touched or self.words[place - 1] == "")

    def close_of(self, opening: int) -> int | None:
        """Where a quotation that opens here closes; quotations inside it are passed over. Nothing where it never does."""
        depth = 1
        for place in range(opening + 1, len(self.words)):
            if self.words[place] != '"':
                continue
            depth += 1 if self.opens(place) else -1
            if depth == 0:
                return place
        return next((p for p in range(len(self.words) - 1, opening, -1) if self.words[p] == '"'), None)

    def before(self, place: int) -> int:
        """The place of the word before, quotation marks aside; -1 if there is none."""
        place -= 1
        while place >= 0 and self.words[place] in MARKS:
            place -= 1
        return place


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """A range without a quotation mark at its ends that pairs with none in it."""
    while start < end and sum(fold_word(c) in _QUOTES for c in text[start:end]) % 2 and fold_word(text[end - 1]) in _QUOTES:
        end -= 1
        while text[end - 1].isspace():
            end -= 1
    while start < end and sum(fold_word(c) in _QUOTES for c in text[start:end]) % 2 and fold_word(text[start]) in _QUOTES:
        start += 1
        while text[start].isspace():
            start += 1
    return start, end


_QUOTES = frozenset(('"', "'"))
