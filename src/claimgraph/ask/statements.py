"""What statements may be written: no more than one commit should hold, no letter that deceives, no value that its datatype does not have."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store

from claimgraph.model.errors import BadRequest, TooLarge
from claimgraph.model.limits import LIMITS
from claimgraph.model.text import shown
from claimgraph.model.vocabulary import XSD

# Datatypes by the cast that reads their values (SPARQL 1.1 17.5, and the engine's own).
_CAST_AS_THEMSELVES = (
    *("boolean", "float", "double", "decimal", "integer", "dateTime", "date", "time", "duration", "dayTimeDuration", "yearMonthDuration"),
    *("gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay"),
)
_WHOLE_NUMBERS = (
    *("byte", "short", "int", "long", "unsignedByte", "unsignedShort", "unsignedInt", "unsignedLong"),
    *("nonNegativeInteger", "nonPositiveInteger", "positiveInteger", "negativeInteger"),
)
_CASTS = {XSD + name: XSD + name for name in _CAST_AS_THEMSELVES} | {XSD + name: XSD + "integer" for name in _WHOLE_NUMBERS}


def refuse(removed: Collection[Quad], added: Collection[Quad]) -> None:
    """Raise :class:`TooLarge` for too many statements, and :class:`BadRequest` naming what is wrong with one that is added."""
    if (statements := len(removed) + len(added)) > LIMITS.answer_rows:
        raise TooLarge(
            f"These are {statements} statements, more than the {LIMITS.answer_rows} (CLAIMGRAPH_ANSWER_ROWS) that are written or read at once: "
            "send them in parts."
        )
    _refuse_letters(added)
    _refuse_ill_typed({quad.object for quad in added if isinstance(quad.object, Literal)})


def _refuse_letters(quads: Iterable[Quad]) -> None:
    """Raise for U+0000 in a text, and for letters in an IRI that nobody sees or that turn others around (RFC 3987 4.1)."""
    for quad in quads:
        if isinstance(quad.object, Literal) and "\0" in quad.object.value:
            raise BadRequest("A text holds the character U+0000, which no text needs: take it out.")
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
            if isinstance(term, NamedNode) and not term.value.isprintable():
                raise BadRequest(f"The IRI {shown(term.value, 200)} holds a letter that is not seen: percent-encode it, or take it out.")


def _refuse_ill_typed(literals: Iterable[Literal]) -> None:
    """Raise for a value that the engine cannot read as its datatype says: a query would silently pass it over."""
    by_type: dict[str, list[Literal]] = {}
    for literal in literals:
        if literal.datatype.value in _CASTS:
            by_type.setdefault(literal.datatype.value, []).append(literal)
    for datatype, values in sorted(by_type.items()):
        words = " ".join(sorted(map(str, values)))
        query = f"SELECT ?value {{ VALUES ?value {{ {words} }} BIND(<{_CASTS[datatype]}>(?value) AS ?read) FILTER(!BOUND(?read)) }} LIMIT 1"
        found = Store().query(query)
        for row in found if isinstance(found, QuerySolutions) else ():
            raise BadRequest(
                f"'{shown(row['value'].value, 200)}' is no {datatype.rpartition('#')[2]} that can be read: correct it, or write it as plain text."
            )
