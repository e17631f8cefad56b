"""Which stretches of the outlet's own voice are claims: those that state an event or a state of affairs."""

from __future__ import annotations

from claimgraph.extract.clitics import noun_cuts
from claimgraph.extract.frames import Frame
from claimgraph.extract.grammar import ADJUNCTS, PREPOSITIONS, RELATIVE, SHIFTS
from claimgraph.extract.lexicon import lexicon
from claimgraph.extract.sentence import Sentence
from claimgraph.extract.triggers import Triggers

_SAID = 3  # words of what somebody says
_SHORTEST = 4  # words: fewer are a heading or a fragment


def is_news(s: Sentence, found: Triggers, first: int, last: int, frame: Frame, *, said: bool) -> bool:
    """Whether a stretch in the outlet's own voice says that something happens or stands; what is ``said`` by somebody need be no known event."""
    if s.count(first, last) < (_SAID if said else _SHORTEST) or s.words[last - 1 : last] == ["?"] or (last < len(s.words) and s.words[last] == "?"):
        return False
    start = s.skip_marks(first, last)
    while start < last and (s.words[start] in SHIFTS or start in s.dates):
        start = s.skip_marks(start + 1, last)
    if _reports(s.word(start)):
        return False
    about = frame.head
    finite = [e.place for e in found.events if first <= e.place < last and e.finite] + [v.place for v in found.lights if first <= v.place < last]
    if _aside(s.word(start)) and not any(not _described(s, place, start) for place in finite):
        return False
    if said:
        return True
    if about is None or frame.event.type == "other":
        return False
    return bool(finite) or about.occurrence.trigger.weight > 1


def _reports(word: str) -> bool:
    """Whether a stretch begins with a verb of reporting whose object tells of no event: it says that something was said."""
    return any(form.how in ("past", "present") and not form.entry.weak for form in lexicon().reporting.verbs(word)) if word else False


def _aside(word: str) -> bool:
    """Whether a stretch begins with a circumstance: after, during, at the same time as."""
    return (
        word in PREPOSITIONS
        or word in ADJUNCTS
        or word.lstrip("وف") in PREPOSITIONS | ADJUNCTS
        or any(c.prefix in ("ب", "وب") for c in noun_cuts(word))
    )


def _described(s: Sentence, place: int, start: int) -> bool:
    """Whether a verb stands in a relative clause."""
    return any(w in RELATIVE for w in s.words[max(start, place - 8) : place])
