"""Words, numbers and marks of a text, and its sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from claimgraph.extract.folding import Folded
from claimgraph.model.limits import LIMITS

# Letters and digits are cut apart where they touch, as newsrooms forget the space ("200سجين"); 1,200 and 3.5 stay whole.
_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*|\.{2,}|\S")
_ENDS = frozenset(".?!")


_STANDING = frozenset(",;:.?!\"'()-/|%")  # of all marks these mean something here
_SPLIT = frozenset(("ل", "ب", "ك", "و", "ف", "ال", "بال", "لل", "وال", "ول", "وب"))


class Token(NamedTuple):
    """A word, a number or a mark: ``text`` as folded, at ``[start, end)`` of the folded copy."""

    text: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether it is made of letters."""
        return self.text[0].isalpha()

    @property
    def is_number(self) -> bool:
        """Whether it is made of digits."""
        return self.text[0].isdigit()


def tokens_of(folded: Folded, start: int, end: int) -> list[Token]:
    """The tokens of ``plain[start:end]``."""
    return [Token(m.group(), m.start(), m.end()) for m in _TOKEN.finditer(folded.plain, start, end)]


def sentences_of(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Sentences as ranges of tokens. A full stop after a single letter ends none; what nobody ended is cut at ``sentence_tokens``."""
    return (piece for first, last in _ended(tokens) for piece in _pieces(first, last))


def _pieces(first: int, last: int) -> Iterator[tuple[int, int]]:
    """A sentence, or pieces of one that is longer than any writer's: rules look from word to word within a sentence."""
    yield from ((start, min(start + LIMITS.sentence_tokens, last)) for start in range(first, last, LIMITS.sentence_tokens))


def _ended(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Sentences by their marks of the end."""
    first = 0
    for place in [i for i, (text, _, _) in enumerate(tokens) if text[0] in _ENDS]:
        if tokens[place].text == "." and _abbreviates(tokens, place):
            continue
        last = place + 1
        while last < len(tokens) and tokens[last].text == '"' and tokens[last].start == tokens[last - 1].end:
            last += 1  # the closing mark of a quotation belongs to the sentence it ends
        if last > first and place >= first:
            yield first, last
            first = last
    if first < len(tokens):
        yield first, len(tokens)


def _abbreviates(tokens: Sequence[Token], place: int) -> bool:
    """Whether a full stop follows a single letter ("د.", "A.") or stands inside a web address."""
    before = tokens[place - 1] if place else None
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    if before is None or not before.is_word:
        return False
    if len(before.text) == 1:
        return True
    return after is not None and after.start == tokens[place].end and after.is_word and not _arabic(after.text)


def _arabic(word: str) -> bool:
    return "\u0600" <= word[0] <= "\u06ff"


def rejoined(tokens: Sequence[Token]) -> list[str]:
    """The word of each token; a clitic that a quotation mark tore from its word (لـ"قسد") goes back to it and leaves an empty word."""
    words = [token.text if token.text[0].isalnum() or token.text[0] in _STANDING else "" for token in tokens]
    for place, word in enumerate(words):
        if word not in _SPLIT or place + 1 >= len(words):
            continue
        mark = place + 1
        if words[mark] in ('"', "'", "("):
            mark += 1
        if mark < len(words) and tokens[mark].is_word and (mark > place + 1 or word in ("ل", "ب", "ك", "ال")):
            words[place], words[mark] = "", word + words[mark]
    return words
