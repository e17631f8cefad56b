"""Relays: phrases that attribute without a verb of their own (according to, quoting, as … announced)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from claimgraph.extract.clitics import REMEMBERED
from claimgraph.extract.folding import fold_word
from claimgraph.extract.grammar import RELATIVE, THAT, Steps, by_first, closed
from claimgraph.extract.lexicon import data, lexicon
from claimgraph.extract.scene import Speaker
from claimgraph.extract.sentence import Sentence
from claimgraph.extract.speakers import Speakers

_LONGEST = 22  # tokens of a relay's speaker, titles and names included
_STOPS = frozenset((",", ";", ":", ".", "?", "!"))
_CAME, _CAME_WHERE, _TONGUE = closed("came_in"), closed("came_where"), closed("tongue")
_WHAT, _UPON, _SAID_OF, _SO = closed("whatever"), closed("upon"), closed("said_of"), tuple(closed("so"))
_OPENERS = closed("openers") | {","}
_LIST = data("relays")
_FIXED, _SELF, _OWN = by_first(_LIST["phrases"]), by_first(_LIST["self"]), by_first(_LIST["own_voice"])
_AS = frozenset(fold_word(prefix + word) for word in _LIST["as_said"] for prefix in ("", "و"))
_RULES = frozenset(fold_word(word) for word in _LIST["not_before"])
_BEFORE_CONTENT = THAT | {",", ":", '"', ""}
_TO = 2  # letters of a word that begins with a preposition, at least


@dataclass(frozen=True, slots=True)
class Relay:
    """An attributing phrase at ``[first, last)``; a leading one governs what follows from ``content``, a trailing one its sentence."""

    first: int
    last: int
    content: int
    speaker: Speaker
    leading: bool
    rule: str


class Relays:
    """Finds relays in sentences."""

    def __init__(self, speakers: Speakers) -> None:
        self.speakers = speakers
        self._words = lexicon()

    def find(self, s: Sentence) -> Iterator[Relay]:
        """The relays of a sentence, in order."""
        edge = 0
        for place in [i for i, word in enumerate(s.words) if _may_begin(word)]:
            relay = self._at(s, place) if place >= edge else None
            if relay is not None:
                yield relay
                edge = relay.last

    def opener(self, s: Sentence) -> int | None:
        """Where the outlet's own words begin after "it is worth noting that"; nothing if no such phrase opens the sentence."""
        return _matched(_OWN, s, s.skip_marks(0))

    def _at(self, s: Sentence, place: int) -> Relay | None:
        if back := _matched(_SELF, s, place):
            speaker = self.speakers.scene.last()
            return Relay(place, back, back, speaker, leading=False, rule="relay-trailing") if speaker else None
        after = self._phrase(s, place)
        if after is None:
            after = self._as_said(s, place)
        if after is None or s.word(s.skip_marks(after)) in _RULES:
            return None
        leading = self._leads(s, place)
        end = self._end(s, after)
        speaker = self.speakers.read(s, after, end)
        if speaker is None:
            return None
        last, content = self._content(s, end)
        if leading:
            return Relay(place, last, content, speaker, leading=True, rule="relay-leading")
        return Relay(place, end, content, speaker, leading=False, rule="relay-trailing")

    def _phrase(self, s: Sentence, place: int) -> int | None:
        """Where the speaker begins after a relay's fixed words, and after "what … said" behind them."""
        word = s.words[place]
        for text, prefix in ((word, ""), (word[1:], word[:1])):
            if prefix and prefix not in "وف":
                continue
            for steps in _FIXED.get(text, ()):
                after = self._match(s, place + 1, steps)
                if after is not None:
                    return self._past_verb(s, after)
        return None

    @staticmethod
    def _match(s: Sentence, place: int, steps: Steps) -> int | None:
        """Where the words of a phrase end that are to begin at ``place``; marks between them are passed over."""
        for step in steps:
            place = s.skip_marks(place)
            word = s.word(place)
            if step.endswith("-"):  # a preposition written together with what follows
                return place if word.startswith(step[:-1]) and len(word) > _TO else None
            if word != step:
                return None
            place += 1
        return place

    def _past_verb(self, s: Sentence, place: int) -> int | None:
        """Past "what … said", "what came in a statement of"."""
        place = s.skip_marks(place)
        if s.word(place) not in _WHAT:
            return place
        return self._past_said(s, place + 1)

    def _past_said(self, s: Sentence, place: int) -> int | None:
        """Past a verb of reporting and the words that stand between it and who said it."""
        word = s.word(place)
        if word in _CAME:
            place += 1
            if s.word(place) in _CAME_WHERE:
                place += 1
                place += s.word(place) in _TONGUE
            return place
        if not self._words.reporting.verbs(word):
            return None
        place += 1
        while s.word(place) in _SAID_OF or place in s.dates:
            place += 1
        return place

    def _as_said(self, s: Sentence, place: int) -> int | None:
        """``as the army announced``: but not where what it announced follows."""
        steps = 1 if s.words[place] in _AS else 2 if s.words[place] in _UPON and s.word(place + 1) in _WHAT else 0
        if not steps:
            return None
        after = self._past_said(s, place + steps)
        if after is None:
            return None
        if any(w in THAT or w == ":" for w in s.words[after : after + _LONGEST]):
            return None
        return after

    def _leads(self, s: Sentence, place: int) -> bool:
        """Whether it opens a clause: at the head of the sentence, or right after "that"."""
        before = s.before(place)
        while before >= 0 and s.words[before] in _OPENERS:
            before = s.before(before)
        return before < 0 or s.words[before] in THAT

    def _end(self, s: Sentence, place: int) -> int:
        """Where the relay's speaker ends: at a stop, a that-word, a "so", a relative clause; a comma before a person's name does not end it."""
        end = place
        limit = min(len(s.words), place + _LONGEST)
        while end < limit:
            word = s.words[end]
            if word in THAT or (word in _STOPS and not (word == "," and self.speakers.apposed(s, s.skip_marks(end + 1)))):
                break
            if end > place and (word in RELATIVE or word.startswith(_SO)):
                break
            end += 1
        return end

    @staticmethod
    def _content(s: Sentence, end: int) -> tuple[int, int]:
        """Where what a leading relay governs begins: past the comma or the "so that"; a relative clause before it is the relay's."""
        place = end
        if place < len(s.words) and s.words[place] in RELATIVE:
            while place < len(s.words) and s.words[place] not in (",", ";") and s.words[place] not in THAT:
                place += 1
        content = place
        while content < len(s.words) and s.words[content] in _BEFORE_CONTENT:
            content += 1
        return end, content


@lru_cache(REMEMBERED)
def _may_begin(word: str) -> bool:
    """Whether any relay begins with this word."""
    return word in _AS or word in _UPON or any(text in phrases for text in (word, word[1:]) for phrases in (_FIXED, _SELF))


def _matched(phrases: dict[str, list[Steps]], s: Sentence, place: int) -> int | None:
    """Where a fixed phrase that begins at ``place`` ends."""
    word = s.word(place)
    for text in (word, word[1:] if word[:1] in ("و", "ف") else ""):
        for steps in phrases.get(text, ()):
            if all(s.word(place + 1 + k) == step for k, step in enumerate(steps)):
                return place + 1 + len(steps)
    return None
