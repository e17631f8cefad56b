"""Quads -> claims: the inverse of :mod:`claimgraph.model.to_quads`.

Reads what the mapping writes and nothing else: whatever more a graph says does not come back, which is how statements of
others are found out (:mod:`claimgraph.model.turtle`). Values that are missing are left out of the JSON, so that the document
model names them as it would in a claims document.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from claimgraph.model import fields
from claimgraph.model.document import PUBLISHER, Claim, ClaimsDocument, Review
from claimgraph.model.names import Base, ReportName
from claimgraph.model.reading import document_of
from claimgraph.model.vocabulary import CG, DCTERMS, OA, PROV, RDF_TYPE, notation_of

_IDENTIFIER = DCTERMS.identifier
_NOTHING: Mapping[NamedNode, list[Any]] = {}
_INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)
_DECIMAL = re.compile(r"\d{1,9}(\.\d{1,9})?", re.ASCII)


# What is stated of a subject, by property.
About = Callable[[Any], Mapping[NamedNode, list[Any]]]


def from_quads(quads: Iterable[Quad], name: ReportName, base: Base) -> ClaimsDocument:
    """The claims document that a report's quads state.

    Raises :class:`~claimgraph.model.errors.BadDocument` naming, by JSON path, what is missing or has no valid value.
    """
    values: dict[Any, dict[NamedNode, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for quad in dict.fromkeys(quads):  # a file may say a thing twice
        values[quad.subject][quad.predicate].append(quad.object)
    claims = [subject for subject, stated in values.items() if CG.Claim in stated.get(RDF_TYPE, ())]
    return document_of(_Reader(lambda subject: values.get(subject, _NOTHING), name, base).document(claims))


def claim_from(about: About, node: NamedNode, name: ReportName, base: Base) -> Claim:
    """One claim of a report that stands, without reading the others; ``about`` tells what the report's graph states of a subject.

    Raises :class:`pydantic.ValidationError` where the graph states no such claim.
    """
    return Claim.model_validate(_Reader(about, name, base).claim(node))


def reviews_from(quads: Iterable[Quad], name: ReportName, base: Base) -> dict[str, Review]:
    """What quads state of reviews, by the ids of the claims: the inverse of :func:`~claimgraph.model.to_quads.review_quads`."""
    values: dict[Any, dict[NamedNode, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for quad in quads:
        values[quad.subject][quad.predicate].append(quad.object)
    reader = _Reader(lambda subject: values.get(subject, _NOTHING), name, base)
    return {str(_claim_id(claim)): Review.model_validate(reader.review(claim)) for claim in values}


class _Reader:
    def __init__(self, about: About, name: ReportName, base: Base) -> None:
        self.about, self.name, self.base = about, name, base

    # --- values -----------------------------------------------------------------------------------------------------------

    def all(self, subject: Any, predicate: NamedNode) -> list[Any]:
        return self.about(subject).get(predicate, [])

    def one(self, subject: Any, predicate: NamedNode) -> Any:
        found = self.all(subject, predicate)
        return min(found, key=str) if found else None

    def text(self, subject: Any, predicate: NamedNode) -> str | None:
        value = self.one(subject, predicate)
        return value.value if isinstance(value, Literal) else None

    def number(self, subject: Any, predicate: NamedNode) -> int | None:
        text = self.text(subject, predicate)
        return int(text) if text is not None and _INTEGER.fullmatch(text) else None

    def words(self, subject: Any, table: dict[str, NamedNode]) -> dict[str, Any]:
        return _present({attribute: self.text(subject, predicate) for attribute, predicate in table.items()})

    def concepts(self, subject: Any, table: dict[str, tuple[NamedNode, str]]) -> dict[str, Any]:
        return _present({attribute: _notation(self.one(subject, predicate)) for attribute, (predicate, _) in table.items()})

    def times(self, subject: Any, table: dict[str, tuple[NamedNode, NamedNode, NamedNode]]) -> dict[str, Any]:
        return _present({attribute: self.text(subject, written) for attribute, (written, _, _) in table.items()})

    def in_order(self, subject: Any, predicate: NamedNode) -> list[Any]:
        return sorted(self.all(subject, predicate), key=lambda node: (self.number(node, CG.position) or 0, str(node)))

    def word(self, node: Any) -> str | None:
        """A party or place: its key, or the words of a name that the reference graph lacks."""
        return self.base.key(node) or self.text(node, CG.surface)

    def sorted_words(self, subject: Any, predicate: NamedNode) -> list[str]:
        return sorted(word for node in self.all(subject, predicate) if (word := self.word(node)) is not None)

    def sorted_keys(self, subject: Any, predicate: NamedNode) -> list[str]:
        return sorted(key for node in self.all(subject, predicate) if (key := self.base.key(node)) is not None)

    def places(self, subject: Any, table: dict[str, NamedNode]) -> dict[str, Any]:
        return _present({attribute: self.word(self.one(subject, predicate)) for attribute, predicate in table.items()})

    def offsets(self, owner: Any) -> dict[str, Any]:
        """Start, end and quote of the span of a claim, hop or mention."""
        out: dict[str, Any] = {}
        for selector in self.all(self.one(owner, CG.span), OA.hasSelector):
            out |= _present({"start": self.number(selector, OA.start), "end": self.number(selector, OA.end), "quote": self.text(selector, OA.exact)})
        return out

    # --- document ---------------------------------------------------------------------------------------------------------

    def document(self, claims: Iterable[Any]) -> dict[str, Any]:
        in_order = sorted(claims, key=lambda node: (self.number(node, CG.position) or 0, str(node)))
        return {"report": self.report(self.name.node), "claims": [self.claim(node) for node in in_order]}

    def report(self, node: NamedNode) -> dict[str, Any]:
        revised = self.one(node, PROV.wasRevisionOf)
        older = self.base.report_of(revised.value) if isinstance(revised, NamedNode) else None
        return {
            **_present(
                {
                    "id": self.text(node, _IDENTIFIER),
                    "text": self.text(node, CG.text),
                    "characters": self.number(node, CG.characters),
                    "title": self.text(node, DCTERMS.title),
                    "language": self.text(node, DCTERMS.language),
                    "publisher": self.base.key(self.one(node, CG.publisher)),
                    "revises": older.version if older else None,
                }
            ),
            **self.words(node, fields.REPORT_WORDS),
            **self.concepts(node, fields.REPORT_CONCEPTS),
            **self.times(node, fields.REPORT_TIMES),
            **_present({"proposals": [self.proposal(proposal) for proposal in self.in_order(node, CG.proposal)]}),
        }

    def proposal(self, node: Any) -> dict[str, Any]:
        return _present(
            {
                "key": self.text(node, _IDENTIFIER),
                **self.words(node, fields.PROPOSAL_WORDS),
                **self.places(node, fields.PROPOSAL_PLACES),
                "claims": [_claim_id(claim) for claim in self.all(node, CG.proposedFor)],
            }
        )

    def claim(self, node: NamedNode) -> dict[str, Any]:
        confidence = self.text(node, CG.confidence)
        repeated = self.one(node, CG.repeats)
        return _present(
            {
                "id": self.text(node, _IDENTIFIER),
                **self.offsets(node),
                "chain": [self.hop(hop, first=position == 0) for position, hop in enumerate(self.in_order(node, CG.attribution))],
                **self.concepts(node, fields.CLAIM_CONCEPTS),
                **self.times(node, fields.CLAIM_TIMES),
                **self.words(node, fields.CLAIM_WORDS),
                "repeats": _claim_id(repeated),
                "incident": self.base.key(self.one(node, CG.incident)),
                "event": self.event(self.one(node, CG.content)),
                "mentions": [self.mention(mention) for mention in self.in_order(node, CG.mention)],
                "confidence": float(confidence) if confidence is not None and _is_decimal(confidence) else None,
                "rule": self.text(self.one(node, PROV.wasGeneratedBy), CG.rule),
                "review": self.review(node),
            }
        )

    def review(self, node: Any) -> dict[str, Any] | None:
        state = _notation(self.one(node, CG.reviewState))
        return {"state": state, **self.words(node, fields.REVIEW_WORDS)} if state else None

    def hop(self, node: Any, *, first: bool) -> dict[str, Any]:
        speaker = self.one(node, CG.speaker)
        kinds = self.all(speaker, RDF_TYPE)
        who: dict[str, Any]
        if speaker == self.one(self.name.node, CG.publisher) and (first or speaker == self.name.unknown_publisher):
            who = {"agent": PUBLISHER}
        elif CG.UnnamedSource in kinds:
            who = {"anonymous": self.text(speaker, _IDENTIFIER), "kind": _notation(self.one(node, CG.sourceKind))}
        elif CG.NamedMention in kinds:
            who = {"named": self.text(speaker, CG.surface)}
        else:
            who = {"agent": self.base.key(speaker)}
        parties = {attribute: self.base.key(self.one(node, predicate)) for attribute, predicate in fields.HOP_PARTIES.items()}
        return _present({**who, **parties, **self.words(node, fields.HOP_WORDS), **self.offsets(node)})

    def mention(self, node: Any) -> dict[str, Any]:
        return _present(
            {
                "key": self.base.key(self.one(node, CG.refersTo)),
                "candidates": self.sorted_keys(node, CG.candidate),
                "surface": self.text(node, CG.surface),
                "role": self.text(node, CG.role),
                **self.offsets(node),
            }
        )

    def event(self, node: Any) -> dict[str, Any]:
        quantity = self.one(node, CG.quantity)
        return _present(
            {
                **self.concepts(node, fields.EVENT_CONCEPTS),
                "or": sorted(filter(None, map(_notation, self.all(node, CG.alternativeType)))),
                **{attribute: self.sorted_words(node, predicate) for attribute, predicate in fields.EVENT_ROLES.items()},
                **self.places(node, fields.EVENT_PLACES),
                **self.times(node, fields.EVENT_TIMES),
                **self.words(node, fields.EVENT_WORDS),
                "quantity": self.quantity(quantity) if quantity is not None else None,
                "breakdown": [self.quantity(quantity) for quantity in self.in_order(node, CG.breakdown)],
            }
        )

    def quantity(self, node: Any) -> dict[str, Any]:
        approximate = self.text(node, CG.approximate)
        return _present(
            {
                **{attribute: self.number(node, predicate) for attribute, predicate in fields.QUANTITY_COUNTS.items()},
                "approximate": {"true": True, "false": False}.get(approximate or ""),
                "of": _notation(self.one(node, CG.countOf)),
                "counted": self.sorted_words(node, CG.counted),
                "wording": self.text(node, CG.wording),
            }
        )


def _present(values: dict[str, Any]) -> dict[str, Any]:
    """Without what has no value; an empty list is none either."""
    return {k: v for k, v in values.items() if v is not None and v != []}


def _notation(node: Any) -> str | None:
    try:
        return notation_of(node) if isinstance(node, NamedNode) else None
    except KeyError:
        return None


def _claim_id(node: Any) -> str | None:
    return node.value.rpartition("/")[2] if isinstance(node, NamedNode) else None


def _is_decimal(text: str) -> bool:
    return _DECIMAL.fullmatch(text) is not None
