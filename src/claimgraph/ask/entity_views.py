"""An actor, facility, place or outlet as the pages show it: its names, what it says and passes on, what is said of it, and who calls it what.

Every number counts what stands in the snapshot; an entity's parts are counted for themselves. Lists are cut and read on in pages of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pyoxigraph import Literal, NamedNode, Store

from claimgraph.ask.claim_views import Lines, Telling, names_in
from claimgraph.ask.entity_claims import KINDS, EntityClaims, claims_of, number
from claimgraph.ask.entity_names import Callings
from claimgraph.ask.jobs import Done, reference_of, within
from claimgraph.ask.over_time import over_time
from claimgraph.ask.query import Term, evaluate
from claimgraph.ask.worker import Worker
from claimgraph.model.errors import BadParameter, NotFound
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.text import shown
from claimgraph.model.vocabulary import CG, DCTERMS, SKOS, label_of
from claimgraph.store.reference import Reference

_OWN = ("said", "relayed", "spoken", "about")


def entity_view(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """The entity of the key ``entity``, at most ``lines`` of each list; or of its one list ``list`` the page ``page``, counted from 1.

    ``see`` in the answer's header is the address of a page for what has a key and is no entity, or was merged into one. Raises
    :class:`NotFound`, :class:`BadParameter`.
    """
    store, base = worker.open_snapshot(header["snapshot"]), Base(LIMITS.base)
    worker.forbid_files()
    reference, key = reference_of(worker, store), header["entity"]
    if (into := reference.merged.get(key)) is not None:
        return {"media": "application/json", "see": f"/entities/{into}"}, b""
    if key in reference.keys - reference.entities:
        return {"media": "application/json", "see": f"/{'incidents' if key in reference.incidents else 'id'}/{key}"}, b""
    if key not in reference.entities:
        raise NotFound(f"The reference graph has no actor, facility or place {shown(key, 200)}: search for its name, or ask for what there is.")
    entity = Entity(store, reference, key, claims_of(worker, store, base, key))
    value = entity.view(header["lines"]) if header["list"] is None else entity.listed(header["list"], header["page"], header["lines"])
    data = json.dumps({**value, "commit": header["commit"]}, ensure_ascii=False).encode("utf-8")
    return {"media": "application/json"}, within(data)


class Entity:
    """One entity of a snapshot."""

    def __init__(self, store: Store, reference: Reference, key: str, claims: EntityClaims) -> None:
        self.store, self.reference, self.base, self.key, self.claims = store, reference, claims.base, key, claims
        self.node = claims.node
        self.lines, self.telling = Lines(store, reference, claims.base), Telling(names_in(reference))

    def view(self, most: int) -> dict[str, Any]:
        """Everything that its page shows."""
        return {
            "entity": self.told(),
            **{name: {**self.series(name), "lines": self.page(name, 1, most)} for name in _OWN},
            "roles": [{"role": role, **tally.as_json()} for role, tally in self.claims.roles().items() if tally.total],
            "called": Callings(self.store, self.reference, self.base, self.key).view(most),
            "published": self.published(most),
            "open": self.lines.open_of(self.key, most),
            "list": None,
        }

    def listed(self, name: str, page: int, most: int) -> dict[str, Any]:
        """One page of one of its lists. Raises :class:`NotFound`, :class:`BadParameter`."""
        if name not in KINDS:
            raise BadParameter(f"'list' is {shown(name, 40)}: send {', '.join(KINDS)}.")
        total = sum(self.claims.totals(name).values())
        pages = max(1, -(-total // most))
        if page > pages:
            raise NotFound(f"This list has {pages} pages: there is no page {page}.")
        lines = self.page(name, page, most)
        return {"entity": self.told(), "list": {"name": name, "page": page, "pages": pages, "total": total, "lines": lines}}

    # --- the entity -------------------------------------------------------------------------------------------------------

    def told(self) -> dict[str, Any]:
        """What the reference graph has of it."""
        kinds = [kind for kind in self.reference.types(self.key) if kind != CG.Entity]
        return {
            "key": self.key,
            "iri": self.node.value,
            "name": self.telling.entity(self.key),
            "kinds": [{language: label_of(kind, language) for language in ("ar", "en")} for kind in kinds],
            "other_names": [_named(name) for name in self._values(SKOS.altLabel)],
            "ambiguous": [{**_named(name), "bearers": self.bearers(name.value)} for name in self._values(CG.ambiguousLabel)],
            "within": list(self.within()),
            "parts": [self.telling.entity(key) for key in sorted(self.reference.entities) if self._whole(key) == self.key],
            "incidents": [self.telling.entity(key) for key in sorted(self.reference.incidents) if self.key in self._places(key)],
            "sources": [getattr(value, "value", "") for value in self.reference.values(self.key, DCTERMS.source)],
        }

    def _values(self, predicate: NamedNode) -> list[Literal]:
        return [value for value in self.reference.values(self.key, predicate) if isinstance(value, Literal)]

    def _whole(self, key: str) -> str | None:
        return self.reference.key_of(key, CG.partOf)

    def within(self) -> Iterator[dict[str, Any]]:
        """What it is part of, the nearest first."""
        yield from (self.telling.entity(key) for key in self.reference.wholes(self.key))

    def _places(self, incident: str) -> set[str]:
        """Where an incident was: its facility and place, and all that these lie in."""
        here = {found for predicate in (CG.facility, CG.place) if (found := self.reference.key_of(incident, predicate)) is not None}
        return here | {above for one in here for above in self.reference.wholes(one)}

    def bearers(self, name: str) -> list[dict[str, Any]]:
        """Who else bears a name."""
        return [self.telling.entity(key) for key in sorted(self.reference.bearers(name)) if key != self.key and key in self.reference.entities]

    # --- claims -----------------------------------------------------------------------------------------------------------

    def series(self, name: str) -> dict[str, Any]:
        """The claims of a kind in numbers: all, and over time by the day of publication."""
        dated, undated = self.claims.series(name)
        return {**sum(dated.values(), undated).as_json(), "undated": undated.total, "time": over_time(dated)}

    def page(self, name: str, page: int, most: int) -> list[dict[str, Any]]:
        """So many claims of a kind, as lines."""
        return [self.lines.line(claim) for claim in self.claims.page(name, page, most)]

    def published(self, most: int) -> dict[str, Any]:
        """The reports that it published: how many, and the latest."""
        pattern = f"?report a {CG.Report} ; {CG.publisher} {self.node}"
        ((count,),) = evaluate(self.store, f"SELECT (COUNT(DISTINCT ?report) AS ?reports) WHERE {{ {pattern} }}", rows=1).rows
        answer = evaluate(
            self.store,
            f"""SELECT ?id ?title ?language ?published WHERE {{
              {pattern} ; {DCTERMS.identifier} ?id .
              OPTIONAL {{ ?report {DCTERMS.title} ?title }} OPTIONAL {{ ?report {DCTERMS.language} ?language }}
              OPTIONAL {{ ?report {CG.published} ?published ; {CG.publishedFirstDay} ?day }}
            }} ORDER BY DESC(?day) ?id LIMIT {most}""",
            rows=most,
        )
        return {"total": number(count), "latest": [dict(zip(answer.columns, map(_text, row), strict=True)) for row in answer.rows]}


def _named(name: Literal) -> dict[str, str]:
    return {"text": name.value, "lang": name.language or ""}


def _text(term: Term) -> str | None:
    return term.value if isinstance(term, Literal) else None
