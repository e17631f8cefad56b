"""IRIs: the names of the model, and that no two things ever share one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

from claimgraph.model.document import ClaimsDocument
from claimgraph.model.names import ID_PATTERN, Base, ReportName, is_key, last_word, part
from claimgraph.model.to_quads import to_quads
from strategies import documents

BASE = Base("https://w3id.org/claimgraph/id/")
HASH = "0123456789ab"
REPORT = BASE.report(HASH, "r1")

identifiers = st.one_of(
    st.sampled_from(["source", "name", "annotation", "validation", "c1", "c1-span", "c", "1"]), st.from_regex(ID_PATTERN, fullmatch=True)
)
labels = st.one_of(
    st.sampled_from(
        [
            "@publisher",
            "publisher",
            "a",
            "a/b",
            "a%2Fb",
            "a%252Fb",
            "/",
            "#",
            "%",
            "@",
            "?",
            ".",
            "..",
            "./a",
            "source/a",
            "name/a",
            "a#b",
            " ",
            "+",
            "\n",
            "annotation",
        ]
    ),
    st.sampled_from(["مصادر خاصة", "مصادر", "é", "e\u0301", "ﷺ", "😀", "\u200f", "\ufeff", "rule-a", "validation", "finding-1", "~", "a-b", "a_b"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=20),
)
PARTS = ("content", "span", "quantity", "part-1", "part-2", "hop-1", "hop-2", "hop-11", "mention-1", "mention-11")


def _of_one_report(report: ReportName, claim_ids: set[str], words: set[str], rules: set[str]) -> dict[tuple[Any, ...], NamedNode]:
    """Everything that may be named in one report: what it is, and its IRI."""
    out: dict[tuple[Any, ...], NamedNode] = {
        ("report",): report.node,
        ("unknown publisher",): report.unknown_publisher,
        ("annotation",): report.annotation,
        ("validation",): report.validation,
        **{("finding", number): report.finding(number) for number in (1, 2, 11)},
        **{("source", word): report.source(word) for word in words},
        **{("name", word): report.name(word) for word in words},
        **{("rule", rule): report.rule(rule) for rule in rules},
    }
    for claim_id in claim_ids:
        claim = report.claim(claim_id)
        out["claim", claim_id] = claim
        for fragment in PARTS:
            out["part", claim_id, fragment] = part(claim, fragment)
        for owner in (claim, part(claim, "hop-1"), part(claim, "hop-11"), part(claim, "mention-1")):
            span = part(owner, "span")
            out["span", claim_id, owner.value] = span
            out["position", claim_id, owner.value] = part(span, "position")
            out["quote", claim_id, owner.value] = part(span, "quote")
        del out["span", claim_id, claim.value]  # named above as a part
    return out


@given(st.sets(identifiers, max_size=4), st.sets(labels, max_size=8), st.sets(labels, max_size=4))
def test_no_two_things_of_a_report_share_an_iri(claim_ids: set[str], words: set[str], rules: set[str]) -> None:
    """Claims, their parts, sources, names and rules can be called anything: each has an IRI of its own, and belongs to its report."""
    named = _of_one_report(REPORT, claim_ids, words, rules)
    assert len(set(named.values())) == len(named)
    assert all(BASE.report_of(node.value) == REPORT for node in named.values())


@given(st.sets(st.tuples(st.sampled_from([HASH, "ba9876543210"]), identifiers), min_size=2, max_size=4), st.sets(labels, max_size=4))
def test_no_two_reports_share_an_iri(versions: set[tuple[str, str]], words: set[str]) -> None:
    """Reports and versions may have ids that begin alike: what belongs to one never is, nor belongs to, another."""
    seen: dict[NamedNode, ReportName] = {}
    for version, report_id in versions:
        report = BASE.report(version, report_id)
        for node in _of_one_report(report, {report_id, "source", "c1"}, words, words).values():
            assert seen.setdefault(node, report) == report
            assert BASE.report_of(node.value) == report
            assert BASE.key(node) is None


@settings(max_examples=settings().max_examples // 3)
@given(documents())
def test_nodes_of_one_document_have_one_kind(document: ClaimsDocument) -> None:
    """In the quads of any document a node is one thing: no IRI is, say, both a source and a name."""
    kinds: dict[Any, set[Any]] = {}
    for quad in to_quads(document, BASE, ()).quads:
        if quad.predicate.value.endswith("#type"):
            kinds.setdefault(quad.subject, set()).add(quad.object)
    assert all(len(found) == 1 for found in kinds.values())


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=50))
def test_any_word_gives_a_valid_iri(word: str) -> None:
    """Words from a report are escaped: the IRI holds only what every parser takes, and nothing that leads out of its place."""
    for node in (REPORT.source(word), REPORT.name(word), REPORT.rule(word)):
        assert re.fullmatch(r"https://[\w.~%/#@-]+", node.value, re.ASCII)
        tail = node.value.removeprefix(REPORT.iri)
        assert re.match(r"(/source/|/name/|#rule-)[^/#@]+$", tail)


@pytest.mark.parametrize(
    ("make", "iri"),
    [
        (lambda r: r.node, ""),
        (lambda r: r.claim("c01"), "/c01"),
        (lambda r: part(r.claim("c01"), "content"), "/c01#content"),
        (lambda r: part(part(r.claim("c01"), "span"), "quote"), "/c01#span-quote"),
        (lambda r: r.source("مصدر/1"), "/source/%D9%85%D8%B5%D8%AF%D8%B1%2F1"),
        (lambda r: r.name("a b#c@d%"), "/name/a%20b%23c%40d%25"),
        (lambda r: r.unknown_publisher, "/source/@publisher"),
        (lambda r: r.annotation, "#annotation"),
        (lambda r: r.rule("said/that"), "#rule-said%2Fthat"),
        (lambda r: r.validation, "#validation"),
        (lambda r: r.finding(2), "#finding-2"),
    ],
)
def test_names_are_the_published_ones(make: Callable[[ReportName], NamedNode], iri: str) -> None:
    """IRIs are out in the world once a report is published: they do not change."""
    assert make(REPORT) == NamedNode(f"https://w3id.org/claimgraph/id/v/0123456789ab/r1{iri}")


def test_names_beside_the_reports() -> None:
    """Entities, series, commits and the program's graphs lie under the base."""
    assert BASE.entity("sdf").value == BASE.iri + "sdf"
    assert BASE.series("r1").value == BASE.iri + "r1"
    assert BASE.commit(17).value == BASE.iri + "commit/17"
    assert {node.value.removeprefix(BASE.iri) for node in (BASE.reference, BASE.commits, BASE.shingles)} == {
        "graph/reference",
        "graph/commits",
        "graph/shingles",
    }


