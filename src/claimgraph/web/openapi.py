"""How the service describes itself to programs and people: OpenAPI, and what a page tells of it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from claimgraph.ask.candidates import CURSOR_PATTERN as PLACE_PATTERN
from claimgraph.ask.candidates import ORDERS
from claimgraph.ask.catalogue import DAY, Parameter, Question
from claimgraph.ask.document_jobs import MEDIA
from claimgraph.ask.jobs import CURSOR_PATTERN
from claimgraph.ask.resource_jobs import FORMS
from claimgraph.ask.results import GRAPHS, ROWS
from claimgraph.ask.update import READ
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import ID_PATTERN, KEY_PATTERN
from claimgraph.model.vocabulary import notations
from claimgraph.web.described import BEARER, BODIES, PATH, READING, TIMEOUT, WISHES, WRITING, content, named, query, responses

_REVISE = query("revise", {"type": "string", "enum": ["true", "false"]}, "Let a known report with other content replace its standing version.")
_RAW = [
    query("id", {"type": "string", "pattern": f"^{ID_PATTERN}$"}, "Of a raw report: its id.", example="my-report"),
    *(
        query(name, {"type": "string", "maxLength": 2000}, f"Of a raw report: its {what}.")
        for name, what in (("title", "headline"), ("url", "address"))
    ),
    query("publisher", {"type": "string", "pattern": f"^{KEY_PATTERN}$"}, "Of a raw report: who published it, a key of the reference graph."),
    *(
        query(name, {"type": "string", "maxLength": 40}, f"Of a raw report: when it was {name} (EDTF).", example="2022-01-31")
        for name in ("published", "retrieved")
    ),
]
_DECIDED = content("application/json", schema=named("Decided"))
_JUDGED = content("application/json", schema=named("Verdict"))
_BODIES = content(*MEDIA) | content("application/json", schema=named("ClaimsDocument"))
_BODIES["text/plain"]["example"] = "نفت قسد فرار سجناء من سجن الصناعة."
_BODY = {"required": True, "content": _BODIES}
_LET_IN = responses({201: _JUDGED, 200: _JUDGED}, *READING, *WRITING, 409, 422)
_LET_IN[422]["content"] |= content("text/turtle")  # the validation report
_LET_IN[201]["links"] = {
    "graph": {
        "description": "The graph of what came in.",
        "operationId": "get-graph",
        "parameters": {"graph": "$response.body#/iri", "min-commit": "$response.header.X-Commit"},
    }
}

DESCRIBED: dict[str, dict[str, Any]] = {
    "questions": {
        "summary": "The questions of the catalogue",
        "responses": responses({200: content("application/json", schema={"type": "array", "items": {"type": "object"}})}),
    },
    "validate": {
        "summary": "Check a report: a claims document, a raw report or our own Turtle; writes nothing",
        "responses": responses({200: {**_JUDGED, **content("text/turtle")}}, *READING, *BODIES, 409, 422),
        "openapi_extra": {"parameters": [*_RAW, _REVISE, *WISHES], "requestBody": _BODY},
    },
    "reports": {
        "summary": "Let a report in, whole or not at all",
        "responses": _LET_IN,
        "openapi_extra": {
            "parameters": [
                *_RAW,
                _REVISE,
                query("reason", {"type": "string", "maxLength": LIMITS.reason_characters}, "Why, kept with the commit."),
                *WISHES,
            ],
            "requestBody": _BODY,
            "security": BEARER,
        },
    },
    "candidates": {
        "summary": "What waits for review: the claims that an extractor proposes and nobody has decided on",
        "responses": responses({200: content("application/json", schema=named("Candidates"))}, *READING),
        "openapi_extra": {
            "parameters": [
                query("report", {"type": "string", "pattern": f"^{ID_PATTERN}$"}, "Of this report alone.", example="my-report"),
                *(query(name, {"type": "number", "minimum": 0, "maximum": 1}, f"At {name} this confidence.") for name in ("least", "most")),
                query("by", {"type": "string", "enum": [*ORDERS]}, "By report, in the order of its claims; or the most confident first."),
                query("limit", {"type": "integer", "minimum": 1, "maximum": LIMITS.answer_rows}, "Rows of a page."),
                query("cursor", {"type": "string", "pattern": f"^{PLACE_PATTERN}$"}, "Where the page before ended: its 'next'."),
                *WISHES,
            ]
        },
    },
    "decide": {
        "summary": "Decide on claims of a report: accept, reject, edit one, or take that back; whole or not at all",
        "responses": responses({200: _DECIDED, 201: _DECIDED}, *READING, *WRITING, 409, 422),
        "openapi_extra": {
            "parameters": WISHES,
            "requestBody": {"required": True, "content": content("application/json", schema=named("Decision"))},
            "security": BEARER,
        },
    },
    "resource": {
        "summary": "What is stated of an IRI of ours, which is the data base followed by the path",
        "responses": responses({200: content(*(form.media for form in FORMS)), 303: {}, 304: {}}, *READING),
        "openapi_extra": {"parameters": [PATH, *WISHES]},
    },
}


def question_described(question: Question) -> dict[str, Any]:
    """How a question's address is described."""
    own = [_parameter(parameter) for parameter in question.parameters]
    paging = [
        query("limit", {"type": "integer", "minimum": 1, "maximum": LIMITS.answer_rows}, "Rows of a page."),
        query("cursor", {"type": "string", "pattern": f"^{CURSOR_PATTERN}$"}, "Where the page before ended: its 'next'."),
        query("reviewed", {"type": "string", "enum": ["true", "false"]}, "Leave out what nobody has reviewed, from the computation too."),
        query("format", {"type": "string", "enum": ["json", "csv"]}, "json, or csv for a spreadsheet."),
    ]
    told = responses({200: {**content("application/json", schema=_page_of(question)), **content("text/csv")}}, *READING, 410)
    told[200]["links"] = {
        "next": {
            "description": "The page that follows.",
            "operationId": question.name,
            "parameters": {"cursor": "$response.body#/next", **{one.name: f"$response.body#/parameters/{one.name}" for one in question.parameters}},
        }
    }
    return {
        "summary": f"{question.title['en']} · {question.title['ar']}",
        "description": f"{question.description['en']}\n\n{question.description['ar']}",
        "operation_id": question.name,
        "responses": told,
        "openapi_extra": {"parameters": [*own, *paging, *WISHES]},
    }


