"""The default extractor: rules held as data, no model, no network."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from pydantic import ValidationError

from claimgraph.extract import clauses, triggers
from claimgraph.extract.attribution import Attribution
from claimgraph.extract.drafts import Draft, finished
from claimgraph.extract.folding import Folded, fold
from claimgraph.extract.frames import Frame, Frames
from claimgraph.extract.grammar import closed
from claimgraph.extract.hedging import certainty_of
from claimgraph.extract.layout import layout
from claimgraph.extract.names import Names
from claimgraph.extract.numbers import Numbers
from claimgraph.extract.protocol import Known
from claimgraph.extract.publication import Publication, appeared, with_publisher
from claimgraph.extract.scene import Scene, Speaker
from claimgraph.extract.sentence import Sentence
from claimgraph.extract.sites import Sites
from claimgraph.extract.stated import Stated
from claimgraph.extract.times import Times, When
from claimgraph.extract.tokens import Token, rejoined, sentences_of, tokens_of
from claimgraph.extract.voice import is_news
from claimgraph.model.document import ClaimsDocument, Event, Report

_THEY = closed("they")
_THEM_WITHIN = 3  # words of a clause, among which "that they" stands
_LATER, _LESS = 2, 0.1  # tokens into a stretch from which a claim is a later one, and by which it is less sure


class RuleExtractor:
    """Rules over Arabic news text. Immutable: the same report gives the same claims."""

    name = "rules"
    version = "1"

    def __init__(self, known: Known) -> None:
        self._names = Names(known)
        self._numbers = Numbers()
        self._times = Times()

    def extract(self, report: Report) -> ClaimsDocument:
        """The report with the claims its text makes; see :class:`~claimgraph.extract.protocol.Extractor`."""
        folded = fold(report.text)
        page = layout(folded)
        blocks = [tokens_of(folded, bisect_left(folded.at, b.start), bisect_left(folded.at, b.end)) for b in page.body]
        publication = appeared(report, page, [token for tokens in blocks for token in tokens], folded, self._times)
        sentences = list(self._sentences(folded, blocks, publication))
        publication = with_publisher(publication, page, folded, self._names, (name for s in sentences for name in s.names))
        reading = _Reading(self._names, publication, sentences)
        drafts: list[Draft] = []
        for s in sentences:
            if speaker := reading.attribution.came_from(s):
                _attribute_again(drafts, s, speaker)
            with suppress(ValidationError):  # a name or gap longer than any field may be: no writer's sentence
                drafts += list(reading.drafts(s))
        return finished(report, page, publication, drafts, self._names, f"{self.name}-{self.version}")

    def _sentences(self, folded: Folded, blocks: Sequence[Sequence[Token]], publication: Publication) -> Iterator[Sentence]:
        for number, tokens in enumerate(blocks):
            for first, last in sentences_of(tokens):
                some = list(tokens[first:last])
                words = rejoined(some)
                names, numbers = self._names.find(words), self._numbers.find(some)
                yield Sentence(folded, some, words, names, numbers, self._times.find(some, publication.published), number)


class _Reading:
    """One report being read, in order: what was said before decides what pronouns and short names mean."""

    def __init__(self, names: Names, publication: Publication, sentences: list[Sentence]) -> None:
        self.scene = Scene(names, publication.publisher)
        self.sites = Sites(self.scene)
        self.sites.survey(sentences)
        self.attribution = Attribution(self.scene)
        self.frames = Frames(self.scene, self.sites)

    def drafts(self, s: Sentence) -> Iterator[Draft]:
        """The claims of a sentence."""
        found = triggers.find(s)
        stated = self.attribution.read(s)
        edge = 0  # where the words of attribution may begin: behind what was stated before
        said: When | None = None
        for one in stated:
            said = self._said(s, one, edge) or (said if one.rule.endswith(("that", "noun")) and one.speaker else None)
            ranges = clauses.split(s, found, one.first, one.last)
            drafted: Frame | None = None
            for number, (first, last) in enumerate(ranges):
                binding = one.rule.endswith(("noun", "whole"))
                frame = self.frames.read(s, found, first, last, one.event if number == 0 else None, binding=binding)
                if one.event == frame.event.type and one.speaker is not None:
                    frame.event = _spoken_act(frame.event, s, one, first)
                if number and frame.event.quantity is None and drafted is not None and _of_them(s, first):
                    frame.event = frame.event.model_copy(update={"quantity": drafted.event.quantity})
                drafted = frame
                if (one.rule in ("own-voice", "opened") or one.rule.startswith("relay")) and not is_news(
                    s, found, first, last, frame, said=one.speaker is not None or one.rule == "opened"
                ):
                    continue
                edge = one.last
                yield Draft(s, first, last, _of_clause(one, first), _with_certainty(s, frame, one), said)

    @staticmethod
    def _said(s: Sentence, one: Stated, edge: int) -> When | None:
        """When it was said: a date among the words of attribution."""
        if one.speaker is None or one.rule.startswith("relay"):
            return None
        inside = [w for w in s.whens if min(one.attributed, edge) <= w.first < one.first]
        return next((w for w in inside if w.kind != "now"), None)


def _attribute_again(drafts: list[Draft], s: Sentence, speaker: Speaker) -> None:
    """Give the claims of the sentence before, as far as they have no source of their own, to the one in whose statement "this came"."""
    before = drafts[-1].sentence if drafts else None
    for draft in drafts:
        if draft.sentence is before and draft.sentence is not s and (draft.stated.speaker is None or draft.stated.rule.endswith("whole")):
            draft.stated = replace(draft.stated, speaker=speaker, rule="came-in", verb=None)


def _spoken_act(event: Event, s: Sentence, one: Stated, first: int) -> Event:
    """A demand, an accusation, praise or a threat with who makes it and whom it addresses, as far as they are known."""
    keys = one.speaker.keys if one.speaker else frozenset()
    addressed = {n.key for n in s.names if one.verb and one.verb[0] < n.first < first and n.key and n.is_a("Actor") and n.key not in keys}
    origin = one.speaker.hops[-1].agent if one.speaker else None
    actors = frozenset((origin,)) if origin else event.actors
    return event.model_copy(update={"actors": actors, "targets": (event.targets | addressed) - actors})


def _of_them(s: Sentence, first: int) -> bool:
    """Whether a clause goes on about those counted before: "it is likely that they …"."""
    return any(word in _THEY for word in s.words[first : first + _THEM_WITHIN])


def _of_clause(one: Stated, first: int) -> Stated:
    """The stretch as a claim's own: later claims of a stretch are a little less sure."""
    return one if first <= one.first + _LATER else replace(one, confidence=round(one.confidence - _LESS, 2))


def _with_certainty(s: Sentence, frame: Frame, one: Stated) -> Frame:
    """What sounds sure in itself is as sure as the words that report it ("is expected to", "voiced his belief that")."""
    if frame.certainty == "certain":
        frame.certainty = one.certainty if one.certainty != "certain" else certainty_of(s, one.attributed, one.first, attribution=True)
    return frame