def test_report_tells_its_version_and_id() -> None:
    """Hash and id can be read off the name."""
    assert (REPORT.version, REPORT.report_id) == (HASH, "r1")


@pytest.mark.parametrize("suffix", ["", "/c01", "/c01#content", "#annotation", "/source/%2F", "/name/a", "/", "#"])
def test_report_of_what_belongs_to_it(suffix: str) -> None:
    """The report of an IRI is the version that it is, or belongs to."""
    assert BASE.report_of(REPORT.iri + suffix) == REPORT


@pytest.mark.parametrize(
    "iri",
    [
        "",
        "sdf",
        "r1",
        "v/0123456789ab",
        "v/0123456789ab/",
        "v/0123456789ab/.hidden",
        "v/0123456789ab//c01",
        "v/0123456789a/r1",
        "v/0123456789abc/r1",
        "v/0123456789AB/r1",
        "v/0123456789ab/r1?q",
        "v/0123456789ab/r1%2F",
        "v/0123456789ab/r 1",
        "v/0123456789ab/ر",
        "v/0123456789ab/" + "r" * 129,
        "graph/reference",
        "commit/1",
    ],
)
def test_report_of_anything_else_is_none(iri: str) -> None:
    """What is no version of a report, and belongs to none, has no report."""
    assert BASE.report_of(BASE.iri + iri) is None
    assert BASE.report_of("https://example.org/" + iri) is None


def test_base_is_no_pattern() -> None:
    """Dots of the base are dots."""
    assert Base("https://a.b/").report_of(f"https://axb/v/{HASH}/r1") is None


@pytest.mark.parametrize("word", ["sdf", "sdf-media-center", "2022", "a-1-b", "k" * 128])
def test_keys(word: str) -> None:
    """A key comes back from the IRI that it gives."""
    assert is_key(word)
    assert BASE.key(BASE.entity(word)) == word


@pytest.mark.parametrize("word", ["", "SDF", "a_b", "-a", "a-", "a--b", "a b", "a/b", "قسد", "a\n", "٣", "k" * 129])
def test_no_keys(word: str) -> None:
    """Anything else has not the form of a key."""
    assert not is_key(word)
    if word and " " not in word and "\n" not in word:
        assert BASE.key(NamedNode(BASE.iri + word)) is None


@pytest.mark.parametrize(
    "node", [None, Literal("https://w3id.org/claimgraph/id/sdf"), NamedNode("https://example.org/sdf"), REPORT.node, NamedNode(BASE.iri)]
)
def test_only_entities_have_keys(node: object) -> None:
    """Literals, other people's IRIs, reports and the base itself are no entities."""
    assert BASE.key(node) is None


@pytest.mark.parametrize(
    ("iri", "word"),
    [
        (BASE.iri + "sdf", "sdf"),
        (REPORT.iri + "/c01", "c01"),
        (REPORT.iri + "/c01#content", "content"),
        (REPORT.source("مصدر/1").value, "مصدر/1"),
        (BASE.iri, "id"),
        ("https://w3id.org/claimgraph/ontology#event-escape", "event-escape"),
    ],
)
def test_last_word(iri: str, word: str) -> None:
    """The short form of an IRI is its last segment or fragment, readable."""
    assert last_word(iri) == word
