"""What a worker does for the service on a snapshot of the evidence: queries, questions, updates and graphs as data, counts."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Store, Triple

from claimgraph.ask import answers, lookup
from claimgraph.ask.catalogue import question
from claimgraph.ask.gate import outline
from claimgraph.ask.query import Dataset, evaluate
from claimgraph.ask.results import GRAPHS, choose, write, write_graph
from claimgraph.ask.statements import refuse
from claimgraph.ask.update import read_graph, read_update
from claimgraph.ask.worker import Worker
from claimgraph.model.canonical import canonical_nquads
from claimgraph.model.errors import AnswerTooLarge, BadParameter, BadRequest, Expired, NotFound
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base
from claimgraph.model.vocabulary import CG, RDF_TYPE
from claimgraph.store.reference import Reference
from claimgraph.store.workspace import net

Done = tuple[dict[str, Any], bytes]
CURSOR_PATTERN = "[A-Za-z0-9_-]{43}="  # two digests of 16 letters, as Base64


def decoded(body: bytes, what: str) -> str:
    """A body as text. Raises :class:`BadRequest` for what is no UTF-8."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"{what} is not UTF-8 (byte {error.start}): send it in UTF-8.") from None


def within(body: bytes) -> bytes:
    """An answer's bytes, if they are not too many. Raises :class:`AnswerTooLarge`."""
    if len(body) > LIMITS.answer_bytes:
        raise AnswerTooLarge(f"The answer has more than {LIMITS.answer_bytes} bytes (CLAIMGRAPH_ANSWER_BYTES): ask for less, or use LIMIT.")
    return body


def query(worker: Worker, header: dict[str, Any], body: bytes) -> Done:
    """Run a query. One that names services is run only where it may ask them; elsewhere the answer is that it must be."""
    store, text = worker.open_snapshot(header["snapshot"]), decoded(body, "The query")
    worker.forbid_files()
    services = tuple(header.get("services", ()))
    if services and not worker.networked and set(outline(text).services) & set(services):
        return {"elsewhere": True}, b""
    dataset = Dataset(tuple(header["default"]), tuple(header["named"]))
    answer = evaluate(store, text, rows=LIMITS.answer_rows, dataset=dataset, base=LIMITS.base, services=services if worker.networked else ())
    form, data = write(answer, header["accept"])
    return {"media": form.header, "truncated": answer.truncated}, within(data)


def update(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """What an update of INSERT DATA and DELETE DATA adds and removes, as N-Quads."""
    worker.forbid_files()
    edits = net(read_update(decoded(body, "The update"), LIMITS.base))
    refuse(edits.removed, edits.added)
    added = canonical_nquads(edits.added)
    return {"added": len(added), "graphs": list(edits.graphs)}, added + canonical_nquads(edits.removed)


def graph_body(worker: Worker, header: dict[str, Any], body: bytes) -> Done:
    """The statements of a body of RDF, as N-Quads in the graph that is named."""
    worker.forbid_files()
    quads = read_graph(body, header["media"], header["graph"], header["graph"] or LIMITS.base)
    refuse((), quads)
    return {}, canonical_nquads(quads)


def graph(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """A whole graph in the form that suits; ``graph`` empty is the union of all. Raises :class:`NotFound`, :class:`AnswerTooLarge`."""
    store = worker.open_snapshot(header["snapshot"])
    worker.forbid_files()
    return whole_graph(store, header["graph"], header["accept"])


def whole_graph(store: Store, name: str, accept: str, *, union: bool = True) -> Done:
    """A named graph; without a name the default graph: the union of all, or what is in no named one."""
    form = choose(accept, GRAPHS)
    if name and not any(True for _ in store.quads_for_pattern(None, None, None, NamedNode(name))):
        raise NotFound("The store has no such graph: SELECT DISTINCT ?g WHERE { GRAPH ?g { } } lists them.")
    node = NamedNode(name) if name else None if union else DefaultGraph()
    triples: dict[Triple, None] = {}
    for quad in store.quads_for_pattern(None, None, None, node):
        triples[quad.triple] = None
        if len(triples) > LIMITS.answer_rows:
            raise AnswerTooLarge(
                f"The graph has more than {LIMITS.answer_rows} statements (CLAIMGRAPH_ANSWER_ROWS): query it in parts, or use 'claimgraph export'."
            )
    return {"media": form.header}, within(write_graph(triples, form))


def counts(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """How much the store holds, for its description: statements, reports, claims."""
    store = worker.open_snapshot(header["snapshot"])
    worker.forbid_files()
    return {
        "triples": len(store),
        "entities": {str(kind.value): sum(1 for _ in store.quads_for_pattern(None, RDF_TYPE, kind, None)) for kind in (CG.Report, CG.Claim)},
    }, b""


def asked(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """A page of a question's answer, as JSON or CSV. Raises what the catalogue raises, :class:`BadParameter` and :class:`Expired`."""
    store, found, base = worker.open_snapshot(header["snapshot"]), question(header["question"]), Base(LIMITS.base)
    worker.forbid_files()
    sparql = found.sparql(header["parameters"], base, reference_of(worker, store), without_candidates=header["reviewed"])
    answer = evaluate(store, sparql, rows=LIMITS.answer_rows)
    rows = answers.records(found, answer)
    about = _digest([found.name, header["parameters"], header["reviewed"]])
    start = _after(header["cursor"], about, rows)
    page = rows[start : start + header["limit"]]
    claims = {row[column] for row in page for column in answers.review_fields(found) if row[column]}
    told = answers.with_reviews(found, page, lookup.reviews(store, claims))
    more = _cursor(about, page[-1]) if start + len(page) < len(rows) else None
    facts = {"truncated": answer.truncated, "next": more}
    if header["form"] == "csv":
        return {**facts, "media": "text/csv; charset=utf-8"}, within(answers.records_csv(found, told, reviews=True).encode())
    value = {
        "question": found.name,
        "parameters": {p.name: header["parameters"].get(p.name, ",".join(p.default)) for p in found.parameters},
        "commit": header["commit"],
        "columns": [*(column.name for column in found.columns), *answers.review_fields(found).values()],
        "rows": told,
        "total": len(rows),
        **facts,
    }
    return {**facts, "media": "application/json"}, within(json.dumps(value, ensure_ascii=False).encode("utf-8"))


def reference_of(worker: Worker, store: Store) -> Reference:
    """The reference graph of the open snapshot."""
    base = Base(LIMITS.base)
    found: Reference = worker.keep("reference", lambda: Reference(store.quads_for_pattern(None, None, None, base.reference), base))
    return found


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:16]


def _cursor(about: str, row: dict[str, Any]) -> str:
    """Where a page ends: behind this row of this answer. The next page goes on there even if rows before it came or went."""
    return base64.urlsafe_b64encode(f"{about}{_digest(row)}".encode()).decode()


def _after(cursor: str | None, about: str, rows: list[dict[str, Any]]) -> int:
    if cursor is None:
        return 0
    if not re.fullmatch(CURSOR_PATTERN, cursor):
        raise BadParameter("This is no cursor: send the 'next' of the page before, or begin without one.")
    text = base64.urlsafe_b64decode(cursor).decode("latin-1")
    if not text.startswith(about):
        raise NotFound("This cursor is not of this question with these parameters: begin again without it.")
    place = next((number for number, row in enumerate(rows, start=1) if _digest(row) == text[len(about) :]), None)
    if place is None:
        raise Expired("The row that this cursor stands behind is no longer in the answer: begin again without the cursor.")
    return place
