"""Every IRI of ours answers: as data that names the graph of each statement where it can, and as a page that needs nothing but itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Store, parse

from asking import SDF, SDF_IN_ARABIC, report_graph
from requesting import BASE, JSON_BODY, Writable, refused, rows
from running import small
from serving import Answer, Service, exchange

WITH_GRAPHS = {"application/trig": RdfFormat.TRIG, "application/ld+json": RdfFormat.JSON_LD, "application/n-quads": RdfFormat.N_QUADS}
WITHOUT = {"text/turtle": RdfFormat.TURTLE, "application/n-triples": RdfFormat.N_TRIPLES}
DATA = WITH_GRAPHS | WITHOUT
VOID = ("meta", "link", "br", "hr", "img", "input")


def path_of(iri: str) -> str:
    """Where an IRI of ours is found: what stands behind the base, percent signs and all; a fragment is never sent."""
    return "/id/" + iri.removeprefix(BASE).partition("#")[0]


def got(service: Service, path: str, accept: str = "text/turtle", **headers: str) -> Answer:
    """The answer for a path."""
    return service.send("GET", path, headers={"Accept": accept, **headers})


def quads_of(answer: Answer) -> set[Quad]:
    """The statements of an answer that must be data."""
    assert answer.status == 200, answer.text
    return set(parse(answer.body, DATA[answer.media_type]))


class Page(HTMLParser):
    """What a page is made of; it must be well-formed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.texts: list[tuple[str, dict[str, str | None], str]] = []
        self._last: dict[str, str | None] = {}
        self.loads: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.add(tag)
        self._last = dict(attrs)
        assert not [name for name in self._last if name.startswith("on") or name == "style"]
        if tag == "a":
            self.links.append(self._last["href"] or "")
        if tag in ("script", "link"):
            self.loads.append(self._last.get("src") or self._last.get("href") or "")
        if tag not in VOID:
            self.open.append(tag)

    @property
    def words(self) -> str:
        """What can be read."""
        return " ".join(text for _, _, text in self.texts)

    def handle_endtag(self, tag: str) -> None:
        """Note its end."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note a text with the tag around it."""
        if self.open and data.strip():
            self.texts.append((self.open[-1], self._last, data))


@pytest.fixture(scope="module")
def ours(direct: Store) -> list[str]:
    """Every IRI of ours in the samples' store: as subject, predicate, object or graph, commits among them."""
    terms = {term for quad in direct for term in (quad.subject, quad.predicate, quad.object, quad.graph_name)}
    found = sorted(term.value for term in terms if isinstance(term, NamedNode) and term.value.startswith(BASE))
    assert f"{BASE}commit/12" in found
    assert [iri for iri in found if "%D" in iri]
    assert [iri for iri in found if "#" in iri]
    assert len(found) > 1000
    return found


def answers(service: Service, paths: list[str], accept: str) -> Iterator[tuple[str, Answer]]:
    """The answers for many paths, over one connection."""
    with closing(service.connection()) as connection:
        for path in paths:
            yield path, exchange(connection, "GET", path, headers=[("Accept", accept)])


# --- as data --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("accept", ["text/turtle", "application/trig", "application/ld+json", "text/html"])
def test_every_iri_of_ours_answers(served: Service, ours: list[str], accept: str) -> None:
    """Each IRI in the store that is ours leads to what is stated of it (200) or, where it is a report as a whole, to the version (303)."""
    paths = list(dict.fromkeys(map(path_of, ours)))
    failed = {path: answer.status for path, answer in answers(served, paths, accept) if answer.status not in (200, 303)}
    assert failed == {}
    found = {path: answer for path, answer in answers(served, paths[::9], accept) if answer.status == 200}
    assert len(found) > 20
    assert {(answer.media_type, "ETag" in answer.headers) for answer in found.values()} == {(accept, True)}
    assert all("Accept" in answer.headers["Vary"].split(", ") for answer in found.values())
    assert all(answer.body for answer in found.values())


