"""Updates as data: what INSERT DATA and DELETE DATA say, and graphs that come as RDF; everything else is refused, and nothing is fetched."""

from __future__ import annotations

import json
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from claimgraph.ask.update import read_graph, read_update
from claimgraph.model.errors import BadQuery, BadRequest, NotAllowed, WrongMediaType
from claimgraph.model.vocabulary import XSD_INTEGER

BASE, G = "https://w3id.org/claimgraph/id/", "http://x/g"
S, P = NamedNode("http://x/s"), NamedNode("http://x/p")
TEXT = 'قال: «لم يفرّ أحد» } ; { \u2068SDF\u2069 "200" \\ \' \r\n\t # ; \U0001f54a'
FORMS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/trig": RdfFormat.TRIG,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/n-quads": RdfFormat.N_QUADS,
    "application/ld+json": RdfFormat.JSON_LD,
}


def quad(text: str, graph: str | None = G) -> Quad:
    """A statement in a graph."""
    return Quad(S, P, Literal(text), NamedNode(graph) if graph else DefaultGraph())


def steps(update: str) -> list[tuple[bool, set[Quad]]]:
    """What an update says."""
    return [(adds, set(quads)) for adds, quads in read_update(update, BASE)]


def data(text: str) -> str:
    """A block of data that says one thing in a graph."""
    return f"DATA {{ GRAPH <{G}> {{ {S} {P} {Literal(text)} }} }}"


# --- updates --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("update", "wanted"),
    [
        (f"INSERT {data('a')}", [(True, "a")]),
        (f"DELETE {data('a')}", [(False, "a")]),
        (f"insert {data('a')} ; delete {data('b')};INSERT {data('c')} ;", [(True, "a"), (False, "b"), (True, "c")]),
        (f"INSERT #;{{\n{data('a')};DELETE\r#}}\r{data('b')}", [(True, "a"), (False, "b")]),
        (f"# DROP ALL ;\nINSERT {data('a')} # ; DROP ALL", [(True, "a")]),
        (f"INSERT {data('};{')} ; INSERT {data('; DROP ALL ; #')}", [(True, "};{"), (True, "; DROP ALL ; #")]),
        (f"INSERT {data(TEXT)} ; DELETE {data(TEXT)}", [(True, TEXT), (False, TEXT)]),
        (f"INSERT DATA {{ GRAPH <{G}> {{ {S} {P} '''}};\n{{''' , \"\"\";}}\"\"\" }} }}", [(True, "};\n{", ";}")]),
        ("PREFIX e: <http://x/> INSERT DATA { GRAPH e:g { e:s e:p 'a' ; e:p 'b' } }", [(True, "a", "b")]),
        (f"PREFIX e: <http://x/> INSERT {data('a')} ; DELETE DATA {{ GRAPH e:g {{ e:s e:p 'b' }} }}", [(True, "a"), (False, "b")]),
        (f"PREFIX e: <y:> INSERT {data('a')} ; PREFIX e: <http://x/> DELETE DATA {{ GRAPH e:g {{ e:s e:p 'b' }} }}", [(True, "a"), (False, "b")]),
        (f"INSERT {data('a')} ; BASE <http://x/> INSERT DATA {{ GRAPH <g> {{ <s> <p> 'b' }} }}", [(True, "a"), (True, "b")]),
        ("PREFIX قُسد: <http://x/> INSERT DATA { GRAPH قُسد:g { قُسد:s قُسد:p 'a' } }", [(True, "a")]),
        ("PREFIX e: <http://x/#;> PREFIX f: <http://x/> INSERT DATA { GRAPH f:g { f:s f:p 'a' } }", [(True, "a")]),
        (f"INSERT DATA {{ GRAPH <{G}> {{ }} }} ; INSERT {data('a')} ; PREFIX e: <http://x/>", [(True,), (True, "a")]),
        ("", []),
    ],
)
def test_an_update_is_read_as_its_steps(update: str, wanted: list[tuple[bool | str, ...]]) -> None:
    """Each operation is a step, in order; prologues hold from where they stand; comments and strings part nothing."""
    assert steps(update) == [(adds, {quad(str(text)) for text in texts}) for adds, *texts in wanted]


def test_terms_are_those_that_the_index_keeps() -> None:
    """What was inserted can be named again however it is written; relative IRIs and known prefixes are of the store; the default graph is told."""
    update = "INSERT DATA { <a> dcterms:title 01 . GRAPH id:g { <#f> a cg:Claim } } ; DELETE DATA { id:a dcterms:title 1 }"
    title = Quad(NamedNode(BASE + "a"), NamedNode("http://purl.org/dc/terms/title"), Literal("1", datatype=XSD_INTEGER), DefaultGraph())
    found = steps(update)
    assert title in found[0][1]
    assert found[1] == (False, {title})
    assert {q.graph_name for q in found[0][1]} == {DefaultGraph(), NamedNode(BASE + "g")}
    assert NamedNode(BASE + "#f") in {q.subject for q in found[0][1]}


