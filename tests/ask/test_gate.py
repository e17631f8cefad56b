"""The gate before the engine: what a query is made of, what it may not exceed, and whom it would call."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Store

from claimgraph.ask.gate import Outline, check, outline
from claimgraph.model.errors import BadQuery
from claimgraph.model.limits import LIMITS

ALLOWED, OTHER = "http://allowed.example/sparql", "http://other.example/sparql"


def facts(query: str) -> tuple[int, int, int]:
    """Nesting, unions and operators of a query."""
    found = outline(query)
    return found.nesting, found.unions, found.operators


# --- what a query is made of ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "nesting"),
    [
        ("", 0),
        ("ASK {}", 1),
        ("ASK { { {} } {} }", 3),
        ("SELECT ((1) AS ?x) { FILTER(((?x))) }", 4),
        ("ASK { ?s ?p ( 1 [ ?q ( 2 ) ] ) }", 4),
        ("ASK { << << ?s ?p ?o >> ?p ?o >> ?p ?o }", 3),
        ("ASK { ?s ?p '{{{{((((', \"[[[[\", '''<<{{''' , <http://x/((((> } # {{{{", 1),
        ("PREFIX e: <http://x/> ASK { ?s e:a\\(b e:\\(\\( }", 1),
        ("}}}} ASK { { } }", 2),
        ("ASK { FILTER(?a<<http://x/>) }", 2),
    ],
)
def test_nesting_counts_brackets_of_every_kind(query: str, nesting: int) -> None:
    """Braces, parentheses, square brackets and quoted triples add up; those in strings, IRIs, names and comments do not."""
    assert outline(query).nesting == nesting


@pytest.mark.parametrize(
    ("query", "unions", "operators"),
    [
        ("SELECT ?x { ?s ?p ?o }", 0, 1),
        ("SELECT * { { } UNION { } union{ } }", 2, 2),
        ("ASK { { } UNION{ } UNION\n{ } }", 2, 0),
        ("ASK { ?s ?union 'UNION' , <http://x/UNION> } # UNION", 0, 0),
        ("ASK { FILTER(!!!?a) FILTER(?a && ?b || ?c) }", 0, 8),
        ("ASK { FILTER(1 + 2 - 3 * 4 / 5 = 6) }", 0, 6),
        ("ASK { ?s ^<http://x/p>/<http://x/q>|<http://x/r>*|<http://x/s>+ ?o }", 0, 6),
        ("ASK { OPTIONAL { } MINUS { } BIND(1 AS ?x) FILTER EXISTS { } GRAPH ?g { } { SELECT ?x { } } }", 0, 7),
        ("ASK { VALUES ?x { '1'^^<http://x/t> 'a-b'@en-GB-x <http://x/a-b+c=d> } }", 0, 0),
    ],
)
def test_unions_and_operators_are_counted(query: str, unions: int, operators: int) -> None:
    """Each sign and word that adds a level to the plan counts; a datatype, a language tag and what is inside an IRI do not."""
    assert facts(query)[1:] == (unions, operators)


@pytest.mark.parametrize(
    ("update", "ends"),
    [
        ("INSERT DATA { <a:b> <a:b> 1 } ; DELETE DATA { <a:b> <a:b> 1 }", [30]),
        ("CLEAR ALL ;; DROP ALL ;", [10, 11, 22]),
        ("INSERT DATA { <a:b> <a:b> 1 ; <a:c> ';' , \";\" , '''\n;''' }", []),
        ("INSERT DATA { <http://x/;> <a:b> 1 } # ;\n", []),
        ("PREFIX e: <http://x/;> INSERT DATA { e:a\\;b e:p 1 }", []),
    ],
)
def test_ends_are_semicolons_outside_all_braces(update: str, ends: list[int]) -> None:
    """What parts operations is found; the semicolons of data, strings, IRIs, names and comments are no ends."""
    assert outline(update).ends == ends


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("", ""),
        ("PREFIX قُسد: <http://x/> ASK { قُسد:قَ ?قِ ?o }", "ASK"),
        ("PREFIX e: <http://x/> BASE <http://x/> ask {}", "ASK"),
        ("# SELECT\nDescribe <http://x/>", "DESCRIBE"),
        ("{ SELECT }", ""),
    ],
)
def test_the_first_word_says_what_is_asked_for(query: str, first: str) -> None:
    """It is the one behind the prologue, outside braces."""
    assert outline(query).first == first


def test_an_outline_is_the_same_asked_for_twice() -> None:
    """A short query is remembered, a long one read again; neither changes what is said of it."""
    for query in ("ASK { { } UNION { } }", "ASK { { } UNION { } }" + " " * 30_000):
        before = facts(query)
        outline("SELECT * {}")
        assert facts(query) == before == (2, 1, 0)


# --- limits ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "most", "make"),
    [
        ("query_characters", 40, "ASK {}".ljust),
        ("query_depth", 5, lambda n: f"ASK {'{' * n}{'}' * n}"),
        ("query_unions", 5, lambda n: f"ASK {{ {'UNION '.join(['{ } '] * (n + 1))} }}"),
        ("query_operators", 5, lambda n: f"ASK {{ FILTER(1{'+1' * (n - 1)}) }}"),
    ],
)
def test_a_limit_lets_through_what_is_at_it_and_nothing_above(
    name: str, most: int, make: Callable[[int], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the limit a query passes, one above it is refused, and the sentence names the setting."""
    monkeypatch.setitem(vars(LIMITS), name, most)
    assert isinstance(check(make(most)), Outline)
    with pytest.raises(BadQuery, match=rf"\(CLAIMGRAPH_{name.upper()}\)"):
        check(make(most + 1))


