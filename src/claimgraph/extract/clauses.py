"""Cutting what one speaker says into claims: where clauses say different things of different events."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from claimgraph.extract import triggers
from claimgraph.extract.grammar import OF, PREPOSITIONS, RELATIVE, STOPS, THAT, by_first, closed
from claimgraph.extract.lexicon import data
from claimgraph.extract.sentence import MARKS, Sentence
from claimgraph.extract.triggers import Head, Triggers

_USUAL = 2  # the weight up to which a word may be a detail of the event before it
_SHORTEST, _TWO = 3, 2  # words of a claim: fewer say nothing, and two only where they name an event ("the escape of prisoners")
_VERB_NEAR = 4  # tokens between a connector and the verb of its clause
_WHICH_NEAR = 3  # tokens between "which" and its verb
_NUMBER_NEAR = 9  # tokens between "after" and the number of the event it names
_COUNTED = 14  # tokens of a clause within which its number stands
_AMONG_NUMBER = 4  # tokens between "among whom" and how many
_FIRST_PART = 5  # tokens of a clause that its first comma does not end
_PASSING = 2  # tokens before a clause's noun from which it is named in passing
_CONNECTORS = closed("connectors")
_RELATIVE_RESULT = closed("results")
_HEDGES = closed("hedges")
_RISES = closed("rises")
_AMONG = closed("among")
_WHO = closed("who")
_AND_WHICH = closed("and_which")
_AFTER = closed("after")
_WAS = closed("was")
_SINCE = closed("since")
_PLAIN = closed("plain_relative")
_WHAT = closed("what")
_SHED = closed("shed")
_LOOSE = closed("loose")
_BEGINS = closed("begins")
_MAY = closed("may")
_SHIFTS = by_first(data("relays")["shifts"])
_BEFORE_CLAIM = MARKS | frozenset((",", ";", ":", ".", "؟", "?", "!", "-"))
_BEHIND_CLAIM = MARKS | _LOOSE | frozenset((",", ";", ":", ".", "!", "-", "..", "..."))


def split(s: Sentence, found: Triggers, first: int, last: int) -> list[tuple[int, int]]:
    """The clauses of ``[first, last)`` that are claims of their own, as ranges without marks at their ends."""
    cuts = [first]
    for place, step in _Candidates(s, found, first, last):
        if _parts(s, found, cuts[-1], place, step, last):
            cuts.append(step)
    ranges = [_trimmed(s, a, b) for a, b in zip(cuts, [*cuts[1:], last], strict=True)]
    return [(a, b) for a, b in ranges if _says(s, found, a, b)]


# --- where clauses may end ----------------------------------------------------------------------------------------------------


class _Candidates:
    """Where a clause of ``[first, last)`` may end (``place``) and the next one begins (``step``), as pairs, in order.

    Each method but the iteration is for one construction and gives the step, or nothing.
    """

    def __init__(self, s: Sentence, found: Triggers, first: int, last: int) -> None:
        self._s, self._found, self._first, self._last = s, found, first, last
        tensed = {e.place: e.prefix for e in found.events if e.finite}
        lights = {v.place: v.prefix for v in found.lights}
        self._verbs = tensed | lights  # prefixes of all verbs by place
        self._full = tensed.keys() - lights.keys()
        self._nouns = {e.place for e in found.events if e.how == "noun" and e.prefix == "و" and e.trigger.weight > 1}

    def __iter__(self) -> Iterator[tuple[int, int]]:
        words = self._s.words
        for place in range(self._first + 2, self._last - 1):
            word = words[place]
            if not word or not (word in _SPLITS or place in self._verbs or place in self._nouns):
                continue
            after_comma = words[place - 1] in STOPS or (words[place - 1] == '"' and words[place - 2] == ",")
            step = self._at(place, word, after_comma=after_comma)
            if step is not None:
                yield place, step

    def _at(self, place: int, word: str, *, after_comma: bool) -> int | None:
        if word in THAT and word[0] == "و":  # "and that"
            return place + 1
        if self._stands_alone(place, word, after_comma=after_comma):
            return place
        if after_comma and word in _CONNECTORS and (word in _SINCE or self._verb_follows(place)):  # "…, while"
            return place + 1 if word in _SHED else place
        if self._among_whom(place, word) or self._and_which(place, word) or (after_comma and self._after(place, word)):
            return place + 1
        step = self._result(place, word, after_comma=after_comma)
        return place if step is None and self._verb_begins(place, word) else step

    def _stands_alone(self, place: int, word: str, *, after_comma: bool) -> bool:
        """A noun of an event behind "and", a new toll ("bringing the number to"), a word that changes how sure it sounds."""
        hedged = word in _HEDGES and (after_comma or self._s.words[place - 1] in RELATIVE)
        return place in self._nouns or word in _RISES or hedged

    def _verb_follows(self, place: int) -> bool:
        return any(step in self._verbs for step in range(place + 1, min(place + 1 + _VERB_NEAR, self._last)))

    def _among_whom(self, place: int, word: str) -> bool:
        """``الذين من بينهم اثنان``: those of whom a part is counted."""
        return word in _WHO and self._s.word(place + 1) in OF and self._s.word(place + 2) in _AMONG

    def _and_which(self, place: int, word: str) -> bool:
        """``والتي`` with a verb near."""
        return word in _AND_WHICH and any(step in self._full for step in range(place + 1, place + 1 + _WHICH_NEAR))

    def _after(self, place: int, word: str) -> bool:
        """``بعد تمرد شارك فيه ألف``: an earlier event with a number of its own."""
        return word in _AFTER and any(place < n.first < place + _NUMBER_NEAR and n.of for n in self._s.numbers)

    def _result(self, place: int, word: str, *, after_comma: bool) -> int | None:
        """``ما أدى إلى``: the result begins past the light verb and its preposition."""
        if word not in _RELATIVE_RESULT or not (after_comma or word in _WHAT):
            return None
        for verb in self._found.lights:
            if place < verb.place <= place + _WHICH_NEAR and verb.light.causes:
                step = verb.place + 1
                return step + 1 if self._s.word(step) in PREPOSITIONS else step
        return place + 1 if after_comma and word not in _PLAIN else None

    def _verb_begins(self, place: int, word: str) -> bool:
        """A verb behind its own "and", or one that "was" makes past."""
        if word in _WAS and place + 1 in self._verbs and self._s.words[place - 1] != "," and self._s.word(self._s.before(place)) not in RELATIVE:
            return True
        return word[0] in "وف" and self._verbs.get(place, "")[:1] in ("و", "ف")


_SPLITS = THAT | _RISES | _HEDGES | _CONNECTORS | _WHO | _AND_WHICH | _AFTER | _RELATIVE_RESULT | _WAS


# --- whether they end there ---------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Cut:
    """A possible cut: what the clause before is about and what the one that begins at ``step``, and whether each bears a number."""

    s: Sentence
    first: int
    place: int
    step: int
    before: Head
    after: Head
    counted_before: bool
    counted_after: bool

    @property
    def word(self) -> str:
        """The word where the clause before ends."""
        return self.s.words[self.place]

    @property
    def differs(self) -> bool:
        """Whether the two are of different events."""
        return self.after.occurrence.trigger.type != self.before.occurrence.trigger.type


def _parts(s: Sentence, found: Triggers, first: int, place: int, step: int, last: int) -> bool:
    """Whether what begins at ``step`` says something different of a different event than what stands since ``first``."""
    word = s.words[place]
    if word in _WHO:
        return any(step <= n.first < step + _AMONG_NUMBER for n in s.numbers)
    before, after = triggers.head(s, found, first, place), triggers.head(s, found, step, _next_stop(s, step, last))
    if after is None:
        return before is not None and word in THAT
    if before is None:
        return word in _RISES or word in THAT or step > place + 1
    cut = _Cut(
        s, first, place, step, before, after,
        counted_before=any(first <= n.first < place and not n.part for n in s.numbers),
        counted_after=any(step <= n.first < min(last, step + _COUNTED) and not n.part for n in s.numbers),
    )  # fmt: skip
    return next((told for rule in _RULES if (told := rule(cut)) is not None), cut.differs and (s.words[place - 1] in STOPS or cut.counted_after))


def _next_stop(s: Sentence, place: int, last: int) -> int:
    """A clause's first part: to its next comma, but not less than a few words."""
    return next((j for j in range(place + _FIRST_PART, last) if s.words[j] in STOPS), last)


