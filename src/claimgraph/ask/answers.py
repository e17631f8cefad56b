"""Answers as values: plain JSON for programs, CSV for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from pyoxigraph import Literal, RdfFormat, Triple

from claimgraph.ask.catalogue import Column, Question
from claimgraph.ask.query import Answer, Term
from claimgraph.model.canonical import rdf_text
from claimgraph.model.errors import ResourceError


def records(question: Question, answer: Answer) -> list[dict[str, Any]]:
    """An answer as a list of objects with exactly the question's columns.

    IRIs and strings are strings, numbers numbers, yes and no booleans, lists lists; what is unbound is ``None``.
    Raises :class:`ResourceError` if the query does not give the columns that its header explains.
    """
    if answer.columns != tuple(column.name for column in question.columns):
        raise ResourceError(f"queries/{question.name}.rq selects {', '.join(answer.columns)}, which is not what its header explains.")
    return [{column.name: _value(column, term) for column, term in zip(question.columns, row, strict=True)} for row in answer.rows]


def review_fields(question: Question) -> dict[str, str]:
    """For each column of claims the field that tells their state of review."""
    return {column.name: f"{column.name}_review" for column in question.columns if column.type == "claim"}


def with_reviews(question: Question, rows: list[dict[str, Any]], states: Mapping[str, str]) -> list[dict[str, Any]]:
    """Records with the state of review of each claim beside them: ``candidate`` where nobody has reviewed it, ``None`` where it needs none."""
    fields = review_fields(question)
    return [{**row, **{name: states.get(row[column]) for column, name in fields.items()}} for row in rows]


def _value(column: Column, term: Term) -> Any:
    if column.type.startswith("list-of-"):
        items = list(filter(None, term.value.split("\n"))) if isinstance(term, Literal) else []
        if not column.ordered:
            return sorted(items)
        numbered = (item.partition(" ") for item in items)
        return [item for _, _, item in sorted(numbered, key=lambda parts: int(parts[0]))]
    if term is None:
        return None
    if column.type == "integer" and isinstance(term, Literal):
        return int(term.value)
    if column.type == "boolean" and isinstance(term, Literal):
        return term.value == "true"
    return text_of(term)


def text_of(term: Term) -> str:
    """A term without its RDF syntax: an IRI, or a literal's text."""
    return str(term) if isinstance(term, Triple) or term is None else term.value


def records_csv(question: Question, rows: list[dict[str, Any]], *, reviews: bool = False) -> str:
    """Records as CSV for a spreadsheet: lists of IRIs separated by spaces, of texts by line ends, and no formula.

    ``reviews`` says that they are those of :func:`with_reviews`.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*(column.name for column in question.columns), *(review_fields(question).values() if reviews else ())])
    writer.writerows([cell(value) for value in row.values()] for row in rows)
    return out.getvalue()


def cell(value: Any) -> str:
    """A value for a spreadsheet's cell: what would be taken for a formula is quoted."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        value = ("\n" if any(" " in item for item in value) else " ").join(value)
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


def turtle(answer: Answer) -> str:
    """The triples of a CONSTRUCT or DESCRIBE as Turtle."""
    return rdf_text(answer.triples or (), RdfFormat.TURTLE)
