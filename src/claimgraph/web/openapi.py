"""How the service describes itself to programs and people: OpenAPI, and what a page tells of it."""

from __future__ import annotations

from typing import Any

from claimgraph.ask.catalogue import Parameter, Question
from claimgraph.ask.document_jobs import MEDIA
from claimgraph.ask.results import GRAPHS, ROWS
from claimgraph.ask.update import READ
from claimgraph.model.document import json_schema
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import ID_PATTERN, KEY_PATTERN
from claimgraph.model.vocabulary import notations
from claimgraph.web.errors import MEDIA as PROBLEM

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "problems": {"type": "array", "items": {"type": "object"}},
        "findings": {"type": "array", "items": {"type": "object"}},
    },
}
_WORDS = {
    200: "Done.",
    201: "Made.",
    204: "Done.",
    303: "The version that stands is elsewhere.",
    304: "Nothing changed.",
    400: "The request is off.",
    401: "It needs a token that is known.",
    403: "It is not allowed.",
    404: "There is no such thing.",
    405: "Not by this method.",
    406: "In none of these forms.",
    408: "The request took too long to arrive.",
    409: "A known report has other content.",
    410: "The cursor's row is gone.",
    413: "The request is too large.",
    415: "A body of this type is not read.",
    421: "The service has not this name.",
    422: "The report is none, or its shapes refuse it.",
    429: "Too much to do: come again.",
    503: "Stopped at its deadline, or not ready.",
}
_ALWAYS = (400, 401, 405, 406, 421, 429, 503)
_BODIES = (408, 413, 415)


def _responses(good: dict[int, dict[str, Any]], *errors: int) -> dict[int | str, dict[str, Any]]:
    """The answers of an address: ``good`` with their content, and the errors it may have beside those that all have."""
    told: dict[int | str, dict[str, Any]] = {status: {"description": _WORDS[status], **({"content": c} if c else {})} for status, c in good.items()}
    for status in (*_ALWAYS, *errors):
        told[status] = {"description": _WORDS[status], "content": {PROBLEM: {"schema": _PROBLEM}}}
    return told


