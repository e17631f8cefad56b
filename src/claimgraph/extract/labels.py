"""Numbers that count nothing: dates, years, times of day, labels ("Brigade 93"), names of files, percentages, items of a list."""

from __future__ import annotations

from collections.abc import Sequence

from claimgraph.extract.counted import Counted
from claimgraph.extract.folding import fold_word
from claimgraph.extract.lexicon import data
from claimgraph.extract.phrases import Phrases, surfaces_of
from claimgraph.extract.spelled import Value
from claimgraph.extract.tokens import Token

_TOUCHING = frozenset("/:@#_+=*\\%&")
_YEARS = range(1900, 2100)
_LAST_OF_MONTH = 31
_OF_MONTH = frozenset(map(fold_word, ("شهر", "الشهر")))
_OF = frozenset(map(fold_word, ("من", "شهر")))


class Labels:
    """Tells numbers that count from those that name. Built once from the lexicon."""

    def __init__(self, counted: Counted) -> None:
        held, dates = data("numbers"), data("dates")
        self._counted = counted
        self._labels = Phrases(("label", phrase) for phrase in held["labels"])
        self._percent = Phrases((("percent", phrase) for phrase in held["percent"]), clitics=False)
        months = [name for table in ("months", "latin") for names in dates[table].values() for name in names] + dates["hijri"]
        self._months = frozenset(fold_word(name.split()[0]) for name in months) | _OF_MONTH
        self._year_words = frozenset(s.text for word in dates["year_words"] for s in surfaces_of(word))

    def names_something(self, tokens: Sequence[Token], value: Value, first: int, last: int, *, sure: bool) -> bool:
        """Whether a number, with the words around it at ``[first, last)``, counts nothing; ``sure`` behind "about" or "at least"."""
        if _touched(tokens, first, last) or _numbers_an_item(tokens, first, last) or self._of_a_whole(tokens, first, last):
            return True
        if self._is_day(tokens, last):
            return True
        before = tokens[first - 1].text if first else ""
        if before in self._year_words and value.low > _LAST_OF_MONTH:
            return True
        bare_year = value.digits and value.low in _YEARS and value.last == value.first + 1 and tokens[value.first].text.isdigit()
        if sure or not (bare_year or self._labels.ending(tokens, first)):
            return False
        near = self._counted.after(tokens, value)
        return near is None or near.noun.of is None

    def _is_day(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether a month follows, perhaps behind "of"."""
        texts = [token.text for token in tokens[place : place + 2]]
        return bool(texts) and (texts[0] in self._months or (len(texts) > 1 and texts[0] in _OF and texts[1] in self._months))

    def _of_a_whole(self, tokens: Sequence[Token], first: int, last: int) -> bool:
        """Whether it is a percentage."""
        around = (tokens[place].text for place in (first - 1, last) if 0 <= place < len(tokens))
        return "%" in around or self._percent.at(tokens, last) is not None


def _touched(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether something other than Arabic letters touches the number: "M4", "29/1", "9:30", "12.png", "2022-01"."""
    around = [tokens[place].text if 0 <= place < len(tokens) else "" for place in (first - 1, last)]
    if "/" in around:
        return True  # with spaces, too: "23 / 1 / 2022"
    return _tied_before(tokens, first) or _tied_after(tokens, last)


def _tied_before(tokens: Sequence[Token], first: int) -> bool:
    left = tokens[first - 1] if first else None
    if left is None or left.end != tokens[first].start:
        return False
    return _foreign(left) or (left.text == "-" and first > 1 and tokens[first - 2].end == left.start)


def _tied_after(tokens: Sequence[Token], last: int) -> bool:
    right, after = (tokens[place] if place < len(tokens) else None for place in (last, last + 1))
    if right is None or right.start != tokens[last - 1].end:
        return False
    if _foreign(right):
        return True
    if after is None or after.start != right.end:
        return False
    return (right.text == "." and after.text.isascii() and after.text.isalnum()) or (right.text == "-" and after.is_number)


def _foreign(token: Token) -> bool:
    """Whether a token is a Latin letter or a mark that ties a number to what is beside it."""
    return token.text in _TOUCHING or (token.text[0].isascii() and token.text[0].isalpha())


def _numbers_an_item(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether it numbers an item of a list: "1-", "2)", "3." at the beginning."""
    if first or not tokens[0].is_number or last != 1 or last + 1 >= len(tokens):
        return False
    return tokens[last].text in (")", "-", ".", ":") and tokens[last].start == tokens[0].end
