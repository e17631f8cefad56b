"""Other people's graphs over HTTP, by whatever name; notes that would pass for evidence; terms that are none, or are not seen.

Whatever is wrong is said in the one shape, nothing is written, and the service answers on.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from attacking import told, unharmed
from requesting import BASE, CG, TURTLE_BODY, Writable, address, asked, refused
from serving import Answer

XSD = "http://www.w3.org/2001/XMLSchema#"
ONE = "<urn:a> <urn:b> 1 ."


ILL_TYPED = (
    *(f'"{word}"^^<{XSD}integer>' for word in ("abc", "٣", "99999999999999999999", "", "1.5", "1e3")),
    *(f'"{word}"^^<{XSD}date>' for word in ("2022-02-30", "2022-13-01", "30.1.2022", "2022-01-30T10:00:00", "")),
    f'"yes"^^<{XSD}boolean>',
    f'"2022-01-30T25:00:00"^^<{XSD}dateTime>',
    f'"x"^^<{XSD}unsignedByte>',
    f'"1,5"^^<{XSD}decimal>',
    f'"P"^^<{XSD}duration>',
)
WELL_TYPED = (
    *('"007"^^<{}integer>', '"-1"^^<{}nonPositiveInteger>', '"1"^^<{}boolean>', '"-0044-03-15"^^<{}date>', '"2022-01-30T24:00:00Z"^^<{}dateTime>'),
    *('"INF"^^<{}double>', '"P1Y2M"^^<{}duration>', '"abc"^^<{}token>', '"abc"^^<urn:mine>', '"abc"', '"abc"@ar'),
)


def ways(victim: Writable, name: str, statements: str) -> Iterator[Answer]:
    """The answers to statements that are written by an update, as Turtle and as N-Triples."""
    yield victim.try_update(f"INSERT DATA {{ GRAPH <{victim.graph(name)}> {{ {statements} }} }}")
    for media in ("text/turtle", "application/n-triples"):
        yield victim.send("PUT", address("/graphs", graph=victim.graph(name)), statements, {"Content-Type": media})


@pytest.mark.parametrize("value", ILL_TYPED)
def test_values_that_their_datatype_does_not_have(victim: Writable, value: str) -> None:
    """They are refused by name, however they come, and nothing is written: queries would silently pass them over."""
    with unharmed(victim):
        for answer in ways(victim, "ill-typed", f"<urn:a> <urn:b> {value} ."):
            assert "correct it, or write it as plain text" in refused(answer, 400, "bad-request")


@pytest.mark.parametrize("value", WELL_TYPED)
def test_values_of_their_datatype(victim: Writable, value: str) -> None:
    """They are written, also those of datatypes that nobody here knows."""
    for number, answer in enumerate(ways(victim, "well-typed", f"<urn:a> <urn:b> {value.format(XSD)} .")):
        assert answer.status in ((204,) if number == 0 else (200, 201, 204)), answer.text


# Names that are not dana's, or not for long: whoever resolves them is led into another's graph, or into evidence.
FOREIGN = (
    *("graph/reference", "graph/commits", "graph/shingles", "v/0123456789ab/r", "sdf", "workspace/omar/a", "workspace/dana", "workspace/dana/"),
    *("workspace/dana/../omar/a", "workspace/dana/..", "workspace/dana/a/../../../graph/reference", "workspace/dana/./../../sdf"),
    *("workspace/dana/%2e%2e/omar/a", "workspace/dana/.%2E/omar/a", "workspace/dana/%2e/a", "workspace/dana/../../../ontology"),
    *("workspace/dana%2Fa", "workspace%2Fdana/a", "workspace/dana%00/a", "workspace/%64ana/a", "workspace/DANA/a", "workspace/dana;x/a"),
    *("workspace//dana/a", "/workspace/dana/a", "./workspace/omar/a", "workspace/dana#/a", "workspace/dana?/a", "workspace/dan%C4%85/a"),
)


@pytest.mark.parametrize("name", FOREIGN)
def test_graphs_by_any_other_name(victim: Writable, name: str) -> None:
    """However the name of a graph is spelt that is not one's own: no update, PUT, POST or DELETE changes it, by parameter or by path (403)."""
    iri = BASE + name
    targets = [f"/graphs?graph={quote(iri, safe='')}", *(() if "#" in name or "?" in name or name.startswith("/") else (f"/graphs/{name}",))]
    with unharmed(victim):
        for method in ("PUT", "POST", "DELETE"):
            for target in targets:
                assert "workspace/dana/" in told(victim.send(method, target, ONE, TURTLE_BODY), 403)
        for verb in ("INSERT", "DELETE"):
            assert "workspace/dana/" in told(victim.try_update(f"{verb} DATA {{ GRAPH <{iri}> {{ {ONE} }} }}"), 403)


@pytest.mark.parametrize("relative", ["workspace/dana/../omar/a", "../id/graph/reference", "//w3id.org/claimgraph/id/sdf", "?a", "#a", "", "."])
def test_relative_names_are_seen_through(victim: Writable, relative: str) -> None:
    """A relative name in an update is resolved before it is looked at; one in an address is none."""
    with unharmed(victim):
        told(victim.try_update(f"INSERT DATA {{ GRAPH <{relative}> {{ {ONE} }} }}"), 403)
        told(victim.send("PUT", f"/graphs?graph={quote(relative, safe='')}", ONE, TURTLE_BODY), 400)


