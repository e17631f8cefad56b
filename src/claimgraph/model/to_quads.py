"""Claims -> quads: one claims document as the statements of one named graph.

The mapping is a function of the document, the base IRI and the known keys alone: the same input gives the same quads, every node
has an IRI, and every literal is minted in the lexical form that stores keep. Its version is :data:`MAPPING_VERSION`; a store
whose index was mapped by another version maps again.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from pyoxigraph import Literal, NamedNode, Quad

from claimgraph.model import fields
from claimgraph.model.canonical import version_of
from claimgraph.model.dates import days_of
from claimgraph.model.document import PUBLISHER
from claimgraph.model.names import Base, ReportName, part
from claimgraph.model.vocabulary import CG, DCTERMS, OA, PROV, RDF_TYPE, XSD_BOOLEAN, XSD_DATE, XSD_DECIMAL, XSD_INTEGER, concept

if TYPE_CHECKING:
    from pydantic import BaseModel

    from claimgraph.model.document import Claim, ClaimsDocument, Event, Hop, Mention, Proposal, Quantity, Review

MAPPING_VERSION = 1  # what a document says by fields that came later gives other quads for no earlier document: no new version

_IDENTIFIER, _TITLE, _LANGUAGE = DCTERMS.identifier, DCTERMS.title, DCTERMS.language
_POSITION, _SPAN, _SURFACE = CG.position, CG.span, CG.surface


@dataclass
class MappedReport:
    """A report's quads, all in its named graph ``name.node``, and where in the document each node comes from (JSON paths)."""

    name: ReportName
    quads: list[Quad] = field(default_factory=list)
    paths: dict[str, str] = field(default_factory=dict)


def to_quads(document: ClaimsDocument, base: Base, known: Container[str], *, name: ReportName | None = None) -> MappedReport:
    """Map a document.

    ``known`` holds the keys of the reference graph: a word among an event's parties and places that is none of them is a name as
    written (:class:`cg:NamedMention`). ``name`` overrides the IRI, which otherwise follows from the document's hash.
    """
    name = name or base.report(version_of(document), document.report.id)
    return _Mapper(document, base, known, name).run()


def review_quads(name: ReportName, claim_id: str, review: Review) -> list[Quad]:
    """What reviewers said of a claim, in the graph of its report: the state, and who, when and why where these are told."""
    claim = name.claim(claim_id)
    told = ((predicate, getattr(review, attribute)) for attribute, predicate in fields.REVIEW_WORDS.items())
    words = [Quad(claim, predicate, Literal(value), name.node) for predicate, value in told if value is not None]
    return [Quad(claim, CG.reviewState, concept("review", review.state), name.node), *words]


def integer(value: int) -> Literal:
    """An ``xsd:integer`` in canonical form."""
    return Literal(str(value), datatype=XSD_INTEGER)


def day(value: date) -> Literal:
    """An ``xsd:date`` without a zone."""
    return Literal(value.isoformat(), datatype=XSD_DATE)


def boolean(value: bool) -> Literal:
    """An ``xsd:boolean`` in canonical form."""
    return Literal("true" if value else "false", datatype=XSD_BOOLEAN)


def decimal(value: float) -> Literal:
    """An ``xsd:decimal`` of at most six places, without trailing zeros, as XSD 1.1 and the stores write it."""
    return Literal(f"{value:.6f}".rstrip("0").rstrip("."), datatype=XSD_DECIMAL)


