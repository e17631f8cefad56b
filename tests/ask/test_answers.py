"""Answers as values: what each column type becomes in JSON, and in CSV that no spreadsheet acts on; their states of review; triples."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse

from claimgraph.ask.answers import cell, records, records_csv, turtle, with_reviews
from claimgraph.ask.catalogue import COLUMN_TYPES, Column, Question
from claimgraph.ask.query import Answer, Term
from claimgraph.model.errors import ResourceError
from claimgraph.model.vocabulary import XSD_BOOLEAN, XSD_DATE, XSD_INTEGER

NODE = NamedNode("https://w3id.org/claimgraph/id/sdf")
BOTH = {"ar": "عنوان", "en": "title"}
LISTS = ("list-of-agents", "list-of-reports", "list-of-wordings", "list-of-texts")


def asked(*columns: tuple[str, bool]) -> Question:
    """A question with one column of each type given, and whether it is ordered."""
    return Question("asked", BOTH, BOTH, (), tuple(Column(f"c{n}", kind, ordered, BOTH, BOTH) for n, (kind, ordered) in enumerate(columns)), "")


def answer(*rows: tuple[Term, ...]) -> Answer:
    """Rows under columns named as :func:`asked` names them."""
    return Answer(tuple(f"c{n}" for n in range(len(rows[0]))), rows)


# --- records --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "term", "value"),
    [
        ("claim", NODE, "https://w3id.org/claimgraph/id/sdf"),
        ("report", NODE, "https://w3id.org/claimgraph/id/sdf"),
        ("agent", NODE, "https://w3id.org/claimgraph/id/sdf"),
        ("entity", NODE, "https://w3id.org/claimgraph/id/sdf"),
        ("incident", NODE, "https://w3id.org/claimgraph/id/sdf"),
        ("facility", NODE, "https://w3id.org/claimgraph/id/sdf"),
        ("concept", Literal("escape"), "escape"),
        ("text", Literal("نحو مئتي سجين"), "نحو مئتي سجين"),
        ("text", Literal("words", language="en"), "words"),
        ("text", Literal("12"), "12"),
        ("text", Literal("true"), "true"),
        ("text", Literal(""), ""),
        ("date", Literal("2022-01-21/2022-01-22"), "2022-01-21/2022-01-22"),
        ("date", Literal("2022-01-21", datatype=XSD_DATE), "2022-01-21"),
        ("integer", Literal("200", datatype=XSD_INTEGER), 200),
        ("integer", Literal("0", datatype=XSD_INTEGER), 0),
        ("integer", Literal("1000000000000", datatype=XSD_INTEGER), 10**12),
        ("boolean", Literal("true", datatype=XSD_BOOLEAN), True),
        ("boolean", Literal("false", datatype=XSD_BOOLEAN), False),
    ],
)
def test_a_column_type_says_what_its_values_are(kind: str, term: Term, value: object) -> None:
    """IRIs and strings are strings, counts numbers, yes and no booleans; each stays itself through JSON, and unbound is null."""
    rows = records(asked((kind, False)), answer((term,), (None,)))
    assert rows == [{"c0": value}, {"c0": None}]
    assert type(rows[0]["c0"]) is type(value)
    assert json.loads(json.dumps(rows)) == rows


def test_every_column_type_is_known_here() -> None:
    """The test above, with that of lists, covers all types there are."""
    single = {"claim", "report", "agent", "entity", "incident", "facility", "concept", "text", "integer", "boolean", "date"}
    assert single | set(LISTS) == set(COLUMN_TYPES)


@pytest.mark.parametrize(
    ("ordered", "text", "value"),
    [
        (False, "http://x/b\nhttp://x/a", ["http://x/a", "http://x/b"]),
        (False, "http://x/a", ["http://x/a"]),
        (False, "", []),
        (True, "2 http://x/b\n1 http://x/a\n3 http://x/a", ["http://x/a", "http://x/b", "http://x/a"]),
        (True, "001 http://x/b\n010 http://x/a\n002 http://x/c", ["http://x/b", "http://x/c", "http://x/a"]),
        (True, "", []),
    ],
)
def test_lists_are_lists(ordered: bool, text: str, value: list[str]) -> None:
    """A list that has an order keeps it, another comes sorted; an empty or unbound one is an empty list, never null."""
    for kind in LISTS:
        question = asked((kind, ordered))
        assert records(question, answer((Literal(text),), (None,))) == [{"c0": value}, {"c0": []}]


def test_a_list_has_no_empty_items() -> None:
    """Where a query joins a name and none, the list has the name."""
    assert records(asked(("list-of-texts", False)), answer((Literal("\nb c\n\na"),))) == [{"c0": ["a", "b c"]}]


def test_a_chain_of_more_than_nine_keeps_its_order() -> None:
    """The numbers of an ordered list are numbers: the tenth mouth comes after the second."""
    hops = [f"http://x/{n}" for n in range(1, 13)]
    text = "\n".join(f"{n} {hop}" for n, hop in reversed(list(enumerate(hops, start=1))))
    assert records(asked(("list-of-agents", True)), answer((Literal(text),))) == [{"c0": hops}]


def test_a_record_has_exactly_the_columns() -> None:
    """Keys come in the header's order; a query that selects others, or in another order, is a defect of the installation."""
    question = asked(("claim", False), ("text", False))
    assert list(records(question, answer((NODE, Literal("x"))))[0]) == ["c0", "c1"]
    assert records(question, Answer(("c0", "c1"))) == []
    for columns in (("c1", "c0"), ("c0",), ("c0", "c1", "c2")):
        with pytest.raises(ResourceError, match=r"queries/asked\.rq selects"):
            records(question, Answer(columns))