@pytest.mark.parametrize(
    "statement",
    [
        *(f"<{BASE}workspace/dana/../../sdf> <urn:b> 1", f"<{BASE}workspace/dana/%2E%2e/%2e%2e/sdf> <urn:b> 1", f"<{BASE}./sdf> <urn:b> 1"),
        *("<https://w3id.org/claimgraph/./id/sdf> <urn:b> 1", "<https://w3id.org/x/../claimgraph/ontology#Claim> <urn:b> 1"),
        *(f"<urn:a> <{CG.replace('ontology', './ontology')}polarity> 1", f"<urn:a> a <{CG.replace('ontology', 'x/../ontology')}Claim>"),
        *(f"<{BASE}sdf#x> <urn:b> 1", f"<{BASE}sdf?x> <urn:b> 1", f"<{BASE}> <urn:b> 1", f"<{BASE}workspace/dana> <urn:b> 1"),
    ],
)
def test_notes_that_turn_into_evidence(victim: Writable, statement: str) -> None:
    """A subject, property or class that is evidence once its dots are resolved is refused, in updates and in graphs."""
    with unharmed(victim):
        told(victim.try_update(f"INSERT DATA {{ GRAPH <{victim.graph('turned')}> {{ {statement} }} }}"), 403)
        told(victim.send("PUT", address("/graphs", graph=victim.graph("turned")), f"{statement} .", TURTLE_BODY), 403)


@pytest.mark.parametrize("letter", ["\u202e", "\u2066", "\u2069", "\u200f", "\u061c", "\u200b", "\ufeff", "\u00ad", "\u2028", "\ue000", "\u0085"])
def test_iris_with_letters_that_are_not_seen(victim: Writable, letter: str) -> None:
    """IRIs that would turn around what stands beside them, or look like another, are refused with the letter's number, wherever they stand."""
    mine, hidden = victim.graph("seen"), f"http://example.org/a{letter}b"
    with unharmed(victim):
        for statement in (f"<{hidden}> <urn:b> 1", f"<urn:a> <{hidden}> 1", f"<urn:a> <urn:b> <{hidden}>"):
            for answer in (
                victim.try_update(f"INSERT DATA {{ GRAPH <{mine}> {{ {statement} }} }}"),
                victim.send("PUT", address("/graphs", graph=mine), f"{statement} .", TURTLE_BODY),
            ):
                assert letter not in told(answer, 400)
        for answer in (
            victim.try_update(f"INSERT DATA {{ GRAPH <{mine}{letter}> {{ {ONE} }} }}"),
            victim.send("PUT", address("/graphs", graph=mine + letter), ONE, TURTLE_BODY),
        ):
            assert letter not in told(answer, 400)


@pytest.mark.parametrize(
    "text",
    [
        *(
            r'"\uD800"',
            r'"\uDC00\uD83D"',
            r'"\uD83D"',
            r'"\U0000DFFF"',
            r'"\U00110000"',
            r'"\u0000"',
            '"a\0b"',
            r"<http://x/\u000A>",
            r"<http://x/\u0020>",
        ),
        *(r"<http://x/\u003E>", "<http://x/a\nb>", "<http://x/a b>", "<x:\x01>", "<relative%>", '"x"@', '"x"@a_b', '"x"^^"y"', "1e", '"\n"'),
    ],
    ids=ascii,
)
def test_terms_that_are_none(victim: Writable, text: str) -> None:
    """Half letters, NUL, and IRIs with controls, spaces or line ends are refused: in updates, in graphs and in queries."""
    mine = victim.graph("terms")
    with unharmed(victim):
        told(victim.try_update(f"INSERT DATA {{ GRAPH <{mine}> {{ <urn:a> <urn:b> {text} }} }}"), 400)
        told(victim.send("PUT", address("/graphs", graph=mine), f"<urn:a> <urn:b> {text} .", TURTLE_BODY), 400)
        if "0000" not in text and "\0" not in text:
            told(asked(victim.service, f"ASK {{ <urn:a> <urn:b> {text} }}"), 400)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "windows-1256"])
def test_bodies_in_other_encodings(victim: Writable, encoding: str) -> None:
    """Queries, updates and graphs that are not in UTF-8 are refused, whether or not they could be guessed."""
    with unharmed(victim):
        for media, text in (
            ("application/sparql-query", "ASK { ?s ?p 'قسد' }"),
            ("application/sparql-update", f"INSERT DATA {{ GRAPH <{victim.graph('encoded')}> {{ <urn:a> <urn:b> 'قسد' }} }}"),
        ):
            told(victim.send("POST", "/sparql", text.encode(encoding), {"Content-Type": media}), 400, 403)
        for media in ("text/turtle", "application/n-triples", "application/ld+json"):
            body = '{"@id": "urn:a", "urn:b": "قسد"}' if "json" in media else "<urn:a> <urn:b> 'قسد' .".replace("'", '"')
            told(victim.send("PUT", address("/graphs", graph=victim.graph("encoded")), body.encode(encoding), {"Content-Type": media}), 400)
