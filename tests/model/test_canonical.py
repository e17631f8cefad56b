"""Canonical forms: the hash that names a version, and the bytes that stand for a report's quads."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from claimgraph.model.canonical import canonical_document, canonical_nquads, content_digest, read_nquads, sha256_hex, version_of
from claimgraph.model.document import ClaimsDocument, as_json
from claimgraph.model.reading import document_of
from claimgraph.model.vocabulary import XSD_INTEGER
from strategies import documents

Json = dict[str, Any]
Changes = Callable[[Json], Iterator[tuple[tuple[str | int, ...], str, ClaimsDocument]]]
SETS = {"actors", "targets", "helpers", "counted", "or"}
FEWER = settings(max_examples=settings().max_examples // 3)


def _shuffled(value: Any, order: random.Random, name: str = "") -> Any:
    """The same JSON with its keys, and the items of its sets, in another order."""
    if isinstance(value, dict):
        keys = list(value)
        order.shuffle(keys)
        return {key: _shuffled(value[key], order, key) for key in keys}
    if isinstance(value, list):
        items = [_shuffled(item, order) for item in value]
        if name in SETS:
            order.shuffle(items)
        return items
    return value


# --- documents ----------------------------------------------------------------------------------------------------------


@FEWER
@given(documents(), st.randoms(use_true_random=False))
def test_order_of_keys_and_sets_says_nothing(document: ClaimsDocument, order: random.Random) -> None:
    """However a document is written down, it is the same version."""
    again = document_of(_shuffled(as_json(document), order))
    assert again == document
    assert canonical_document(again) == canonical_document(document)


def test_every_field_counts(full: Json, changes: Changes) -> None:
    """Any other value of any field makes another version; review alone does not, and the predecessor makes no other content."""
    document = document_of(full)
    seen: dict[str, str] = {version_of(document): "the document itself"}
    count = 0
    for path, name, changed in changes(full):
        assert changed != document, path
        count += 1
        if "review" in path:
            assert version_of(changed) == version_of(document), path
            assert content_digest(changed) == content_digest(document), path
            continue
        assert seen.setdefault(version_of(changed), str(path)) == str(path), path
        assert (content_digest(changed) == content_digest(document)) == (name == "Report.revises"), path
    assert count > 80


def test_every_value_counts(full: Json) -> None:
    """Leaving out any one value makes another version, or no document."""
    document = document_of(full)
    for part, names in [
        (("report",), ["title", "language", "publisher_note", "published", "revises", "url"]),
        (("claims", 0), ["said", "channel", "incident", "rule", "confidence", "mentions"]),
        (("claims", 0, "event"), ["or", "status", "actors", "time", "quantity", "breakdown"]),
        (("claims", 0, "event", "quantity"), ["min", "max", "counted"]),
    ]:
        for name in names:
            value = json.loads(json.dumps(full))
            place = value
            for step in part:
                place = place[step]
            del place[name]
            assert version_of(document_of(value)) != version_of(document), name


@FEWER
@given(documents(), documents())
def test_versions_are_equal_if_documents_are(one: ClaimsDocument, other: ClaimsDocument) -> None:
    """Two documents have one name exactly if they say the same, reviews apart."""

    def said(document: ClaimsDocument) -> Json:
        value = as_json(document)
        return {**value, "claims": [{k: v for k, v in claim.items() if k != "review"} for claim in value["claims"]]}

    assert (version_of(one) == version_of(other)) == (said(one) == said(other))


def test_version_is_the_hash_of_the_canonical_document(full: Json) -> None:
    """A version can be checked by anybody: SHA-256 over RFC 8785, 12 hex digits."""
    document = document_of(full)
    value = as_json(document)
    for claim in value["claims"]:
        del claim["review"]
    # Over these values RFC 8785 is: sorted keys (all ASCII), no white space, letters as they are, and floats in shortest form.
    expected = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert canonical_document(document) == expected
    assert version_of(document) == hashlib.sha256(expected).hexdigest()[:12]


def test_version_does_not_change_between_releases(plain: Json) -> None:
    """Published IRIs hold the hash: if this fails, every report in the world has got another name."""
    assert canonical_document(document_of(plain)) == (
        b'{"claims":[{"certainty":"certain","chain":[{"agent":"@publisher"}],"end":5,"event":{"type":"escape"},"id":"c1","incident":null,'
        b'"polarity":"affirms","quote":"hello","start":0}],"report":{"characters":11,"id":"r1","publisher":null,'
        b'"sha256":"b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9","text":"hello world"}}'
    )


def test_numbers_have_one_form(full: Json) -> None:
    """1 and 1.0 are the same number."""
    for same in ((1, 1.0), (0, 0.0), (0.5, 0.50)):
        one, other = (document_of({**full, "claims": [{**full["claims"][0], "confidence": value}]}) for value in same)
        assert version_of(one) == version_of(other)


# --- quads ----------------------------------------------------------------------------------------------------------------

A = NamedNode("http://example.org/a")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
nodes = texts.map(lambda text: NamedNode("http://example.org/" + "".join(c for c in text if c.isalnum())))
literals = st.one_of(texts.map(Literal), texts.map(lambda t: Literal(t, language="ar")), texts.map(lambda t: Literal(t, datatype=XSD_INTEGER)))
quads = st.builds(Quad, nodes, nodes, st.one_of(nodes, literals), st.one_of(nodes, st.just(DefaultGraph())))


def _escaped(text: str) -> str:
    """A literal's words as RDFC-1.0 wants them in canonical N-Quads."""
    named = {"\b": r"\b", "\t": r"\t", "\n": r"\n", "\f": r"\f", "\r": r"\r", '"': r"\"", "\\": r"\\"}
    return "".join(named.get(c) or (f"\\u{ord(c):04X}" if c < " " or c in "\x7f\ufffe\uffff" else c) for c in text)