def _page_of(question: Question) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["question", "parameters", "columns", "rows", "truncated", "next", "total", "commit"],
        "properties": {
            "question": {"const": question.name},
            "parameters": {"type": "object", "additionalProperties": {"type": "string"}},
            "columns": {"type": "array", "items": {"type": "string"}},
            "rows": {"type": "array", "items": {"type": "object"}},
            "truncated": {"type": "boolean"},
            "next": {"type": ["string", "null"]},
            "total": {"type": "integer", "minimum": 0},
            "commit": {"type": "integer", "minimum": 0},
        },
    }


def _parameter(parameter: Parameter) -> dict[str, Any]:
    if parameter.scheme is not None:
        schema: dict[str, Any] = {"type": "array", "items": {"type": "string", "enum": list(notations(parameter.scheme))}, "minItems": 1}
        return query(parameter.name, schema, parameter.description["en"], style="form", explode=False)
    default = ",".join(parameter.default)
    if parameter.type == DAY:
        return query(parameter.name, {"type": "string", "format": "date"}, parameter.description["en"], example=default)
    return query(parameter.name, {"type": "string", "pattern": f"^{KEY_PATTERN}$", "maxLength": 128}, parameter.description["en"], example=default)


def protocols(*, scratch: bool) -> dict[str, Any]:
    """The addresses that follow W3C protocols, for the OpenAPI description. A scratch store is written by everybody."""
    graph = query("graph", {"type": "string", "format": "uri"}, "The graph's IRI.")
    default = query("default", {"type": "string", "enum": [""]}, "The default graph.", allowEmptyValue=True)
    one = [{**graph, "required": True}] if not scratch else [graph, default]  # the default graph of evidence is nobody's to write
    return {
        "/sparql": {"get": _get_sparql(), "post": _post_sparql()},
        "/graphs": {
            "get": _read_graph("get-graph", [graph, default]),
            "put": _write_graph("put-graph", "Replace a workspace graph", one, scratch=scratch),
            "post": _write_graph("post-graph", "Add to a workspace graph, or to a new one", [graph], scratch=scratch),
            "delete": _remove_graph("delete-graph", one, scratch=scratch),
        },
        "/graphs/{path}": {
            "get": _read_graph("get-graph-at", [PATH]),
            "put": _write_graph("put-graph-at", "Replace a workspace graph", [PATH], scratch=scratch),
            "post": _write_graph("post-graph-at", "Add to a workspace graph", [PATH], scratch=scratch),
            "delete": _remove_graph("delete-graph-at", [PATH], scratch=scratch),
        },
    }


