"""A normalised copy of a text for matching, with a map from each of its characters back to the text as stored.

Evidence is never normalised: rules match on the copy, and :meth:`Folded.span` says where the words stand in the original. What is
folded away is what Arabic newsrooms write now so, now otherwise: diacritics, tatweel, hamza seats, final yeh and teh marbuta, Persian
letters, presentation forms, digits of three scripts, no-break spaces, invisible controls and the many kinds of quotation marks.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

_LETTERS = {
    **dict.fromkeys("أإآٱٲٳ", "ا"),
    **dict.fromkeys("ىیېئےۍ", "ي"),
    **dict.fromkeys("کڪګ", "ك"),
    **dict.fromkeys("ةہھەۀۃ", "ه"),
    **dict.fromkeys("ؤۆۇ", "و"),
    **dict.fromkeys("“”„‟«»‹›❝❞〝〞＂″‶", '"'),
    **dict.fromkeys("‘’‚‛′", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "،": ",",
    "؛": ";",
    "؟": "?",
    "٪": "%",
    "٫": ".",
    "٬": ",",
    "ـ": "",
}
_DROPPED = frozenset(("Mn", "Me", "Cf"))


class _Folds(dict[str, str]):
    """What each character becomes, worked out when it is first met."""

    def __missing__(self, character: str) -> str:
        # A presentation form may stand for several letters; a letter may be a base and marks.
        plain = (
            _LETTERS.get(c, c) for c in unicodedata.normalize("NFKC", _LETTERS.get(character, character)) if unicodedata.category(c) not in _DROPPED
        )
        folded = "".join(" " if c.isspace() and c != "\n" else str(unicodedata.digit(c)) if c.isdigit() else c.lower() for c in plain)
        self[character] = folded
        return folded


_FOLDS = _Folds()


@dataclass(frozen=True, slots=True)
class Folded:
    """``text`` as stored, ``plain`` its normalised copy, ``at[i]`` where ``plain[i]`` comes from (code points)."""

    text: str
    plain: str
    at: list[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The range of the stored text behind ``plain[start:end]``, with the marks that belong to its last letter."""
        first, last = self.at[start], self.at[end - 1] + 1
        text = self.text
        while last < len(text) and (text[last] == "ـ" or unicodedata.category(text[last]) in ("Mn", "Me")):
            last += 1
        return first, last


def fold(text: str) -> Folded:
    """The normalised copy of a text."""
    pieces: list[str] = []
    at: list[int] = []
    for place, character in enumerate(text):
        folded = _FOLDS[character]
        if folded:
            pieces.append(folded)
            at.extend((place,) * len(folded)) if len(folded) > 1 else at.append(place)
    return Folded(text, "".join(pieces), at)


def fold_word(word: str) -> str:
    """A word of the lexicon or of a name in the form that texts are matched in."""
    return "".join(_FOLDS[c] for c in word)
