"""Reports over HTTP: checked without being kept, and let in whole or not at all."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import RdfFormat, parse

from claimgraph.model.document import ClaimsDocument
from requesting import BASE, JSON_BODY, TURTLE_BODY, Writable, address, refused
from running import Run, digest, small, value_of
from serving import Answer, Service

SHACL = "http://www.w3.org/ns/shacl#"
TEXT_BODY, HTML_BODY = {"Content-Type": "text/plain; charset=utf-8"}, {"Content-Type": "text/html"}
FIELDS = {"published": "2022-01-31", "publisher": "syria-tv", "title": "نفي", "url": "https://example.org/1", "retrieved": "2022-02-01"}
RAW = "نفت قوات سوريا الديمقراطية اليوم فرار سجناء من سجن الصناعة في الحسكة."


def checked(service: Service, body: str | bytes, headers: dict[str, str], **parameters: object) -> Answer:
    """The answer of a check."""
    return service.send("POST", address("/api/validate", **parameters), body.encode() if isinstance(body, str) else body, headers)


def page_of(text: str, title: str = "عنوان الصفحة") -> str:
    """A web page with a text as its article, and a menu that is none of it."""
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n") if paragraph)
    head = f'<head><meta charset="utf-8"><title>{title}</title><meta property="article:published_time" content="2022-01-31T10:00:00Z"></head>'
    body = f'<body><nav><a href="/">الرئيسية</a></nav><article><h1>{title}</h1>{paragraphs}</article></body>'
    return f'<!DOCTYPE html><html lang="ar">{head}{body}</html>'


def broken(report_id: str = "broken") -> dict[str, Any]:
    """A document whose quotation is not what the text says."""
    document = small(report_id=report_id)
    document["claims"][0]["quote"] = "كلام آخر"
    return document


# --- checking -------------------------------------------------------------------------------------------------------------


def test_a_document_is_checked(served: Service, claimgraph: Run) -> None:
    """What the shapes say of a claims document is what ``claimgraph validate`` says; the answer has the document that was read."""
    document = small(report_id="new", publisher=None)
    Path("new.json").write_text(json.dumps(document), encoding="utf-8")
    (entry,) = claimgraph("validate", "new.json", "--format", "json", "--data", served.data).json
    answer = checked(served, json.dumps(document), JSON_BODY)
    assert (answer.status, answer.media_type) == (200, "application/json")
    value = answer.json
    assert {name: value[name] for name in entry if name != "source"} == {name: entry[name] for name in entry if name != "source"}
    assert (value["result"], value["conforms"], value["commit"]) == ("valid", True, None)
    assert value["document"]["claims"] == document["claims"]
    assert int(answer.headers["X-Commit"]) > 0


@pytest.mark.parametrize("report_id", ["sample-02-amaq-freed", "sample-06-two-hundred", "sample-11-control-and-toll-en"])
@pytest.mark.parametrize("html", [False, True], ids=["text", "page"])
def test_what_the_extractor_found(served: Service, claimgraph: Run, samples: dict[str, ClaimsDocument], report_id: str, html: bool) -> None:
    """Of a raw report, a text or a page, the answer has the document that ``claimgraph extract`` prints: each claim a candidate in its words."""
    text = samples[report_id].report.text
    content, name = (page_of(text), "page.html") if html else (text, "text.txt")
    Path(name).write_text(content, encoding="utf-8")
    options = [word for field in ("published", "publisher", "title", "url") for word in (f"--{field}", FIELDS[field])]
    extracted = claimgraph("extract", name, "--id", "raw", *options, "--data", served.data).json
    given = {field: FIELDS[field] for field in ("published", "publisher", "title", "url")}
    value = checked(served, content, HTML_BODY if html else TEXT_BODY, id="raw", **given).json
    assert value["document"] == extracted
    assert value["result"] == "valid"
    found = value["document"]
    assert found["report"] | given == found["report"]
    assert bool(found["claims"]) == (found["report"]["language"] == "ar")
    for claim in found["claims"]:
        assert claim["review"] == {"state": "candidate"}
        assert found["report"]["text"][claim["start"] : claim["end"]] == claim["quote"]
    assert "الرئيسية" not in found["report"]["text"]


@pytest.mark.parametrize(("form", "media"), [("turtle", "text/turtle"), ("trig", "application/trig"), ("nquads", "application/n-quads")])
def test_our_own_rdf_is_checked(served: Service, claimgraph: Run, form: str, media: str) -> None:
    """What ``claimgraph export`` writes of a report is read back: it is the one that stands."""
    exported = claimgraph("export", "sample-06-two-hundred", "--format", form, "--data", served.data).out
    value = checked(served, exported, {"Content-Type": media}).json
    assert (value["result"], value["report"]) == ("unchanged", "sample-06-two-hundred")
    (document,) = map(json.loads, claimgraph("export", "sample-06-two-hundred", "--data", served.data).out.splitlines())
    assert value["document"]["claims"] == document["claims"]


def test_what_the_shapes_refuse(served: Service) -> None:
    """A check that finds violations succeeds (200): it says that the report would be refused, with each finding in both languages and its place."""
    value = checked(served, json.dumps(broken()), JSON_BODY).json
    assert (value["result"], value["conforms"]) == ("refused", False)
    (finding,) = value["findings"]
    assert (finding["severity"], finding["where"]) == ("Violation", "claims[0]")
    assert set(finding["message"]) == {"ar", "en"}
    assert "قال متحدث" in finding["hint"]


@pytest.mark.parametrize("conforms", [True, False])
def test_a_check_as_a_validation_report(served: Service, conforms: bool) -> None:
    """With Accept of Turtle a check answers with SHACL's validation report."""
    answer = checked(served, json.dumps(small() if conforms else broken()), {**JSON_BODY, "Accept": "text/turtle"})
    assert (answer.status, answer.media_type) == (200, "text/turtle")
    triples = {(quad.predicate.value, str(quad.object)) for quad in parse(answer.body, RdfFormat.TURTLE)}
    assert (f"{SHACL}conforms", f'"{str(conforms).lower()}"^^<http://www.w3.org/2001/XMLSchema#boolean>') in triples
    assert any(name == f"{SHACL}resultMessage" for name, _ in triples) is not conforms


