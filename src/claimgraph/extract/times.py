"""When: dates of a text, absolute ones and those that count from the day of publication, as EDTF.

Nothing is guessed: what counts from the publication date stays open (``edtf`` is ``None``) where that date is not known to the day.
The words are in ``lexicon/dates.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from claimgraph.extract.dated import Calendar
from claimgraph.extract.folding import Folded, fold
from claimgraph.extract.lexicon import data
from claimgraph.extract.phrases import Phrases
from claimgraph.extract.reckoning import DATED, YEARS, Part
from claimgraph.extract.tokens import Token, tokens_of
from claimgraph.model.dates import days_of

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MARKS = frozenset(('"', "'", "(", ")"))
_GLUE = frozenset((",", "-", "(", '"'))
_INSTANT = re.compile(r"\b(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(:\d{2})?(?:\.\d+)?(Z|[+-]\d{2}):?(\d{2})?(?!\d)", re.ASCII)
_WEEK = 7
_LEADS = 4  # words such as "evening", "day", "beginning" before one date


@dataclass(frozen=True, slots=True)
class When:
    """A time whose words are tokens ``[first, last)``.

    ``kind`` is day, month, year, interval, now, earlier, later, or hijri. ``edtf`` is ``None`` where it stays open. ``relative`` says that
    it counts from the publication date. ``conflict`` is (weekday said, weekday it is), in English, where a weekday contradicts the date.
    ``start`` is where its words begin in the folded copy, without a clitic.
    """

    first: int
    last: int
    edtf: str | None
    kind: str
    relative: bool = False
    conflict: tuple[str, str] | None = None
    start: int = 0


class _Reading(NamedTuple):
    """A date with what it was read from: the day where it is one, the weekday said, how many days before publication it is said to be."""

    when: Part
    weekday: int | None = None
    away: int | None = None


class Times:
    """Finds dates. Built once from the lexicon; keeps nothing of what it has read."""

    def __init__(self) -> None:
        held = data("dates")
        self._calendar = Calendar()
        self._open = Phrases((kind, phrase) for kind in ("now", "earlier", "later") for phrase in held[kind])
        self._clock = Phrases(("clock", phrase) for phrase in held["clock"])
        self._lead = Phrases((kind, phrase) for kind in ("clock", "day_words", "stretches") for phrase in held[kind])
        self._pairs = Phrases((kind, phrase) for kind in ("between", "from") for phrase in held[kind])
        self._since = Phrases(("since", phrase) for phrase in held["since"])
        self._to = Phrases((("to", phrase) for phrase in held["to"]), clitics=False)
        others = frozenset((*self._calendar.starts, *self._open, *self._pairs, *self._since))
        self._starts = others | frozenset(self._lead)
        self._leads = self._lead.alone() - others  # "in", "on": they begin a date only if one follows

    def find(self, tokens: Sequence[Token], published: str | None) -> list[When]:
        """The dates of a sentence, in order; none overlap. ``published`` is EDTF and counts if it is known to the day."""
        today = _day_of(published)
        found: list[When] = []
        edge, starts = 0, self._starts
        for place in [i for i, (text, _, _) in enumerate(tokens) if text in starts or text[0].isdigit()]:
            when = self._at(tokens, place, today) if place >= edge and self._may_begin(tokens, place) else None
            if when is not None:
                found.append(when)
                edge = when.last
        return found

    def _may_begin(self, tokens: Sequence[Token], place: int) -> bool:
        """Whether a date may begin with a word that begins one, by the word behind it."""
        if tokens[place].text not in self._leads or place + 1 >= len(tokens):
            return True
        following = tokens[place + 1]
        return following.is_number or following.text in self._starts

    def date_in(self, text: str) -> str | None:
        """The first full date of a publication line, as EDTF; with its clock where that says its zone. ``None`` if there is none."""
        instant = _INSTANT.search(text)
        if instant:
            day, seconds, zone, minutes = instant.groups()
            edtf = f"{day}{seconds or ':00'}{zone}{':' + (minutes or '00') if zone != 'Z' else ''}"
            if days_of(edtf):
                return edtf
        folded = fold(text)
        tokens = tokens_of(folded, 0, len(folded.plain))
        return next((w.edtf for w in self.find(tokens, None) if w.kind == "day" and w.edtf and not w.relative), None)

    # --- one date -----------------------------------------------------------------------------------------------------------

    def _at(self, tokens: Sequence[Token], place: int, today: date | None) -> When | None:
        spoken = self._spoken(tokens, place, today) or self._stretch(tokens, place, today)
        if spoken:
            return spoken
        at, cut = place, 0
        since = self._since.at(tokens, at)
        if since and not self._calendar.reads(tokens, at):
            cut, at = since.cut, at + len(since.words)
        lead = self._lead.at(tokens, at)
        cut = lead.cut if lead and at == place else cut
        at = self._led(tokens, at)
        reading = self._read(tokens, at, today, led=at > place)
        if reading is None:
            return None
        part = reading.when
        if at == place:
            cut = part.cut
        conflict = _conflict(reading, today)
        edtf = None if conflict and part.relative else part.edtf
        kind = part.kind
        if since and edtf and not part.ago and part.kind != "hijri":
            edtf, kind = f"{edtf.partition('/')[0]}/..", "interval"
        start = tokens[place].start + cut
        return When(place, self._with_clock(tokens, part.last), edtf, kind, part.relative, conflict, start)

    def _with_clock(self, tokens: Sequence[Token], place: int) -> int:
        """What follows a date: "in the evening"."""
        clock = self._clock.at(tokens, place)
        return place + len(clock.words) if clock and self._calendar.read(tokens, place + len(clock.words), None, led=True) is None else place

    def _spoken(self, tokens: Sequence[Token], place: int, today: date | None) -> When | None:
        """Words such as "until now", "earlier", "later"; "earlier today" is that day."""
        phrase = self._open.at(tokens, place)
        if phrase is None:
            return None
        last, start = place + len(phrase.words), tokens[place].start + phrase.cut
        if phrase.means == "now":
            return When(place, last, today.isoformat() if today else None, "now", relative=True, start=start)
        step = self._led(tokens, last + (last < len(tokens) and tokens[last].text in ("من", ",")))
        reading = self._read(tokens, step, today, led=True)
        if reading is not None and reading.when.kind == "day" and not reading.when.ago:
            conflict = _conflict(reading, today)
            return When(place, reading.when.last, None if conflict else reading.when.edtf, "day", reading.when.relative, conflict, start)
        edtf = f"../{today.isoformat()}" if today and phrase.means == "earlier" else None
        return When(place, last, edtf, phrase.means, relative=True, start=start)

    def _stretch(self, tokens: Sequence[Token], place: int, today: date | None) -> When | None:
        """Between two dates: "between Wednesday and Friday", "from 28 January to 3 February"."""
        opening = self._pairs.at(tokens, place)
        if opening is None:
            return None
        at = self._led(tokens, place + len(opening.words))
        begin = self._read(tokens, at, today, led=True)
        if begin is None or begin.when.ago:
            return None
        step = begin.when.last
        to = self._to.at(tokens, step)
        joined = step < len(tokens) and tokens[step].text == "و"
        if to or (joined and opening.means == "between"):
            step = self._led(tokens, step + (len(to.words) if to else 1))
        elif opening.means != "between" or step >= len(tokens) or not tokens[step].text.startswith("و"):
            return None
        end = self._read(tokens, step, today, led=True)
        if end is None:
            return None
        first, last = _whole(begin.when.edtf), _whole(end.when.edtf)
        if first and last and begin.when.relative and begin.when.rank == DATED:
            first = _in_year_of(first, last)
        elif begin.when.day and end.when.day and begin.weekday is not None and begin.away is None and begin.when.day > end.when.day:
            first = (begin.when.day - timedelta(_WEEK)).isoformat()  # of two weekdays the first comes first
        edtf = f"{first}/{last}" if first and last and first < last else None
        relative = begin.when.relative or end.when.relative
        return When(place, end.when.last, edtf, "interval", relative, start=tokens[place].start + opening.cut)

    def _led(self, tokens: Sequence[Token], place: int) -> int:
        """Where the words before a date end: "on the evening of the day"."""
        for _ in range(_LEADS):
            lead = self._lead.at(tokens, place)
            if lead is None or self._calendar.reads(tokens, place):
                break
            place += len(lead.words)
        return place

    # --- a date and the weekday beside it -----------------------------------------------------------------------------------

    def _read(self, tokens: Sequence[Token], place: int, today: date | None, *, led: bool) -> _Reading | None:
        """A date with what stands beside it and says the same day: "أمس السبت", "الأربعاء 26 كانون الثاني"."""
        first = self._calendar.read(tokens, place, today, led=led)
        if first is None:
            return None
        weekday, away = first.weekday, first.away
        part = first
        for _ in range(2):
            step = self._beside(tokens, part.last)
            more = self._calendar.read(tokens, step, today, led=step > part.last or part.weekday is not None, weekday=weekday) if step else None
            if more is None or not _same_day(part, more, weekday, away):
                break
            weekday = more.weekday if weekday is None else weekday
            away = more.away if away is None else away
            part = more._replace(cut=first.cut) if more.rank > part.rank else part._replace(last=more.last)
        last = part.last
        if last < len(tokens) and tokens[last].text == ")" and any(token.text == "(" for token in tokens[place:last]):
            part = part._replace(last=last + 1)
        return _Reading(part, weekday, away)

    def _beside(self, tokens: Sequence[Token], place: int) -> int | None:
        """Where a second name of the day may begin: behind a comma, a hyphen, a bracket, "corresponding to", a time of day."""
        step = place
        while step < len(tokens) and (tokens[step].text in _GLUE) and step < place + 2:
            step += 1
        lead = self._lead.at(tokens, step)
        if lead and lead.cut == 0:
            step = self._led(tokens, step)
        return step if step < len(tokens) else None

    # --- a report as a whole ------------------------------------------------------------------------------------------------

    def weekday_conflicts(self, tokens: Sequence[Token], published: str | None, folded: Folded | None = None) -> list[str]:
        """Sentences for a note: weekdays that the text gives and that the publication date, or the date beside them, contradicts."""
        return [
            f"The text says '{_words(tokens, w, folded)}', but that day is a {w.conflict[1]}, counted from the publication date {published}."
            if w.relative
            else f"The text says '{_words(tokens, w, folded)}', but {w.edtf} is a {w.conflict[1]}."
            for w in self.find(tokens, published)
            if w.conflict
        ]

    def implied(self, tokens: Sequence[Token]) -> list[str]:
        """The weekdays of publication that the text implies, in its order: "أمس السبت" was written on a Sunday."""
        return [WEEKDAYS[day] for day in self._implied(tokens)]

    def agrees(self, tokens: Sequence[Token], published: str | None) -> bool | None:
        """Whether a publication date has a weekday that the text implies; ``None`` where the text implies none, or the date no day."""
        today, implied = _day_of(published), list(self._implied(tokens))
        return None if today is None or not implied else today.weekday() in implied

    def _implied(self, tokens: Sequence[Token]) -> Iterator[int]:
        edge, starts = 0, self._calendar.starts
        for place in [i for i, (text, _, _) in enumerate(tokens) if text in starts]:
            reading = self._read(tokens, place, None, led=False) if place >= edge else None
            if reading is None:
                continue
            if reading.weekday is not None and reading.away is not None:
                yield (reading.weekday - reading.away) % _WEEK
            edge = reading.when.last


def _same_day(one: Part, other: Part, weekday: int | None, away: int | None) -> bool:
    """Whether two names of a day side by side can mean one: each says something that the other leaves open."""
    if one.kind != "day" or other.kind != "day" or one.ago or other.ago:
        return False
    if other.weekday is not None:
        return weekday is None
    return (other.away is not None and away is None and one.weekday is not None) or (other.rank > one.rank and other.away is None)


def _conflict(reading: _Reading, today: date | None) -> tuple[str, str] | None:
    """The weekday said and the weekday it is."""
    part, said = reading.when, reading.weekday
    if said is None:
        return None
    day = today + timedelta(reading.away) if reading.away is not None and today and part.rank < DATED else part.day
    if day is None or day.weekday() == said:
        return None
    return WEEKDAYS[said], WEEKDAYS[day.weekday()]


def _day_of(published: str | None) -> date | None:
    """The publication date, if it is known to the day (and to be that of a news report)."""
    days = days_of(published) if published else None
    return days.first if days and days.first and days.first == days.last and days.first.year in YEARS else None


def _in_year_of(first: str, last: str) -> str:
    """The beginning of a stretch in the year of its end, or in the year before if it would come after it."""
    if first[4:] > last[4:]:
        return f"{int(last[:4]) - 1}{first[4:]}"
    return last[:4] + first[4:]


def _whole(edtf: str | None) -> str | None:
    """A date that is no stretch."""
    return edtf if edtf and "/" not in edtf else None


def _words(tokens: Sequence[Token], when: When, folded: Folded | None) -> str:
    if folded is None:
        return " ".join(token.text for token in tokens[when.first : when.last])
    start, end = folded.span(when.start, tokens[when.last - 1].end)
    return folded.text[start:end]
