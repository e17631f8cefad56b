"""A claim as the pages show it: who claims it, through whom, what it says in both languages, how surely, and whether anybody has reviewed it.

Values are JSON. Offsets are code points of the report's text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, Store

from claimgraph.ask.readings import Readings
from claimgraph.ask.sentences import Names, content, in_both, named
from claimgraph.model.document import PUBLISHER, Claim, Hop
from claimgraph.model.errors import NotFound
from claimgraph.model.from_quads import claim_from
from claimgraph.model.names import Base, ReportName
from claimgraph.model.text import shown
from claimgraph.model.vocabulary import CG, DCTERMS, RDF_TYPE, SKOS
from claimgraph.store.reference import Reference
from claimgraph.store.splitting import label_of_part


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


class _Stated:
    """What the graph of a report states of the subjects that were asked for."""

    def __init__(self, store: Store, name: ReportName) -> None:
        self.store, self.name = store, name
        self.known: dict[Any, dict[NamedNode, list[Any]]] = {}

    def __call__(self, subject: Any) -> dict[NamedNode, list[Any]]:
        if subject not in self.known:
            found = self.known.setdefault(subject, {})
            if isinstance(subject, NamedNode):
                for quad in self.store.quads_for_pattern(subject, None, None, self.name.node):
                    found.setdefault(quad.predicate, []).append(quad.object)
        return self.known[subject]

    def quads(self) -> list[Quad]:
        stated = ((subject, predicate, objects) for subject, found in self.known.items() for predicate, objects in found.items())
        return [Quad(subject, predicate, value, self.name.node) for subject, predicate, objects in stated for value in objects]


class Lines:
    """Claims of a snapshot, each read for itself from the graph of its report, with what a line must say of that report."""

    def __init__(self, store: Store, reference: Reference, base: Base) -> None:
        self.store, self.base, self.telling = store, base, Telling(names_in(reference))
        self.readings = Readings(store, reference, base, self.telling.entity)
        self._reports: dict[str, dict[str, Any]] = {}

    def line(self, iri: str) -> dict[str, Any]:
        """A claim that stands, and its report in short. Raises :class:`NotFound`."""
        name = self.base.report_of(iri)
        if name is None or not self._is_claim(iri, name):
            raise NotFound(f"The store has no claim {shown(iri, 300)}, or it stands no longer: its report's page tells.")
        return {**self.claim(name, iri), "report": self.report(name)}

    def claim(self, name: ReportName, iri: str) -> dict[str, Any]:
        """A claim that stands, of a report, as it is read now, with its readings."""
        stated = _Stated(self.store, name)
        claim = claim_from(stated, NamedNode(iri), name, self.base)
        return self.telling.claim(claim, name, self.report(name)["publisher_key"], self.readings.of(name, stated.quads()))

    def part(self, name: ReportName, iri: str) -> list[dict[str, Any]]:
        """The readings of a claim, of a report's publisher, or of another part of what stands."""
        stated = _Stated(self.store, name)
        if self._is_claim(iri, name):
            claim_from(stated, NamedNode(iri), name, self.base)  # asks for all that states it
        else:
            stated(NamedNode(iri))
        return self.readings.of(name, stated.quads())

    def open_of(self, key: str, most: int) -> dict[str, Any]:
        """Where in what stands it is open whether an entity or others are meant: how many claims and other places, and ``most`` of them.

        Each place is a reading, with the ``address`` of the page that shows it.
        """
        whole: dict[tuple[ReportName, str], set[str]] = {}
        for part in self.readings.open_to(key):
            if (name := self.base.report_of(part.value)) is not None:
                whole.setdefault((name, part.value.partition("#")[0]), set()).add(label_of_part(part))
        chosen = list(whole.items())[:most]
        places = [
            {"address": self._address(name, iri), **told}
            for (name, iri), labels in chosen
            for told in self.part(name, iri)
            if told["between"] and labels & set(told["where"])
        ]
        return {"total": len(whole), "more": len(whole) - len(chosen), "places": places}

    def _address(self, name: ReportName, iri: str) -> str:
        return f"/claims/{iri.partition('/v/')[2]}" if self._is_claim(iri, name) else f"/reports/{name.report_id}"

    def _is_claim(self, iri: str, name: ReportName) -> bool:
        return any(True for _ in self.store.quads_for_pattern(NamedNode(iri), RDF_TYPE, CG.Claim, name.node))

    def report(self, name: ReportName) -> dict[str, Any]:
        """What a line says of a report that stands."""
        if name.iri not in self._reports:
            stated = _Stated(self.store, name)(name.node)
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
