"""What a sentence attributes to whom: verbs of reporting, relays and quotations cut it into stretches, each somebody's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from claimgraph.extract.complements import WHOLE, Complement, complement, is_empty, object_of, quotation, reporting_form
from claimgraph.extract.grammar import PREPOSITIONS, RELATIVE, STOPS, THAT, closed
from claimgraph.extract.lexicon import Form, Verb, lexicon
from claimgraph.extract.relays import Relay, Relays
from claimgraph.extract.reporters import Reporters, names_reporter
from claimgraph.extract.scene import Scene, Speaker
from claimgraph.extract.sentence import Sentence
from claimgraph.extract.speakers import Speakers
from claimgraph.extract.stated import Point, Stated
from claimgraph.extract.stretches import Stretches

_CAME = closed("came_this")
_THIS = closed("this")
_IN = closed("in")
_DESPITE = closed("despite")
_TIMES = closed("times")
_NEGATORS = closed("not_said")
_WHO = closed("who_alone")
_SURE = {"that": 0.9, "quote": 0.9, "before": 0.85, "noun": 0.75, "whole": 0.7}  # how plainly each joins speaker and words
_TAKEN_UP = 0.1  # by which it is less sure where the speaker is not named again
_COLON, _CONCESSION = 0.7, 0.6
_CLAUSE_MARKS = frozenset((",", ";", "."))
_HEADING = 14  # tokens before a colon that may name who speaks
_CAME_IN = 3  # tokens between "this came" and its "in"
_JOINED = 4  # tokens from a participle to the that-word or colon that follows it at once


class Attribution:
    """Reads the attributions of one report, sentence by sentence, in order."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.speakers = Speakers(scene)
        self.relays = Relays(self.speakers)
        self.reporters = Reporters(self.speakers)
        self.stretches = Stretches(scene.names.known)
        self._words = lexicon()

    def read(self, s: Sentence) -> list[Stated]:
        """All stretches of a sentence, in order."""
        opener = self.relays.opener(s) or 0
        relays = list(self.relays.find(s))
        for relay in relays:
            if relay.leading and not relay.first:
                self.scene.remember(relay.speaker)
        points = list(self._points(s, relays, opener))
        if not points:
            for relay in relays:
                self.scene.remember(relay.speaker)
        return [one for one in self.stretches.read(s, points, relays, opener) if one.last > one.first]

    def came_from(self, s: Sentence) -> Speaker | None:
        """Whose statement a sentence names that begins "this came in": what the sentence before said is theirs."""
        start = s.skip_marks(0)
        if s.word(start).lstrip("وف") not in _CAME or s.word(start + 1) not in _THIS:
            return None
        first = next((j for j in range(start + 2, min(start + 2 + _CAME_IN, len(s.words))) if s.words[j] in _IN), None)
        if first is None:
            return None
        last = next((j for j in range(first + 1, len(s.words)) if s.words[j] in RELATIVE or s.words[j] in THAT or s.words[j] == ":"), len(s.words))
        return self.speakers.read(s, first + 1, last)

    # --- points -----------------------------------------------------------------------------------------------------------

    def _points(self, s: Sentence, relays: Sequence[Relay], opener: int) -> Iterator[Point]:
        """Where reporting begins in a sentence, from ``opener`` on; words of relays begin none."""
        words, verbs = s.words, self._words.reporting.verbs
        edge, current, content, quote_end = opener, None, len(s.words), -1
        if colon := self._verbless(s):
            current, edge = colon.speaker, colon.content
            yield colon
        for place in [i for i, word in enumerate(words) if verbs(word) or (i and words[i - 1] in _DESPITE)]:
            if place < edge or any(relay.first <= place < relay.last for relay in relays):
                continue
            point = self._verb(s, place, current, content, relays, quoted=place < quote_end) or self._concession(s, place)
            if point is None:
                continue
            current, content, quote_end = point.speaker, point.content, point.end or -1
            self.scene.remember(point.speaker)
            yield point
            edge = len(words) if point.rule.endswith("before") else point.content

    def _verbless(self, s: Sentence) -> Point | None:
        """``The spokesman: we have …`` at the head of a sentence."""
        colon = s.words.index(":", 0, _HEADING) if ":" in s.words[:_HEADING] else 0
        if not colon or colon + 2 >= len(s.words) or s.words[colon - 1] == ",":
            return None
        if any(self._words.reporting.verbs(w) for w in s.words[:colon] if w and w[0].isalpha()):
            return None
        head = s.skip_marks(0)
        known = any(n.first <= head + 2 and n.is_a("Actor") for n in s.names)
        if not (known or names_reporter(s.words[head])):
            return None
        speaker = self.speakers.read(s, head, colon)
        if speaker is None:
            return None
        self.scene.remember(speaker)
        return Point(0, s.skip_marks(colon + 1), speaker, "colon", _COLON)

    def _verb(self, s: Sentence, place: int, current: Speaker | None, said: int, relays: Sequence[Relay], *, quoted: bool) -> Point | None:
        """A verb of reporting with what it reports; ``current`` spoke last in the sentence, from ``said`` on, ``quoted`` within their words."""
        form = reporting_form(s, place)
        if form is None or not _may_report(s, place, form, quoted=quoted):
            return None
        relative = _relative_before(s, place)
        antecedent = self._antecedent(s, relative, relays) if relative is not None else None
        found = complement(s, place, form, relays) if antecedent or relative is None else None
        if found is None:
            return None
        speaker, start = self.reporters.of(s, place, found.region_end, form, antecedent, current, said)
        if speaker is None:
            return None
        sure = _SURE[found.kind] - (_TAKEN_UP if speaker is current or antecedent else 0)
        return _point(s, place, form, found, speaker, start, sure, relays)

    def _concession(self, s: Sentence, place: int) -> Point | None:
        """``despite its announcement of full control``: a party named before announced it."""
        if s.word(s.before(place)) not in _DESPITE:
            return None
        form = next((f for f in self._words.reporting.nouns(s.words[place]) if f.suffix and "noun" in f.entry.takes), None)
        party = next((n for n in reversed(s.names) if n.last <= place and n.is_a("Actor") and n.key), None)
        if form is None or party is None:
            return None
        content = s.skip_marks(place + 1)
        when = next((w for w in s.whens if place < w.first <= content + 1), None)
        speaker = self.speakers.read(s, party.first, party.last)
        end = next((j for j in range(when.last + 2 if when else content, len(s.words)) if s.words[j] in STOPS), len(s.words))
        if speaker is None or end <= content:
            return None
        return Point(s.before(place), place, speaker, "concession", _CONCESSION, at=place, end=end)

    def _antecedent(self, s: Sentence, relative: int, relays: Sequence[Relay]) -> Speaker | None:
        """Whom "who said" follows: a known person, or the speaker of a relay, directly before it."""
        relayed = next((r.speaker for r in relays if r.last in (relative, relative - 1)), None)
        if relayed is not None:
            return relayed
        if s.words[relative] not in _WHO:
            return None
        end = s.before(relative) + 1
        if end > 0 and s.words[end - 1] == ",":
            end = s.before(end - 1) + 1
        person = next((n for n in reversed(s.names) if n.last >= end - 1 and n.first < end and n.is_a("Person") and n.key), None)
        if person is None:
            return None
        return self.speakers.read(s, person.first, person.last)


