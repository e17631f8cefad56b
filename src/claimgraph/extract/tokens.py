"""Words, numbers and marks of a text, and its sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from claimgraph.extract.folding import Folded

# Letters and digits are cut apart where they touch, as newsrooms forget the space ("200سجين"); 1,200 and 3.5 stay whole.
_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*|\.{2,}|\S")
_ENDS = frozenset(".?!")


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
    """Sentences as ranges of tokens. A mark of the end inside an unclosed quotation, or after a single letter, ends none."""
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
