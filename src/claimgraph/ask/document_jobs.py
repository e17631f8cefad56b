"""What a worker does with a report that came over HTTP: read it, extract, and say what the shapes say. It writes nothing."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

from pyoxigraph import RdfFormat

from claimgraph.ask.jobs import Done, reference_of, within
from claimgraph.ask.worker import Worker
from claimgraph.extract.registered import DEFAULT
from claimgraph.extract.remarks import open_dates, remarks
from claimgraph.model.canonical import rdf_text
from claimgraph.model.document import ClaimsDocument, as_json
from claimgraph.model.errors import BadDocument, VersionConflict, WrongMediaType
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.reading import document_of, parse_json
from claimgraph.model.text import decode, shown
from claimgraph.model.turtle import read_turtle
from claimgraph.store.archive import Archive
from claimgraph.store.examine import FLAG, Outcome, Result, Surroundings, examine
from claimgraph.store.place import Place
from claimgraph.store.raw import Raw, RawReader
from claimgraph.store.reference import Reference
from claimgraph.store.verdicts import PREFIXES, entry_of_outcome, validation_report

_RAW = {"text/plain": "report.txt", "text/html": "page.html", "application/xhtml+xml": "page.html"}
_RDF = {
    "text/turtle": RdfFormat.TURTLE,
    "application/trig": RdfFormat.TRIG,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/n-quads": RdfFormat.N_QUADS,
}
MEDIA = ("application/json", *_RAW, *_RDF)
_SOURCE = "the request"


def judge(worker: Worker, header: dict[str, Any], body: bytes) -> Done:
    """What would become of a report: its verdict, what the extractor found, and for the writer the document.

    ``header`` has the ``media`` type, the ``fields`` of a raw report, and whether to ``revise``. The answer's body is the verdict as JSON,
    then, ``document`` bytes long, the claims document, then the validation report as Turtle. Raises what reading and examining raise.
    """
    store = worker.open_snapshot(header["snapshot"])
    worker.allow_files()
    base = Base(LIMITS.base)
    with closing(Archive(Place(Path(header["folder"])).archive, base.iri, make=False)) as archive:
        reference = reference_of(worker, store)
        document, raw = read_document(worker, header["media"], header["fields"], body, reference, archive)
        try:
            outcome = examine(document, Surroundings(base, reference, store, archive), revise=header["revise"])
        except VersionConflict as error:
            raise VersionConflict(over_http(str(error))) from None
    told = (*(remarks(document) if raw else ()), *map(over_http, outcome.remarks), *(open_dates(document) if raw else ()))
    verdict = _verdict(outcome, told)
    data = json.dumps(as_json(document), ensure_ascii=False).encode("utf-8")
    shapes = rdf_text((quad.triple for quad in validation_report(outcome)), RdfFormat.TURTLE, PREFIXES).encode("utf-8")
    facts = {"result": outcome.result.value, "iri": outcome.mapped.name.iri, "raw": raw, "verdict": len(verdict), "document": len(data)}
    return facts, within(verdict + data + shapes)


def over_http(sentence: str) -> str:
    """What the store says of a report, for who brings it over HTTP: the flag of the command line is a parameter there."""
    return sentence.replace(FLAG, "add revise=true to the address")


def _verdict(outcome: Outcome, told: tuple[str, ...]) -> bytes:
    entry = {**entry_of_outcome(_SOURCE, outcome, "valid"), "remarks": list(told), "document": as_json(outcome.document)}
    entry["conforms"] = outcome.result is not Result.REFUSED
    return json.dumps(entry, ensure_ascii=False).encode("utf-8")


def read_document(
    worker: Worker, media: str, fields: dict[str, str], body: bytes, reference: Reference, archive: Archive
) -> tuple[ClaimsDocument, bool]:
    """The claims document of a body, and whether it was a raw report, of which ``fields`` say more. Raises :class:`BadDocument` and its like."""
    if media == "application/json":
        if fields:
            raise BadDocument(f"A claims document says these itself: leave {', '.join(sorted(fields))} out of the address.")
        return document_of(parse_json(decode(body, "the body"))), False
    if media in _RAW:
        if "id" not in fields:
            raise BadDocument("A raw report needs an id: add id=… to the address.")
        reader = worker.keep("reader", lambda: RawReader(reference, None, named=DEFAULT, isolated=False))
        reader.archive = archive
        return reader.document(Raw(body, _RAW[media], fields)), True
    if media in _RDF:
        return _stated(body, media, reference), False
    raise WrongMediaType(f"'{shown(media)}' is not read here: send {', '.join(MEDIA)}, named in Content-Type.")


def _stated(body: bytes, media: str, reference: Reference) -> ClaimsDocument:
    found = read_turtle(body, _RDF[media], "the body", reference.base, reference.entities)
    if len(found) != 1:
        raise BadDocument(f"The body states {len(found)} reports: send one at a time.")
    if found[0].error is not None:
        raise found[0].error
    if found[0].document is None:
        raise BadDocument("The body states no report.")
    return found[0].document