def test_the_form_of_a_check_follows_the_client(served: Service) -> None:
    """By weights and wildcards, as everywhere; JSON where a client likes both. One that takes neither is refused (406) before anything is done."""
    wishes = {"*/*": "application/json", "text/*": "text/turtle", "text/turtle;q=0.5, application/json": "application/json"}
    wishes |= {"application/problem+json": "application/json", "application/json;q=0.1, text/turtle": "text/turtle"}
    for accept, media in wishes.items():
        assert checked(served, json.dumps(small()), {**JSON_BODY, "Accept": accept}).media_type == media
    for path in ("/api/validate", "/api/reports"):
        answer = served.send("POST", path, b"{", {**JSON_BODY, "Accept": "image/png"})
        assert answer.status in (401, 406)
    assert "text/turtle" in refused(checked(served, "{", {**JSON_BODY, "Accept": "text/html"}), 406, "not-acceptable")


def test_a_check_writes_nothing(served: Service, samples: dict[str, ClaimsDocument]) -> None:
    """Whatever is checked, known or new, with ``revise`` or without: no file changes, no commit comes, nothing can be found by its IRI."""
    assert served.data is not None
    before, commit = digest(served.data), served.send("GET", "/id/sdf").headers["X-Commit"]
    changed = value_of(samples["sample-06-two-hundred"]) | {"claims": []}
    for body, headers, parameters in (
        (json.dumps(small(report_id="new")), JSON_BODY, {}),
        (json.dumps(changed), JSON_BODY, {"revise": "true"}),
        (RAW, TEXT_BODY, {"id": "raw", **FIELDS}),
        (page_of(RAW), HTML_BODY, {"id": "page"}),
    ):
        value = checked(served, body, headers, **parameters).json
        assert value["result"] == "valid"
        assert served.send("GET", value["iri"].replace(BASE, "/id/")).status == 404
    assert digest(served.data) == before
    assert served.send("GET", "/id/sdf").headers["X-Commit"] == commit


# --- letting in -----------------------------------------------------------------------------------------------------------


def sent(writable: Writable, document: dict[str, Any], headers: dict[str, str] | None = None, **parameters: object) -> Answer:
    """The answer to a report of dana's."""
    return writable.send("POST", address("/api/reports", **parameters), json.dumps(document), {**JSON_BODY, **(headers or {})})