def _only_persons(cut: _Cut) -> bool | None:
    """``والمعتقلون``: those concerned, without a number, say nothing new."""
    counted = any(n.first >= cut.step for n in cut.s.numbers)
    return False if cut.after.occurrence.how == "persons" and not counted else None


def _opened_anew(cut: _Cut) -> bool | None:
    """``ويرجح``, ``ليرتفع العدد``, ``وأن``, ``ما أدى إلى``: a change of certainty, a new toll, another that-clause, a result."""
    word = cut.word
    return True if word in _HEDGES or word in _RISES or word in THAT or cut.step > cut.place + 1 else None


def _noun_joined(cut: _Cut) -> bool | None:
    """``مقتل … وإصابة …``: two nouns of events, where either bears a number."""
    after = cut.after.occurrence
    if after.place != cut.place or after.how != "noun":
        return None
    return cut.before.occurrence.how == "noun" and cut.differs and (cut.counted_before or cut.counted_after)


def _both_counted(cut: _Cut) -> bool | None:
    """Each of the two clauses has its own number."""
    return True if cut.counted_before and cut.counted_after else None


def _earlier_event(cut: _Cut) -> bool | None:
    """``بعد``: an earlier event is another claim only with a number of its own."""
    return cut.differs and cut.counted_after if cut.word in _AFTER else None