class _Mapper:
    def __init__(self, document: ClaimsDocument, base: Base, known: Container[str], name: ReportName) -> None:
        self.document, self.base, self.known, self.name = document, base, known, name
        self.out = MappedReport(name)

    def run(self) -> MappedReport:
        self.report()
        for number, claim in enumerate(self.document.claims):
            self.claim(claim, number)
        # An unnamed source or a name is told of by every hop that has it; a statement stands once.
        self.out.quads = list(dict.fromkeys(self.out.quads))
        return self.out

    # --- statements -------------------------------------------------------------------------------------------------------

    def node(self, node: NamedNode, kind: NamedNode, path: str) -> NamedNode:
        """Open a node: its type, and where in the document it comes from."""
        self.add(node, RDF_TYPE, kind)
        self.out.paths.setdefault(node.value, path)
        return node

    def add(self, subject: NamedNode, predicate: NamedNode, value: NamedNode | Literal) -> None:
        self.out.quads.append(Quad(subject, predicate, value, self.name.node))

    def words(self, subject: NamedNode, source: BaseModel, table: dict[str, NamedNode]) -> None:
        for attribute, predicate in table.items():
            if (value := getattr(source, attribute)) is not None:
                self.add(subject, predicate, Literal(value))

    def concepts(self, subject: NamedNode, source: BaseModel, table: dict[str, tuple[NamedNode, str]]) -> None:
        for attribute, (predicate, scheme) in table.items():
            if (value := getattr(source, attribute)) is not None:
                self.add(subject, predicate, concept(scheme, value))

    def times(self, subject: NamedNode, source: BaseModel, table: dict[str, tuple[NamedNode, NamedNode, NamedNode]]) -> None:
        for attribute, (written, first, last) in table.items():
            if (value := getattr(source, attribute)) is None:
                continue
            self.add(subject, written, Literal(value))
            days = days_of(value)
            if days and days.first:
                self.add(subject, first, day(days.first))
            if days and days.last:
                self.add(subject, last, day(days.last))

    def span(self, owner: NamedNode, start: int, end: int, path: str, exact: str | None = None) -> None:
        """Where words stand, as Web Annotation has it: by position (code points) and, for a claim, by quotation."""
        span = self.node(part(owner, "span"), OA.SpecificResource, path)
        self.add(owner, _SPAN, span)
        self.add(span, OA.hasSource, self.name.node)
        position = self.node(part(span, "position"), OA.TextPositionSelector, path)
        self.add(span, OA.hasSelector, position)
        self.add(position, OA.start, integer(start))
        self.add(position, OA.end, integer(end))
        if exact is not None:
            quotation = self.node(part(span, "quote"), OA.TextQuoteSelector, path)
            self.add(span, OA.hasSelector, quotation)
            self.add(quotation, OA.exact, Literal(exact))

    # --- report -----------------------------------------------------------------------------------------------------------

    def report(self) -> None:
        source = self.document.report
        report = self.node(self.name.node, CG.Report, "report")
        self.add(report, _IDENTIFIER, Literal(source.id))
        self.add(report, PROV.specializationOf, self.base.series(source.id))
        self.add(report, CG.text, Literal(source.text))
        self.add(report, CG.characters, integer(source.characters))
        if source.language:
            self.add(report, _LANGUAGE, Literal(source.language))
        if source.title:
            self.add(report, _TITLE, Literal(source.title, language=source.language))
        self.words(report, source, fields.REPORT_WORDS)
        self.concepts(report, source, fields.REPORT_CONCEPTS)
        self.times(report, source, fields.REPORT_TIMES)
        self.add(report, CG.publisher, self.publisher())
        if source.revises:
            self.add(report, PROV.wasRevisionOf, self.base.report(source.revises, source.id).node)
        for number, proposal in enumerate(source.proposals):
            self.proposal(report, proposal, number)

    def publisher(self) -> NamedNode:
        key = self.document.report.publisher
        return self.base.entity(key) if key else self.node(self.name.unknown_publisher, CG.UnknownPublisher, "report.publisher")

    def proposal(self, report: NamedNode, source: Proposal, number: int) -> None:
        """An incident that is only proposed: a node of the report's own, never one of the reference graph, and never a ``cg:Incident``."""
        path = f"report.proposals[{number}]"
        node = self.node(self.name.proposal(source.key), CG.ProposedIncident, path)
        self.add(report, CG.proposal, node)
        self.add(node, _IDENTIFIER, Literal(source.key))
        self.add(node, _POSITION, integer(number + 1))
        self.places(node, source, fields.PROPOSAL_PLACES, path)
        self.words(node, source, fields.PROPOSAL_WORDS)
        begin, end = (days_of(value) if value is not None else None for value in (source.begin, source.end))
        if begin and begin.first:
            self.add(node, CG.firstDay, day(begin.first))
        if end and end.last:
            self.add(node, CG.lastDay, day(end.last))
        for claim_id in source.claims:
            self.add(node, CG.proposedFor, self.name.claim(claim_id))

    # --- claim ------------------------------------------------------------------------------------------------------------

    def claim(self, source: Claim, number: int) -> None:
        path = f"claims[{number}]"
        claim = self.node(self.name.claim(source.id), CG.Claim, path)
        self.add(claim, _IDENTIFIER, Literal(source.id))
        self.add(claim, CG.report, self.name.node)
        self.add(claim, _POSITION, integer(number + 1))
        self.concepts(claim, source, fields.CLAIM_CONCEPTS)
        self.times(claim, source, fields.CLAIM_TIMES)
        self.words(claim, source, fields.CLAIM_WORDS)
        self.span(claim, source.start, source.end, path, source.quote)
        self.chain(claim, source.chain, path)
        self.event(claim, source.event, f"{path}.event")
        if source.incident:
            self.add(claim, CG.incident, self.base.entity(source.incident))
        if source.repeats:
            self.add(claim, CG.repeats, self.name.claim(source.repeats))
        for position, mention in enumerate(source.mentions, start=1):
            self.mention(claim, mention, position, f"{path}.mentions[{position - 1}]")
        self.making(claim, source, path)

    def making(self, claim: NamedNode, source: Claim, path: str) -> None:
        """How the claim was made: by a rule, or by a person's reading; how sure, and what review said."""
        if source.rule is None:
            self.add(claim, PROV.wasGeneratedBy, self.node(self.name.annotation, CG.Annotation, path))
        else:
            activity = self.node(self.name.rule(source.rule), CG.Extraction, f"{path}.rule")
            self.add(activity, CG.rule, Literal(source.rule))
            self.add(claim, PROV.wasGeneratedBy, activity)
        if source.confidence is not None:
            self.add(claim, CG.confidence, decimal(source.confidence))
        if source.review is not None:
            self.out.quads += review_quads(self.name, source.id, source.review)

    def chain(self, claim: NamedNode, hops: tuple[Hop, ...], path: str) -> None:
        speaker = None
        for position, source in enumerate(hops, start=1):
            here = f"{path}.chain[{position - 1}]"
            hop = self.node(part(claim, f"hop-{position}"), CG.Attribution, here)
            speaker = self.speaker(hop, source, here)
            self.add(claim, CG.attribution, hop)
            self.add(hop, _POSITION, integer(position))
            self.add(hop, CG.speaker, speaker)
            if position < len(hops):
                self.add(hop, CG.relays, part(claim, f"hop-{position + 1}"))
            self.words(hop, source, fields.HOP_WORDS)
            if source.start is not None and source.end is not None:
                self.span(hop, source.start, source.end, here)
        if speaker is not None:
            self.add(claim, CG.claimant, speaker)

    def speaker(self, hop: NamedNode, source: Hop, path: str) -> NamedNode:
        if source.agent is not None:
            return self.publisher() if source.agent == PUBLISHER else self.base.entity(source.agent)
        if source.named is not None:
            return self.mentioned(source.named, path)
        return self.unnamed(hop, source, path)

    def unnamed(self, hop: NamedNode, source: Hop, path: str) -> NamedNode:
        """A source without a name.

        What the report says of it here stands on the hop too: reports call one source by several words, and give authority in one
        place that they leave open in another.
        """
        label = source.anonymous or ""
        node = self.node(self.name.source(label), CG.UnnamedSource, path)
        self.add(node, _IDENTIFIER, Literal(label))
        if source.surface is not None:
            self.add(node, _SURFACE, Literal(source.surface))
        for about in (hop, node):
            if source.kind is not None:
                self.add(about, CG.sourceKind, concept("source", source.kind))
            for attribute, predicate in fields.HOP_PARTIES.items():
                if (key := getattr(source, attribute)) is not None:
                    self.add(about, predicate, self.base.entity(key))
        return node

    def mentioned(self, surface: str, path: str) -> NamedNode:
        node = self.node(self.name.name(surface), CG.NamedMention, path)
        self.add(node, _SURFACE, Literal(surface))
        return node

    def mention(self, claim: NamedNode, source: Mention, position: int, path: str) -> None:
        node = self.node(part(claim, f"mention-{position}"), CG.Mention, path)
        self.add(claim, CG.mention, node)
        self.add(node, _POSITION, integer(position))
        if source.key is not None:
            self.add(node, CG.refersTo, self.base.entity(source.key))
        for key in source.candidates:
            self.add(node, CG.candidate, self.base.entity(key))
        self.add(node, _SURFACE, Literal(source.surface))
        if source.role is not None:
            self.add(node, CG.role, Literal(source.role))
        self.span(node, source.start, source.end, path)

    # --- content ----------------------------------------------------------------------------------------------------------

    def event(self, claim: NamedNode, source: Event, path: str) -> None:
        event = self.node(part(claim, "content"), CG.ClaimedEvent, path)
        self.add(claim, CG.content, event)
        self.concepts(event, source, fields.EVENT_CONCEPTS)
        for kind in source.or_:
            self.add(event, CG.alternativeType, concept("event", kind))
        for attribute, predicate in fields.EVENT_ROLES.items():
            for word in getattr(source, attribute):
                self.add(event, predicate, self.party(word, f"{path}.{attribute}"))
        self.places(event, source, fields.EVENT_PLACES, path)
        self.times(event, source, fields.EVENT_TIMES)
        self.words(event, source, fields.EVENT_WORDS)
        if source.quantity is not None:
            self.quantity(event, CG.quantity, source.quantity, part(claim, "quantity"), f"{path}.quantity")
        for position, quantity in enumerate(source.breakdown, start=1):
            node = part(claim, f"part-{position}")
            self.quantity(event, CG.breakdown, quantity, node, f"{path}.breakdown[{position - 1}]")
            self.add(node, _POSITION, integer(position))

    def places(self, subject: NamedNode, source: BaseModel, table: dict[str, NamedNode], path: str) -> None:
        for attribute, predicate in table.items():
            if (word := getattr(source, attribute)) is not None:
                self.add(subject, predicate, self.party(word, f"{path}.{attribute}"))

    def party(self, word: str, path: str) -> NamedNode:
        return self.base.entity(word) if word in self.known else self.mentioned(word, path)

    def quantity(self, event: NamedNode, predicate: NamedNode, source: Quantity, node: NamedNode, path: str) -> None:
        self.node(node, CG.Quantity, path)
        self.add(event, predicate, node)
        for attribute, bound in fields.QUANTITY_COUNTS.items():
            if (value := getattr(source, attribute)) is not None:
                self.add(node, bound, integer(value))
        self.add(node, CG.approximate, boolean(source.approximate))
        self.add(node, CG.countOf, concept("counts", source.of))
        for word in source.counted:
            self.add(node, CG.counted, self.party(word, f"{path}.counted"))
        self.add(node, CG.wording, Literal(source.wording))
