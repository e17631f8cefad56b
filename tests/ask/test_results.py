"""Answers in the forms of the web: what other parsers read from them is what was answered, and each client gets what it likes best."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence

import pytest
import rdflib
from hypothesis import example, given
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    Variable,
    parse,
    parse_query_results,
)

from asking import of_rdflib
from claimgraph.ask.query import Answer, Term
from claimgraph.ask.results import (
    BOOLEANS,
    CSV,
    GRAPHS,
    JSON,
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    RDF_XML,
    ROWS,
    TRIG,
    TSV,
    TURTLE,
    XML,
    Form,
    choose,
    sparql_csv,
    sparql_json,
    sparql_tsv,
    sparql_xml,
    write,
    write_graph,
)
from claimgraph.model.errors import NotAcceptable

NODE, SAYS, OTHER = NamedNode("https://w3id.org/claimgraph/id/sdf"), NamedNode("http://x/says"), NamedNode("http://x/عربي?a=b&c='d'#e")
SRX = "{http://www.w3.org/2005/sparql-results#}"
READ = {JSON: QueryResultsFormat.JSON, XML: QueryResultsFormat.XML, TSV: QueryResultsFormat.TSV}
RDF = {
    TURTLE: RdfFormat.TURTLE,
    TRIG: RdfFormat.TRIG,
    N_TRIPLES: RdfFormat.N_TRIPLES,
    N_QUADS: RdfFormat.N_QUADS,
    JSON_LD: RdfFormat.JSON_LD,
    RDF_XML: RdfFormat.RDF_XML,
}

_LETTERS = st.sampled_from("ابتقسد ًُِ٠١“”«»'\"\\\n\r\t,;<>&{}?_:@^\u2028\u202e\u2066\ufeff\U0001f54a aé")
_TEXTS = st.text(st.one_of(_LETTERS, st.characters(min_codepoint=1, exclude_categories=["Cs", "Cn"])), max_size=12)
_XML_TEXTS = st.text(st.one_of(_LETTERS, st.characters(min_codepoint=32, exclude_categories=["Cs", "Cn"])), max_size=12)
_TYPES = st.sampled_from(["http://www.w3.org/2001/XMLSchema#integer", "http://www.w3.org/2001/XMLSchema#date", "http://x/type?a=b&c='d'"])


def terms(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Term]:
    """Any term that SPARQL 1.1 results have, and unbound."""
    literals = st.one_of(
        st.builds(Literal, texts),
        st.builds(lambda text, language: Literal(text, language=language), texts, st.sampled_from(["ar", "en-GB", "ar-SY-x-1"])),
        st.builds(lambda text, kind: Literal(text, datatype=NamedNode(kind)), texts, _TYPES),
    )
    return st.one_of(st.none(), st.sampled_from([NODE, OTHER, BlankNode("b1"), BlankNode("b_2.c")]), literals, literals)


def tables(texts: st.SearchStrategy[str]) -> st.SearchStrategy[list[tuple[Term, Term]]]:
    """Rows under two columns."""
    return st.lists(st.tuples(terms(texts), terms(texts)), max_size=4)


def read_rows(data: str, form: Form) -> list[tuple[Term, ...]]:
    """What the engine's own parser reads: the rows under columns a and b."""
    found = parse_query_results(data.encode(), format=READ[form])
    assert isinstance(found, QuerySolutions)
    assert found.variables == [Variable("a"), Variable("b")]
    return [(row["a"], row["b"]) for row in found]


def answer(*rows: tuple[Term, ...], columns: tuple[str, ...] = ("a", "b")) -> Answer:
    """An answer of such rows."""
    return Answer(columns, rows)


# --- rows -----------------------------------------------------------------------------------------------------------------


@given(tables(_TEXTS))
@example([(Literal("\x01\x1f\x7f\x85"), None), (Literal(""), Literal("", language="ar"))])
def test_json_is_read_back_the_same(rows: list[tuple[Term, Term]]) -> None:
    """Every term, with controls and all, and what is unbound."""
    assert read_rows(sparql_json(answer(*rows)), JSON) == rows


@given(tables(_XML_TEXTS))
@example([(Literal(" \r\n\t x \r"), None), (Literal("  "), Literal("]]>", language="ar"))])
def test_xml_is_read_back_the_same(rows: list[tuple[Term, Term]]) -> None:
    """Every term whose text XML has letters for, white space kept, is what a parser of XML finds there."""
    found = ET.fromstring(sparql_xml(answer(*rows))).iter(f"{SRX}result")  # noqa: S314  # we wrote it
    assert [tuple(_bound(result, name) for name in "ab") for result in found] == rows