@pytest.mark.parametrize(
    "query",
    [
        "ASK { FILTER(1 " + "+ 1 " * 998 + ") }",
        "ASK { " + "{ ?s ?p ?o } UNION " * 500 + "{ } }",
        "ASK { FILTER" + "(" * 199 + "true" + ")" * 199 + " }",
        "SELECT * { VALUES ?x { " + "<http://example.org/an-entity/with-dashes#and-more> " * 5_000 + "} }",
        "SELECT * { VALUES (?x ?y) { " + "('2022-01-20'^^<http://www.w3.org/2001/XMLSchema#date> <http://example.org/x>) " * 5_000 + "} }",
    ],
)
def test_the_limits_are_far_from_what_people_ask(query: str) -> None:
    """Queries as long as a federating client writes them pass, and the engine runs what passes."""
    check(query)
    assert Store().query(query) is not None


def test_no_text_keeps_the_gate_for_long() -> None:
    """Whatever stands in half a million characters, it is read in a moment: repeated quotes, brackets, dots, escapes and IRIs."""
    for piece in "'", '"', "'''", "\\", "<", "<'", "<#> ", "<<a:", "a.", ":", ":\\a", "#", "{", "@", "?", "SERVICE", "SERVICE:a ", "-", "é":
        began = time.monotonic()
        outline("PREFIX service: <http://x/> SELECT * { " + piece * (LIMITS.query_characters // len(piece)))
        assert time.monotonic() - began < 5


# --- whom it would call ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "called"),
    [
        ("SELECT * { SERVICE <%s> { } }", [ALLOWED]),
        ("SELECT * { service silent <%s> { } }", [ALLOWED]),
        ("SELECT * { SERVICESILENT<%s>{ } }", [ALLOWED]),
        ("SELECT * { SERVICE\n\t<%s>\n{ } OPTIONAL { SERVICE <http://x/> { } } }", [ALLOWED, "http://x/"]),
        ("SELECT * { SERVICE # here\n <%s> { } }", [None]),
        ("SELECT * { VALUES ?e { <%s> } SERVICE ?e { } }", [None]),
        ("PREFIX e: <%s> SELECT * { SERVICE e: { } }", [None]),
        ("PREFIX : <%s> SELECT * { SERVICE: { } SERVICE SILENT : { } }", [None, None]),
        ("PREFIX : <%s> PREFIX SERVICE: <http://x/> SELECT * { SERVICE:x { } }", [None]),
        ("PREFIX : <%s> PREFIX serviceSilent: <http://x/> SELECT * { serviceSilent: # here\n{ } }", [None]),
        ("PREFIX : <%s> PREFIX قُSERVICE: <http://x/> SELECT * { ?s ?p قُSERVICE:x{ } }", [None]),
        ("PREFIX : <%s> PREFIX trueSERVICE: <http://x/> SELECT * { ?s ?p trueSERVICE:x{ } }", [None]),
        ("PREFIX e: <http://x/> SELECT * { ?s ?p e:a\\#b . SERVICE <%s> { } }", [ALLOWED]),
        ("PREFIX e: <http://x/> SELECT * { ?s ?p e:a\\'b . SERVICE <%s> { } } # '", [ALLOWED]),
        ("PREFIX e: <http://x/> SELECT * { ?s ?p e:.SERVICE <%s> { } }", [ALLOWED]),
        ("SELECT * { BIND(<http://x/\u00a0'> AS ?x) SERVICE <%s> { } } # '", [ALLOWED]),
        ("SELECT * { FILTER(?v<<http://x/'>) SERVICE <%s> { } } # '", [ALLOWED]),
        ("SELECT * { FILTER(?v<='''(a>''') SERVICE <%s> { } }", [None]),
        ("SELECT * { BIND(1<e:a\\#b&&3>2 AS ?x) SERVICE <%s> { } }", [ALLOWED, None]),
    ],
)
def test_services_are_what_a_query_would_call(query: str, called: list[str | None]) -> None:
    """An endpoint that is written out is told as it is; anything else that would be called is ``None``, so that no list can allow it."""
    assert outline(query % ALLOWED if "%s" in query else query).services == called


@pytest.mark.parametrize(
    "query",
    [
        "PREFIX service: <http://x/> SELECT * { service:a service:p service:SERVICE . GRAPH service:g { } }",
        "PREFIX service: <http://x/> SELECT * FROM service:g { ?service ?p ?o }",
        "PREFIX service: <http://x/> DESCRIBE service:a { }",
        "PREFIX service: <http://x/> SELECT ?service { { SELECT ?service { } } GRAPH ?service { } }",
        "SELECT * { ?s ?p 'SERVICE <http://x/> { }'@service }",
        "SELECT * { ?s ?p <http://x/SERVICE#'> } # SERVICE <http://x/> { }",
    ],
)
def test_what_is_only_called_service_calls_nobody(query: str) -> None:
    """Prefixes, graphs, variables, strings, language tags, IRIs and comments may have that name."""
    check(query)
    assert outline(query).services == []


def test_only_listed_services_pass() -> None:
    """Who is on the list may be asked, however often; one that is not, or is not written out, refuses the whole query."""
    listed = (ALLOWED,)
    check("SELECT * { SERVICE <%s> { } SERVICE SILENT <%s> { } }" % (ALLOWED, ALLOWED), listed)  # noqa: UP031  # braces
    for other in (f"<{OTHER}>", f"<{ALLOWED}/>", f"<{ALLOWED}#>", "<sparql>", "?e", ":", f"# here\n <{ALLOWED}>"):
        query = f"PREFIX : <{ALLOWED}> BASE <http://allowed.example/> SELECT * {{ SERVICE <{ALLOWED}> {{ }} SERVICE {other} {{ }} }}"
        with pytest.raises(BadQuery, match="SERVICE is switched off"):
            check(query, listed)
    with pytest.raises(BadQuery, match=r"http://other\.example/sparql is not on its list"):
        check(f"SELECT * {{ SERVICE <{OTHER}> {{ }} }}", listed)
    with pytest.raises(BadQuery, match=r"asks no other service\. Take that part out"):
        check(f"SELECT * {{ SERVICE <{ALLOWED}> {{ }} }}")


def test_load_is_switched_off() -> None:
    """An update that would fetch is refused in any case of letters; the word within data is none."""
    for update in ("LOAD <http://x/>", "load silent <http://x/> into graph <http://x/>", "CLEAR ALL ; LOAD<http://x/>"):
        with pytest.raises(BadQuery, match="LOAD is switched off"):
            check(update)
    check("INSERT DATA { <http://x/LOAD> <http://x/load> 'LOAD' }")


# Endpoints on a port that the engine's HTTP client refuses to ask: whether it would have asked is seen by what it says.
ENDPOINT = "http://127.0.0.1:9/"
_PREFIXES = ["e: <http://e/>", f": <{ENDPOINT}>", "SERVICE: <http://s/#>", f"SILENT: <{ENDPOINT}>", "trueSERVICE: <http://e/'>", "e.SERVICE: <#>"]
_NAMES = ["e:a", "e:", "e:a\\#b", "e:\\'", "e:a\\;", "e:a.b", "e:%23", "SERVICE:x", "e.SERVICE:x", ":x", "_:b", "[]", "?SERVICE", "1."]
_IRIS = ["<http://x/#a>", "<http://x/'>", "<http://x/(a)>", "<#>", "<>", "<urn:a:'>", "<http://x/\u00a0'>"]
_PIECES = st.sampled_from(["a", "'", '"', "\\'", '\\"', "\\\\", "\\u0022", "#", "<", ">", "{", "}", "SERVICE", " ", ".", "(", ")"])
_STRINGS = st.tuples(st.sampled_from(["'", '"', "'''", '"""']), st.lists(_PIECES, max_size=5).map("".join), st.sampled_from(["", "@en", "^^e:t"]))
_TERMS = st.one_of(st.sampled_from(_NAMES), st.sampled_from(_IRIS), _STRINGS.map(lambda s: s[0] + s[1] + s[0] + s[2]))
_GAPS = st.sampled_from(["", " ", "\n", "# '\n", "#{ SERVICE\r"])
_FORMS = st.sampled_from(
    [
        ("BIND(", 0, " AS ?n)"),
        ("FILTER(", 0, "<", 1, ")"),
        ("FILTER(", 0, "<=", 1, ")"),
        ("OPTIONAL{", 0, "?p", 1, "}"),
        ("GRAPH", 0, "{", "}"),
        ("VALUES ?m {", 0, 1, "}"),
    ]
)


@st.composite
def _elements(draw: st.DrawFn) -> str:
    terms = draw(_TERMS), draw(_TERMS)
    gap = draw(_GAPS)
    return gap.join(terms[part] if isinstance(part, int) else part for part in draw(_FORMS))


@st.composite
def _calling(draw: st.DrawFn) -> str:
    where = draw(st.sampled_from([f"<{ENDPOINT}>", ":", ":x", "<>", "SILENT:x"]))
    gap = draw(_GAPS)
    return gap.join(["SERVICE", where, "{", "}"])


@settings(max_examples=20 * settings.default.max_examples)
@given(st.lists(st.sampled_from(_PREFIXES), unique=True), st.lists(_elements(), max_size=2), _calling(), st.lists(_elements(), max_size=2), st.data())
def test_nobody_is_called_whom_the_gate_did_not_see(before: list[str], ahead: list[str], call: str, after: list[str], data: st.DataObject) -> None:
    """Whatever stands around it, a query by which the engine would ask a service is one in which the gate sees a service."""
    text = data.draw(_GAPS).join([*ahead, call, *after])
    query = f"BASE <{ENDPOINT}> " + " ".join(f"PREFIX {prefix}" for prefix in before) + f" SELECT * {{ {text} }}"
    try:
        list(Store().query(query))  # type: ignore[arg-type]  # a SELECT gives solutions
    except (SyntaxError, ValueError):
        return
    except (OSError, RuntimeError) as error:
        assert "port 9" not in str(error) or outline(query).services  # noqa: PT017  # most queries end here
