"""From points and relays to stretches: where each speaker's words begin and end, and what is left to the outlet's own voice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from claimgraph.extract.grammar import HOLLOW, THAT
from claimgraph.extract.protocol import Known
from claimgraph.extract.relays import Relay
from claimgraph.extract.scene import Speaker
from claimgraph.extract.sentence import Sentence
from claimgraph.extract.stated import Point, Stated
from claimgraph.model.document import PUBLISHER

_WITHIN = 4  # tokens of a clause on either side of a relay that stands inside it
_REST = 6  # tokens behind a closed quotation from which they may say something of their own
_NEAR_END = 12  # tokens from the end of a sentence within which a relay governs all that stands before the first point
_INNER = 3  # tokens of what is reported, in which a relay passes it on from someone else
_HOLLOW = 4  # tokens between "the information" and its "that"
_RELAYED, _OWN, _AFTER_QUOTE = 0.8, 0.5, 0.3  # how sure stretches without a verb of reporting are


class Stretches:
    """Cuts sentences of one report into stretches."""

    def __init__(self, known: Known) -> None:
        self._whole = known.wholes

    def read(self, s: Sentence, points: Sequence[Point], relays: Sequence[Relay], opener: int) -> Iterator[Stated]:
        """The stretches of a sentence from its points and relays, in order; ``opener`` is where it begins to say something."""
        leading = next((r for r in relays if r.leading and not any(p.start < r.first for p in points)), None)
        trailing = [r for r in relays if not r.leading]
        edge = leading.content if leading else opener
        first_point = min((p.start for p in points), default=len(s.words))
        if first_point > edge:
            yield from self._own(s, edge, first_point, leading, trailing, opened=bool(opener))
        for number, point in enumerate(points):
            following = points[number + 1].start if number + 1 < len(points) else len(s.words)
            yield self._of_point(s, point, _end(point, following, trailing), relays)
            if point.end is not None and following - point.end > _REST:
                yield from _rest(s, point.end + 1, following, trailing)

    def _own(self, s: Sentence, first: int, last: int, leading: Relay | None, trailing: Sequence[Relay], *, opened: bool) -> Iterator[Stated]:
        """What stands before the first point: the outlet's own voice (``opened`` by "it is worth noting that"), or a relay's."""
        pieces = [(first, last)]
        for relay in trailing:
            if relay.last < last - _WITHIN and relay.first - first < _WITHIN:  # within the clause: it belongs to its words
                continue
            pieces = [piece for a, b in pieces for piece in ((a, min(b, relay.first)), (max(a, relay.last), b)) if piece[0] < piece[1]]
        governing = leading or next((r for r in trailing if r.first <= last or r.first >= len(s.words) - _NEAR_END), None)
        for a, b in pieces:
            if governing is None:
                yield Stated(a, b, None, "opened" if opened else "own-voice", _OWN, attributed=a)
            else:
                yield Stated(a, b, governing.speaker, governing.rule, _RELAYED, attributed=governing.first if leading else a)

    def _of_point(self, s: Sentence, point: Point, end: int, relays: Sequence[Relay]) -> Stated:
        """What is reported at a point up to ``end``, whose it is by the point and by the relays within and behind it."""
        verb = point.form.entry if point.form else None
        speaker, content = point.speaker, point.content
        inner = next((r for r in relays if r.leading and content - 1 <= r.first <= content + _INNER and r.content < end), None)
        if inner is not None:
            speaker = replace(speaker, hops=(*speaker.hops, *inner.speaker.hops))
            content = inner.content
        outer = next((r for r in relays if not r.leading and r.first >= end - 1), None)
        if outer is not None:
            speaker = self._through(outer.speaker, speaker)
        return Stated(
            _past_hollow(s, content, end),
            end,
            speaker,
            point.rule,
            round(point.confidence, 2),
            "denies" if verb and verb.stance == "denies" and not point.negated else "affirms",
            "possible" if point.negated else verb.certainty if verb else "certain",
            (point.at, point.at + 1) if point.form else None,
            point.start,
            point.event,
        )

    def _through(self, outer: Speaker, speaker: Speaker) -> Speaker:
        """A trailing relay over an attribution: the organ of the same party speaks itself, another one passes on."""
        if self._related(outer, speaker):
            return outer
        return replace(speaker, hops=(*outer.hops, *speaker.hops))

    def _related(self, outer: Speaker, inner: Speaker) -> bool:
        """Whether one is a part of the other, or speaks for it."""
        mine = {k for k in outer.keys if k != PUBLISHER} | {hop.speaks_for for hop in outer.hops if hop.speaks_for}
        theirs = {k for k in inner.keys if k != PUBLISHER}
        return any(a == b or self._whole.get(a) == b or self._whole.get(b) == a for a in mine for b in theirs)


def _end(point: Point, following: int, trailing: Sequence[Relay]) -> int:
    """Where what a point reports ends: with its quotation, at the next point, or at a relay behind it."""
    end = following if point.end is None else min(point.end, following)
    for relay in trailing:
        if point.content < relay.first < end:
            end = relay.first
    return end


def _rest(s: Sentence, first: int, last: int, trailing: Sequence[Relay]) -> Iterator[Stated]:
    """What follows a closed quotation: the outlet's own voice again, or that of a relay behind it."""
    first = s.skip_marks(first)
    while first < last and s.words[first] in (",", "."):
        first = s.skip_marks(first + 1)
    if any(r.first <= first < r.last for r in trailing):
        return
    relay = next((r for r in trailing if r.first > first), None)
    last = min(last, relay.first) if relay else last
    if last - first >= _REST:
        yield Stated(first, last, relay.speaker if relay else None, relay.rule if relay else "own-voice", _AFTER_QUOTE)


def _past_hollow(s: Sentence, content: int, end: int) -> int:
    """Past "the information confirms that", which adds nobody."""
    if content < end and s.words[content] in HOLLOW:
        for j in range(content + 1, min(content + 1 + _HOLLOW, end)):
            if s.words[j] in THAT:
                return s.skip_marks(j + 1)
    return content