def _bound(result: ET.Element, name: str) -> Term:
    bound = result.find(f"{SRX}binding[@name='{name}']")
    if bound is None:
        return None
    kind, text = bound[0].tag.removeprefix(SRX), bound[0].text or ""
    language, datatype = bound[0].get("{http://www.w3.org/XML/1998/namespace}lang"), bound[0].get("datatype")
    if kind == "literal":
        return Literal(text, language=language, datatype=NamedNode(datatype) if datatype else None)
    return NamedNode(text) if kind == "uri" else BlankNode(text)


@given(tables(_XML_TEXTS.filter(lambda text: not re.search(r"[&<>\r][ \t\n]+[&<>\r]", text))))
@example([(Literal(" \r\n & x \r"), None), (Literal("  "), Literal(" & ", language="ar"))])
def test_xml_is_read_by_the_engine(rows: list[tuple[Term, Term]]) -> None:
    """The engine's own parser, which drops white space that stands alone, reads the same (but between two signs that XML escapes)."""
    assert read_rows(sparql_xml(answer(*rows)), XML) == rows


@given(tables(_TEXTS))
def test_tsv_is_read_back_the_same(rows: list[tuple[Term, Term]]) -> None:
    """Every term as in Turtle; tabs and line ends in a text part neither columns nor rows."""
    text = sparql_tsv(answer(*rows))
    assert read_rows(text, TSV) == rows
    assert [line.count("\t") for line in text.split("\n")[:-1]] == [1] * (len(rows) + 1)


@given(tables(_TEXTS))
def test_csv_has_the_plain_values(rows: list[tuple[Term, Term]]) -> None:
    """Each term's text, a blank node's label, nothing for what is unbound, whatever quotes and line ends there are."""
    read = list(csv.reader(io.StringIO(sparql_csv(answer(*rows)), newline="")))
    plain = [["" if t is None else f"_:{t.value}" if isinstance(t, BlankNode) else t.value for t in row] for row in rows]  # type: ignore[union-attr]
    assert read == [["a", "b"], *plain]


@given(tables(_XML_TEXTS))
def test_the_engine_writes_nothing_else(rows: list[tuple[Term, Term]]) -> None:
    """What the engine's own serializer writes of the same rows is read as the same rows."""
    data = " ".join(f"({' '.join('UNDEF' if t is None else str(t) for t in row)})" for row in rows if not _has_blank(row))
    found = Store().query(f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {data} }} }}")
    assert isinstance(found, QuerySolutions)
    asked = answer(*(tuple(row) for row in found))
    for form, ours in ((JSON, sparql_json), (XML, sparql_xml), (TSV, sparql_tsv)):
        again = Store().query(f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {data} }} }}")
        assert read_rows(ours(asked), form) == read_rows((again.serialize(format=READ[form]) or b"").decode(), form)
    again = Store().query(f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {data} }} }}")
    assert sparql_csv(asked).encode() == again.serialize(format=QueryResultsFormat.CSV)


def _has_blank(row: Sequence[Term]) -> bool:
    return any(isinstance(term, BlankNode) for term in row)


@pytest.mark.parametrize("given", [True, False])
def test_a_boolean_in_each_form(given: bool) -> None:
    """ASK has a form of its own in JSON and XML; in CSV and TSV it is a word."""
    asked = Answer(boolean=given)
    for form, text in ((JSON, sparql_json(asked)), (XML, sparql_xml(asked)), (TSV, sparql_tsv(asked))):
        found = parse_query_results(text.encode(), format=READ[form])
        assert isinstance(found, QueryBoolean)
        assert bool(found) is given
    assert sparql_csv(asked) == sparql_tsv(asked) == str(given).lower()


def test_answers_without_rows_or_columns() -> None:
    """Nothing found still tells its columns; a row without columns is a row."""
    for form, write_rows in ((JSON, sparql_json), (XML, sparql_xml), (TSV, sparql_tsv)):
        assert read_rows(write_rows(answer()), form) == []
        nothing = parse_query_results(write_rows(Answer((), ((), ()))).encode(), format=READ[form])
        assert isinstance(nothing, QuerySolutions)
        assert nothing.variables == []
        assert len(list(nothing)) == (2 if form is not TSV else len(list(parse_query_results(b"\n\n\n", format=READ[form]))))  # type: ignore[arg-type]
    assert sparql_csv(answer()) == "a,b\r\n"


