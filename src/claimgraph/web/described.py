"""What the description of the service is made of: the shapes of bodies, the answers that addresses give, and the parameters that many take."""

from __future__ import annotations

from typing import Any

from claimgraph.model.document import ClaimsDocument
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import HASH_PATTERN, ID_PATTERN
from claimgraph.web.errors import MEDIA as PROBLEM
from claimgraph.web.sparql import LATEST_COMMIT, LONGEST_TIMEOUT

_SCHEMAS = "#/components/schemas/"
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
_VERDICT = {
    "type": "object",
    "required": ["result", "iri", "findings", "remarks", "document"],
    "properties": {
        "result": {"type": "string"},
        "iri": {"type": "string", "format": "uri"},
        "findings": {"type": "array", "items": {"type": "object"}},
        "remarks": {"type": "array", "items": {"type": "string"}},
        "document": {"$ref": f"{_SCHEMAS}ClaimsDocument"},
        "version": {"type": "string"},
        "commit": {"type": ["integer", "null"]},
    },
}
_ID = {"type": "string", "pattern": f"^{ID_PATTERN}$"}
_NAMES = {"report": {**_ID, "example": "my-report"}, "version": {"type": "string", "pattern": f"^{HASH_PATTERN}$"}}
_CLAIM_IDS = {"type": "array", "items": _ID, "minItems": 1, "maxItems": LIMITS.claims_per_report}
_WHY = {"type": "string", "minLength": 1, "maxLength": LIMITS.reason_characters, "pattern": r"\S"}
_DECISION = {
    "oneOf": [
        {
            "type": "object",
            "required": [*_NAMES, "decision", "claims", "why"],
            "properties": {**_NAMES, "decision": {"enum": ["accept", "reject", "reopen"]}, "claims": _CLAIM_IDS, "why": _WHY},
            "additionalProperties": False,
        },
        {
            "type": "object",
            "required": [*_NAMES, "decision", "claims", "why", "claim"],
            "properties": {
                **_NAMES,
                "decision": {"const": "edit"},
                "claims": {**_CLAIM_IDS, "maxItems": 1},
                "why": _WHY,
                "claim": {"type": "object"},
            },
            "additionalProperties": False,
        },
    ]
}
_DECIDED = {
    "type": "object",
    "required": [*_NAMES, "decision", "claims", "why", "iri", "result", "commit"],
    "properties": {
        **_NAMES,
        "decision": {"type": "string"},
        "claims": _CLAIM_IDS,
        "why": {"type": "string"},
        "iri": {"type": "string", "format": "uri"},
        "result": {"enum": ["committed", "unchanged"]},
        "commit": {"type": ["integer", "null"]},
    },
}
_CANDIDATES = {
    "type": "object",
    "required": ["candidates", "next", "total", "commit"],
    "properties": {
        "candidates": {"type": "array", "items": {"type": "object", "required": ["report", "claim", "version", "iri", "confidence"]}},
        "next": {"type": ["string", "null"]},
        "total": {"type": "integer", "minimum": 0},
        "commit": {"type": "integer", "minimum": 0},
    },
}
_WORDS = {
    200: "Done.",
    201: "Made.",
    204: "Done.",
    303: "What was asked for is elsewhere: the version that stands, or the page for queries.",
    304: "Nothing changed.",
    400: "The request is off.",
    401: "It needs a token that is known.",
    403: "It is not allowed.",
    404: "There is no such thing.",
    405: "Not by this method.",
    406: "In none of these forms.",
    408: "The request took too long to arrive.",
    409: "A known report has other content, another version stands, or a claim was decided on otherwise.",
    410: "The cursor's row is gone.",
    413: "The body is too large, or says too much at once.",
    415: "A body of this type is not read.",
    421: "The service has not this name.",
    422: "The report is none, or its shapes refuse it.",
    429: "Too much to do: come again.",
    431: "The address and the headers are too long.",
    500: "A defect of the service.",
    503: "Stopped at its deadline, or not ready.",
    507: "The data folder cannot be written.",
}
_ALWAYS = (400, 401, 403, 405, 408, 421, 431, 500, 503)
READING = (404, 406, 429)  # a commit, an entity or a graph that there is not; no such form; a full queue
BODIES = (413, 415)
WRITING = (*BODIES, 429, 507)