def _may_report(s: Sentence, place: int, form: Form[Verb], *, quoted: bool) -> bool:
    """Whether a verb attributes where it stands: not negated, and no verb within what someone is quoted with.

    A participle ("saying") does where it opens a clause: behind "and", a mark, a relative pronoun, or nothing.
    """
    if quoted and form.how != "participle":
        return False
    before = s.before(place)
    previous = s.word(before)
    if s.words[place].removeprefix("و") in PREPOSITIONS and before >= 0:  # بين is "between" unless it begins the sentence
        return False
    if previous in _NEGATORS and form.entry.stance != "denies":
        return False
    free = before < 0 or previous in RELATIVE or previous in _CLAUSE_MARKS or s.words[place - 1] == '"' or _joined(s, place)
    return form.how != "participle" or bool(form.prefix) or free


def _joined(s: Sentence, place: int) -> bool:
    """Whether what a participle reports follows at once, so that it needs no comma before it."""
    return any(word in THAT or word == ":" for word in s.words[place + 1 : place + _JOINED])


def _relative_before(s: Sentence, place: int) -> int | None:
    """The relative pronoun right before a verb; "at the time when" is none, as a clause of its own follows."""
    before = s.before(place)
    return before if s.word(before) in RELATIVE and s.word(before - 1) not in _TIMES else None


def _point(
    s: Sentence, place: int, form: Form[Verb], found: Complement, speaker: Speaker, start: int, sure: float, relays: Sequence[Relay]
) -> Point | None:
    """The point of a verb whose speaker is known; nothing where the noun that follows is not what someone says."""
    content, _, kind = found
    if kind == "before":
        return Point(content, content + 1, speaker, f"{form.how}-before", _SURE["before"], form, place, s.before(place) + 1)
    event = form.entry.event
    if kind == "noun":
        held = object_of(form.entry, s.words[content])
        if (form.entry.weak and held is None and form.how != "participle") or is_empty(s, content, relays):
            return None
        event = (form.entry.objects[held] if held else None) or event
    if event in WHOLE and kind in ("noun", "whole"):  # the act of speaking is what is claimed
        content = place
    content, end = (content, None) if content == place else quotation(s, content)
    return Point(start, content, speaker, f"{form.how}-{kind}", sure, form, place, end, event, s.word(s.before(place)) in _NEGATORS)