@pytest.mark.parametrize("control", ["\x00", "\x01", "\x0b", "\x1f", "\ufffe", "\uffff"])
def test_what_xml_cannot_say_is_not_acceptable(control: str) -> None:
    """XML has no way to write some characters: the sentence names the one that is there, and a form that can."""
    with pytest.raises(NotAcceptable, match=rf"U\+{ord(control):04X}, which XML cannot write: ask for application/sparql-results\+json"):
        sparql_xml(answer((Literal(f"x{control}"), None)))


def test_triple_terms_are_not_acceptable() -> None:
    """SPARQL 1.1 results have no form for them: one sentence in JSON and XML."""
    for write_rows in (sparql_json, sparql_xml):
        with pytest.raises(NotAcceptable, match=r"which SPARQL 1\.1 results cannot write"):
            write_rows(answer((Triple(NODE, SAYS, NODE), None)))


# --- graphs ---------------------------------------------------------------------------------------------------------------

_OBJECTS = terms(_TEXTS).filter(lambda term: term is not None and not isinstance(term, BlankNode))
_TRIPLES = st.lists(st.builds(Triple, st.sampled_from([NODE, OTHER]), st.just(SAYS), _OBJECTS), max_size=4)


@pytest.mark.parametrize("form", [TURTLE, TRIG, N_TRIPLES, N_QUADS, JSON_LD], ids=lambda form: form.extension)
@given(triples=_TRIPLES)
def test_a_graph_is_read_back_the_same(form: Form, triples: list[Triple]) -> None:
    """In every syntax a CONSTRUCT's triples are those that were made, each once."""
    read = list(parse(write_graph(triples, form), format=RDF[form]))
    assert {quad.triple for quad in read} == set(triples)
    assert all(quad.graph_name == DefaultGraph() for quad in read)
    assert len(read) == len(set(triples)) or form not in (TURTLE, N_TRIPLES)


@given(triples=_TRIPLES)
@example([Triple(NODE, SAYS, Literal(" \r\n\t ]]> \u0085\u2028\r")), Triple(OTHER, NamedNode("http://x/قُسد"), Literal("", language="ar"))])
def test_rdf_xml_is_read_the_same_by_another_parser_or_refused(triples: list[Triple]) -> None:
    """What XML can say is what rdflib reads, to the last line end; a character that it has no way to write is refused."""
    try:
        data = write_graph(triples, RDF_XML)
    except NotAcceptable as error:
        assert "which XML cannot write: ask for text/turtle" in str(error)  # noqa: PT017  # one of the two
        assert any(ord(letter) < 32 or ord(letter) in (0xFFFE, 0xFFFF) for triple in triples for letter in triple.object.value)  # type: ignore[union-attr]
    else:
        assert {Triple(*map(of_rdflib, found)) for found in rdflib.Graph().parse(data=data, format="xml")} == set(triples)


@pytest.mark.parametrize("word", ["http://x/1", "http://x/", "http://x/a#", "http://x/a(b)", "urn:a:-"])
def test_a_property_that_rdf_xml_has_no_name_for_is_not_acceptable(word: str) -> None:
    """What ends in no name of XML is no element: the sentence says which, and names a syntax that can."""
    with pytest.raises(NotAcceptable, match=rf"the property {re.escape(word)}, which ends in no name: ask for text/turtle"):
        write_graph([Triple(NODE, NamedNode(word), NODE)], RDF_XML)


@pytest.mark.parametrize("form", GRAPHS, ids=lambda form: form.extension)
def test_quads_keep_their_graphs_where_a_syntax_has_graphs(form: Form) -> None:
    """TriG, N-Quads and JSON-LD tell each statement's graph; in the others a statement of two graphs stands once."""
    quads = [Quad(NODE, SAYS, Literal("ج", language="ar"), graph) for graph in (NODE, OTHER, DefaultGraph())]
    read = list(parse(write_graph(quads, form), format=RDF[form]))
    assert set(read) == (set(quads) if form in (TRIG, N_QUADS, JSON_LD) else {quads[2]})
    assert len(read) == len(set(read))
    assert list(parse(write_graph([], form), format=RDF[form])) == []


