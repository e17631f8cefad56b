"""What a claim says, as a sentence made from its frame: in Arabic and English, never from the report's own clause.

The words quoted may carry their own negation ("no detainee escaped"), and "denies" before them would say the contrary. The frame has none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from claimgraph.model.document import Event, Quantity
from claimgraph.model.vocabulary import label

LANGUAGES = ("ar", "en")
# An entity's names by language, or nothing where the word is no key: then it is the report's own.
Names = Callable[[str], dict[str, str] | None]

# The words before each part, in the order in which they are said. Those who get away by themselves are not said to act upon anybody.
_UNDERGOING = ("escape", "missing", "affiliation")
_PARTS = {
    "en": {
        "undergoing": " of ",
        "targets": " of ",
        "actors": " by ",
        "helpers": ", with the help of ",
        "facility": " at ",
        "place": " in ",
        "origin": " from ",
        "destination": " to ",
        "time": ", time: ",
        "quantity": ", number: ",
        "breakdown": ", of these ",
        "whose": " of ",
        "and": ", ",
        "or": " or ",
        "about": "about ",
        "least": "{} or more",
        "most": "up to {}",
        "unknown": "not said",
    },
    "ar": {
        "undergoing": "، والمعني ",
        "actors": " من جانب ",
        "targets": "، والمستهدف ",
        "helpers": "، بمساعدة ",
        "facility": " في ",
        "place": " في ",
        "origin": " من ",
        "destination": " إلى ",
        "time": "، الوقت: ",
        "quantity": "، العدد: ",
        "breakdown": "، منهم ",
        "whose": " من ",
        "and": " و",
        "or": " أو ",
        "about": "نحو ",
        "least": "{} أو أكثر",
        "most": "{} على الأكثر",
        "unknown": "غير مذكور",
    },
}


@dataclass(frozen=True)
class Piece:
    """A stretch of a sentence: words of ours, an entity (``key``, and its name in the other language), the report's words, or a time (EDTF)."""

    text: str
    kind: str = "words"  # words, entity, quoted, time
    key: str = ""
    other: str = ""

    def as_json(self) -> dict[str, str]:
        """Its fields that say something."""
        return {name: value for name, value in vars(self).items() if value}


def content(event: Event, names: Names, language: str) -> list[Piece]:
    """The sentence of what is claimed, without who claims it: *escape of … from …, number: about 200 escapees*."""
    return list(_merged(_Telling(names, language).event(event)))


def named(word: str, names: Names, language: str) -> Piece:
    """An entity by its name in a language, with the other one; the report's own words where it is none."""
    found = names(word)
    if found is None:
        return Piece(word, "quoted")
    (other,) = (one for one in LANGUAGES if one != language)
    text = found.get(language) or found.get(other) or word
    return Piece(text, "entity", word, found.get(other, "") if found.get(other) != text else "")


class _Telling:
    def __init__(self, names: Names, language: str) -> None:
        self.names, self.language, self.words = names, language, _PARTS[language]

    def event(self, event: Event) -> Iterator[Piece]:
        yield Piece(label("event", event.type, self.language))
        for other in sorted(event.or_):
            yield Piece(self.words["or"] + label("event", other, self.language))
        if event.status != "happened":
            yield Piece(f" ({label('status', event.status, self.language)})")
        alone = event.type in _UNDERGOING and not event.targets
        roles = {"undergoing" if alone else "actors": event.actors, "targets": event.targets}
        for role in self.words:  # English names those acted upon first, Arabic last
            yield from self.several(role, roles.get(role, ()))
        for part in ("origin", "destination", "facility", "place"):
            yield from self.several(part, filter(None, [getattr(event, part)]))
        yield from self.several("helpers", event.helpers)
        if event.quantity is not None:
            yield Piece(self.words["quantity"])
            yield from self.quantity(event.quantity)
        for number, quantity in enumerate(event.breakdown):
            yield Piece(self.words["and" if number else "breakdown"])
            yield from self.quantity(quantity)
        if event.time or event.time_wording:
            yield Piece(self.words["time"])
            yield Piece(event.time, "time") if event.time else Piece(event.time_wording or "", "quoted")

    def several(self, part: str, words: Iterable[str]) -> Iterator[Piece]:
        """The words before a part, and those who are named in it."""
        for number, word in enumerate(sorted(words)):
            yield Piece(self.words["and" if number else part])
            yield named(word, self.names, self.language)

    def quantity(self, quantity: Quantity) -> Iterator[Piece]:
        kind = label("counts", quantity.of, self.language)
        told = f"{number(quantity.min, quantity.max, approximate=quantity.approximate, language=self.language)} "
        yield Piece(f"{told}{kind}" if self.language == "en" else f"{told}({kind}")
        yield from self.several("whose", quantity.counted - {quantity.of})
        if self.language == "ar":  # a counted noun would have to be inflected by its number
            yield Piece(")")


def number(least: int | None, most: int | None, *, approximate: bool, language: str) -> str:
    """A number as claimed: *about 200*, *800 or more*, *up to 30*, *30–40*."""
    words = _PARTS[language]
    if least is None and most is None:
        return words["unknown"]
    if least is None or most is None:
        told = words["most" if least is None else "least"].format(most if least is None else least)
    else:
        told = str(least) if least == most else f"{least}–{most}"
    return (words["about"] if approximate else "") + told


def _merged(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Words of ours that follow each other, as one piece."""
    words = ""
    for piece in pieces:
        if piece.kind == "words":
            words += piece.text
            continue
        if words:
            yield Piece(words)
            words = ""
        yield piece
    if words:
        yield Piece(words)


def in_both(tell: Callable[[str], list[Piece]]) -> dict[str, Any]:
    """What is told in a language, in each of the two, as JSON values."""
    return {language: [piece.as_json() for piece in tell(language)] for language in LANGUAGES}
