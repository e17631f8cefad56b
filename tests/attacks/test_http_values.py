"""Bad values over HTTP: numbers and letters that are none, offsets beside the text, statements about others.

Whatever is wrong is said in the one shape, nothing is written, and the service answers on.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from pyoxigraph import RdfFormat

from attacking import checking, told, unharmed
from claimgraph.model.canonical import rdf_text
from claimgraph.model.names import Base
from claimgraph.model.reading import document_of
from claimgraph.model.to_quads import to_quads
from claimgraph.store.reference import Reference
from requesting import BASE, CG, Writable
from running import small
from serving import Answer

XSD = "http://www.w3.org/2001/XMLSchema#"
OA = "http://www.w3.org/ns/oa#"
DOCUMENT = json.dumps(small(), ensure_ascii=False)
INJECTED = '"> } ; DROP ALL #'


def reporting(victim: Writable, body: str | bytes, media: str = "application/json") -> Answer:
    """The answer to a report that dana brings."""
    return victim.send("POST", "/api/reports", body, {"Content-Type": media})


# --- JSON -----------------------------------------------------------------------------------------------------------------


def starting(value: str) -> str:
    """The document with something else where its claim's first offset stands."""
    assert DOCUMENT.count('"start": 0') == 1
    return DOCUMENT.replace('"start": 0', f'"start": {value}')


NO_DOCUMENTS: dict[str, tuple[str | bytes, str]] = {
    "UTF-16": (DOCUMENT.encode("utf-16"), "not UTF-8"),
    "UTF-16 without a mark": (DOCUMENT.encode("utf-16-le"), "broken JSON"),
    "UTF-32": (DOCUMENT.encode("utf-32"), "not UTF-8"),
    "UTF-32 without a mark": (DOCUMENT.encode("utf-32-be"), "broken JSON"),
    "another encoding": (DOCUMENT.encode("windows-1256"), "not UTF-8"),
    "two marks": (f"\ufeff\ufeff{DOCUMENT}", "broken JSON"),
    "half a pair, as bytes": (DOCUMENT.encode().replace(b'"ar"', b'"a\xed\xa0\x80"'), "not UTF-8"),
    "half a pair, escaped": (DOCUMENT.replace('"ar"', '"a\\ud800"'), r"\ud800"),
    "half a pair in a key": (DOCUMENT.replace('"language"', '"\\udfff"'), r"\udfff"),
    "a pair the wrong way round": (DOCUMENT.replace('"ar"', '"\\udc00\\ud83d"'), "surrogate"),
    "NUL, escaped": (DOCUMENT.replace("متحدث", "متح\\u0000دث"), "U+0000"),
    "NUL": (DOCUMENT.replace("متحدث", "متح\0دث"), "broken JSON"),
    "a key twice": (DOCUMENT.replace('"report":', '"claims": [], "report":'), "'claims' stands twice"),
    "a key twice, once escaped": (DOCUMENT.replace('"start": 0', '"start": 0, "st\\u0061rt": 1'), "'start' stands twice"),
    "NaN": (starting("NaN"), "NaN"),
    "Infinity": (starting("Infinity"), "Infinity"),
    "less than every number": (starting("-Infinity"), "-Infinity"),
    "a number out of range": (starting("1e999"), "1e999"),
    "a number out of range below": (starting("-1e999"), "-1e999"),
    "4,000 digits": (starting("1" * 4_000), "4000 digits"),
    "4,000 digits of a fraction": (starting("0." + "1" * 4_000), "start"),
    "a fraction": (starting("0.0"), "claims[0].start"),
    "an exponent": (starting("0e0"), "claims[0].start"),
    "a leading zero": (starting("00"), "broken JSON"),
    "a sign": (starting("+0"), "broken JSON"),
    "hexadecimal": (starting("0x0"), "broken JSON"),
    "Arabic-Indic digits": (starting("٣"), "broken JSON"),
    "a number in quotes": (starting('"0"'), "claims[0].start"),
    "true for a number": (starting("true"), "claims[0].start"),
    "null for a number": (starting("null"), "claims[0].start"),
    "less than nothing": (starting("-1"), "claims[0].start"),
    "more than any text": (starting("9" * 19), "19 digits"),
    "a list": (f"[{DOCUMENT}]", "an object"),
    "a string": (json.dumps(DOCUMENT), "an object"),
    "a number": ("7", "an object"),
    "null": ("null", "an object"),
    "true": ("true", "an object"),
    "nothing": ("", "broken JSON"),
    "spaces": (" \r\n\t", "broken JSON"),
    "two documents": (f"{DOCUMENT}\n{DOCUMENT}", "broken JSON"),
    "a comment": (f"/* why */{DOCUMENT}", "broken JSON"),
    "a comma too many": (DOCUMENT[:-1] + ",}", "broken JSON"),
    "a field of the language": (DOCUMENT.replace('"report":', '"__proto__": {}, "report":'), "__proto__"),
    "a file of the server": (DOCUMENT.replace('"text":', '"file": "/etc/passwd", "texts":'), "report.text"),
}


