"""What a worker says of one IRI of ours: everything that is stated of it, with the graph of each statement."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, Store

from claimgraph.ask import lookup
from claimgraph.ask.jobs import Done, reference_of, within
from claimgraph.ask.results import HTML, JSON_LD, N_QUADS, N_TRIPLES, TRIG, TURTLE, choose, write_graph
from claimgraph.ask.worker import Worker
from claimgraph.model.canonical import version_of
from claimgraph.model.errors import NotFound, StoreDamaged
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import ID_PATTERN, Base, last_word
from claimgraph.model.text import shown
from claimgraph.model.to_quads import to_quads
from claimgraph.model.vocabulary import CG, is_declared
from claimgraph.store.archive import Archive
from claimgraph.store.place import Place
from claimgraph.store.reference import Reference
from claimgraph.store.reviews import as_reviewed

FORMS = (TURTLE, TRIG, JSON_LD, N_QUADS, N_TRIPLES, HTML)
_LONGEST = 2_000  # characters of a literal shown; the data forms have all


def resource(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """What is stated of ``iri``. ``see`` in the answer's header names the version that stands, where the IRI is a report as a whole.

    What stands no longer is read from the archive. For a page the body is its data, as JSON. Raises :class:`NotFound`.
    """
    store, base = worker.open_snapshot(header["snapshot"]), Base(LIMITS.base)
    try:
        node = NamedNode(header["iri"])
    except ValueError:
        raise NotFound("This is no IRI: check the address.") from None
    form = choose(header["accept"], FORMS)
    facts: dict[str, Any] = {"media": form.header, "truncated": False}
    worker.forbid_files()
    stated = lookup.describe(store, node)
    facts["truncated"] = stated.truncated
    quads: list[Quad] = lookup.quads_of(stated)
    if not quads and (standing := _standing(store, node, base)) is not None:
        return {"see": standing}, b""
    if not quads:
        quads = list(islice(store.quads_for_pattern(None, None, None, node), LIMITS.answer_rows + 1))
        facts["truncated"] = len(quads) > LIMITS.answer_rows
    if not quads:
        quads = _superseded(worker, header, node, store)
        facts["stands"] = False
    if not quads:
        raise NotFound(f"The store has nothing called {shown(node.value, 300)}.")
    quads = quads[: LIMITS.answer_rows]
    data = _statements(node, quads, base, reference_of(worker, store)) if form is HTML else write_graph(quads, form)
    facts["etag"] = hashlib.sha256(data).hexdigest()[:32]
    return facts, within(data)


def _standing(store: Store, node: NamedNode, base: Base) -> str | None:
    """Where a report is found that is named without its version (``BASE REPORT``), or a claim of it (``BASE REPORT/CLAIM``)."""
    report, slash, claim = node.value.removeprefix(base.iri).partition("/")
    standing = lookup.standing_version(store, NamedNode(base.iri + report))
    if standing is None or not slash:
        return standing.value if standing is not None else None
    found = NamedNode(f"{standing.value}/{claim}")
    return found.value if any(store.quads_for_pattern(found, None, None, standing)) else None


def _superseded(worker: Worker, header: dict[str, Any], node: NamedNode, store: Store) -> list[Quad]:
    """The statements of a version that another one replaced, or of a part of it, mapped again from the archive."""
    base = Base(LIMITS.base)
    name = base.report_of(node.value)
    if name is None:
        return []
    worker.allow_files()
    with closing(Archive(Place(Path(header["folder"])).archive, base.iri, make=False)) as archive:
        stored = archive.version(name.version, name.report_id)
        document = as_reviewed(archive, stored, header["commit"]) if stored is not None else None
    if document is None:
        return []
    if version_of(document) != name.version:
        raise StoreDamaged(f"The archive's copy of report {name.report_id} is not what its version was named by: restore a backup.")
    reference: Reference = reference_of(worker, store)
    mapped = to_quads(document, base, reference.entities, name=name)
    return [quad for quad in mapped.quads if isinstance(quad.subject, NamedNode) and _is_part(quad.subject.value, node.value)]


def _is_part(iri: str, whole: str) -> bool:
    return iri == whole or iri.startswith(whole + "#")


# --- as a page ------------------------------------------------------------------------------------------------------------


def page_of(node: NamedNode, base: Base, reference: Reference) -> str:
    """The address of the page of an entity, an incident, a report version or a claim; empty for anything else."""
    key, name = base.key(node), base.report_of(node.value)
    if key in reference.incidents:
        return f"/incidents/{key}"
    if key in reference.entities:
        return f"/entities/{key}"
    part = node.value.removeprefix(name.iri) if name is not None else "#"
    if name is None or not re.fullmatch(f"(/{ID_PATTERN})?", part):
        return ""
    return f"/{'claims' if part else 'reports'}/{node.value.removeprefix(base.iri + 'v/')}"


def _statements(node: NamedNode, quads: Sequence[Quad], base: Base, reference: Reference) -> bytes:
    """What a page of the resource shows, as JSON: its statements as terms, of many the first; and the page that tells it better, if there is."""
    shown_quads = quads[: LIMITS.page_rows]
    value = {
        "iri": node.value,
        "word": last_word(node.value) or node.value,
        "page": page_of(node, base, reference),
        "cut": len(quads) > len(shown_quads),
        "statements": [[term_value(term, base) for term in (q.subject, q.predicate, q.object, q.graph_name)] for q in shown_quads],
    }
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def term_value(term: object, base: Base) -> dict[str, str]:
    """A term as a page shows it: a ``text``, or an IRI by its last word with where it leads.

    Ours lead to their pages, terms of the ontology to the reference, those of the web out.
    """
    if isinstance(term, Literal):
        text = term.value[:_LONGEST] + ("…" if len(term.value) > _LONGEST else "")
        return {"kind": "text", "text": text, "lang": term.language or ""}
    if not isinstance(term, NamedNode):
        return {"kind": "other", "text": "" if term is None else str(term)[:_LONGEST], "href": ""}
    word = (last_word(term.value) or term.value)[:_LONGEST]
    if term.value.startswith(base.iri):
        return {"kind": "ours", "text": word, "href": "/id/" + term.value[len(base.iri) :], "iri": term.value}
    if term.value.startswith(CG.iri) and is_declared(term.value):
        return {"kind": "term", "text": word, "href": f"/reference/ontology#{word}", "iri": term.value}
    is_web = term.value.partition(":")[0].lower() in ("http", "https")  # urlsplit raises for some hosts that IRIs may have
    return {"kind": "web" if is_web else "other", "text": word, "href": term.value if is_web else "", "iri": term.value}
