"""Canonical forms and the digests over them: RFC 8785 for documents, sorted canonical N-Quads for quads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import rfc8785
from pyoxigraph import Quad, RdfFormat, Triple, parse, serialize

from claimgraph.model.document import ClaimsDocument, as_json


def canonical_document(document: ClaimsDocument, *, without: frozenset[str] = frozenset()) -> bytes:
    """The document's canonical JSON (RFC 8785), text included, review left out, and the report's fields ``without``."""
    value = as_json(document)
    report = {k: v for k, v in value["report"].items() if k not in without}
    claims = [{k: v for k, v in claim.items() if k != "review"} for claim in value["claims"]]
    return rfc8785.dumps({"report": report, "claims": claims})


def version_of(document: ClaimsDocument) -> str:
    """The name of this version: the first 12 hex digits of the SHA-256 of the canonical document."""
    return hashlib.sha256(canonical_document(document)).hexdigest()[:12]


def content_digest(document: ClaimsDocument) -> str:
    """What a document says, apart from which version it replaces: equal digests mean that nothing new is said."""
    return hashlib.sha256(canonical_document(document, without=frozenset({"revises"}))).hexdigest()


def canonical_nquads(quads: Iterable[Quad]) -> bytes:
    """Quads without blank nodes as canonical N-Quads (RDFC-1.0): one line each, no repetition, in code-point order."""
    lines = {serialize([quad], format=RdfFormat.N_QUADS) for quad in quads}
    return b"".join(sorted(line for line in lines if line))


def rdf_text(statements: Iterable[Quad] | Iterable[Triple], form: RdfFormat, prefixes: Mapping[str, str] | None = None) -> str:
    """Statements in a syntax of RDF, as text."""
    data = serialize(statements, format=form, prefixes=dict(prefixes) if prefixes else None)
    return (data or b"").decode("utf-8")


def read_nquads(data: bytes) -> list[Quad]:
    """The inverse of :func:`canonical_nquads`, for data of our own making."""
    return list(parse(data, format=RdfFormat.N_QUADS))


def sha256_hex(data: bytes) -> str:
    """Hex SHA-256."""
    return hashlib.sha256(data).hexdigest()