_IRIS = {"type": "array", "items": {"type": "string", "format": "uri"}}
_DATASET = [query(name, _IRIS, "The dataset (SPARQL 1.1 Protocol 2.1.4).") for name in ("default-graph-uri", "named-graph-uri")]
_USING = [query(name, _IRIS, "What WHERE is about (SPARQL 1.1 Protocol 2.2.3).") for name in ("using-graph-uri", "using-named-graph-uri")]
_ANSWERED = content(*(form.media for form in (*ROWS, *GRAPHS)))


def _get_sparql() -> dict[str, Any]:
    return {
        "summary": "SPARQL query; without one, the service description",
        "operationId": "get-sparql",
        "parameters": [query("query", {"type": "string"}, "The query, if an address has room for it."), *_DATASET, *WISHES],
        "responses": responses({200: _ANSWERED, 303: {}}, *READING),
    }


def _post_sparql() -> dict[str, Any]:
    text = {"type": "string", "maxLength": LIMITS.query_characters}
    fields = {"query": text, "update": text, **{one["name"]: one["schema"] for one in (*_DATASET, *_USING, *WISHES)}}
    return {
        "summary": "SPARQL query, or update: of evidence, with a token",
        "operationId": "post-sparql",
        "parameters": [*_DATASET, *_USING, *WISHES],
        "requestBody": {
            "required": True,
            "content": {
                **content("application/sparql-query", "application/sparql-update", schema=text),
                **content("application/x-www-form-urlencoded", schema={"type": "object", "properties": fields}),
            },
        },
        "responses": responses({200: _ANSWERED, 204: {}}, *READING, *WRITING),
    }


def _read_graph(name: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
    told = responses({200: content(*(form.media for form in GRAPHS))}, *READING)
    return {"summary": "A whole graph", "operationId": name, "parameters": [*parameters, *WISHES], "responses": told}


def _write_graph(name: str, summary: str, parameters: list[dict[str, Any]], *, scratch: bool) -> dict[str, Any]:
    return {
        "summary": summary,
        "operationId": name,
        "parameters": [*parameters, TIMEOUT],
        "requestBody": {"required": True, "content": content(*(form.media for form in READ))},
        "responses": _linked(responses({201: {}, 204: {}}, *WRITING), parameters[0]),
        **({} if scratch else {"security": BEARER}),
    }


def _remove_graph(name: str, parameters: list[dict[str, Any]], *, scratch: bool) -> dict[str, Any]:
    return {
        "summary": "Remove a workspace graph",
        "operationId": name,
        "parameters": [*parameters, TIMEOUT],
        "responses": _linked(responses({204: {}}, 404, 413, 429, 507), parameters[0]),
        **({} if scratch else {"security": BEARER}),
    }


def _linked(told: dict[int | str, dict[str, Any]], parameter: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    """Answers to writing that lead on to reading what stands then."""
    place, name = parameter["in"], parameter["name"]
    reading = {
        "description": "The graph as it stands then.",
        "operationId": "get-graph" if place == "query" else "get-graph-at",
        "parameters": {name: f"$request.{place}.{name}", "min-commit": "$response.header.X-Commit"},
    }
    return {
        status: {**one, "links": {"graph": reading}} if isinstance(status, int) and status < HTTPStatus.MULTIPLE_CHOICES else one
        for status, one in told.items()
    }


def others() -> dict[str, Any]:
    """The addresses beside the protocols and the API, for the OpenAPI description."""
    named_by_media = {
        "/health": ("Whether the service answers", "application/json", {"type": "object"}),
        "/metrics": ("Figures for Prometheus", "text/plain", None),
        "/openapi.json": ("This description", "application/json", {"type": "object"}),
        "/docs": ("This description, for people", "text/html", None),
    }
    return {
        path: {"get": {"summary": summary, "operationId": path[1:], "responses": responses({200: content(media, schema=schema)})}}
        for path, (summary, media, schema) in named_by_media.items()
    }


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
