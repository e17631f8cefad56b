"""Quantities: how many, of what, in which words.

A number counts if what it counts are people, groups or things; dates, ages, times, measures, money, labels ("Brigade 93") and
percentages are left out. The words are in ``lexicon/numbers.yaml`` and ``lexicon/units.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from claimgraph.extract.counted import Counted, Noun
from claimgraph.extract.folding import fold_word
from claimgraph.extract.labels import Labels
from claimgraph.extract.lexicon import data
from claimgraph.extract.phrases import Phrases
from claimgraph.extract.spelled import Value, spelled
from claimgraph.extract.tokens import Token

_MARKS = frozenset(('"', "'", "(", ")", "[", "]"))
_PASSED = _MARKS | frozenset(map(fold_word, ("و", "ب", "ل", "ال", "إلى", "من")))
_TORN = frozenset(("و", "ب", "ل", "ال", "(", '"'))
_PHRASES = 3  # "no fewer than about"
_NEAR = 3  # words between a number's noun and "at least" after it
_REACH = 8  # words between "the number of …" and its number, between a part and the part joined to it


@dataclass(frozen=True, slots=True)
class Found:
    """A quantity whose words are tokens ``[first, last)``, ``plain[start:end]`` of the folded copy without a clitic before it.

    ``low`` and ``high`` are its bounds (``None`` is open). ``of`` is a kind of the guidelines, ``None`` where the noun tells none;
    ``noun`` is the noun's singular where the lexicon knows it, else the word itself, folded; ``unit`` are its tokens. ``part`` marks
    what a total is broken down into, ``civilians`` that those counted are called civilians.
    """

    first: int
    last: int
    start: int
    end: int
    low: int | None
    high: int | None
    approximate: bool
    of: str | None
    noun: str | None
    unit: tuple[int, int] | None
    part: bool = False
    civilians: bool = False


class _Bounds(NamedTuple):
    low: int | None
    high: int | None
    approximate: bool
    value: Value
    first: int
    last: int
    start: int
    sure: bool  # introduced by "about", "at least" …, so that it counts something also without a noun


class Numbers:
    """Finds quantities. Built once from the lexicon; keeps nothing of what it has read."""

    def __init__(self) -> None:
        held = data("numbers")
        self.spelled = spelled()
        self.counted = Counted()

        def phrases(*kinds: str, clitics: bool = True) -> Phrases[str]:
            return Phrases(((kind, phrase) for kind in kinds for phrase in held[kind]), clitics=clitics)

        self._before = phrases("about", "at_least", "at_most")
        self._after = phrases("after_about", "after_at_least", "after_at_most", clitics=False)
        self._between, self._from, self._part = phrases("between"), phrases("from"), phrases("part")
        self._casualties, self._heads = phrases("casualties"), phrases("heads")
        self._labels = Labels(self.counted)
        self._changes = frozenset(map(fold_word, held["changes"]))
        self._whole = frozenset(map(fold_word, ("المئة", "المائة", "الألف", "بالمئة", "بالمائة", "بالألف")))
        self._to, self._or = (frozenset(map(fold_word, held[name])) for name in ("to", "or"))
        self._starts = frozenset((*self.spelled.surfaces, *self._before, *self._between, *self._from, *self.counted.surfaces, "ال"))

    def find(self, tokens: Sequence[Token]) -> list[Found]:
        """The quantities of a sentence, in order; none overlap."""
        found: list[Found] = []
        edge, starts = 0, self._starts
        for place in [i for i, (text, _, _) in enumerate(tokens) if text in starts or text[0].isdigit()]:
            if place >= edge:
                one, edge = self._at(tokens, place, found)
                found += [one] if one else []
        return found

    def _at(self, tokens: Sequence[Token], place: int, found: Sequence[Found]) -> tuple[Found | None, int]:
        """What is counted at a place, and where to read on."""
        bounds = self._range(tokens, place) or self._bounds(tokens, place)
        if bounds is None:
            one, step = self._alone(tokens, place), place + 1
        elif self._labels.names_something(tokens, bounds.value, self._first_of(tokens, bounds), bounds.last, sure=bounds.sure):
            one, step = None, place + 1
        else:
            one, step = self._quantity(tokens, bounds), bounds.last
        return (replace(one, part=self._is_part(tokens, one, found)), one.last) if one else (None, step)

    def _alone(self, tokens: Sequence[Token], place: int) -> Found | None:
        """A dual, "one of the …", single persons joined by "and": how many, without a number."""
        group = self.counted.alone(tokens, place, casualty=self._casualty_before(tokens, place))
        if group is None:
            return None
        noun, number, last, cut = group
        return Found(
            place, last, tokens[place].start + cut, tokens[last - 1].end, number, number, approximate=False, of=noun.of, noun=noun.lemma,
            unit=(place, last), civilians=noun.civilians,
        )  # fmt: skip

    @staticmethod
    def _first_of(tokens: Sequence[Token], bounds: _Bounds) -> int:
        """Where the words before the number begin; an article or preposition torn from digits goes with them."""
        first = bounds.first
        while first and tokens[first - 1].text in _TORN and first > bounds.first - 2:
            first -= 1
        return first

    # --- the number and its bounds ------------------------------------------------------------------------------------------

    def _bounds(self, tokens: Sequence[Token], place: int) -> _Bounds | None:
        """A number at a place, with what is said before it."""
        at, cut = place, 0
        kinds: list[str] = []
        while len(kinds) < _PHRASES and (phrase := self._before.at(tokens, at)):
            cut = phrase.cut if at == place else cut
            kinds.append(phrase.means)
            at += len(phrase.words)
        value = self._number(tokens, at, behind=bool(kinds))
        if value is None or self._is_one(tokens, value) or (value.definite and not kinds and tokens[value.first].text in self._whole):
            return None
        first = place if kinds or not value.definite else value.first
        hyphen = self._hyphenated(tokens, value)
        low, high, last = value.low, value.high, value.last
        if hyphen is not None:
            high, last = hyphen.high, hyphen.last
        else:
            other = self._alternative(tokens, value)
            if other is not None:
                high, last = other.high, other.last
        bounds = _opened(low, high, kinds)
        start = tokens[first].start + (cut if kinds else value.cut if not value.definite else 0)
        approximate = value.vague or "about" in kinds
        return _Bounds(*bounds, approximate, hyphen or value, first, last, start, bool(kinds))

    @staticmethod
    def _is_one(tokens: Sequence[Token], value: Value) -> bool:
        """Whether it is the word "one", which counts only before "of": "one of them"."""
        after = tokens[value.last].text if value.last < len(tokens) else ""
        return value.high == 1 and not value.digits and after != "من"

    def _number(self, tokens: Sequence[Token], place: int, *, behind: bool = False) -> Value | None:
        """A number, also after an article that stands alone ("الـ20") or in brackets."""
        step = place
        while behind and step < len(tokens) and tokens[step].text in _MARKS:
            step += 1
        if step + 1 < len(tokens) and tokens[step].text == "ال" and tokens[step + 1].is_number:
            value = self.spelled.read(tokens, step + 1)
            return value._replace(definite=True, first=step) if value else None
        return self.spelled.read(tokens, step)

    def _hyphenated(self, tokens: Sequence[Token], value: Value) -> Value | None:
        """In "5-7" the other end of a range written with a hyphen."""
        at = value.last
        if not value.digits or at + 1 >= len(tokens) or tokens[at].text != "-" or not tokens[at + 1].is_number:
            return None
        other = self.spelled.read(tokens, at + 1)
        follows = other is not None and other.last < len(tokens) and tokens[other.last].text == "-" and other.last + 1 < len(tokens)
        if other is None or other.low <= value.low or (follows and tokens[other.last + 1].is_number):
            return None
        return other

    def _alternative(self, tokens: Sequence[Token], value: Value) -> Value | None:
        """In "five or six", "five to seven" the second number."""
        at = value.last
        text = tokens[at].text if at < len(tokens) else ""
        if value.vague or text not in self._or | self._to:
            return None
        other = self.spelled.read(tokens, at + 1)
        if other is None or other.vague or other.cut or not value.low < other.low <= value.low * 10:
            return None
        return other if text in self._or or (self.counted.after(tokens, other) and not self._changed(tokens, value.first)) else None

    def _range(self, tokens: Sequence[Token], place: int) -> _Bounds | None:
        """A range in words: "between five and seven", "from five to seven"."""
        opening = self._between.at(tokens, place)
        closes_with_and = opening is not None
        opening = opening or self._from.at(tokens, place)
        if opening is None:
            return None
        at = place + len(opening.words)
        low = self._number(tokens, at)
        if low is None or low.vague:
            return None
        high = self._second(tokens, low, closes_with_and=closes_with_and)
        if high is None:
            return None
        bottom = low.low
        if low.scale == 1 and high.scale > 1 and bottom * high.scale < high.low:
            bottom *= high.scale  # "بين 20 و30 ألفا" is thousands, both
        if bottom >= high.high:
            return None
        if not closes_with_and and (self._changed(tokens, place) or not self.counted.after(tokens, high)):
            return None
        return _Bounds(bottom, high.high, high.vague, high, place, high.last, tokens[place].start + opening.cut, sure=closes_with_and)

    def _second(self, tokens: Sequence[Token], low: Value, *, closes_with_and: bool) -> Value | None:
        at = low.last
        if at >= len(tokens):
            return None
        if tokens[at].text in self._to or (closes_with_and and tokens[at].text == "و"):
            return self._number(tokens, at + 1)
        following = self.spelled.read(tokens, at) if closes_with_and else None
        return following if following and following.joined else None

    def _changed(self, tokens: Sequence[Token], place: int) -> bool:
        return any(t.text in self._changes or t.text.removeprefix("و") in self._changes for t in tokens[max(0, place - _REACH) : place])

    # --- what it counts -----------------------------------------------------------------------------------------------------

    def _quantity(self, tokens: Sequence[Token], bounds: _Bounds) -> Found | None:
        value = bounds.value
        near = self.counted.after(tokens, value._replace(last=bounds.last))
        if near is not None and near.noun.measure:
            return None
        last = max(bounds.last, near.last) if near else bounds.last
        noun = near.noun if near else None
        casualty = self._casualty_before(tokens, bounds.first)
        of, lemma, civilians = self.counted.kind(tokens, bounds.last, near, casualty=casualty, person=bool(self._part.ending(tokens, bounds.first)))
        if noun is None and (counted := self._counted_before(tokens, bounds.first)):
            of, lemma, civilians = counted.of, counted.lemma, counted.civilians
        elif of in ("persons", None) and (counted := self._counted_before(tokens, bounds.first)) and counted.civilians:
            of, civilians = "civilians", True
        if noun is None and value.definite:
            of, lemma, civilians = self._definite(tokens, bounds.first, vague=value.vague) or (of, lemma, civilians)
        if noun is None and not self._stands_alone(tokens, bounds, known=of is not None):
            return None
        if value.definite and not bounds.sure and (tokens[value.first].text.startswith("ب") if value.vague else of is None):
            return None  # an ordinal, or "by the dozen"
        bounds, last = self._with_after(tokens, bounds, last)
        unit = (near.first, near.last) if near else None
        first, start = bounds.first, bounds.start
        texts = [token.text for token in tokens[first:last]]
        if first and tokens[first - 1].text == "(" and ")" in texts and "(" not in texts:
            first, start = first - 1, tokens[first - 1].start
        return Found(first, last, start, tokens[last - 1].end, bounds.low, bounds.high, bounds.approximate, of, lemma, unit, civilians=civilians)

    def _definite(self, tokens: Sequence[Token], place: int, *, vague: bool) -> tuple[str | None, str | None, bool] | None:
        """What "the wounded, the thirty" and "the thousands" without a noun count."""
        noun = self.counted.several(tokens[place - 1].text) if place else None
        if noun:
            return noun.of, noun.lemma, noun.civilians
        return ("persons", None, False) if vague else None

    def _stands_alone(self, tokens: Sequence[Token], bounds: _Bounds, *, known: bool) -> bool:
        """Whether a number without a noun counts something all the same."""
        if bounds.sure or known:
            return True
        value = bounds.value
        word = self.spelled.word(tokens[value.first].text)
        if word is None:
            return True
        return value.last - value.first > 1 or (word.kind == "unit" and value.low > 1 and tokens[value.first].text[-1] in "هن")

    def _with_after(self, tokens: Sequence[Token], bounds: _Bounds, last: int) -> tuple[_Bounds, int]:
        """What follows: "at least" behind the number or a few words behind its noun."""
        for step in range(last, min(last + _NEAR, len(tokens))):
            phrase = self._after.at(tokens, step)
            if phrase:
                low, high = _opened(bounds.low, bounds.high, [phrase.means.removeprefix("after_")])
                approximate = bounds.approximate or phrase.means == "after_about"
                return bounds._replace(low=low, high=high, approximate=approximate), step + len(phrase.words)
            if not tokens[step].is_word or tokens[step].text in self.counted.closed or self.spelled.word(tokens[step].text):
                break
        return bounds, last

    def _casualty_before(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether what befalls people is told just before a place."""
        step = place
        while step > max(0, place - _NEAR) and tokens[step - 1].text in _PASSED:
            step -= 1
        return any(self._casualties.ending(tokens, step - back) for back in (0, 1) if step - back > 0 and not (back and not tokens[step - 1].is_word))

    def _counted_before(self, tokens: Sequence[Token], place: int) -> Noun | None:
        """The noun of "the number of the killed rose to": what stands between "number" and the number."""
        nouns: list[Noun] = []
        for step in range(place - 1, max(-1, place - 1 - _REACH), -1):
            text = tokens[step].text
            if not tokens[step].is_word and text not in _MARKS:
                return None
            if self._heads.at(tokens, step):
                if not nouns:
                    return None
                civil = next((n for n in nouns if n.civilians), None)
                return civil if civil and nouns[-1].toll else nouns[-1]
            noun = self.counted.noun(text)
            if noun:
                nouns.append(noun)
        return None

    # --- parts of a total ---------------------------------------------------------------------------------------------------

    def _is_part(self, tokens: Sequence[Token], one: Found, found: Sequence[Found]) -> bool:
        """Whether "among them" introduces it, or "and" joins it to what that introduced."""
        first = one.first
        while first and tokens[first - 1].text in _MARKS:
            first -= 1
        if self._part.ending(tokens, first):
            return True
        previous = found[-1] if found else None
        joined = tokens[one.first].text.startswith("و") or (first and tokens[first - 1].text == "و")
        if previous is None or not previous.part or not joined or first - previous.last > _REACH:
            return False
        between = [t.text for t in tokens[previous.last : first]]
        toll = one.noun is not None and (noun := self.counted.lemma(one.noun)) is not None and noun.toll
        if not toll and between and between[-1] == ",":
            between.pop()
        return all(t.isalpha() or t in _MARKS for t in between)


def _opened(low: int | None, high: int | None, kinds: Iterable[str]) -> tuple[int | None, int | None]:
    """The bounds after "at least" and "at most"."""
    for kind in kinds:
        if kind == "at_least":
            high = None
        elif kind == "at_most":
            low = None
    return low, high
