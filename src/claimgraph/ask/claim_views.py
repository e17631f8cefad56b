"""A claim as the pages show it: who claims it, through whom, what it says in both languages, how surely, and whether anybody has reviewed it.

Values are JSON. Offsets are code points of the report's text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pyoxigraph import Literal, NamedNode, Store

from claimgraph.ask.readings import Readings
from claimgraph.ask.sentences import Names, content, in_both, named
from claimgraph.model.document import PUBLISHER, Claim, Hop
from claimgraph.model.errors import NotFound
from claimgraph.model.from_quads import claim_from
from claimgraph.model.names import Base, ReportName
from claimgraph.model.text import shown
from claimgraph.model.vocabulary import CG, DCTERMS, RDF_TYPE, SKOS
from claimgraph.store.reference import Reference


def names_in(reference: Reference) -> Names:
    """The names of entities, by language; the preferred one of each, of a merged one those of the one that stays."""

    def names(word: str) -> dict[str, str] | None:
        word = reference.merged.get(word, word)
        if word not in reference.entities and word not in reference.incidents:
            return None
        preferred = [value for value in reference.values(word, SKOS.prefLabel) if isinstance(value, Literal)]
        return {value.language: value.value for value in preferred if value.language}

    return names


class Telling:
    """Tells claims, with the names that the reference graph has."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def entity(self, word: str) -> dict[str, Any]:
        """A party or place in both languages."""
        return in_both(lambda language: [named(word, self.names, language)])

    def claim(self, claim: Claim, name: ReportName, publisher: str | None, readings: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
        """A claim of a report version, whose publisher is known by a key or not at all; ``readings`` tell whom reviews say that it means."""
        chain = [self.hop(hop, publisher) for hop in claim.chain]
        return {
            "id": claim.id,
            "iri": name.claim(claim.id).value,
            "start": claim.start,
            "end": claim.end,
            "quote": claim.quote,
            "chain": chain,
            "who": chain[-1]["who"],
            "polarity": claim.polarity,
            "certainty": claim.certainty,
            "content": in_both(lambda language: content(claim.event, self.names, language)),
            "incident": {"key": claim.incident, "name": self.entity(claim.incident)} if claim.incident else None,
            "said": claim.said or claim.said_wording,
            "channel": claim.channel,
            "repeats": claim.repeats,
            "review": claim.review.state if claim.review else None,
            "decision": {"by": claim.review.by, "at": claim.review.at, "why": claim.review.why} if claim.review and claim.review.by else None,
            "rule": claim.rule,
            "confidence": claim.confidence,
            "open_names": [
                {"surface": mention.surface, "start": mention.start, "candidates": [self.entity(key) for key in sorted(mention.candidates)]}
                for mention in claim.mentions
                if mention.candidates
            ],
            "readings": list(readings),
        }

    def hop(self, hop: Hop, publisher: str | None) -> dict[str, Any]:
        """A mouth: who it is (``None`` for a publisher that is not known), whether it has a name, and the report's words for it and its speaking."""
        known = publisher if hop.agent == PUBLISHER else hop.agent
        word = known or hop.named or hop.anonymous
        return {
            "who": self.entity(word) if word else None,
            "publisher": hop.agent == PUBLISHER,
            "unnamed": hop.anonymous is not None,
            "kind": hop.kind,
            "speaks_for": self.entity(hop.speaks_for) if hop.speaks_for else None,
            "affiliation": self.entity(hop.affiliation) if hop.affiliation else None,
            "surface": hop.surface,
            "verb": hop.verb,
        }


class Lines:
    """Claims of a snapshot, each read for itself from the graph of its report, with what a line must say of that report."""

    def __init__(self, store: Store, reference: Reference, base: Base) -> None:
        self.store, self.base, self.telling = store, base, Telling(names_in(reference))
        self.readings = Readings(store, base, self.telling.entity)
        self._reports: dict[str, dict[str, Any]] = {}

    def line(self, iri: str) -> dict[str, Any]:
        """A claim that stands, and its report in short. Raises :class:`NotFound`."""
        name = self.base.report_of(iri)
        if name is None or not any(self.store.quads_for_pattern(NamedNode(iri), RDF_TYPE, CG.Claim, name.node)):
            raise NotFound(f"The store has no claim {shown(iri, 300)}, or it stands no longer: its report's page tells.")
        report = self.report(name)
        told = self.telling.claim(self.claim(name, iri), name, report["publisher_key"], self.readings.of(name, iri))
        return {**told, "report": report}

    def claim(self, name: ReportName, iri: str) -> Claim:
        """A claim that stands, as it is read now."""
        return claim_from(self._about(name), NamedNode(iri), name, self.base)

    def _about(self, name: ReportName) -> Callable[[Any], dict[NamedNode, list[Any]]]:
        known: dict[Any, dict[NamedNode, list[Any]]] = {}

        def about(subject: Any) -> dict[NamedNode, list[Any]]:
            if subject not in known:
                found = known.setdefault(subject, {})
                if isinstance(subject, NamedNode):
                    for quad in self.store.quads_for_pattern(subject, None, None, name.node):
                        found.setdefault(quad.predicate, []).append(quad.object)
            return known[subject]

        return about

    def report(self, name: ReportName) -> dict[str, Any]:
        """What a line says of a report that stands."""
        if name.iri not in self._reports:
            stated = self._about(name)(name.node)
            publisher = next((key for node in stated.get(CG.publisher, []) if (key := self.base.key(node)) is not None), None)
            self._reports[name.iri] = {
                "id": name.report_id,
                "iri": name.iri,
                "version": name.version,
                "title": _text(stated, DCTERMS.title),
                "language": _text(stated, DCTERMS.language),
                "published": _text(stated, CG.published),
                "publisher_key": publisher,
                "publisher": self.telling.entity(publisher) if publisher else None,
            }
        return self._reports[name.iri]


def _text(stated: dict[NamedNode, list[Any]], predicate: NamedNode) -> str | None:
    return next((value.value for value in stated.get(predicate, []) if isinstance(value, Literal)), None)
