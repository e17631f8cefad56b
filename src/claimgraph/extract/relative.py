"""Dates that count from the day of publication: yesterday, last Wednesday, three days ago, the last two months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from claimgraph.extract.folding import fold_word
from claimgraph.extract.lexicon import data
from claimgraph.extract.phrases import Phrases
from claimgraph.extract.reckoning import DAY, WEEKDAY, Part, back, moved, precision, span, weekday_near
from claimgraph.extract.spelled import Spelled
from claimgraph.extract.tokens import Token

_SEVERAL = 2  # units from which "the last days" are a stretch; "the last day" is no date
_WEEK = 7
_COUNTS = {"one": 1, "two": 2, "many": 0}


class Relative:
    """Reads relative dates. Built once from the lexicon. Every method gives ``None`` where none begins at the place."""

    def __init__(self, spelled: Spelled) -> None:
        held = data("dates")

        def words(name: str) -> frozenset[str]:
            return frozenset(map(fold_word, held[name]))

        self._spelled = spelled
        self._weekdays = Phrases((n - 1, name) for n, names in held["weekdays"].items() for name in names)
        self._days = Phrases((n, name) for n, names in held["days"].items() for name in names)
        forms = [(unit, count, form) for unit, some in held["units"].items() for name, count in _COUNTS.items() for form in some[name]]
        self._units = {fold_word(form): (unit, count) for unit, count, form in forms}
        self.the_units = Phrases(((unit, count), "ال" + form) for unit, count, form in forms)
        self.shifts = {fold_word(word): shift for shift in ("this", "last", "next") for word in held[shift]}
        self.these = frozenset(map(fold_word, ("هذا", "هذه")))
        self._latest = fold_word("آخر")
        self._not_weekday, self._not_today, self._before_today = words("not_weekday"), words("not_today"), words("before_today")
        self._about, self._some, self._few = words("about"), words("some"), words("few")
        self.kinds = {"day": {*self._days}, "weekday": {*self._weekdays}, "stretch": {*self.the_units, *self.these, self._latest}}
        self.starts = frozenset().union(*self.kinds.values())

    def of_kind(self, kind: str, tokens: Sequence[Token], place: int, today: date | None) -> Part | None:
        """The date of one of :attr:`kinds`, each with the words that one may begin with."""
        if kind == "stretch":
            return self.stretch(tokens, place, today)
        return (self.day if kind == "day" else self.weekday)(tokens, place, today)

    def day(self, tokens: Sequence[Token], place: int, today: date | None) -> Part | None:
        """A day that has a name of its own: "yesterday", "today"."""
        phrase = self._days.at(tokens, place)
        if phrase is None:
            return None
        last = place + len(phrase.words)
        if phrase.means == 0:
            before = tokens[place - 1].text if place else ""
            after = tokens[last].text if last < len(tokens) else ""
            if after in self._not_today or before in self._before_today:
                return None
        day = moved(today, phrase.means)
        return Part(last, "day", day.isoformat() if day else None, DAY, day, away=phrase.means, relative=True, cut=phrase.cut)

    def weekday(self, tokens: Sequence[Token], place: int, today: date | None) -> Part | None:
        """A weekday, or two in a row: "last Wednesday", "Saturday-Sunday"."""
        phrase = self._weekdays.at(tokens, place)
        before = tokens[place - 1].text if place else ""
        if phrase is None or before in self._not_weekday or (before.startswith(("و", "ب", "ل")) and before[1:] in self._not_weekday):
            return None
        last = place + len(phrase.words)
        shift = self.shifts.get(tokens[last].text) if last < len(tokens) else None
        twice = last + 1 < len(tokens) and tokens[last].text in ("قبل", "ماقبل") and self.shifts.get(tokens[last + 1].text) == "last"
        if twice:
            shift = "last"
        if shift == "this" and tokens[last].text in self.these:
            shift = None
        day = weekday_near(phrase.means, shift, today)
        if twice:
            last, day = last + 1, moved(day, -_WEEK)
        last += 1 if shift else 0
        second = self._next_weekday(tokens, last, phrase.means) if not shift else None
        if second:
            last, shift = second
            day = weekday_near((phrase.means + 1) % _WEEK, shift, today)
            edtf = f"{day - timedelta(1)}/{day}" if day else None
            return Part(last, "interval", edtf, relative=True, cut=phrase.cut)
        return Part(last, "day", day.isoformat() if day else None, WEEKDAY if not shift else DAY, day, phrase.means, relative=True, cut=phrase.cut)

    def _next_weekday(self, tokens: Sequence[Token], place: int, weekday: int) -> tuple[int, str | None] | None:
        """The end of "Saturday-Sunday", "Thursday and Friday", and the shift said after it."""
        step = place + (place < len(tokens) and tokens[place].text in ("-", "/"))
        other = self._weekdays.at(tokens, step)
        if other is None or other.means != (weekday + 1) % _WEEK:
            return None
        last = step + len(other.words)
        shift = self.shifts.get(tokens[last].text) if last < len(tokens) else None
        return last + (1 if shift else 0), shift

    def ago(self, tokens: Sequence[Token], place: int, today: date | None) -> Part | None:
        """The stretch behind "ago": "three days", "a year"."""
        step = place + (place < len(tokens) and tokens[place].text in self._about)
        vague = step < len(tokens) and tokens[step].text in self._some
        value = self._spelled.read(tokens, step)
        at = step + 1 if vague else value.last if value and not value.vague else step
        unit, count = self._units.get(tokens[at].text, ("", 0)) if at < len(tokens) else ("", 0)
        after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        if not unit or after in ("من", "علي") or (unit == "year" and after.isdigit()):
            return None
        number = value.low if value and not vague and not value.vague else count
        vague = vague or not number
        last = at + 1 + (after in ("قليله", "قليل", "معدوده"))
        found = None if vague and unit != "hour" else back(today, unit, number)
        return Part(last, precision(unit), found, relative=True, ago=True)

    def counted(self, tokens: Sequence[Token], place: int, today: date | None) -> Part | None:
        """With the number first: "the last 24 hours", "the last three days"."""
        value = self._spelled.read(tokens, place)
        if value is None or value.last + 1 >= len(tokens):
            return None
        unit, _ = self._units.get(tokens[value.last].text, ("", 0))
        shift = self.shifts.get(tokens[value.last + 1].text)
        if not unit or shift not in ("last", "next"):
            return None
        return Part(value.last + 2, "interval", span(today, unit, value.low, shift), relative=True)

    def stretch(self, tokens: Sequence[Token], place: int, today: date | None) -> Part | None:
        """With the article: "last month", "this year", "the last two days", "the last three weeks"."""
        step, shift = place, None
        if place + 1 < len(tokens) and tokens[place].text in self.these:
            step, shift = place + 1, "this"
        elif place < len(tokens) and tokens[place].text == self._latest:
            return self._latest_at(tokens, place + 1, today)
        unit = self.the_units.at(tokens, step)
        if unit is None:
            return None
        (name, count), last = unit.means, step + 1
        last += last < len(tokens) and tokens[last].text == "ال"  # "الساعات الـ24"
        value = self._spelled.read(tokens, last) if not shift else None
        number = value.low if value and value.low == value.high else count
        last = value.last if value else last
        last += last < len(tokens) and tokens[last].text in self._few
        if shift is None:
            shift = self.shifts.get(tokens[last].text) if last < len(tokens) else None
            last += 1
        if shift is None or (name == "day" and number == 1):
            return None
        edtf = span(today, name, number, shift)
        kind = name if number == 1 and name in ("month", "year") else "interval"
        return Part(last, kind, edtf, relative=True, cut=unit.cut if step == place else 0)

    def _latest_at(self, tokens: Sequence[Token], place: int, today: date | None) -> Part | None:
        value = self._spelled.read(tokens, place)
        step = value.last if value else place
        unit, count = self._units.get(tokens[step].text, ("", 0)) if step < len(tokens) else ("", 0)
        number = value.low if value else count
        if not unit or number < _SEVERAL:
            return None
        return Part(step + 1, "interval", span(today, unit, number, "last"), relative=True)