def test_a_report_is_let_in(writable: Writable, claimgraph: Run) -> None:
    """201 with its IRI, where it is found from then on; who brought it and why is kept; the document comes back as it went in."""
    answer = sent(writable, small(report_id="let-in"), reason="لأن المصدر نُشر")
    assert (answer.status, answer.json["result"]) == (201, "committed")
    commit, iri = int(answer.headers["X-Commit"]), answer.json["iri"]
    assert (answer.json["commit"], answer.headers["Location"]) == (commit, iri.replace(BASE, "/id/"))
    assert iri.startswith(f"{BASE}v/{answer.json['version']}/")
    there = writable.service.send("GET", f"{answer.headers['Location']}?min-commit={commit}", headers={"Accept": "application/n-triples"})
    assert f"<{iri}>" in there.text
    claim = writable.service.send("GET", f"{answer.headers['Location']}/c01?min-commit={commit}")
    assert claim.status == 200
    (told,) = (one for one in claimgraph("history", "--data", writable.data, "--format", "json").json if one["sequence"] == commit)
    assert (told["agent"], told["reason"], told["subject"]) == ("dana", "لأن المصدر نُشر", iri.removeprefix(f"{BASE}v/"))
    (kept,) = map(json.loads, claimgraph("export", "let-in", "--data", writable.data).out.splitlines())
    assert kept["claims"] == small()["claims"]


def test_the_same_report_again(writable: Writable) -> None:
    """Changes nothing (200): the version that stands is named, and the last commit."""
    first, again = (sent(writable, small(report_id="again")) for _ in range(2))
    assert (first.status, again.status, again.json["result"], again.json["commit"]) == (201, 200, "unchanged", None)
    assert (again.json["iri"], again.headers["Location"]) == (first.json["iri"], first.headers["Location"])
    assert int(again.headers["X-Commit"]) >= int(first.headers["X-Commit"])


def test_other_content_under_a_known_id(writable: Writable, claimgraph: Run) -> None:
    """Is refused (409), told which version stands; with ``revise=true``, or naming that version, it is a new one, which names the old."""
    first = sent(writable, small(report_id="revised"))
    other = small(report_id="revised", title="عنوان")
    sentence = refused(sent(writable, other), 409, "version-conflict")
    assert first.json["version"] in sentence
    assert "revise=true" in sentence
    assert "--revise" not in sentence
    assert sent(writable, other, revise="false").status == 409
    second = sent(writable, other, revise="true")
    assert (second.status, second.json["result"]) == (201, "committed")
    stale = small(report_id="revised", title="ثالث", revises=first.json["version"])
    assert second.json["version"] in refused(sent(writable, stale), 409, "version-conflict")
    third = sent(writable, small(report_id="revised", title="ثالث", revises=second.json["version"]))
    assert third.status == 201
    (document,) = map(json.loads, claimgraph("export", "revised", "--data", writable.data).out.splitlines())
    assert document["report"]["revises"] == second.json["version"]
    versions = [entry["subject"].partition("/")[0] for entry in claimgraph("history", "revised", "--data", writable.data, "--format", "json").json]
    assert versions == [answer.json["version"] for answer in (third, second, first)]


def test_the_same_report_at_once(writable: Writable) -> None:
    """Ten who bring a report at the same moment: one of them makes it, those who say the same change nothing, the others are told of it."""
    documents = [small(report_id="at-once")] * 5 + [small(report_id="at-once", title=f"عنوان {number}") for number in range(5)]
    with ThreadPoolExecutor(len(documents)) as bringing:
        statuses = [answer.status for answer in bringing.map(lambda document: sent(writable, document), documents)]
    assert statuses.count(201) == 1
    assert sorted(statuses) in ([200] * 4 + [201] + [409] * 5, [201] + [409] * 9)


def test_a_report_that_the_shapes_refuse(writable: Writable) -> None:
    """422 with every finding, as problem details or, with Accept of Turtle, as SHACL's report; nothing is kept."""
    before = writable.update("")
    answer = sent(writable, broken())
    assert "claims[0]" in refused(answer, 422, "refused")
    assert [finding["shape"].rpartition("#")[2] for finding in answer.json["findings"]] == ["SpanReproducesText"]
    turtle = sent(writable, broken(), {"Accept": "text/turtle"})
    assert (turtle.status, turtle.media_type) == (422, "text/turtle")
    assert "SpanReproducesText" in turtle.text
    assert writable.update("") == before


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"facility": "no-prison"}, "unknown-key", "claims[0].event.facility"),
        ({"type": "flight"}, "bad-document", "claims[0].event.type"),
        ({"actor": "isis"}, "bad-document", "claims[0].event.actor"),
    ],
)
def test_documents_that_are_none(writable: Writable, change: dict[str, Any], code: str, place: str) -> None:
    """422, with each problem and its place; what the shapes find besides an unknown key is told as well."""
    document = broken()
    document["claims"][0]["event"] |= change
    answer = sent(writable, document)
    assert place in refused(answer, 422, code)
    assert [problem["where"] for problem in answer.json["problems"]] == [place]
    assert bool(answer.json.get("findings")) == (code == "unknown-key")


