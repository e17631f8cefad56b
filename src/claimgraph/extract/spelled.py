"""Numbers as written: digits, number words and both mixed ("12 ألفا و500"), read as values.

The words come from ``lexicon/numbers.yaml``. What a number counts, and whether it counts anything, is for :mod:`numbers`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from claimgraph.extract.folding import fold_word
from claimgraph.extract.lexicon import data
from claimgraph.extract.phrases import surfaces_of
from claimgraph.extract.tokens import Token

_AND = "و"
_PLURAL = 3
_TEN, _HUNDRED = 10, 100
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_DECIMAL = re.compile(r"\d{1,3}[.,]\d{1,3}")
_MOST_DIGITS = 7  # longer ones without separators are telephone numbers and names of files
_LARGEST = 10**12
_GROUP, _GROUPS = 3, 4  # digits in a group, groups in a number that spaces part


class Word(NamedTuple):
    """A number word: ``kind`` (unit, ten, tens, hundred, scale, pair, vague, few, some, part), what it says, and its clitics' length."""

    kind: str
    low: int
    high: int
    cut: int = 0
    joined: bool = False
    definite: bool = False
    several: bool = False


class Value(NamedTuple):
    """A number read at ``[first, last)``: its range, whether it is vague, the clitic's length on its first word, and how it is written."""

    low: int
    high: int
    first: int
    last: int
    vague: bool = False
    cut: int = 0
    digits: bool = False
    definite: bool = False
    joined: bool = False
    scale: int = 1