@pytest.mark.parametrize("accept", WITH_GRAPHS)
def test_the_graph_of_each_statement_is_named(served: Service, direct: Store, ours: list[str], accept: str) -> None:
    """TriG, JSON-LD and N-Quads give each statement with the graph that it stands in, and everything that is stated of the IRI itself."""
    entities = [iri for iri in ours if "/" not in iri.removeprefix(BASE)][::8]
    parts = [iri for iri in ours if "/v/" in iri and "#" not in iri][::40]
    for iri in [SDF, f"{BASE}commit/3", report_graph(direct, "sample-06-two-hundred"), *entities, *parts]:
        answer = got(served, path_of(iri), accept)
        if answer.status == 303:
            continue
        found = quads_of(answer)
        assert found
        assert not [quad for quad in found if isinstance(quad.graph_name, DefaultGraph)]
        assert all(quad in direct for quad in found)
        own = {quad for quad in direct.quads_for_pattern(NamedNode(iri), None, None) if "shingle" not in quad.predicate.value}
        assert own <= found


def test_other_forms_have_the_same_statements(served: Service, direct: Store) -> None:
    """Turtle and N-Triples have the same triples, without their graphs."""
    for iri in (SDF, report_graph(direct, "sample-06-two-hundred"), report_graph(direct, "sample-01-sputnik-transfer") + "/c02"):
        triples = {quad.triple for quad in quads_of(got(served, path_of(iri), "application/trig"))}
        assert all({quad.triple for quad in quads_of(got(served, path_of(iri), accept))} == triples for accept in WITHOUT)


def test_a_claim_comes_with_its_parts(served: Service, direct: Store) -> None:
    """A claim's content, chain and span are fragments of it, so that they come with it; Arabic is there letter by letter."""
    iri = report_graph(direct, "sample-06-two-hundred") + "/c04"
    found = quads_of(got(served, path_of(iri), "application/trig"))
    parts = {quad.subject.value for quad in direct if isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(f"{iri}#")}
    assert parts
    assert {quad.subject.value for quad in found} == {iri, *parts}


def test_a_report_as_a_whole(served: Service, direct: Store) -> None:
    """A report's IRI without a version leads to the one that stands, whatever form is asked for."""
    version = report_graph(direct, "sample-06-two-hundred")
    for accept in (*DATA, "text/html"):
        answer = got(served, "/id/sample-06-two-hundred", accept)
        assert (answer.status, answer.headers["Location"], answer.headers["Vary"]) == (303, path_of(version), "Accept")


@pytest.mark.parametrize(
    "path",
    [
        *("nobody", "", "sdf/", "SDF", "sdf/c01", "commit/999", "commit/0", "commit/x", "graph/nothing", "workspace/dana/none", "v", "v/", "sd%66"),
        *("v/0123456789ab/sample-06-two-hundred", "v/0123456789ab/nothing", "v/xyz/r", "%00", "%ff", "%", "%zz", "a b", "%3Cscript%3E", "../id/sdf"),
        *("sdf%20", "sdf%2F", "sdf;x", "x" * 2000, quote("قوات")),
    ],
)
@pytest.mark.parametrize("accept", ["text/turtle", "text/html"])
def test_what_is_not_there(served: Service, path: str, accept: str) -> None:
    """Is told so (404), as problem details or as a page; an IRI is another one by a single letter, percent signs included."""
    answer = got(served, f"/id/{path.replace(' ', '%20')}", accept)
    if accept == "text/html":
        assert (answer.status, answer.media_type, "not-found" in Page(answer.text).words) == (404, accept, True)
    else:
        refused(answer, 404, "not-found")
    assert "<script>" not in answer.text


# --- what was seen before -------------------------------------------------------------------------------------------------


def test_a_client_that_has_it_is_told_so(served: Service) -> None:
    """An answer has a tag; who presents it gets no body (304), among others, weak or not; each form has a tag of its own."""
    tags = {accept: got(served, "/id/sdf", accept).headers["ETag"] for accept in (*DATA, "text/html")}
    assert len(set(tags.values())) == len(tags)
    for accept, tag in tags.items():
        for known in (tag, f'"x", {tag}', f'{tag},"y"', f"W/{tag}", "*", " * "):
            answer = got(served, "/id/sdf", accept, **{"If-None-Match": known})
            assert (answer.status, answer.body, answer.headers["ETag"]) == (304, b"", tag)
            assert all(answer.headers[name] for name in ("Vary", "X-Commit", "Cache-Control"))
        for other in ('"x"', '"*"', tag.strip('"'), next(one for one in tags.values() if one != tag), ""):
            assert got(served, "/id/sdf", accept, **{"If-None-Match": other}).status == 200


