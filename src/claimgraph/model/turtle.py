"""Turtle and TriG from outside: read back into claims documents, and what does not come back is refused with its line.

A report's graph is a function of its claims document (:mod:`claimgraph.model.to_quads`). So a graph is accepted exactly if
the document read from it maps to all of it again: statements about other things, unknown properties, second values and numbers
in another lexical form are all found by the same comparison.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Container
from pathlib import Path
from typing import IO, cast

from pyoxigraph import BlankNode, DefaultGraph, NamedNode, Quad, RdfFormat, Triple, parse

from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import BadDocument, ClaimgraphError, Problems
from claimgraph.model.from_quads import from_quads
from claimgraph.model.isolation import Died, TookTooLong, run_isolated
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import Base, ReportName
from claimgraph.model.reading import Input
from claimgraph.model.text import read_bytes, shown
from claimgraph.model.to_quads import to_quads

FORMATS = {".ttl": RdfFormat.TURTLE, ".trig": RdfFormat.TRIG, ".nt": RdfFormat.N_TRIPLES, ".nq": RdfFormat.N_QUADS}
_Numbered = tuple[int, Quad]


def read_turtle_file(path: Path, base: Base, known: Container[str]) -> list[Input]:
    """The reports that a Turtle, TriG, N-Triples or N-Quads file states, in order of first appearance.

    Raises :class:`BadDocument` if the file as a whole cannot be read or says something about no report.
    """
    data = read_bytes(path)
    try:
        groups = run_isolated(LIMITS.parse_seconds, _parse, data, FORMATS[path.suffix.lower()], base)
    except Died:
        raise BadDocument(f"{path} broke the parser: it is nested too deeply or too large; split or flatten it.") from None
    except TookTooLong:
        raise BadDocument(f"{path} took more than {LIMITS.parse_seconds:g} s to read: split it (CLAIMGRAPH_PARSE_SECONDS).") from None
    except BadDocument as error:
        raise BadDocument(f"{path} {error}", problems=error.problems) from None
    return [_read(str(path), ReportName(iri), quads, base, known) for iri, quads in groups.items()]


def read_turtle(data: bytes, form: RdfFormat, source: str, base: Base, known: Container[str]) -> list[Input]:
    """The same of bytes, parsed in this process: for one that may die. Raises :class:`BadDocument`."""
    return [_read(source, ReportName(iri), quads, base, known) for iri, quads in _parse(data, form, base).items()]


class _Lines:
    """A file that hands out at most one line a call, so that the parser's place is known when it yields a statement."""

    def __init__(self, data: bytes) -> None:
        self.file = io.BytesIO(data)
        self.number = 1
        self.ended = False

    def read(self, size: int) -> bytes:
        """The rest of the line, or as much of it as fits; nothing at the end."""
        self.number += self.ended
        chunk = self.file.readline(size)
        self.ended = chunk.endswith(b"\n")
        return chunk


def _parse(data: bytes, form: RdfFormat, base: Base) -> dict[str, list[_Numbered]]:
    """The statements of each report, with their lines. Runs in a process of its own."""
    groups: dict[str, list[_Numbered]] = defaultdict(list)
    problems, lines = Problems(LIMITS.problems), _Lines(data)
    try:
        for quad in parse(cast("IO[bytes]", lines), format=form):
            where = f"line {lines.number}"
            if any(isinstance(term, BlankNode | Triple) for term in (quad.subject, quad.object, quad.graph_name)):
                problems.add("blank nodes and quoted triples are not accepted: give every node an IRI", where)
                continue
            report = base.report_of(quad.subject.value) if isinstance(quad.subject, NamedNode) else None
            if report is None or quad.graph_name not in (DefaultGraph(), report.node):
                problems.add(
                    f"{shown(str(quad.subject), 200)} is not the report's own, or stands in another graph than its report's: remove it", where
                )
                continue
            groups[report.iri].append((lines.number, Quad(quad.subject, quad.predicate, quad.object, report.node)))
    except SyntaxError as error:
        problems.add(f"broken syntax ({shown(str(error.msg), 200)}): correct it there", f"line {error.lineno}")
    except ValueError as error:
        problems.add(f"cannot be read ({shown(str(error), 200)})", f"line {lines.number}")
    if not groups and not problems.found:
        problems.add(f"no report is stated here: expected an IRI like {base.iri}v/<hash>/<report id>")
    problems.raise_if_any(BadDocument, "states what no report of ours says")
    return dict(groups)


def _read(origin: str, name: ReportName, numbered: list[_Numbered], base: Base, known: Container[str]) -> Input:
    source = f"{origin} {name.report_id}"
    try:
        return Input(source, document=_came_back(name, numbered, base, known))
    except ClaimgraphError as error:
        return Input(source, error=error)


def _came_back(name: ReportName, numbered: list[_Numbered], base: Base, known: Container[str]) -> ClaimsDocument:
    document = from_quads((quad for _, quad in numbered), name, base)
    ours = set(to_quads(document, base, known, name=name).quads)
    problems = Problems(LIMITS.problems)
    if document.report.id != name.report_id:
        problems.add(f"its identifier is '{document.report.id}', but its name says '{name.report_id}': make them the same")
    for line, quad in numbered:
        if quad not in ours:
            statement = f"{quad.subject} {quad.predicate} {quad.object}"
            problems.add(f"this does not come back from the claims document that the file states: {shown(statement, 300)}", f"line {line}")
    problems.raise_if_any(BadDocument, "states more than its claims document says")
    return document
