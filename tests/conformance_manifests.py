"""The W3C's manifests of HTTP tests as values: what is sent, in which order, and what must come back.

Nothing in a manifest is passed over: what the reader does not know how to honour is an error, so that no expectation is lost unseen.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from rdflib import RDF, RDFS, Graph, Namespace, URIRef
from rdflib.term import Node

CNT = Namespace("http://www.w3.org/2011/content#")
DAWGT = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-dawg#")
HT = Namespace("http://www.w3.org/2011/http#")
HTS = Namespace("http://www.w3.org/2011/http-statusCodes#")
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
UT = Namespace("http://www.w3.org/2009/sparql/tests/test-update#")

KINDS = (MF.ProtocolTest, MF.GraphStoreProtocolTest)

# What the parts of a test may say; what the reader ignores of it says nothing about requests or answers.
_ENTRY = {MF.name, MF.action, MF.requires, UT.graphData, DAWGT.approval, DAWGT.approvedBy}
_REQUEST = {HT.absolutePath, HT.methodName, HT.httpVersion, HT.headers, HT.body, HT.resp}
_RESPONSE = {MF.expectedStatus, MF.expectedBoolean, MF.expectedFormat, MF.expectedLocation, HT.headers, HT.body}


class UnknownInManifest(Exception):
    """A manifest says something that the reader does not know how to honour."""


@dataclass(frozen=True)
class Content:
    """A body, and how its characters become bytes."""

    text: str
    encoding: str

    def encoded(self) -> bytes:
        """The bytes."""
        return self.text.encode(self.encoding)


Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Expected:
    """What must come back: any of the statuses, and everything else that is given."""

    statuses: tuple[range, ...]
    boolean: bool | None = None
    format: str | None = None
    location: str | None = None
    headers: Headers = ()
    body: Content | None = None


@dataclass(frozen=True)
class Request:
    """One request and what must come back."""

    method: str
    path: str
    headers: Headers
    body: Content | None
    expected: Expected


@dataclass(frozen=True)
class Entry:
    """One test: graphs that are there before it, by name and file, and requests in their order."""

    iri: str
    name: str
    graphs: tuple[tuple[str, Path], ...]
    requests: tuple[Request, ...]


def suites() -> Path:
    """The folder of the W3C's SPARQL 1.1 tests, which need not be there."""
    named = os.environ.get("CLAIMGRAPH_SHARED")
    shared = Path(named).resolve() if named else Path(__file__).resolve().parent.parent.parent / "shared"
    return shared / "suites" / "sparql" / "sparql11"


def files(manifest: Path) -> Iterator[Path]:
    """A manifest and all that it includes."""
    yield manifest
    graph = _graph(manifest)
    for listed in graph.objects(None, MF.include):
        for included in graph.items(listed):
            yield from files(_path(included))


def entries(manifest: Path) -> list[Entry]:
    """The tests of a manifest and of those it includes: as listed, then those that are described but that no list names."""
    found = []
    for path in files(manifest):
        graph = _graph(path)
        listed = [one for entry in graph.objects(None, MF.entries) for one in graph.items(entry)]
        described = [one for kind in KINDS for one in graph.subjects(RDF.type, kind)]
        found += [_entry(graph, iri) for iri in dict.fromkeys([*listed, *sorted(described)])]
    return found


def _graph(path: Path) -> Graph:
    return Graph().parse(path, format="turtle", publicID=path.resolve().as_uri())


def _path(iri: Node) -> Path:
    return Path(url2pathname(urlsplit(str(iri)).path))


def _entry(graph: Graph, iri: Node) -> Entry:
    if graph.value(iri, RDF.type) not in KINDS:
        raise UnknownInManifest(f"{iri} is listed, and is no test of a kind that is known")
    _check(graph, iri, _ENTRY)
    action = _one(graph, iri, MF.action)
    _check(graph, action, {HT.connectionAuthority, HT.requests})
    requests = tuple(_request(graph, one) for one in graph.items(_one(graph, action, HT.requests)))
    return Entry(str(iri), _text(graph, iri, MF.name), tuple(sorted(_data(graph, one) for one in graph.objects(iri, UT.graphData))), requests)


def _data(graph: Graph, node: Node) -> tuple[str, Path]:
    _check(graph, node, {UT.graph, RDFS.label})
    return _text(graph, node, RDFS.label), _path(_one(graph, node, UT.graph))


def _request(graph: Graph, node: Node) -> Request:
    _check(graph, node, _REQUEST)
    if _text(graph, node, HT.httpVersion) != "1.1":
        raise UnknownInManifest("a request in another version of HTTP")
    return Request(
        method=_text(graph, node, HT.methodName),
        path=_text(graph, node, HT.absolutePath),
        headers=_headers(graph, node),
        body=_content(graph, node),
        expected=_expected(graph, _one(graph, node, HT.resp)),
    )


def _expected(graph: Graph, node: Node) -> Expected:
    _check(graph, node, _RESPONSE)
    boolean, form, location = (graph.value(node, said, any=False) for said in (MF.expectedBoolean, MF.expectedFormat, MF.expectedLocation))
    statuses = tuple(_codes(one) for one in sorted(graph.objects(node, MF.expectedStatus)))
    if not statuses:
        raise UnknownInManifest("a response without a status")
    return Expected(
        statuses=statuses,
        boolean=None if boolean is None else bool(boolean.toPython()),
        format=None if form is None else str(form),
        location=None if location is None else str(location),
        headers=_headers(graph, node),
        body=_content(graph, node),
    )


_NAMED = {status.name.replace("_", "").lower(): status.value for status in HTTPStatus}


def _codes(status: Node) -> range:
    """The codes that ``hts:Created`` or ``hts:StatusCode2xx`` stands for."""
    name = str(status).removeprefix(str(HTS)).lower()
    if name in _NAMED:
        return range(_NAMED[name], _NAMED[name] + 1)
    if name.startswith("statuscode") and name.endswith("xx") and name[10:-2].isdigit():
        return range(int(name[10:-2]) * 100, int(name[10:-2]) * 100 + 100)
    raise UnknownInManifest(f"the status {status}")


def _headers(graph: Graph, node: Node) -> Headers:
    listed = graph.value(node, HT.headers, any=False)
    found = []
    for header in graph.items(listed) if listed else ():
        _check(graph, header, {HT.fieldName, HT.fieldValue})
        found.append((_text(graph, header, HT.fieldName), _text(graph, header, HT.fieldValue)))
    return tuple(found)


def _content(graph: Graph, node: Node) -> Content | None:
    body = graph.value(node, HT.body, any=False)
    if body is None:
        return None
    _check(graph, body, {CNT.chars, CNT.characterEncoding})
    return Content(_text(graph, body, CNT.chars), _text(graph, body, CNT.characterEncoding))


def _one(graph: Graph, node: Node, predicate: URIRef) -> Node:
    found = graph.value(node, predicate, any=False)  # more than one raises
    if found is None:
        raise UnknownInManifest(f"{node} has no {predicate}")
    return found


def _text(graph: Graph, node: Node, predicate: URIRef) -> str:
    return str(_one(graph, node, predicate))


def _check(graph: Graph, node: Node, known: set[URIRef]) -> None:
    """Raise where something is said of a node that nobody here reads."""
    if unknown := set(graph.predicates(node)) - known - {RDF.type}:
        raise UnknownInManifest(f"{node} says {', '.join(sorted(map(str, unknown)))}")