def test_who_has_anything_has_nothing_of_what_is_not_there(served: Service) -> None:
    """``If-None-Match: *`` means whatever there is: what is not there is not found, and a report as a whole still leads to its version."""
    refused(got(served, "/id/nobody", **{"If-None-Match": "*"}), 404, "not-found")
    assert got(served, "/id/sample-06-two-hundred", **{"If-None-Match": "*"}).status == 303


def test_a_tag_stays_as_long_as_nothing_changes(served: Service, direct: Store) -> None:
    """Whichever process answers, and as often as it does, the same thing has the same tag."""
    for iri in (SDF, report_graph(direct, "sample-06-two-hundred"), f"{BASE}graph/commits"):
        for accept in (*DATA, "text/html"):
            assert len({got(served, path_of(iri), accept).headers["ETag"] for _ in range(6)}) == 1


def test_a_tag_changes_with_what_is_stated(writable: Writable) -> None:
    """A note in a workspace changes what is stated of its IRI, and so its tag; what is stated of another stays."""
    graph = writable.graph("tagged")
    path = path_of(f"{graph}/1")
    tags = []
    for number in range(2):
        commit = writable.update(f"INSERT DATA {{ GRAPH <{graph}> {{ <{graph}/1> <urn:is> {number} }} }}")
        answer = got(writable.service, f"{path}?min-commit={commit}")
        tags.append((answer.headers["ETag"], got(writable.service, f"/id/sdf?min-commit={commit}").headers["ETag"]))
    assert tags[0][0] != tags[1][0]
    assert tags[0][1] == tags[1][1]


def test_a_superseded_version_still_answers(writable: Writable) -> None:
    """What a new version replaced can be read as it was, with its claims and its graph; the report as a whole leads to the new one."""
    texts = ("قال متحدث إن أحداً لم يفر.", "قال متحدث آخر إن كثيرين فروا.")
    old, new = (writable.send("POST", "/api/reports?revise=true", json.dumps(small(text, report_id="replaced")), JSON_BODY).headers for text in texts)
    commit = new["X-Commit"]
    for location, text in ((old["Location"], texts[0]), (new["Location"], texts[1])):
        for path in (location, f"{location}/c01"):
            answers = [got(writable.service, f"{path}?min-commit={commit}", "application/trig") for _ in range(6)]
            assert len({answer.headers["ETag"] for answer in answers}) == 1
            found = quads_of(answers[0])
            assert {quad.graph_name.value for quad in found} >= {f"{BASE}{location.removeprefix('/id/')}"}
            assert any(text in str(quad.object) for quad in found)
        page = got(writable.service, f"{location}?min-commit={commit}", "text/html")
        assert text in page.text
    assert got(writable.service, f"/id/replaced?min-commit={commit}").headers["Location"] == new["Location"]
    refused(got(writable.service, f"{old['Location']}/c02?min-commit={commit}"), 404, "not-found")
    graphs = {row["g"] for row in rows(writable.service, "SELECT DISTINCT ?g { GRAPH ?g { ?s a cg:Report } }", min_commit=commit)}
    assert BASE + new["Location"].removeprefix("/id/") in graphs
    assert BASE + old["Location"].removeprefix("/id/") not in graphs


# --- as a page ------------------------------------------------------------------------------------------------------------