_LETTERS = st.one_of(st.sampled_from("{};#'\"\\\n<>. ق"), st.characters(exclude_categories=["Cs"]))


@given(st.lists(st.tuples(st.booleans(), st.text(_LETTERS)), max_size=4))
def test_what_is_written_is_what_is_read(wanted: list[tuple[bool, str]]) -> None:
    """Whatever the strings hold, the steps are those that were written."""
    update = " ;\n".join(f"{'INSERT' if adds else 'DELETE'} {data(text)}" for adds, text in wanted)
    assert steps(update) == [(adds, {quad(text)}) for adds, text in wanted]


OTHERS = [
    "DELETE WHERE { ?s ?p ?o }",
    "DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "INSERT { ?s ?p ?o } WHERE { ?s ?p ?o }",
    f"INSERT {{ GRAPH <{G}> {{ {S} {P} 1 }} }} WHERE {{ }}",
    f"WITH <{G}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
    "CLEAR ALL",
    "DROP SILENT ALL",
    f"CREATE GRAPH <{G}>",
    f"COPY <{G}> TO <http://x/h>",
    f"MOVE <{G}> TO <http://x/h>",
    f"ADD <{G}> TO <http://x/h>",
    "SELECT * { ?s ?p ?o }",
    "LOAD <http://127.0.0.1:9/>",
    "load silent <http://127.0.0.1:9/> INTO GRAPH <http://x/h>",
    "nonsense",
]


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("around", ["{}", "INSERT {data} ; {}", "{} ; INSERT {data}", "INSERT {data} ;# x\n {} ;", "PREFIX e: <http://x/> {}"])
def test_any_other_operation_is_refused(other: str, around: str) -> None:
    """Alone, before, behind or between data, an operation that is no data refuses the whole update, with what to do instead."""
    with pytest.raises(NotAllowed, match=r"is not possible here: updates are INSERT DATA and DELETE DATA .* POST /api/reports"):
        read_update(around.replace("{data}", data("a")).replace("{}", other), BASE)


@pytest.mark.parametrize(
    "nothing", ["", " # nothing", "PREFIX e: <http://x/>", "BASE <http://x/> PREFIX e: <e>", "INSERT DATA {}", "DELETE DATA {} ;"]
)
def test_nothing_is_an_update(nothing: str) -> None:
    """SPARQL 1.1 lets an update do nothing: no word, a prologue alone, no data."""
    assert not [quads for _, quads in read_update(nothing, BASE) if quads]


@pytest.mark.parametrize(
    ("update", "sentence"),
    [
        *((empty, "a semicolon ends no operation") for empty in (";", "PREFIX e: <x:> ; INSERT DATA {}", "INSERT DATA {} ; # x\n ; DELETE DATA {}")),
        ("INSERT DATA { ?s ?p 1 }", "The update is no SPARQL 1.1"),
        ("INSERT DATA { GRAPH ?g { <a:a> <a:b> 1 } }", "The update is no SPARQL 1.1"),
        ("INSERT DATA { <a:a> <a:b> ", "The update is no SPARQL 1.1"),
        (f"INSERT {data('a')} DELETE {data('b')}", "The update is no SPARQL 1.1"),
        (f"INSERT {data('a')} }} ; CLEAR ALL", "The update is no SPARQL 1.1"),
        (f"INSERT {data('a')} ; PREFIX nonsense:", "The update is no SPARQL 1.1"),
        ("DELETE DATA { _:b <a:b> 1 }", "DELETE DATA takes no blank nodes"),
        ("DELETE DATA { <a:a> <a:b> [ ] }", "DELETE DATA takes no blank nodes"),
        ("INSERT DATA { <a:a> <a:b> '\ud800' }", "The update cannot be read"),
        (f"INSERT DATA {{ <a:a> <a:b> {'(' * 300}1{')' * 300} }}", "more than the 200 allowed"),
    ],
)
def test_what_is_no_data_is_said_so(update: str, sentence: str) -> None:
    """Semicolons behind nothing, variables, broken syntax, blank nodes to delete and nesting without end: one sentence each."""
    with pytest.raises(BadQuery, match=sentence):
        read_update(update, BASE)


def test_a_name_that_looks_like_the_end_ends_nothing() -> None:
    """Escapes in names hide neither a brace nor a semicolon nor another operation."""
    update = "PREFIX e: <http://x/> INSERT DATA { GRAPH e:g { e:a\\#b e:p\\; 1 } } ; DROP ALL"
    with pytest.raises(NotAllowed, match="DROP is not possible here"):
        read_update(update, BASE)
    found = steps(update.replace("DROP ALL", ""))
    assert {(q.subject.value, q.predicate.value) for q in found[0][1]} == {("http://x/a#b", "http://x/p;")}  # type: ignore[union-attr]