def _content(*media: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    return {one: {"schema": schema or {"type": "string"}} for one in media}


def _query(name: str, schema: dict[str, Any], what: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": what, **more}


_TIMEOUT = _query("timeout", {"type": "number", "minimum": 0.001, "maximum": 86_400}, "Seconds to wait at most; the service's own limit holds too.")
_REVISE = _query("revise", {"type": "string", "enum": ["true", "false"]}, "Let a known report with other content replace its standing version.")
_RAW = [
    _query("id", {"type": "string", "pattern": f"^{ID_PATTERN}$"}, "Of a raw report: its id."),
    *(
        _query(name, {"type": "string", "maxLength": 2000}, f"Of a raw report: its {what}.")
        for name, what in (("title", "headline"), ("url", "address"))
    ),
    _query("publisher", {"type": "string", "pattern": f"^{KEY_PATTERN}$"}, "Of a raw report: who published it, a key of the reference graph."),
    *(_query(name, {"type": "string", "maxLength": 40}, f"Of a raw report: when it was {name} (EDTF).") for name in ("published", "retrieved")),
]
_DOCUMENT: dict[str, Any] = {"type": "object"}
_VERDICT = {
    "type": "object",
    "required": ["result", "iri", "findings", "remarks", "document"],
    "properties": {"result": {"type": "string"}, "iri": {"type": "string"}, "findings": {"type": "array"}, "remarks": {"type": "array"}},
}
_BODY = {
    "required": True,
    "content": {media: {"schema": json_schema() if media == "application/json" else {"type": "string"}} for media in MEDIA},
}
_BEARER: list[dict[str, list[str]]] = [{"token": []}]
_ROWS = [form.media for form in ROWS]
_GRAPHS = [form.media for form in GRAPHS]

DESCRIBED: dict[str, dict[str, Any]] = {
    "questions": {
        "summary": "The questions of the catalogue",
        "responses": _responses({200: _content("application/json", schema={"type": "array", "items": {"type": "object"}})}),
        "openapi_extra": {},
    },
    "validate": {
        "summary": "Check a report: a claims document, a raw report or our own Turtle; writes nothing",
        "responses": _responses({200: {**_content("application/json", schema=_VERDICT), **_content("text/turtle")}}, *_BODIES, 409, 422),
        "openapi_extra": {"parameters": [*_RAW, _REVISE, _TIMEOUT], "requestBody": _BODY},
    },
    "reports": {
        "summary": "Let a report in, whole or not at all",
        "responses": _responses(
            {201: _content("application/json", schema=_VERDICT), 200: _content("application/json", schema=_VERDICT)}, *_BODIES, 403, 409, 422
        ),
        "openapi_extra": {
            "parameters": [*_RAW, _REVISE, _query("reason", {"type": "string", "maxLength": 2000}, "Why, kept with the commit."), _TIMEOUT],
            "requestBody": _BODY,
            "security": _BEARER,
        },
    },
    "resource": {
        "summary": "What is stated of an IRI of ours, which is the data base followed by the path",
        "responses": _responses(
            {
                200: _content("text/turtle", "application/trig", "application/ld+json", "application/n-quads", "application/n-triples", "text/html"),
                303: {},
                304: {},
            },
            404,
        ),
        "openapi_extra": {"parameters": [{"name": "path", "in": "path", "required": True, "schema": {"type": "string"}, "example": "sdf"}, _TIMEOUT]},
    },
}


def question_described(question: Question) -> dict[str, Any]:
    """How a question's address is described."""
    rows = {
        "type": "object",
        "required": ["question", "columns", "rows", "truncated", "next", "total", "commit"],
        "properties": {"rows": {"type": "array", "items": {"type": "object"}}, "truncated": {"type": "boolean"}},
    }
    own = [_parameter(parameter) for parameter in question.parameters]
    paging = [
        _query("limit", {"type": "integer", "minimum": 1, "maximum": LIMITS.answer_rows}, "Rows of a page."),
        _query("cursor", {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}=$"}, "Where the page before ended: its 'next'."),
        _query("reviewed", {"type": "string", "enum": ["true", "false"]}, "Leave out what nobody has reviewed, from the computation too."),
        _query("format", {"type": "string", "enum": ["json", "csv"]}, "json, or csv for a spreadsheet."),
    ]
    return {
        "summary": f"{question.title['en']} · {question.title['ar']}",
        "description": f"{question.description['en']}\n\n{question.description['ar']}",
        "responses": _responses({200: {**_content("application/json", schema=rows), **_content("text/csv")}}, 404, 410),
        "openapi_extra": {"parameters": [*own, *paging, _TIMEOUT]},
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    if parameter.type == "event-types":
        schema: dict[str, Any] = {"type": "array", "items": {"type": "string", "enum": list(notations("event"))}, "minItems": 1}
        return _query(parameter.name, schema, parameter.description["en"], style="form", explode=False)
    default = ",".join(parameter.default)
    return _query(parameter.name, {"type": "string", "pattern": f"^{KEY_PATTERN}$", "maxLength": 128}, parameter.description["en"], example=default)


def protocols() -> dict[str, Any]:
    """The addresses that follow W3C protocols, for the OpenAPI description."""
    dataset = [
        _query(name, {"type": "array", "items": {"type": "string", "format": "uri"}}, "The dataset (SPARQL 1.1 Protocol 2.1.4).")
        for name in ("default-graph-uri", "named-graph-uri")
    ]
    query = {"type": "string", "maxLength": LIMITS.query_characters}
    asked = _responses({200: _content(*_ROWS, *_GRAPHS)}, *_BODIES, 403)
    graph = _query("graph", {"type": "string", "format": "uri"}, "The graph's IRI.")
    default = _query("default", {"type": "string", "enum": [""]}, "The default graph.")
    written = _responses({201: {}, 204: {}}, *_BODIES, 403, 404)
    rdf = {"required": True, "content": _content(*(form.media for form in READ))}
    return {
        "/sparql": {
            "get": {
                "summary": "SPARQL query; without one, the service description",
                "parameters": [_query("query", query, "The query."), *dataset, _TIMEOUT],
                "responses": asked,
            },
            "post": {
                "summary": "SPARQL query or update",
                "parameters": [*dataset, _TIMEOUT],
                "requestBody": {"required": True, "content": _content("application/sparql-query", "application/sparql-update")},
                "responses": _responses({200: _content(*_ROWS, *_GRAPHS), 204: {}}, *_BODIES, 403),
            },
        },
        "/graphs": {
            "get": {"summary": "A whole graph", "parameters": [graph, default], "responses": _responses({200: _content(*_GRAPHS)}, 403, 404)},
            "put": {"summary": "Replace a workspace graph", "parameters": [graph], "requestBody": rdf, "responses": written, "security": _BEARER},
            "post": {"summary": "Add to a workspace graph", "parameters": [graph], "requestBody": rdf, "responses": written, "security": _BEARER},
            "delete": {"summary": "Remove a workspace graph", "parameters": [graph], "responses": written, "security": _BEARER},
        },
    }  # fmt: skip


def addresses(description: dict[str, Any]) -> list[dict[str, Any]]:
    """The description for a page: each address with what it takes and gives."""
    return [
        {
            "method": method.upper(),
            "path": path,
            "summary": one.get("summary", ""),
            "parameters": [{"name": p["name"], "description": p.get("description", "")} for p in one.get("parameters", ())],
            "statuses": sorted(map(str, one["responses"])),
        }
        for path, methods in sorted(description["paths"].items())
        for method, one in methods.items()
    ]
