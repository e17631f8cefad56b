"""The requests of a manifest, sent as they are written, and their answers compared with what the manifest expects.

Bodies are read by rdflib, which has no part in making them.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from email.message import Message
from http.client import HTTPConnection
from urllib.parse import urljoin

from rdflib import Dataset, Graph
from rdflib.compare import isomorphic
from rdflib.query import Result

from conformance_manifests import Content, Entry, Expected, Request
from serving import Answer, exchange

GRAPH_TYPES = (
    "text/turtle",
    "application/trig",
    "application/n-triples",
    "application/n-quads",
    "application/ld+json",
    "application/rdf+xml",
)
BOOLEAN_TYPES = ("application/sparql-results+json", "application/sparql-results+xml")
ROW_TYPES = (*BOOLEAN_TYPES, "text/csv", "text/tab-separated-values")


@dataclass(frozen=True)
class Endpoint:
    """Where a service is, and which paths it has for those that the manifests use."""

    host: str
    port: int
    paths: dict[str, str] = field(default_factory=lambda: {"/sparql/": "/sparql/", "/gsp": "/graphs"})

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://{self.host}:{self.port}"

    def target(self, request: Request) -> str:
        """The path of a request at this service; the rest of it stays as it is written."""
        for theirs, ours in self.paths.items():
            if request.path.startswith(theirs):
                return ours + request.path.removeprefix(theirs)
        raise AssertionError(f"no path of the service stands for that of {request.path}")


def prepare(entry: Entry, endpoint: Endpoint) -> None:
    """Empty the store and put the graphs there that a test begins with."""
    sparql = (("content-type", "application/sparql-update"),)
    requests = [Request("POST", "/sparql/", sparql, Content("DROP ALL", "utf-8"), Expected((range(200, 300),)))]
    for name, path in entry.graphs:
        update = f"INSERT DATA {{ GRAPH <{name}> {{ {path.read_text(encoding='utf-8')} }} }}"
        requests.append(replace(requests[0], body=Content(update, "utf-8")))
    replay(replace(entry, requests=tuple(requests)), endpoint)


def replay(entry: Entry, endpoint: Endpoint) -> None:
    """Send the requests of a test in their order on one connection; the first answer that is not as expected fails it."""
    known: dict[str, str] = {}
    with closing(HTTPConnection(endpoint.host, endpoint.port, timeout=60)) as connection:
        for number, template in enumerate(entry.requests, 1):
            request = filled(template, known)
            target = endpoint.target(request)
            answer = exchange(connection, request.method, target, request.body.encoded() if request.body else None, request.headers)
            wrong = list(complaints(request.expected, answer, urljoin(endpoint.url, target)))
            assert not wrong, "\n".join([f"request {number}, {request.method} {target}:", *wrong, f"{answer.headers}{answer.body!r}"])
            if request.expected.location:
                known[request.expected.location] = urljoin(endpoint.url, answer.headers["location"])


def filled(request: Request, known: dict[str, str]) -> Request:
    """A request with what earlier answers gave in place of the names it has for it."""
    path, text = request.path, request.body.text if request.body else ""
    for name, value in known.items():
        path, text = path.replace(name, value), text.replace(name, value)
    return replace(request, path=path, body=replace(request.body, text=text) if request.body else None)


def complaints(expected: Expected, answer: Answer, url: str) -> Iterator[str]:
    """What is wrong with an answer; where its status is wrong, only that."""
    if not any(answer.status in codes for codes in expected.statuses):
        yield f"the status is {answer.status}, expected {' or '.join(f'{codes.start} to {codes.stop - 1}' for codes in expected.statuses)}"
        return
    if expected.location and "location" not in answer.headers:
        yield "there is no Location"
    for name, value in expected.headers:
        if not _agrees(name, value, answer.headers.get(name)):
            yield f"{name} is {answer.headers.get(name)!r}, expected {value!r}"
    try:
        yield from _about_the_body(expected, answer, url)
    except Exception as error:  # noqa: BLE001  # rdflib's parsers raise errors of many kinds
        yield f"the body cannot be read as {answer.media_type!r}: {error!r}"


def _agrees(name: str, expected: str, given: str | None) -> bool:
    """Whether a header says what is expected of it; a media type may have more parameters, and its letters may be small or not."""
    if given is None or name.lower() != "content-type":
        return given == expected
    ours, theirs = _media_type(given), _media_type(expected)
    return ours[0] == theirs[0] and theirs[1].items() <= ours[1].items()


def _media_type(value: str) -> tuple[str, dict[str, str]]:
    message = Message()
    message["content-type"] = value
    (name, _), *parameters = message.get_params([("", "")])
    return name.lower(), {key.lower(): value.lower() for key, value in parameters}


def _about_the_body(expected: Expected, answer: Answer, url: str) -> Iterator[str]:
    if expected.format == "RDF":
        graph_of(answer.body, answer.media_type, url)
    elif expected.format is not None or expected.boolean is not None:
        yield from _about_the_result(expected, answer)
    if expected.body is not None:
        theirs = graph_of(expected.body.encoded(), _media_type(dict(expected.headers)["content-type"])[0], url)
        if not isomorphic(graph_of(answer.body, answer.media_type, url), theirs):
            yield f"the graph is another one than\n{theirs.serialize(format='nt')}"


def _about_the_result(expected: Expected, answer: Answer) -> Iterator[str]:
    types, kind = {"boolean": (BOOLEAN_TYPES, "ASK"), "tabular": (ROW_TYPES, "SELECT")}[expected.format or "boolean"]
    if answer.media_type not in types:
        yield f"{answer.media_type!r} is none of {', '.join(types)}"
        return
    result = Result.parse(io.BytesIO(answer.body), content_type=answer.media_type)
    if result.type != kind:
        yield f"the result is of {result.type}, expected one of {kind}"
    elif expected.boolean is not None and result.askAnswer is not expected.boolean:
        yield f"the answer is {result.askAnswer}, expected {expected.boolean}"


def graph_of(body: bytes, media_type: str, url: str) -> Graph:
    """The triples of a body, in whichever graphs they are; raises where it is no RDF."""
    if media_type not in GRAPH_TYPES:
        raise ValueError(f"{media_type!r} is none of {', '.join(GRAPH_TYPES)}")
    dataset, graph = Dataset(), Graph()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib warns of its own use of its own names
        dataset.parse(data=body, format=media_type, publicID=url)
    for subject, predicate, value, _ in dataset.quads():
        graph.add((subject, predicate, value))
    return graph