# --- graphs ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("media", FORMS)
@pytest.mark.parametrize("graph", [G, None])
def test_a_body_is_read_into_the_graph_that_is_named(media: str, graph: str | None) -> None:
    """In each syntax, with or without the charset said, everything stands in the graph of the address."""
    triples = [Triple(S, P, Literal(TEXT, language="ar")), Triple(S, P, NamedNode("http://x/o"))]
    body = serialize(triples, format=FORMS[media]) or b""
    wanted = {Quad(t.subject, t.predicate, t.object, NamedNode(graph) if graph else DefaultGraph()) for t in triples}
    for said in (media, media.upper(), f'{media}; charset="UTF-8"', f"{media};charset=utf8;x=y"):
        assert set(read_graph(body, said, graph, BASE)) == wanted


def test_relative_iris_are_of_the_base_and_numbers_of_the_index() -> None:
    """A relative IRI is resolved against the base; a number is kept as the index keeps it."""
    assert set(read_graph(b"<a> <#p> 01 .", "text/turtle", G, "http://x/y/")) == {
        Quad(NamedNode("http://x/y/a"), NamedNode("http://x/y/#p"), Literal("1", datatype=XSD_INTEGER), NamedNode(G))
    }
    assert read_graph(b"", "text/turtle", G, BASE) == []


@pytest.mark.parametrize(
    ("media", "body", "sentence"),
    [
        ("text/turtle", b"<a> <b>", "The body is no text/turtle: line 1"),
        ("text/turtle", b"<a> <b> 1 .\n<a> <b> ?x .", "The body is no text/turtle: line 2"),
        ("text/turtle", b"<a> <b> '\xff' .", "The body is no text/turtle"),
        ("application/n-triples", b"<a> <b> 1 .", "The body is no application/n-triples"),
        ("application/ld+json", b"{", "The body is no application/ld.json"),
        ("application/trig", b"<http://x/h> { <a> <b> 1 }", "The body names graphs of its own"),
        ("application/n-quads", b"<a:a> <a:b> <a:c> <http://x/g> .", "The body names graphs of its own"),
        ("application/ld+json", b'{"@id": "http://x/h", "@graph": [{"@id": "a:a", "a:b": 1}]}', "The body names graphs of its own"),
        ("multipart/form-data", b"", "not the multipart/form-data that its Content-Type announces"),
        ("multipart/form-data; boundary=x", b"--y\r\n\r\n--y--", "not the multipart/form-data that its Content-Type announces"),
    ],
)
def test_what_cannot_be_parsed_is_said_so(media: str, body: bytes, sentence: str) -> None:
    """Broken syntax with its line, graphs of its own, and a boundary that is not there: one sentence each."""
    with pytest.raises(BadRequest, match=sentence):
        read_graph(body, media, G, BASE)


@pytest.mark.parametrize("media", ["", "text/html", "application/rdf+xml", "text/xml", "text/turtle; charset=latin-1", "text/turtle;charset=utf-16"])
def test_a_type_or_an_encoding_that_is_not_read_is_said_so(media: str) -> None:
    """What is read is told; RDF/XML is not among it, nor another encoding than UTF-8."""
    with pytest.raises(WrongMediaType, match=r"is not read here: send text/turtle, .*|send UTF-8"):
        read_graph(b"", media, G, BASE)


def test_the_parts_of_a_form_are_one_graph() -> None:
    """Files of several syntaxes are merged, each byte as it was sent; one part that is not read refuses all."""
    text = "قال:\r\n«لم» \u0085\t--B=\n"
    parts = [
        ("text/turtle; charset=utf-8", f"<http://x/s> <http://x/p> '''{text}''' .".encode()),
        ("application/n-triples", b"<http://x/s> <http://x/p> <http://x/o> .\n"),
    ]
    head = b'--B=x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\nContent-Type: '
    body = b"".join(head + media.encode() + b"\r\n\r\n" + part + b"\r\n" for media, part in parts)
    found = set(read_graph(body + b"--B=x--\r\n", 'multipart/form-data; boundary="B=x"', G, BASE))
    assert found == {quad(text), Quad(S, P, NamedNode("http://x/o"), NamedNode(G))}
    for wrong in (b"Content-Type: image/png", b"Content-Type: text/turtle; charset=latin-1", b"X: y"):
        with pytest.raises(WrongMediaType):
            read_graph(body + b"--B=x\r\n" + wrong + b"\r\n\r\n\r\n--B=x--\r\n", 'multipart/form-data; boundary="B=x"', G, BASE)


def test_a_context_in_json_ld_is_used_if_it_is_there_and_never_fetched() -> None:
    """Contexts within the document count; one that is only named is refused, and nobody is asked for it."""
    inline = {"@context": {"@vocab": "http://x/", "@base": "http://x/"}, "@id": "s", "p": "قسد"}
    assert set(read_graph(json.dumps(inline).encode(), "application/ld+json", G, BASE)) == {quad("قسد")}
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        for context in (f"http://127.0.0.1:{server.getsockname()[1]}/", "file:///etc/passwd", "context.jsonld"):
            for value in (context, [context, {"@vocab": "http://x/"}], {"@import": context}):
                with pytest.raises(BadRequest, match=r"The body is no application/ld\+json"):
                    read_graph(json.dumps({**inline, "@context": value}).encode(), "application/ld+json", G, BASE)
        with pytest.raises(BlockingIOError):
            server.accept()