# --- what a client likes best ---------------------------------------------------------------------------------------------

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
JENA_ROWS = "application/sparql-results+json, application/sparql-results+xml;q=0.9, text/tab-separated-values;q=0.7, text/csv;q=0.5, */*;q=0.1"
JENA_GRAPHS = "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3"
RDFLIB_GRAPHS = "application/rdf+xml, text/turtle;q=0.9, */*;q=0.1"
WRAPPER = "application/sparql-results+json,application/json,text/javascript,application/javascript"
COMUNICA = "application/sparql-results+json;q=1.0,application/sparql-results+xml;q=0.7,text/turtle;q=0.3"


@pytest.mark.parametrize(
    ("accept", "rows", "graph"),
    [
        ("", JSON, TURTLE),
        ("*/*", JSON, TURTLE),
        ("*/*;q=0.1", JSON, TURTLE),
        (" , ,", JSON, TURTLE),
        ("text/csv", CSV, None),
        ("TEXT/CSV ; Q=0.3", CSV, None),
        ("text/*", CSV, TURTLE),
        ("text/*;q=0.5, text/csv;q=0.1", TSV, TURTLE),
        ("application/*", JSON, TRIG),
        ("application/json", JSON, JSON_LD),
        ("application/xml", XML, RDF_XML),
        ("text/xml;q=0.9, application/json;q=0.8", XML, RDF_XML),
        ("text/plain", None, N_TRIPLES),
        ("application/sparql-results+json;q=0, */*", XML, TURTLE),
        ("text/turtle;q=0, */*;q=0.1", JSON, TRIG),
        ("application/sparql-results+xml, application/sparql-results+json", JSON, None),
        ("application/sparql-results+xml;q=1.0, application/sparql-results+json;q=0.999", XML, None),
        ("text/turtle;charset=utf-8;q=0.2, application/n-quads;q=0.3", None, N_QUADS),
        ("image/png, */*;q=0.0", None, None),
        ("image/png", None, None),
        ("application/sparql-results+json;q=0", None, None),
        ("json", None, None),
        (BROWSER, XML, RDF_XML),
        (JENA_ROWS, JSON, TURTLE),
        (JENA_GRAPHS, JSON, TURTLE),
        (RDFLIB_GRAPHS, JSON, RDF_XML),
        (WRAPPER, JSON, JSON_LD),
        (COMUNICA, JSON, TURTLE),
    ],
)
def test_the_form_is_the_one_the_client_likes_best(accept: str, rows: Form | None, graph: Form | None) -> None:
    """By weight, the more specific name first, the service's order where all is alike; what nobody accepts is refused with what there is."""
    for offered, wanted in ((ROWS, rows), (GRAPHS, graph)):
        if wanted is not None:
            assert choose(accept, offered) is wanted
            continue
        with pytest.raises(NotAcceptable, match=f"This can be had as {offered[0].media.replace('+', '.')}, .*: name one of these in Accept"):
            choose(accept, offered)


@given(st.text(st.sampled_from("*/;,=q0.1 text/csvjson+-\u0661é"), max_size=40))
def test_no_accept_header_is_a_defect(accept: str) -> None:
    """Whatever a client sends, it gets a form or is refused in a sentence."""
    try:
        assert choose(accept, ROWS) in ROWS
    except NotAcceptable as error:
        assert str(error).endswith(".")  # noqa: PT017  # one of the two


def test_an_answer_is_written_as_its_kind_allows() -> None:
    """Rows, booleans and graphs each choose among their own forms; text tells its encoding."""
    rows, yes, graph = answer((NODE, None)), Answer(boolean=True), Answer(triples=(Triple(NODE, SAYS, NODE),))
    for form in ROWS:
        assert write(rows, form.media)[0] is form
        assert write(yes, form.media)[0] is form
    for form in GRAPHS:
        assert write(graph, form.media)[0] is form
    assert BOOLEANS == ROWS
    assert (CSV.header, JSON.header) == ("text/csv; charset=utf-8", "application/sparql-results+json")
    assert write(answer((Literal("قسد"), None)), "text/csv") == (CSV, "a,b\r\nقسد,\r\n".encode())
    for asked, accept in ((rows, "text/turtle"), (yes, "text/turtle"), (graph, "text/csv")):
        with pytest.raises(NotAcceptable):
            write(asked, accept)