class Spelled:
    """Reads numbers; :func:`spelled` gives the one there is."""

    def __init__(self) -> None:
        self._words: dict[str, Word] = {}
        never = frozenset(map(fold_word, data("numbers")["not_numbers"]))
        for form, word in _entries(data("numbers")):
            for surface in surfaces_of(form):
                if surface.text in never or (surface.definite and word.kind == "unit" and word.low < _PLURAL):
                    continue  # الأحد and الاثنين are days
                held = self._words.get(surface.text)
                if held is None or held.cut > surface.cut:
                    self._words[surface.text] = word._replace(cut=surface.cut, joined=surface.joined, definite=surface.definite)

    def word(self, text: str) -> Word | None:
        """What a word says as a number word."""
        return self._words.get(text)

    @property
    def surfaces(self) -> Iterable[str]:
        """Every form of every number word."""
        return self._words.keys()

    def read(self, tokens: Sequence[Token], place: int) -> Value | None:
        """The longest number that begins at ``place``."""
        if place >= len(tokens):
            return None
        token = tokens[place]
        if token.is_number:
            return self._exact(tokens, place)
        word = self._words.get(token.text)
        if word is None:
            return None
        if word.kind in ("few", "some", "vague") or (word.kind == "scale" and word.several):
            return self._vague(tokens, place, word)
        if word.kind == "part":
            return self._part(tokens, place, word)
        return self._exact(tokens, place)

    # --- exact numbers ------------------------------------------------------------------------------------------------------

    def _exact(self, tokens: Sequence[Token], place: int) -> Value | None:
        total, at, limit, first = 0, place, _LARGEST, tokens[place]
        while True:
            term = self._term(tokens, at, limit, alone=at == place)
            if term is None:
                break
            amount, scale, step = term
            total, limit, last = total + amount, scale, step
            if scale > 1 and (half := self._half(tokens, step)):
                total, last = total + scale // half[0], half[1]
                break
            following = self._next_joined(tokens, last)
            if scale == 1 or following is None:
                break
            at = following
        if limit == _LARGEST or total > _LARGEST:
            return None
        word = self._words.get(first.text)
        cut, definite, joined = (word.cut, word.definite, word.joined) if word else (0, False, False)
        return Value(total, total, place, last, cut=cut, digits=word is None, definite=definite, joined=joined, scale=limit)

    def _next_joined(self, tokens: Sequence[Token], place: int) -> int | None:
        """The place of a number that "and" joins to what stands before ``place``."""
        if place + 1 < len(tokens) and tokens[place].text == _AND:
            return place + 1
        word = self._words.get(tokens[place].text) if place < len(tokens) else None
        if word and word.low == 1 and word.kind == "unit" and self._is_ten(tokens, place + 1):
            return place if tokens[place].text.startswith(_AND) else None  # وأحد عشر is written like واحد
        return place if word and word.joined and not word.definite else None

    def _is_ten(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether the second word of 11 to 19 stands at ``place``."""
        word = self._words.get(tokens[place].text) if place < len(tokens) else None
        return word is not None and word.kind == "ten" and not word.cut

    def _term(self, tokens: Sequence[Token], place: int, limit: int, *, alone: bool) -> tuple[int, int, int] | None:
        """A number below a thousand with its scale ("12 ألفا"): amount, scale, and where it ends; ``None`` if its scale is not below ``limit``."""
        if place >= len(tokens):
            return None
        word = self._words.get(tokens[place].text)
        if word and word.kind in ("scale", "pair"):
            two = word.kind == "pair" or (tokens[place].text.endswith("ا") and self._counts_two(tokens, place))
            return (word.low * (2 if two else 1), word.low, place + 1) if word.low < limit and not word.several else None
        group = self._group(tokens, place)
        if group is None:
            return None
        amount, step = group
        scale = self._words.get(tokens[step].text) if step < len(tokens) else None
        if scale and scale.kind in ("scale", "pair") and (not scale.cut or scale.definite) and not scale.joined:
            return (int(amount * scale.low), scale.low, step + 1) if scale.low < limit else None
        return (int(amount), 1, step) if amount == int(amount) and (alone or amount < limit) else None

    @staticmethod
    def _counts_two(tokens: Sequence[Token], place: int) -> bool:
        """Whether "ألفا", "مليونا" stands for two ("ألفا شخص") and not for one in the accusative ("ألفا من المقاتلين")."""
        after = tokens[place + 1].text if place + 1 < len(tokens) else ""
        return bool(after) and after[0].isalpha() and after not in ("من", _AND) and not after.startswith(_AND)

    def _half(self, tokens: Sequence[Token], place: int) -> tuple[int, int] | None:
        """What is "and a half (million)" at ``place``: the divisor, and where it ends."""
        word = self._words.get(tokens[place].text) if place < len(tokens) else None
        if word is None or word.kind != "part" or not word.joined:
            return None
        after = self._words.get(tokens[place + 1].text) if place + 1 < len(tokens) else None
        return word.low, place + (2 if after and after.kind == "scale" and not after.several else 1)

    def _group(self, tokens: Sequence[Token], place: int) -> tuple[float, int] | None:
        """A number below a thousand in words, or any in digits, and where it ends."""
        if tokens[place].is_number:
            return _digits(tokens, place)
        word = self._words.get(tokens[place].text)
        if word is None:
            return None
        if word.kind == "unit":
            return self._from_unit(tokens, place, word.low)
        if word.kind == "hundred":
            return self._after_hundred(tokens, place + 1, word.low)
        return (word.low, place + 1) if word.kind in ("ten", "tens") else None

    def _from_unit(self, tokens: Sequence[Token], place: int, value: int) -> tuple[int, int]:
        if self._is_ten(tokens, place + 1):
            return _TEN + value, place + 2
        after = self._words.get(tokens[place + 1].text) if place + 1 < len(tokens) else None
        if after and not after.cut and after.kind == "hundred" and after.low == _HUNDRED:
            return self._after_hundred(tokens, place + 2, value * _HUNDRED)
        tens = self._joined_word(tokens, place + 1)
        if tens and tens[0].kind == "tens":
            return value + tens[0].low, tens[1]
        return value, place + 1

    def _after_hundred(self, tokens: Sequence[Token], place: int, value: int) -> tuple[int, int]:
        small = self._joined_word(tokens, place)
        if small is None:
            return value, place
        word, step = small
        if word.kind in ("ten", "tens"):
            return value + word.low, step
        if word.kind != "unit":
            return value, place
        more, step = self._from_unit(tokens, step - 1, word.low)
        return (value + more, step) if more < _HUNDRED else (value, place)

    def _joined_word(self, tokens: Sequence[Token], place: int) -> tuple[Word, int] | None:
        at = self._next_joined(tokens, place)
        word = self._words.get(tokens[at].text) if at is not None else None
        return (word, at + 1) if word and at is not None else None

    # --- vague numbers and fractions ----------------------------------------------------------------------------------------

    def _vague(self, tokens: Sequence[Token], place: int, word: Word) -> Value | None:
        few, at = word.kind if word.kind in ("few", "some") else "", place
        low, high, scale, step = word.low, word.high, 1, place + 1
        if few:
            after = self._words.get(tokens[place + 1].text) if place + 1 < len(tokens) else None
            if after is None or after.kind not in ("vague", "scale", "ten") or after.joined or (after.kind == "scale" and not after.several):
                return None if few == "some" else Value(3, 9, place, step, vague=True, cut=word.cut, definite=word.definite, joined=word.joined)
            low, high = _several(after, few=few == "few")
            at, step = place + 1, place + 2
        elif word.kind == "scale":
            low, high = _several(word, few=False)
        last = self._words.get(tokens[at].text)
        after = self._words.get(tokens[step].text) if step < len(tokens) else None
        if last and last.kind == "vague" and after and after.kind == "scale" and after.several and not after.joined:
            scale, step = after.low, step + 1
        high = high * scale + scale - 1
        return Value(low * scale, high, place, step, vague=True, cut=word.cut, definite=word.definite, joined=word.joined)

    def _part(self, tokens: Sequence[Token], place: int, word: Word) -> Value | None:
        """A fraction: "half a million"."""
        after = self._words.get(tokens[place + 1].text) if place + 1 < len(tokens) else None
        if after is None or after.kind != "scale" or after.several or after.joined:
            return None
        amount = after.low // word.low
        return Value(amount, amount, place, place + 2, cut=word.cut, joined=word.joined)


@cache
def spelled() -> Spelled:
    """The reader of numbers, built once."""
    return Spelled()


def _several(word: Word, *, few: bool) -> tuple[int, int]:
    """The range of "tens", "hundreds", "thousands", or of a few of them."""
    if word.kind == "ten":
        return 13, 19
    if word.kind == "scale":
        return (3 if few else 2) * word.low, 10 * word.low - 1
    return (word.low // 2 * 3 if few else word.low), word.high


def _digits(tokens: Sequence[Token], place: int) -> tuple[float, int] | None:
    """A number in digits, thousands marked by a point, a comma, a space or nothing; a decimal fraction too."""
    text = tokens[place].text
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    if _GROUPED.fullmatch(text):
        thousands = not (after and after.text in _DECIMAL_SCALES)
        value = float(re.sub("[.,]", "" if thousands else ".", text, count=0)) if thousands or text.count(".") + text.count(",") == 1 else None
        return (value, place + 1) if value is not None else None
    if _DECIMAL.fullmatch(text):
        return float(text.replace(",", ".")), place + 1
    if not text.isdigit() or len(text) > _MOST_DIGITS or (text[0] == "0" and len(text) > 1):
        return None
    step = place + 1
    while len(tokens[place].text) <= _GROUP and step < min(len(tokens), place + _GROUPS) and _continues(tokens, step):
        text, step = text + tokens[step].text, step + 1
    return float(text), step


def _continues(tokens: Sequence[Token], place: int) -> bool:
    """Whether a token is three more digits behind a space, as in "12 000"."""
    token = tokens[place]
    return len(token.text) == _GROUP and token.text.isdigit() and token.start == tokens[place - 1].end + 1


# Before these a point marks a decimal fraction: 1.250 مليون
_DECIMAL_SCALES = frozenset(map(fold_word, ("مليون", "مليونا", "مليار", "مليارا")))


def _entries(held: dict[str, Any]) -> Iterator[tuple[str, Word]]:
    for kind, name in (("unit", "units"), ("tens", "tens"), ("hundred", "hundreds"), ("part", "fractions")):
        for value, forms in held[name].items():
            yield from ((form, Word(kind, value, value)) for form in forms)
    yield from ((form, Word("ten", _TEN, _TEN)) for form in held["ten"])
    for value, forms in held["scales"].items():
        yield from ((form, Word("scale", value, value)) for form in forms["one"])
        yield from ((form, Word("pair", value, value)) for form in forms["two"])
        yield from ((form, Word("scale", value, value, several=True)) for form in forms["many"])
    yield from ((form, Word("vague", low, high)) for form, (low, high) in held["vague"].items())
    for kind in ("few", "some"):
        yield from ((form, Word(kind, 3, 9)) for form in held[kind])
