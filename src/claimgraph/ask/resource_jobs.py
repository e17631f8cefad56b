"""What a worker says of one IRI of ours: everything that is stated of it, with the graph of each statement."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, Store

from claimgraph.ask import lookup
from claimgraph.ask.jobs import Done, reference_of, within
from claimgraph.ask.results import JSON_LD, N_QUADS, N_TRIPLES, TRIG, TURTLE, Form, choose, write_graph
from claimgraph.ask.worker import Worker
from claimgraph.model.canonical import version_of
from claimgraph.model.errors import NotFound, StoreDamaged
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base, last_word
from claimgraph.model.text import shown
from claimgraph.model.to_quads import to_quads
from claimgraph.store.archive import Archive
from claimgraph.store.place import Place
from claimgraph.store.reference import Reference

HTML = Form("text/html", "html", ("application/xhtml+xml",))
FORMS = (TURTLE, TRIG, JSON_LD, N_QUADS, N_TRIPLES, HTML)
_LONGEST = 2_000  # characters of a literal shown; the data forms have all
_MARK = "[\u0300-\u036f\u0483-\u0489\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_PILE = re.compile(f"({_MARK}{{8}}){_MARK}+")  # more marks on a letter than any writing has: they would cover the lines above


def resource(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """What is stated of ``iri``. ``see`` in the answer's header names the version that stands, where the IRI is a report as a whole.

    What stands no longer is read from the archive. Raises :class:`NotFound`.
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
    data = _page(node, quads, base).encode("utf-8") if form is HTML else write_graph(quads, form)
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
    if stored is None:
        return []
    document = stored.claims_document()
    if version_of(document) != name.version:
        raise StoreDamaged(f"The archive's copy of report {name.report_id} is not what its version was named by: restore a backup.")
    reference: Reference = reference_of(worker, store)
    mapped = to_quads(document, base, reference.entities, name=name)
    return [quad for quad in mapped.quads if isinstance(quad.subject, NamedNode) and _is_part(quad.subject.value, node.value)]


def _is_part(iri: str, whole: str) -> bool:
    return iri == whole or iri.startswith(whole + "#")


# --- as a page ------------------------------------------------------------------------------------------------------------


def _page(node: NamedNode, quads: Iterable[Quad], base: Base) -> str:
    """A page that needs nothing but itself: a table of statements, each text in its own direction."""
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{_link(term, base)}</td>" for term in (q.subject, q.predicate, q.object, q.graph_name)) + "</tr>" for q in quads
    )
    title = _words(node.value, 300)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title></head>\n"
        f"<body><main><h1><bdi>{title}</bdi></h1>\n"
        "<p>What the store holds of this, each statement with the graph it stands in. Ask for text/turtle, application/trig or application/ld+json "
        "to have it as data.</p>\n<table><thead><tr><th>statement of</th><th>property</th><th>value</th><th>graph</th></tr></thead>\n"
        f"<tbody>\n{rows}\n</tbody></table></main></body></html>\n"
    )


def _words(text: str, limit: int) -> str:
    """Words from outside as HTML: controls by their number, and no letter with marks without end."""
    return html.escape(_PILE.sub(r"\1…", shown(text, limit)))


def _link(term: object, base: Base) -> str:
    """A term as HTML: our own IRIs lead to their pages, those of the web out, and nothing else leads anywhere."""
    if isinstance(term, Literal):
        language = f' lang="{html.escape(term.language)}"' if term.language else ""
        return f'<span dir="auto"{language}>{_words(term.value, _LONGEST)}</span>'
    if not isinstance(term, NamedNode):
        return _words(str(term), _LONGEST)
    word = f"<bdi>{_words(last_word(term.value) or term.value, 200)}</bdi>"
    if term.value.startswith(base.iri):
        return f'<a href="/id/{html.escape(term.value[len(base.iri) :])}">{word}</a>'
    if term.value.partition(":")[0].lower() in ("http", "https"):  # urlsplit raises for some hosts that IRIs may have
        return f'<a href="{html.escape(term.value)}" rel="noopener noreferrer">{word}</a>'
    return word