@pytest.mark.parametrize("name", NO_DOCUMENTS)
def test_what_is_no_claims_document(victim: Writable, name: str) -> None:
    """JSON with traps, in other encodings or of another form is refused by both addresses alike, with what is wrong; no value is bent to fit."""
    body, word = NO_DOCUMENTS[name]
    with unharmed(victim):
        sentences = [told(answer, 422) for answer in (checking(victim, body), reporting(victim, body))]
        assert sentences[0] == sentences[1]
        assert word in sentences[0]
        assert len(sentences[0]) < 500


def test_a_mark_before_json_is_no_harm(victim: Writable) -> None:
    """A byte-order mark before the document, and a whole pair of escapes in it, are what honest clients send."""
    body = f"\ufeff{DOCUMENT}".replace('"published_basis"', '"title": "\\ud83d\\udd4a", "published_basis"')
    with unharmed(victim):
        answer = checking(victim, body)
        assert (answer.status, answer.json["result"], answer.json["document"]["report"]["title"]) == (200, "valid", "🕊")


TEXT = "😀 قال متحدّث إن é \U0001f54a"


def changed(where: str, value: Any, text: str = TEXT) -> dict[str, Any]:
    """A document with another value at a place of its claim, or of its report (``report.…``)."""
    document = small(text, "changed")
    *path, last = where.split(".")
    found = document["report"] if path and path[0] == "report" else document["claims"][0]
    for step in path:
        found = found if step == "report" else found[step]
    found[last] = value
    return document


def spanning(start: int, end: int, quoted: str) -> dict[str, Any]:
    """A document whose claim stands at these offsets with these words."""
    document = small(TEXT, "spanning")
    document["claims"][0] |= {"start": start, "end": end, "quote": quoted}
    return document


def counting(least: int, most: int) -> dict[str, Any]:
    """A document whose claim gives a number."""
    return changed("event.quantity", {"min": least, "max": most, "approximate": False, "of": "persons", "wording": "é"})


def repeating() -> dict[str, Any]:
    """A document with two claims that repeat each other."""
    document = small(report_id="repeating")
    (claim,) = document["claims"]
    document["claims"] = [{**claim, "repeats": "c02"}, {**claim, "id": "c02", "repeats": "c01"}]
    return document