def test_a_page_needs_nothing_from_elsewhere(served: Service, ours: list[str]) -> None:
    """Pages are well-formed, load files of ours and embed nothing; their links lead to IRIs of ours that answer, to pages of ours, or out by http."""
    paths = [path for path in dict.fromkeys(map(path_of, ours)) if "/graph/" not in path][::25]
    leads = set()
    for _, answer in answers(served, paths, "text/html"):
        if answer.status == 303:
            continue
        page = Page(answer.text)
        assert not page.tags & {"style", "img", "iframe", "object", "base"}
        assert page.loads
        assert all(one.startswith("/assets/") for one in page.loads)
        assert all(link.startswith(("/", "?", "#")) or urlsplit(link).scheme in ("http", "https") for link in page.links)
        leads |= {link.partition("#")[0] for link in page.links if link.startswith("/id/")}
    assert len(leads) > 20
    assert {path: answer.status for path, answer in answers(served, sorted(leads)[:60], "text/html") if answer.status not in (200, 303)} == {}


def test_arabic_on_a_page(served: Service, direct: Store) -> None:
    """Each text has its own direction (``dir=auto``) and language, each name of an IRI is set apart from what stands around it (``bdi``)."""
    page = Page(got(served, "/id/sdf", "text/html").text)
    assert ("span", {"class": "value", "dir": "auto", "lang": "ar"}, SDF_IN_ARABIC) in page.texts
    assert [text for tag, _, text in page.texts if tag == "bdi" and text == "sdf"]
    literals = [attributes for tag, attributes, _ in page.texts if tag == "span"]
    assert literals
    assert {attributes["dir"] for attributes in literals} == {"auto"}
    report = report_graph(direct, "sample-06-two-hundred")
    (text,) = (q.object.value for q in direct.quads_for_pattern(NamedNode(report), None, None) if "ontology#text" in q.predicate.value.lower())
    shown = " ".join(text for _, _, text in Page(got(served, path_of(report), "text/html").text).texts)
    assert text.split("\n")[0][:80] in shown


def test_a_page_of_a_name_in_arabic(served: Service, ours: list[str]) -> None:
    """What an encoded IRI says is shown as letters, and its own link keeps the encoding."""
    iri = next(iri for iri in ours if "%D" in iri and "#" not in iri)
    page = Page(got(served, path_of(iri), "text/html").text)
    assert path_of(iri) in page.links
    assert [text for tag, _, text in page.texts if tag == "bdi" and "%D" not in text and any("\u0600" <= letter <= "\u06ff" for letter in text)]


def test_a_page_shows_what_is_no_markup(writable: Writable) -> None:
    """What a note says is text: no element, no attribute, no link that runs something, no character that turns what stands around it."""
    graph = writable.graph("page")
    commit = writable.update(
        f"""INSERT DATA {{ GRAPH <{graph}> {{ <{graph}/1> <urn:says> "<script>alert(1)</script>", "\\"><img src=x onerror=alert(1)>", "a\u202eb" ;
        <urn:to> <javascript:alert(1)>, <data:text/html,x>, <http://example.org/'onclick=alert(1)> }} }}"""
    )
    answer = got(writable.service, f"{path_of(graph)}/1?min-commit={commit}", "text/html")
    page = Page(answer.text)
    assert "img" not in page.tags
    assert "onerror" not in [name for _, attributes, _ in page.texts for name in attributes]
    assert all(one.startswith("/assets/") for one in page.loads)
    assert not [link for link in page.links if urlsplit(link).scheme not in ("", "http", "https")]
    assert "\u202e" not in answer.text
    assert [text for _, _, text in page.texts if "<script>alert(1)</script>" in text]


def test_a_claim_goes_by_its_report(served: Service) -> None:
    """``/id/REPORT/CLAIM`` leads to the claim of the version that stands; a claim that there is not is not found."""
    answer = served.send("GET", "/id/sample-06-two-hundred/c04", headers={"Accept": "text/turtle"})
    assert answer.status == 303
    assert re.fullmatch(r"/id/v/[0-9a-f]{12}/sample-06-two-hundred/c04", answer.headers["Location"])
    assert served.send("GET", answer.headers["Location"], headers={"Accept": "text/turtle"}).status == 200
    for claim in ("c99", "", "c04/x", "c04%23hop-1"):
        refused(served.send("GET", f"/id/sample-06-two-hundred/{claim}"), 404, "not-found")