_COMMIT = ("X-Commit", "The commit that the answer shows, or that was made.", False, {"type": "integer", "minimum": 0})
_LOCATION = ("Location", "Where it is.", True, {"type": "string"})
_AGAIN = ("Retry-After", "In how many seconds to come again.", True, {"type": "integer", "minimum": 1})
_PERHAPS = ("Retry-After", "In how many seconds to come again, where that may do.", False, {"type": "integer", "minimum": 1})
_HEADERS: dict[int, tuple[tuple[str, str, bool, dict[str, Any]], ...]] = {
    200: (_COMMIT,),
    201: (_LOCATION, _COMMIT),
    204: (_COMMIT,),
    303: (_LOCATION,),
    304: (("ETag", "The tag of what the client has.", True, {"type": "string"}), _COMMIT),
    401: (("WWW-Authenticate", "How to say who asks.", True, {"type": "string"}),),
    405: (("Allow", "The methods that mean something here.", True, {"type": "string"}),),
    429: (_AGAIN,),
    503: (_PERHAPS,),
}


def schemas() -> dict[str, Any]:
    """The shapes of bodies by the names that the description has for them."""
    document = ClaimsDocument.model_json_schema(by_alias=True, ref_template=f"{_SCHEMAS}{{model}}")
    review = {"Decision": _DECISION, "Decided": _DECIDED, "Candidates": _CANDIDATES}
    return {"Problem": _PROBLEM, "Verdict": _VERDICT, **review, **document.pop("$defs"), "ClaimsDocument": document}


def named(schema: str) -> dict[str, str]:
    """One of these shapes."""
    return {"$ref": _SCHEMAS + schema}


def responses(good: dict[int, dict[str, Any]], *errors: int) -> dict[int | str, dict[str, Any]]:
    """The answers of an address: ``good`` with their content, and the errors it may have beside those that all have."""
    told: dict[int | str, dict[str, Any]] = {status: _answer(status, body) for status, body in good.items()}
    for status in sorted({*_ALWAYS, *errors}):
        told[status] = _answer(status, content(PROBLEM, schema=named("Problem")))
    return told


def _answer(status: int, body: dict[str, Any]) -> dict[str, Any]:
    headers = {name: {"description": what, "required": required, "schema": schema} for name, what, required, schema in _HEADERS.get(status, ())}
    return {"description": _WORDS[status], **({"headers": headers} if headers else {}), **({"content": body} if body else {})}


def content(*media: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    """A body in one of some media types; of no ``schema``, it is what its media type says."""
    return {one: {"schema": schema or ({"type": ["object", "array"]} if one.endswith("+json") else {"type": "string"})} for one in media}


def query(name: str, schema: dict[str, Any], what: str, **more: Any) -> dict[str, Any]:
    """A parameter of an address."""
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": what, **more}


TIMEOUT = query(
    "timeout",
    {"type": "number", "minimum": LIMITS.deadline_seconds, "maximum": LONGEST_TIMEOUT},
    "Seconds to wait at most; the service's own limit holds too.",
)
MIN_COMMIT = query("min-commit", {"type": "integer", "minimum": 0, "maximum": LATEST_COMMIT}, "Show this commit, or a later one.")
WISHES = [TIMEOUT, MIN_COMMIT]
PATH = {"name": "path", "in": "path", "required": True, "schema": {"type": "string"}, "description": "What follows the data base.", "example": "sdf"}
BEARER: list[dict[str, list[str]]] = [{"token": []}]