# --- review -----------------------------------------------------------------------------------------------------------------


def test_each_claim_of_a_record_has_its_state_of_review_beside_it() -> None:
    """Each column of claims has one more, behind all others, with the claim's state; it is null where a claim has none, or there is none."""
    question = asked(("claim", False), ("text", False), ("claim", False))
    rows = [{"c0": "http://x/a", "c1": "http://x/b", "c2": "http://x/b"}, {"c0": "http://x/c", "c1": "", "c2": None}]
    told = with_reviews(question, rows, {"http://x/a": "candidate", "http://x/b": "accepted"})
    assert told == [{**rows[0], "c0_review": "candidate", "c2_review": "accepted"}, {**rows[1], "c0_review": None, "c2_review": None}]
    written = list(csv.reader(io.StringIO(records_csv(question, told, reviews=True), newline="")))
    assert written == [list(told[0]), ["http://x/a", "http://x/b", "http://x/b", "candidate", "accepted"], ["http://x/c", "", "", "", ""]]


# --- triples -------------------------------------------------------------------------------------------------------------


def test_turtle_holds_the_triples() -> None:
    """What CONSTRUCT gives is read back from the Turtle the same."""
    triples = (Triple(NODE, NODE, Literal('a "b"\n\u202e')), Triple(NODE, NODE, Literal("ج", language="ar")))
    assert {quad.triple for quad in parse(turtle(Answer(triples=triples)), format=RdfFormat.TURTLE)} == set(triples)
    assert turtle(Answer(triples=())) == ""


# --- CSV for spreadsheets -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("http://x/")', "=\u202e"])
def test_a_spreadsheet_takes_no_cell_for_a_formula(text: str) -> None:
    """Words that begin as a formula does are quoted; they stay words."""
    assert cell(text) == f"'{text}"
    written = records_csv(asked(("text", False)), [{"c0": text}])
    assert list(csv.reader(io.StringIO(written, newline=""))) == [["c0"], [f"'{text}"]]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (-5, "-5"),
        (200, "200"),
        ([], ""),
        (["http://x/a", "http://x/b"], "http://x/a http://x/b"),
        ("نحو مئتي سجين", "نحو مئتي سجين"),
        ("a = b", "a = b"),
        ("'quoted", "'quoted"),
        ('say "x", then\r\ny', 'say "x", then\r\ny'),
    ],
)
def test_everything_else_is_written_as_it_is(value: Any, text: str) -> None:
    """Numbers, negative ones too, booleans, lists and other words are not touched."""
    written = records_csv(asked(("text", False)), [{"c0": value}])
    assert list(csv.reader(io.StringIO(written, newline=""))) == [["c0"], [text]] if text else written == 'c0\r\n""\r\n'
