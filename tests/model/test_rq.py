"""Query files: their headers, and terms at their marked places that no value can leave."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, QuerySolutions, Store

from claimgraph.model.errors import ResourceError
from claimgraph.model.resources import files
from claimgraph.model.rq import bind, places, read_rq

FILE = """#+ title:
#+   en: Who says it?
#+   ar: من يقول ذلك؟
#+ parameters: []
PREFIX cg: <https://w3id.org/claimgraph/ontology#>
# an ordinary comment
SELECT ?a ?b WHERE {
  VALUES ?a { <http://example.org/default> } # parameter about
\tVALUES ?b { 1 2 }   # parameter kinds-of
}
"""
QUERY = "SELECT ?a WHERE {\n  VALUES ?a { <http://example.org/default> } # parameter about\n}"


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A query file."""
    path = tmp_path / "who.rq"
    path.write_text(FILE, encoding="utf-8")
    return path


def _values(query: str) -> list[object]:
    found = Store().query(query)
    assert isinstance(found, QuerySolutions)
    return [solution["a"] for solution in found]


def test_header_and_query(written: Path) -> None:
    """The header is the YAML of the marked comments; the query is the rest, ordinary comments and all."""
    header, query = read_rq(written)
    assert header == {"title": {"en": "Who says it?", "ar": "من يقول ذلك؟"}, "parameters": []}
    assert query.startswith("PREFIX cg:")
    assert query.endswith("}\n")
    assert "# an ordinary comment" in query
    assert "#+" not in query


@pytest.mark.parametrize("header", ["", "#+ just words\n", "#+ - a\n#+ - list\n", "#+ 5\n"])
def test_header_that_is_no_mapping(tmp_path: Path, header: str) -> None:
    """A file without a header, or with another kind of YAML, is named."""
    (tmp_path / "bad.rq").write_text(header + QUERY)
    with pytest.raises(ResourceError, match=r"^bad\.rq: it has no #\+ header"):
        read_rq(tmp_path / "bad.rq")


@pytest.mark.parametrize("header", ["#+ a: [1\n", "#+ a: b: c\n", "#+ !!python/object/apply:os.getcwd []\n", "#+ a: 1\n#+\tb: 2\n"])
def test_header_that_is_no_yaml(tmp_path: Path, header: str) -> None:
    """Broken YAML, and YAML that wants to run something, is refused with the file's name."""
    (tmp_path / "bad.rq").write_text(header + QUERY)
    with pytest.raises(ResourceError, match=r"^bad\.rq: its #\+ header is no YAML"):
        read_rq(tmp_path / "bad.rq")


def test_places(written: Path) -> None:
    """Marked places are found by name, whatever their default and their variable."""
    assert places(read_rq(written)[1]) == {"about", "kinds-of"}
    assert places("VALUES ?a { 1 }") == set()
    assert places("VALUES ?a { 1 } # something about") == set()


@pytest.mark.parametrize("path", files("queries", ".rq"), ids=lambda path: path.stem)
def test_bundled_questions_can_be_read(path: Path) -> None:
    """Every question has a header, and its query is valid SPARQL as it stands."""
    header, query = read_rq(path)
    assert header
    Store().query(query)


def test_bound_terms_stand_at_their_places(written: Path) -> None:
    """The defaults go, the terms come; everything else stays as it was."""
    query = read_rq(written)[1]
    one, two = NamedNode("http://example.org/one"), Literal("two", language="en")
    bound = bind(query, {"about": [one, two], "kinds-of": [Literal(3)]})
    assert bound == query.replace("<http://example.org/default>", '<http://example.org/one> "two"@en').replace(
        "{ 1 2 }", '{ "3"^^<http://www.w3.org/2001/XMLSchema#integer> }'
    )
    assert places(bound) == places(query)


@pytest.mark.parametrize("values", [{}, {"about": []}, {"about": [], "kinds-of": [], "more": []}, {"kinds": []}])
def test_place_or_value_without_counterpart(written: Path, values: dict[str, list[Literal]]) -> None:
    """A place without a value and a value without a place are named."""
    with pytest.raises(ResourceError, match="differ in"):
        bind(read_rq(written)[1], values)


def test_no_terms_give_no_rows() -> None:
    """An empty list of terms asks for nothing, instead of falling back to the default."""
    assert _values(bind(QUERY, {"about": []})) == []


def test_an_open_place_restricts_nothing() -> None:
    """``None`` instead of terms leaves the variable open, which is neither a term nor an empty list."""
    assert bind(QUERY, {"about": None}) == QUERY.replace("<http://example.org/default>", "UNDEF")
    assert _values(bind(QUERY, {"about": None})) == [None]


HOSTILE = [
    '" } # parameter about\n} #',
    "} UNION { ?s ?p ?o }",
    '"@en } SERVICE <http://example.org/> { ?s ?p ?o } #',
    "\\",
    '\\"',
    "\r\n} # parameter about",
    "\u2028} \u2029\x85\x0b\x0c",
    "\\u0022 }",
    "\\g<before>\\1",
    "> } <",
    "$a ?a {{}}",
    "\0",
    "'''\"\"\"",
]

texts = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
terms = st.one_of(
    texts.map(Literal),
    texts.map(lambda text: Literal(text, language="ar-sy")),
    st.builds(lambda text: Literal(text, datatype=NamedNode("http://example.org/a#b")), texts),
    st.text("abسé😀'()*,;:@!$&?=~.-_/", max_size=20).map(lambda text: NamedNode(f"http://example.org/{text}#VALUES")),
)


@given(st.lists(terms, max_size=4))
def test_no_value_leaves_its_place(values: list[NamedNode | Literal]) -> None:
    """Whatever a term holds, the query asks for exactly that term: nothing of it is read as SPARQL."""
    assert _values(bind(QUERY, {"about": values})) == values


@given(st.lists(terms, max_size=3))
def test_binding_twice_is_binding_once(values: list[NamedNode | Literal]) -> None:
    """What is at a place does not hide the place, as long as it holds no brace; a bound query is otherwise only run."""
    bound = bind(QUERY, {"about": values})
    if not any("}" in str(value) for value in values):
        assert bind(bound, {"about": values}) == bound


@pytest.mark.parametrize(
    "iri", ["http://example.org/a> } <b", "http://example.org/a b", "http://example.org/\n", 'http://example.org/"', "http://example.org/{a}", ""]
)
def test_hostile_iris_are_none(iri: str) -> None:
    """An IRI that could end early is refused by the library before it can be bound."""
    with pytest.raises(ValueError, match=r"IRI"):
        NamedNode(iri)