@pytest.mark.parametrize("html", [False, True], ids=["text", "page"])
def test_a_raw_report_is_let_in(writable: Writable, claimgraph: Run, html: bool) -> None:
    """Its claims come in as candidates, what the address says of it is kept, and its bytes are given back exactly."""
    report_id, content = f"raw-{html}", (page_of(RAW + "\n" + RAW) if html else f"\ufeff{RAW}\r\n\r\n").encode()
    headers = HTML_BODY if html else TEXT_BODY
    answer = writable.send("POST", address("/api/reports", id=report_id, **FIELDS), content.decode(), headers)
    assert answer.status == 201, answer.text
    assert claimgraph("export", "--received", report_id, "-o", "back", "--data", writable.data).code == 0
    assert Path("back").read_bytes() == content
    (document,) = map(json.loads, claimgraph("export", report_id, "--data", writable.data).out.splitlines())
    assert document["report"] | FIELDS == document["report"]
    assert {claim["review"]["state"] for claim in document["claims"]} == {"candidate"}
    assert document["claims"] == answer.json["document"]["claims"]
    again = writable.send("POST", address("/api/reports", id=report_id, **FIELDS), content.decode(), headers)
    assert (again.status, again.json["result"]) == (200, "unchanged")


def test_our_own_turtle_is_let_in(writable: Writable, served: Service, claimgraph: Run) -> None:
    """A report's Turtle from one store is the same report in another: here it stands already."""
    exported = claimgraph("export", "sample-09-raqqa-thirty", "--format", "turtle", "--data", served.data).out
    answer = writable.send("POST", "/api/reports", exported, TURTLE_BODY)
    assert (answer.status, answer.json["result"]) == (200, "unchanged")


@pytest.mark.parametrize(
    ("parameters", "body", "headers", "status", "code"),
    [
        ({}, RAW, TEXT_BODY, 422, "bad-document"),
        ({"id": "a b"}, RAW, TEXT_BODY, 422, "bad-document"),
        ({"id": "r", "publisher": "nobody"}, RAW, TEXT_BODY, 422, "unknown-key"),
        ({"id": "r"}, " \n", TEXT_BODY, 422, "no-text"),
        ({"id": "r"}, "\0\1\2", TEXT_BODY, 422, "undecodable-text"),
        ({"id": "r"}, json.dumps(small()), JSON_BODY, 422, "bad-document"),
        ({}, "[]", JSON_BODY, 422, "bad-document"),
        ({}, "", JSON_BODY, 422, "bad-document"),
        ({}, json.dumps([small(), small()]), JSON_BODY, 422, "bad-document"),
        ({}, "<urn:a> <urn:b> <urn:c> .", TURTLE_BODY, 422, "bad-document"),
        ({}, "no Turtle", TURTLE_BODY, 422, "bad-document"),
        ({"author": "x", "id": "r"}, RAW, TEXT_BODY, 400, "bad-parameter"),
        ({"revise": "yes"}, json.dumps(small()), JSON_BODY, 400, "bad-parameter"),
        ({}, "{}", {"Content-Type": "application/ld+json"}, 415, "wrong-media-type"),
        ({}, "{}", {}, 415, "wrong-media-type"),
        ({}, "{}", {**JSON_BODY, "Content-Encoding": "gzip"}, 415, "wrong-media-type"),
    ],
)
@pytest.mark.parametrize("path", ["/api/validate", "/api/reports"])
def test_what_is_no_report(
    writable: Writable, path: str, parameters: dict[str, str], body: str, headers: dict[str, str], status: int, code: str
) -> None:
    """What cannot be read as a report is refused alike by both addresses, with what to do."""
    refused(writable.send("POST", address(path, **parameters), body, headers), status, code)
