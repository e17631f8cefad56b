"""What the one worker of a scratch service does: a store in its memory that anybody may change by every means of SPARQL.

Without archive, shapes or tokens; for trying things out, and for the conformance suites. It forgets everything when it ends.
"""

from __future__ import annotations

import re
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Store

from claimgraph.ask.gate import Outline, check
from claimgraph.ask.jobs import Done, decoded, whole_graph, within
from claimgraph.ask.query import PREFIXES, Dataset, evaluate
from claimgraph.ask.results import write as write_answer
from claimgraph.ask.update import operating, read_graph
from claimgraph.ask.worker import Worker
from claimgraph.model.errors import BadQuery, NotFound
from claimgraph.model.limits import LIMITS
from claimgraph.model.text import shown


def _store(worker: Worker) -> Store:
    worker.forbid_files()
    store: Store = worker.keep("scratch", Store)
    return store


def query(worker: Worker, header: dict[str, Any], body: bytes) -> Done:
    """Run a query."""
    dataset = Dataset(tuple(header["default"]), tuple(header["named"]))
    answer = evaluate(_store(worker), decoded(body, "The query"), rows=LIMITS.answer_rows, dataset=dataset, base=header["base"])
    form, data = write_answer(answer, header["accept"])
    return {"media": form.header, "truncated": answer.truncated}, within(data)


def update(worker: Worker, header: dict[str, Any], body: bytes) -> Done:
    """Run an update; ``default`` and ``named`` are the graphs that its WHERE clauses are about."""
    text = decoded(body, "The update")
    if header["default"] or header["named"]:
        text = using(text, tuple(header["default"]), tuple(header["named"]))
    text = operating(text, check(text), header["base"])
    try:
        _store(worker).update(text, base_iri=header["base"], prefixes=PREFIXES)
    except SyntaxError as error:
        raise BadQuery(f"The update is no SPARQL 1.1: {shown(str(error.msg), 300)}.") from None
    except (ValueError, OSError, RuntimeError) as error:
        raise BadQuery(f"The update cannot be run: {shown(str(error), 300)}.") from None
    return {}, b""


def using(text: str, default: tuple[str, ...], named: tuple[str, ...]) -> str:
    """An update whose WHERE clauses are about these graphs (SPARQL 1.1 Protocol 2.2.3), written as USING.

    Raises :class:`BadQuery` where it says itself what they are about.
    """
    found = check(text)
    if own := next((w.text for w in found.words if w.depth == 0 and w.text in ("USING", "WITH")), None):
        raise BadQuery(f"The update says {own}, and the request using-graph-uri or using-named-graph-uri: keep one of the two.")
    clause = " ".join([*(f"USING <{iri}>" for iri in default), *(f"USING NAMED <{iri}>" for iri in named)])
    for place, pattern in reversed(_clauses(text, found)):
        text = f"{text[:place]} {pattern}\n{clause} {text[place:]}"  # the pattern may end in a comment
    return text


def _clauses(text: str, found: Outline) -> list[tuple[int, str]]:
    """Where each WHERE stands outside all braces, and what its DELETE deletes where the two are one (DELETE WHERE)."""
    out = []
    outside = [word for word in found.words if word.depth == 0]
    for before, word in zip([None, *outside], outside, strict=False):
        if word.text in ("WHERE", "DELETEWHERE"):  # the engine needs no space between the two
            behind = word.start + len(word.text)
            place = behind - len("WHERE")
            head = text[before.start : place] if before is not None and before.text == "DELETE" else "{"
            is_short = word.text != "WHERE" or "{" not in re.sub(r"#.*", "", head)
            end = next((end for end in found.ends if end > place), len(text))
            out.append((place, text[behind:end] if is_short else ""))
    return out


def graph(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """A whole graph; without a name the default graph."""
    return whole_graph(_store(worker), header["graph"], header["accept"], union=False)


def write(worker: Worker, header: dict[str, Any], body: bytes) -> Done:
    """Replace (PUT), extend (POST) or remove (DELETE) a graph; ``there`` says whether it was there before. Raises :class:`NotFound`."""
    store, name, method = _store(worker), header["graph"], header["method"]
    node = NamedNode(name) if name else DefaultGraph()
    there = not name or store.contains_named_graph(NamedNode(name))
    if method == "DELETE":
        if not there:
            raise NotFound("There is no such graph.")
        store.clear_graph(node) if not name else store.remove_graph(node)
        return {"there": there}, b""
    quads = read_graph(body, header["media"], name or None, name or header["base"])
    if method == "PUT":
        store.clear_graph(node)
    if name:
        store.add_graph(NamedNode(name))
    store.extend(quads)
    return {"there": there}, b""


def counts(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """How many statements the store holds."""
    return {"triples": len(_store(worker)), "entities": {}}, b""
