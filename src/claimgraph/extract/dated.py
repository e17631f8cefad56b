"""Single dates: numeric ones, days with months, months, years; those that count from publication are of :mod:`relative`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from claimgraph.extract.folding import fold_word
from claimgraph.extract.lexicon import data
from claimgraph.extract.phrases import Phrases
from claimgraph.extract.reckoning import DATED, FULL, YEAR_DIGITS, YEARS, Part, Year, a_day, dated, month_of, month_text, readings_of
from claimgraph.extract.relative import Relative
from claimgraph.extract.spelled import spelled
from claimgraph.extract.tokens import Token

_WRITTEN = 5  # tokens of a date in digits: day, mark, month, mark, year
_TEN = 10  # ordinals below it join the tens: "the fifth and twentieth"
_TWO_DIGITS = 2
_DAYS_OF_MONTH = range(1, 32)
_LONG_NUMERIC = re.compile(r"(\d{1,4})[.](\d{1,2})[.](\d{1,4})", re.ASCII)
_BEFORE_AMBIGUOUS, _AFTER_AMBIGUOUS = 45, 31  # days from publication within which one reading of 3/4/2022 rules out the other
_DAY_JOINTS = frozenset(map(fold_word, ("-", "و", "إلى", "حتى")))
_LEADS = frozenset(map(fold_word, ("يوم", "تاريخ", "مطلع", "نهاية", "منتصف")))
_YEAR_BEFORE = frozenset(map(fold_word, ("في", "وفي", "منذ", "خلال", "حتى", "وحتى", "بين", "أواخر", "مطلع", "صيف", "شتاء", "خريف", "ربيع")))


_KINDS = ("ordinal", "day", "side", "weekday", "year", "stretch", "month")  # of dates, in the order they are tried


class Calendar:
    """Reads single dates. Built once from the lexicon."""

    def __init__(self) -> None:
        held = data("dates")
        self._spelled = spelled()
        self._relative = Relative(self._spelled)
        self._months = Phrases((n, name) for table in ("months", "latin") for n, names in held[table].items() for name in names)
        self._ambiguous = frozenset(fold_word(name) for name in held["ambiguous"])
        self._hijri = Phrases((name, name) for name in held["hijri"])
        self._ordinals = Phrases(_ordinals(held))
        self._ago = Phrases(("ago", name) for name in (*held["ago"], *held["since"]))
        self._sided = Phrases((side, name) for side in ("before", "after") for name in held[side])
        self._year_words = Phrases(("year", name) for name in held["year_words"])
        self._month_words = Phrases(("month", name) for name in held["month_words"])
        self._year_middle = frozenset(map(fold_word, held["year_middle"]))
        tables = (self._months, self._hijri, self._ordinals, self._ago, self._sided, self._year_words, self._month_words)
        self.starts = frozenset((*(word for table in tables for word in table), *self._relative.starts, "ال"))
        words = {
            "ordinal": set(self._ordinals),
            "side": {*self._ago, *self._sided},
            "year": set(self._year_words),
            "month": {*self._month_words, *self._months},
            **self._relative.kinds,
        }
        self._kinds = {word: tuple(kind for kind in _KINDS if word in words[kind]) for word in self.starts}  # what each word may begin

    def reads(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether a date begins at a place."""
        return self.read(tokens, place, None, led=False) is not None

    def read(self, tokens: Sequence[Token], place: int, today: date | None, *, led: bool, weekday: int | None = None) -> Part | None:
        """The date that begins at ``place``; ``led`` by a word such as "day" or "beginning of"; ``weekday`` said beside it."""
        if place >= len(tokens):
            return None
        token = tokens[place]
        if token.is_number or (token.text == "ال" and place + 1 < len(tokens) and tokens[place + 1].is_number):
            at = place + (not token.is_number)
            return (
                self._numeric(tokens, at, today, weekday)
                or self._day_and_month(tokens, at, today, weekday)
                or self._relative.counted(tokens, at, today)
                or (self._bare_year(tokens, at, led=led) if at == place else None)
            )
        kinds = self._kinds.get(token.text, ())
        return next((part for kind in kinds if (part := self._of_kind(kind, tokens, place, today, led=led, weekday=weekday))), None)

    def _of_kind(self, kind: str, tokens: Sequence[Token], place: int, today: date | None, *, led: bool, weekday: int | None) -> Part | None:
        """The date of one kind that begins at ``place``."""
        match kind:
            case "ordinal":
                return self._ordinal(tokens, place, today, weekday)
            case "side":
                return self._ago_or_side(tokens, place, today)
            case "year":
                return self._year(tokens, place)
            case "month":
                return self._month(tokens, place, today, led=led)
        return self._relative.of_kind(kind, tokens, place, today)

    # --- numeric dates, days with months ------------------------------------------------------------------------------------

    def _numeric(self, tokens: Sequence[Token], place: int, today: date | None, weekday: int | None) -> Part | None:
        """2022.01.29, 29/1/2022, 2022-01-29."""
        token = tokens[place]
        whole = _LONG_NUMERIC.fullmatch(token.text)
        if whole:
            numbers, last = list(whole.groups()), place + 1
        else:
            some = tokens[place : place + _WRITTEN]
            if len(some) < _WRITTEN or some[1].text not in ("/", "-") or some[3].text != some[1].text:
                return None
            if any(b.start - a.end > (some[1].text == "/") for a, b in pairwise(some)) or not all(t.text.isdigit() for t in some[::2]):
                return None
            numbers, last = [t.text for t in some[::2]], place + 5
        if last < len(tokens) and tokens[last].text in ("/", "-") and tokens[last].start == tokens[last - 1].end and not whole:
            return None
        readings = readings_of(numbers)
        if len(readings) > 1 and weekday is not None:
            readings = [day for day in readings if day.weekday() == weekday] or readings
        if len(readings) > 1 and today is not None:
            near = [day for day in readings if -_BEFORE_AMBIGUOUS <= (day - today).days <= _AFTER_AMBIGUOUS]
            readings = near if len(near) == 1 else readings
        if not readings:
            return None
        day = readings[0] if len(readings) == 1 else None
        return Part(last, "day", day.isoformat() if day else None, FULL, day)

    def _day_and_month(self, tokens: Sequence[Token], place: int, today: date | None, weekday: int | None) -> Part | None:
        first = _day_number(tokens, place)
        if first is None:
            return None
        step, second = place + 1, None
        if step + 1 < len(tokens) and tokens[step].text in _DAY_JOINTS:
            second = _day_number(tokens, step + 1 + (tokens[step + 1].text == "ال"))
            step = step + 2 + (tokens[step + 1].text == "ال") if second else step
        part = self._in_month(tokens, step, first, today, weekday)
        if part is None or second is None:
            return part
        end = self._in_month(tokens, step, second, today, None)
        both = part.edtf and end and end.edtf and part.edtf < end.edtf
        apart = tokens[place + 1].text == "و" and second != first + 1 and (place == 0 or tokens[place - 1].text not in ("بين", "وبين"))
        return Part(part.last, "interval", f"{part.edtf}/{end.edtf}" if both and end and not apart else None, relative=part.relative)

    def _ordinal(self, tokens: Sequence[Token], place: int, today: date | None, weekday: int | None) -> Part | None:
        phrase = self._ordinals.at(tokens, place)
        if phrase is None:
            return None
        part = self._in_month(tokens, place + len(phrase.words), phrase.means, today, weekday)
        return part._replace(cut=phrase.cut) if part else None

    def _in_month(self, tokens: Sequence[Token], place: int, day: int, today: date | None, weekday: int | None) -> Part | None:
        """A day of the month that is named at ``place``, behind "of"."""
        step = place
        if step < len(tokens) and tokens[step].text in ("من", "-", "/"):
            step += 1
        this_month = self._this_month(tokens, step, today)
        if this_month is not None:
            found = date.fromisoformat(f"{this_month.edtf}-01") if this_month.edtf else None
            found = a_day(found.year, found.month, day) if found else None
            return Part(this_month.last, "day", found.isoformat() if found else None, DATED, found, relative=True)
        word = self._month_words.at(tokens, step)
        step += len(word.words) if word else 0
        month = self._months.at(tokens, step)
        if month is not None:
            last, same = self._alternative(tokens, step + len(month.words), month.means)
            part = dated(month.means, day, self._year_beside(tokens, last, today), today, weekday)
            return part if same or part is None else part._replace(edtf=None, day=None)
        hijri = self._hijri.at(tokens, step)
        if hijri is not None:
            last = step + len(hijri.words)
            if last < len(tokens) and tokens[last].is_number:
                last += 1 + (last + 1 < len(tokens) and tokens[last + 1].text in ("ه", "هجري", "هجريه"))
            return Part(last, "hijri", None)
        shift = self._relative.shifts.get(tokens[step].text) if step < len(tokens) and step == place else None
        if shift == "this" and tokens[step].text.startswith("ال"):  # "20 الجاري"
            edtf = a_day(today.year, today.month, day) if today else None
            return Part(step + 1, "day", edtf.isoformat() if edtf else None, DATED, edtf, relative=True)
        return None

    def _this_month(self, tokens: Sequence[Token], place: int, today: date | None) -> Part | None:
        """A month that counts from publication, behind a day: "this month"."""
        unit = self._relative.the_units.at(tokens, place)
        return self._relative.stretch(tokens, place, today) if unit and unit.means == ("month", 1) else None

    def _alternative(self, tokens: Sequence[Token], place: int, month: int) -> tuple[int, bool]:
        """Where the month's second name ends ("كانون الثاني/يناير", "كانون الثاني (يناير)"), and whether it names the same month."""
        if place >= len(tokens) or tokens[place].text not in ("/", "(", "-", "\\"):
            return place, True
        other = self._months.at(tokens, place + 1)
        if other is None:
            return place, True
        last = place + 1 + len(other.words)
        return last + (last < len(tokens) and tokens[last].text == ")"), other.means == month

    def _year_beside(self, tokens: Sequence[Token], place: int, today: date | None) -> Year:
        """The year behind a month, in digits or words, or as "last", "of this year"."""
        step = place
        if step < len(tokens) and tokens[step].text in ("من", ",", "-", "/"):
            step += 1
        word = self._year_words.at(tokens, step)
        if word:
            step += len(word.words)
        value = self._spelled.read(tokens, step) if word and step < len(tokens) and not tokens[step].is_number else None
        if value and value.low in YEARS:
            return Year(value.last, value.low)
        if step < len(tokens) and _is_year(tokens[step]):
            return Year(step + 1, int(tokens[step].text))
        at = place + (place < len(tokens) and tokens[place].text == "من")
        stretch = self._relative.stretch(tokens, at, today)
        if stretch and stretch.kind == "year":
            return Year(stretch.last, int(stretch.edtf) if stretch.edtf else None, of_year=True)
        shift = self._relative.shifts.get(tokens[place].text) if place < len(tokens) else None
        return Year(place + 1, shift=shift) if shift and tokens[place].text not in self._relative.these else Year(place)

    # --- months and years ---------------------------------------------------------------------------------------------------

    def _month(self, tokens: Sequence[Token], place: int, today: date | None, *, led: bool) -> Part | None:
        word = self._month_words.at(tokens, place)
        step = place + (len(word.words) if word else 0)
        month = self._months.at(tokens, step)
        if month is None:
            hijri = self._hijri.at(tokens, step) if word else None
            return Part(step + len(hijri.words), "hijri", None, cut=word.cut) if hijri and word else None
        cut, after = (word or month).cut, step + len(month.words)
        day = _day_number(tokens, after)  # "January 29, 2022"
        if day and (year := self._year_beside(tokens, after + 1, today)).year and not year.of_year:
            part = dated(month.means, day, year, today, None)
            if part:
                return part._replace(cut=cut)
        second, same = self._alternative(tokens, after, month.means)
        year = self._year_beside(tokens, second, today)
        bare = year.last == second == after and not word and not led
        if bare and (tokens[step].text in self._ambiguous or tokens[step].text[month.cut :] in self._ambiguous):
            return None
        found = month_of(month.means, year, today) if same else None
        relative = year.year is None or year.of_year
        return Part(year.last, "month", month_text(*found) if found else None, DATED if relative else FULL, relative=relative, cut=cut)

    def _year(self, tokens: Sequence[Token], place: int) -> Part | None:
        """A year with that word: "the year 2019"."""
        word = self._year_words.at(tokens, place)
        step = place + (len(word.words) if word else 0)
        if word is None or step >= len(tokens):
            return None
        if tokens[step].text in self._year_middle and step + 1 < len(tokens) and _is_year(tokens[step + 1]):
            step += 1
        if _is_year(tokens[step]):
            year, last = int(tokens[step].text), step + 1
        else:
            value = self._spelled.read(tokens, step)
            if value is None or value.low != value.high or value.low not in YEARS:
                return None
            year, last = value.low, value.last
        other = last + 1 if last + 1 < len(tokens) and tokens[last].text in ("و", "-") and _is_year(tokens[last + 1]) else None
        if other and int(tokens[other].text) > year and (tokens[last].text == "-" or word.words[0].endswith(("ي", "ين"))):
            return Part(other + 1, "interval", f"{year}/{tokens[other].text}", cut=word.cut)
        return Part(last, "year", f"{year}", cut=word.cut)

    @staticmethod
    def _bare_year(tokens: Sequence[Token], place: int, *, led: bool) -> Part | None:
        """A year without that word, where what stands before it lets nothing else be meant."""
        before = tokens[place - 1].text if place else ""
        if not _is_year(tokens[place]) or not (led or before in _YEAR_BEFORE):
            return None
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        if after and (after.end - after.start == 1 and after.text in "/%:" and after.start == tokens[place].end):
            return None
        return Part(place + 1, "year", tokens[place].text)

    # --- days that count from publication -----------------------------------------------------------------------------------

    def _ago_or_side(self, tokens: Sequence[Token], place: int, today: date | None) -> Part | None:
        """A stretch back, or one side of a date: "three days ago", "before 2014"."""
        phrase = self._ago.at(tokens, place)
        if phrase is not None:
            part = self._relative.ago(tokens, place + len(phrase.words), today)
            named = part is not None and part.last == place + len(phrase.words) + 1 and self.read(tokens, part.last, None, led=True)
            if part is not None and not named:  # "since the day of …", "since the month of …" is no stretch
                return part._replace(cut=phrase.cut)
        side = self._sided.at(tokens, place)
        if side is None:
            return None
        step = place + len(side.words)
        step += step < len(tokens) and tokens[step].text in _LEADS
        if self._sided.at(tokens, step) or self._ago.at(tokens, step):
            return None
        date_of = self.read(tokens, step, today, led=True)
        if date_of is None or date_of.ago or date_of.kind not in ("day", "month", "year"):
            return None
        edtf = None if date_of.edtf is None else f"../{date_of.edtf}" if side.means == "before" else f"{date_of.edtf}/.."
        return Part(date_of.last, "interval", edtf, relative=date_of.relative, ago=True, cut=side.cut)


def _ordinals(held: Mapping[str, Mapping[int, list[str]]]) -> Iterator[tuple[int, str]]:
    tens = [(ten, word) for ten, words in held["ordinal_tens"].items() for word in words]
    for n, names in held["ordinals"].items():
        yield from ((n, name) for name in names)
        if n < _TEN:
            yield from ((ten + n, f"{name} و{word}") for name in names for ten, word in tens if ten + n in _DAYS_OF_MONTH)
    yield from tens


def _day_number(tokens: Sequence[Token], place: int) -> int | None:
    """A day of the month in digits."""
    text = tokens[place].text if place < len(tokens) else ""
    return int(text) if text.isdigit() and len(text) <= _TWO_DIGITS and int(text) in _DAYS_OF_MONTH else None


def _is_year(token: Token) -> bool:
    return len(token.text) == YEAR_DIGITS and token.text.isdigit() and int(token.text) in YEARS