UNITS = len(TEXT.encode("utf-16-le")) // 2
VIOLATIONS: dict[str, tuple[dict[str, Any], str]] = {
    "a span past the end": (spanning(0, len(TEXT) + 1, TEXT), "Span"),
    "a span that starts past the end": (spanning(len(TEXT) + 5, len(TEXT) + 9, "é"), "Span"),
    "a span that ends before it starts": (spanning(8, 2, TEXT[2:8]), "Span"),
    "a span of nothing": (spanning(3, 3, "ق"), "Span"),
    "units of UTF-16": (spanning(3, UNITS - 1, TEXT[2:-1]), "Span"),
    "an end inside a pair of UTF-16": (spanning(0, UNITS - 1, TEXT), "Span"),
    "bytes": (spanning(5, len(TEXT.encode()), TEXT[2:]), "Span"),
    "letters of the composed text": (spanning(2, 17, "قال متحدث إن é"), "Span"),
    "a day that no month has": (changed("report.published", "2022-02-30"), "PublishedIsEdtf"),
    "a month that no year has": (changed("report.published", "2022-13-01"), "PublishedIsEdtf"),
    "a day in other digits": (changed("report.published", "٢٠٢٢-٠١-٣١"), "PublishedIsEdtf"),
    "a day in the order of elsewhere": (changed("report.published", "31/01/2022"), "PublishedIsEdtf"),
    "an event on no day": (changed("event.time", "2022-02-29"), "TimeIsEdtf"),
    "a span of days that ends first": (changed("event.time", "2022-01-31/2022-01-20"), "TimeDaysInOrder"),
    "more at least than at most": (counting(20, 10), "QuantityInOrder"),
    "claims that repeat in a circle": (repeating(), "RepeatsWithoutCycles"),
    "a facility of another kind": (changed("event.facility", "sdf"), "Facility"),
    "a claim that repeats none": (changed("repeats", "c99"), "Repeat"),
}
UNKNOWN: dict[str, tuple[dict[str, Any], str]] = {
    "a speaker": (changed("chain", [{"agent": "nobody-here"}]), "claims[0].chain[0].agent"),
    "a speaker by another letter": (changed("chain", [{"agent": "s\u0501f"}]), "claims[0].chain[0].agent"),
    "a speaker turned around": (changed("chain", [{"agent": "\u202efds"}]), "claims[0].chain[0].agent"),
    "a speaker that ends the query": (changed("chain", [{"agent": INJECTED}]), "claims[0].chain[0].agent"),
    "an actor": (changed("event.actors", ["isis", "no-such"]), "claims[0].event.actors"),
    "a facility": (changed("event.facility", "no-prison"), "claims[0].event.facility"),
    "an incident": (changed("incident", "no-incident"), "claims[0].incident"),
    "an incident of another kind": (changed("incident", "isis"), "claims[0].incident"),
    "an event": (changed("event.type", "flight"), "claims[0].event.type"),
    "a polarity": (changed("polarity", "Denies"), "claims[0].polarity"),
    "an id that is a path": (changed("report.id", "../../graph/reference"), "report.id"),
    "an id that is an entity": (changed("report.id", "sdf"), "sdf"),
    "a span far past any text": (spanning(0, 10**12, TEXT), "claims[0].end"),
    "an id of a claim that is a fragment": (changed("id", "c01#span"), "claims[0].id"),
}


@pytest.mark.parametrize("name", VIOLATIONS)
def test_values_that_fit_nothing(victim: Writable, name: str) -> None:
    """Offsets beside the text, days that there are not and numbers the wrong way round are found by the shapes, and not let in (422)."""
    document, word = VIOLATIONS[name]
    with unharmed(victim):
        checked, answer = checking(victim, json.dumps(document)), reporting(victim, json.dumps(document))
        assert (checked.status, checked.json["result"], checked.json["conforms"]) == (200, "refused", False), checked.text
        told(answer, 422)
        assert answer.json["code"] == "refused"
        assert answer.json["findings"] == checked.json["findings"]
        assert word in json.dumps(answer.json["findings"], ensure_ascii=False)


@pytest.mark.parametrize("name", UNKNOWN)
def test_names_of_nothing(victim: Writable, name: str) -> None:
    """What the reference graph or the ontology does not have is refused with its place; nothing that looks like it is taken for it."""
    document, word = UNKNOWN[name]
    with unharmed(victim):
        for answer in (checking(victim, json.dumps(document)), reporting(victim, json.dumps(document))):
            assert word in told(answer, 422)


@pytest.mark.parametrize(("start", "end"), [(0, 1), (1, 2), (0, len(TEXT)), (len(TEXT) - 1, len(TEXT))])
def test_offsets_are_letters(victim: Writable, start: int, end: int) -> None:
    """An offset counts code points: a letter beyond the first plane is one, and comes back where it stood."""
    with unharmed(victim):
        value = checking(victim, json.dumps(spanning(start, end, TEXT[start:end]))).json
    (claim,) = value["document"]["claims"]
    assert value["result"] == "valid", value["findings"]
    assert value["document"]["report"]["text"][claim["start"] : claim["end"]] == claim["quote"] == TEXT[start:end]


# --- Turtle ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def triples(base: Base, reference: Reference) -> list[str]:
    """A report of ours with two mouths and a number, a statement a line."""
    document = small("قال متحدث إن نحو مئتي سجين فرّوا.", "turtle")
    (claim,) = document["claims"]
    claim["chain"].append({"agent": "alhal-net"})
    claim["event"]["quantity"] = {"min": 200, "max": 200, "approximate": True, "of": "detainees", "wording": "نحو مئتي"}
    claim["event"]["time"] = "2022-01-20"
    quads = to_quads(document_of(document), base, reference.entities).quads
    return rdf_text((quad.triple for quad in quads), RdfFormat.N_TRIPLES).splitlines()