def _described_further(cut: _Cut) -> bool | None:
    """``والتي``: a further description, unless it tells plainly of another event."""
    return cut.differs and cut.after.occurrence.trigger.weight > _USUAL if cut.word in _AND_WHICH and cut.step == cut.place + 1 else None


def _in_passing(cut: _Cut) -> bool | None:
    """The clause before only names an event in passing, while its own verb says something else."""
    about = cut.before
    passing = about.occurrence.how == "noun" and about.light is None and about.occurrence.place > cut.s.skip_marks(cut.first) + _PASSING
    return False if passing and not cut.counted_before else None


def _how_it_came(cut: _Cut) -> bool | None:
    """``وتم إدخال سيارة``: how it came about, without a number."""
    light = cut.after.light
    return False if light is not None and light.light.subject is None and not light.light.causes and not cut.counted_after else None


def _resulted(cut: _Cut) -> bool | None:
    """``ما``, ``الذي``: a result is told by its number or by a verb that causes."""
    if cut.word not in _RELATIVE_RESULT:
        return None
    return cut.differs and (cut.counted_after or (cut.after.light is not None and cut.after.light.light.causes))


def _used_to(cut: _Cut) -> bool | None:
    """``كان`` before a verb: background, unless a quotation ends before it."""
    return cut.differs and cut.s.words[cut.place - 1] == '"' if cut.word in _WAS else None


_RULES = (  # the first that tells decides
    _only_persons, _opened_anew, _noun_joined, _both_counted, _earlier_event, _described_further, _in_passing, _how_it_came, _resulted, _used_to,
)  # fmt: skip


# --- the clause's own words ---------------------------------------------------------------------------------------------------


def _trimmed(s: Sentence, first: int, last: int) -> tuple[int, int]:
    """Without marks and conjunctions at the ends; quotation marks that pair inside stay."""
    words = s.words
    first = past_shift(s, first, last)
    while first < last and words[first] in _BEFORE_CLAIM:
        first += 1
    while last > first and (words[last - 1] in _BEHIND_CLAIM or (words[last - 1] in THAT and words[last - 1][0] == "و")):
        if words[last - 1] == '"' and words[first : last - 1].count('"') % 2:
            break
        last -= 1
    while first > 0 and words[first - 1] == '"' and words[first:last].count('"') % 2:
        first -= 1
    return first, last


def _says(s: Sentence, found: Triggers, first: int, last: int) -> bool:
    """Whether words are enough to say something."""
    words = s.count(first, last)
    return words >= _SHORTEST or (words == _TWO and any(first <= e.place < last for e in found.events))


def past_shift(s: Sentence, first: int, last: int) -> int:
    """Past phrases that only lead over from one topic or speaker to the next ("meanwhile,"), and the comma behind them."""
    start = s.skip_marks(first, last)
    word = s.word(start)
    for text in (word, word[1:] if word[:1] in ("و", "ف") else ""):
        for steps in _SHIFTS.get(text, ()):
            if tuple(s.words[start + 1 : start + 1 + len(steps)]) == steps:
                start += 1 + len(steps)
                return start + 1 if s.word(start) == "," else start
    if word in _BEGINS and not (word in _MAY and s.word(start + 1).startswith(("ي", "ت", "ن"))):  # "may": how sure it is
        return start + 1
    return first