def _line(quad: Quad) -> str:
    """A quad as RDFC-1.0 wants it: single spaces, no xsd:string, no graph for the default graph."""
    value = quad.object
    if isinstance(value, Literal):
        kind = f"@{value.language}" if value.language else "" if value.datatype.value.endswith("#string") else f"^^<{value.datatype.value}>"
        written = f'"{_escaped(value.value)}"{kind}'
    else:
        written = f"<{value.value}>"  # type: ignore[union-attr]  # no blank nodes here
    graph = f" <{quad.graph_name.value}>" if isinstance(quad.graph_name, NamedNode) else ""
    return f"<{quad.subject.value}> <{quad.predicate.value}> {written}{graph} .\n"  # type: ignore[union-attr]  # likewise


@given(st.lists(quads, max_size=8))
def test_quads_have_one_form(some: list[Quad]) -> None:
    """The bytes are those of RDFC-1.0: one line a quad, none twice, sorted by code point."""
    assert canonical_nquads(some).decode() == "".join(sorted({_line(quad) for quad in some}))


@given(st.lists(quads, max_size=8), st.randoms(use_true_random=False))
def test_order_of_quads_says_nothing(some: list[Quad], order: random.Random) -> None:
    """The same statements in any order, and said twice, are the same bytes, and come back."""
    shuffled = some * 2
    order.shuffle(shuffled)
    assert canonical_nquads(shuffled) == canonical_nquads(some)
    assert set(read_nquads(canonical_nquads(some))) == set(some)


def test_every_character_is_escaped_as_the_standard_says() -> None:
    """Of the basic plane, exactly the characters that RDFC-1.0 names are escaped, with the escapes that it names."""
    plane = [chr(code) for code in (*range(0xD800), *range(0xE000, 0x10200))]
    for start in range(0, len(plane), 4096):
        text = "".join(plane[start : start + 4096])
        assert canonical_nquads([Quad(A, A, Literal(text))]).decode() == f'<{A.value}> <{A.value}> "{_escaped(text)}" .\n'


def test_lines_are_sorted_by_code_point() -> None:
    """Sorted as Unicode sorts code points: U+FFFD before U+10000 (UTF-16 would turn them round)."""
    lines = canonical_nquads([Quad(A, A, Literal(c)) for c in "\U00010000\ufffdb\u0628a"]).decode().splitlines()
    assert [line.split('"')[1] for line in lines] == ["a", "b", "\u0628", "\ufffd", "\U00010000"]


def test_nothing_is_no_bytes() -> None:
    """No quads are no bytes."""
    assert canonical_nquads([]) == b""
    assert read_nquads(b"") == []


def test_digest() -> None:
    """A digest is SHA-256 in hex."""
    assert sha256_hex(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("written", ["007", "+7", "7.0"])
def test_lexical_forms_are_kept(written: str) -> None:
    """Canonical means of the bytes, not of the numbers: what was signed is what was there."""
    quad = Quad(A, A, Literal(written, datatype=XSD_INTEGER))
    assert f'"{written}"'.encode() in canonical_nquads([quad])
    assert read_nquads(canonical_nquads([quad])) == [quad]