def instead(predicate: str, value: str) -> Callable[[list[str]], list[str]]:
    """The report with another value for a property, in place of the first."""

    def spoilt(lines: list[str]) -> list[str]:
        number = next(n for n, line in enumerate(lines) if f" <{predicate}> " in line)
        return [*lines[:number], f"{lines[number].split(' ')[0]} <{predicate}> {value} .", *lines[number + 1 :]]

    return spoilt


def besides(*statements: str) -> Callable[[list[str]], list[str]]:
    """The report with statements behind it; ``CLAIM`` and ``REPORT`` stand for its claim and itself."""

    def spoilt(lines: list[str]) -> list[str]:
        hop = next(line.split(" ")[0] for line in lines if "#hop-1>" in line.split(" ")[0])
        claim = hop.removesuffix("#hop-1>")
        return [*lines, *(one.replace("CLAIM", claim[1:]).replace("REPORT", claim[1:].rpartition("/")[0]) for one in statements)]

    return spoilt


STATEMENTS = {
    "a number that is none": instead(f"{OA}start", f'"abc"^^<{XSD}integer>'),
    "a number of 4,000 digits": instead(f"{OA}start", f'"{"9" * 4_000}"^^<{XSD}integer>'),
    "a number in other digits": instead(f"{CG}minimum", f'"٢٠٠"^^<{XSD}integer>'),
    "a truth that is none": instead(f"{CG}approximate", f'"maybe"^^<{XSD}boolean>'),
    "a day that is none": instead(f"{CG}firstDay", f'"2022-02-30"^^<{XSD}date>'),
    "a blank node": besides(f"_:b <{CG}polarity> <{CG}polarity-denies> ."),
    "a blank node as a value": besides(f"<CLAIM> <{CG}claimant> _:b ."),
    "a property that we have not": besides("<CLAIM> <http://example.org/p> 1 ."),
    "a second polarity": besides(f"<CLAIM> <{CG}polarity> <{CG}polarity-affirms> ."),
    "a mouth that relays itself": besides(f"<CLAIM#hop-1> <{CG}relays> <CLAIM#hop-1> ."),
    "mouths in a circle": besides(f"<CLAIM#hop-2> <{CG}relays> <CLAIM#hop-1> ."),
    "another report": besides(f"<{BASE}v/0123456789ab/other> <{CG}polarity> <{CG}polarity-denies> ."),
    "another report's claim": besides(f"<{BASE}v/0123456789ab/other/c01> <{CG}polarity> <{CG}polarity-denies> ."),
    "an entity": besides(f"<{BASE}sdf> <http://www.w3.org/2004/02/skos/core#prefLabel> 'ISIS'@en ."),
    "a term": besides(f"<{CG}Claim> <http://www.w3.org/2002/07/owl#sameAs> <{CG}Report> ."),
    "a commit": besides(f"<{BASE}commit/1> <http://www.w3.org/ns/prov#wasAssociatedWith> 'nobody' ."),
    "a version of another digest": lambda lines: [line.replace("/v/", "/v/0123456789ab/../") for line in lines],
    "an IRI with a line end": besides(r"<CLAIM\u000A> <urn:b> 1 ."),
    "half a pair": besides(r'<CLAIM> <urn:b> "\uD800" .'),
}


@pytest.mark.parametrize("name", STATEMENTS)
def test_rdf_that_says_more_than_one_report(victim: Writable, triples: list[str], name: str) -> None:
    """Values of another form, and statements about anything but the report itself, are refused with what is wrong; nobody walks in circles."""
    body = "\n".join(STATEMENTS[name](triples)) + "\n"
    with unharmed(victim):
        for media in ("text/turtle", "application/n-quads" if "'" not in body and " 1 ." not in body else "application/trig"):
            for answer in (checking(victim, body, media), reporting(victim, body, media)):
                told(answer, 422)
                assert answer.json["code"] in ("bad-document", "refused")


def test_the_rdf_that_is_spoilt_is_good(victim: Writable, triples: list[str], base: Base) -> None:
    """What is spoilt above passes as it is; in another report's graph it does not."""
    with unharmed(victim):
        for media in ("text/turtle", "application/n-quads"):
            assert checking(victim, "\n".join(triples), media).json["result"] == "valid"
        for graph in (base.reference.value, f"{BASE}v/0123456789ab/other", victim.graph("mine")):
            quads = "\n".join(f"{line[:-1]} <{graph}> ." for line in triples)
            assert "line 1" in checking(victim, quads, "application/n-quads").text
            told(reporting(victim, quads, "application/n-quads"), 422)
