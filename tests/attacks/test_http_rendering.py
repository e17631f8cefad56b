"""Text from outside in every form that the service answers in: the same letters, which act on nothing around them.

The texts are stored once, in reports that have them wherever words may stand and in notes; then every kind of address is asked in every form.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from attacking import asking, attacked, checking, told, unharmed
from attacks.test_rendering import saying
from claimgraph.ask.catalogue import catalogue
from claimgraph.model.names import Base
from claimgraph.model.reading import document_of
from claimgraph.store.entities import Resolve, Split
from entities import writing_to
from payloads import FORMULAS, LINKS, MARKUP, PROGRAMS, STAGES, TEXTS, deceiving, sets_sorted
from requesting import BASE, CG, JSON_BODY, PAGE, Writable, address, rows
from rereading import AIR
from serving import Answer, exchange, service

WORDS = {**TEXTS, **{f"formula {n}": text for n, text in enumerate(FORMULAS)}, **{f"program {n}": text for n, text in enumerate(PROGRAMS)}}
WORDS |= {f"markup {n}": text for n, text in enumerate(MARKUP)}
WORDS |= STAGES
GRAPHS = {
    "text/turtle": RdfFormat.TURTLE,
    "application/trig": RdfFormat.TRIG,
    "application/n-quads": RdfFormat.N_QUADS,
    "application/n-triples": RdfFormat.N_TRIPLES,
    "application/ld+json": RdfFormat.JSON_LD,
    "application/rdf+xml": RdfFormat.RDF_XML,
}
NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ACTING = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]")
TITLES = f"SELECT ?text {{ ?report a <{CG}Report> ; <http://purl.org/dc/terms/title> ?text }}"
TITLES_AS_A_GRAPH = TITLES.replace("SELECT ?text", "CONSTRUCT { ?report <urn:title> ?text }")


@dataclass(frozen=True)
class Deceived:
    """A store that has the words, where each report is found, and the commit that has them all."""

    victim: Writable
    places: dict[str, str]
    commit: str

    def get(self, target: str, accept: str = "*/*") -> Answer:
        """The answer for a target once everything is shown."""
        sign = "&" if "?" in target else "?"
        return self.victim.service.send("GET", f"{target}{sign}min-commit={self.commit}", headers={"Accept": accept})


@pytest.fixture(scope="module")
def deceived(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deceived]:
    """The service that was given the words: as reports, for that reason, and as notes in a graph whose name is markup too."""
    with attacked(sampled, tmp_path_factory.mktemp("rendering")) as victim:
        places = {}
        for number, (name, text) in enumerate(WORDS.items()):
            answer = victim.send("POST", address("/api/reports", reason=text), json.dumps(deceiving(text, number)), JSON_BODY)
            assert answer.status == 201, (name, answer.text)
            places[name] = answer.headers["Location"]
            assert sets_sorted(answer.json["document"]["claims"]) == sets_sorted(deceiving(text, number)["claims"])
        for number, text in enumerate(FORMULAS):
            assert victim.send("POST", "/api/reports", json.dumps({**saying(text, number), **named(text, number)}), JSON_BODY).status == 201
        graph = noted(victim)
        notes = " , ".join(f"{Literal(text)} , {Literal(text, language='ar')}" for text in WORDS.values())
        answer = victim.try_update(f"INSERT DATA {{ GRAPH <{graph}> {{ <{graph}> <urn:says> {notes} ; <urn:to> {' , '.join(LINKS)} }} }}")
        assert answer.status == 204, answer.text
        yield Deceived(victim, places, answer.headers["X-Commit"])


def named(text: str, number: int) -> dict[str, Any]:
    """The report of a formula under an id of its own."""
    report = saying(text, number)["report"]
    assert isinstance(report, dict)
    return {"report": {**report, "id": f"formula-{number}"}}


def noted(victim: Writable) -> str:
    """The graph of the notes."""
    return victim.graph(f"{quote('<script>alert(1)</script>', safe='')}'onclick='x")


def xml_has(text: str) -> bool:
    """Whether XML can write a text."""
    return not NO_XML.search(text)


# --- the same letters -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("accept", GRAPHS)
def test_graphs_have_every_letter(deceived: Deceived, accept: str) -> None:
    """A report's graph has its words letter by letter, in every syntax that can write them; one that cannot says so (406)."""
    for name, text in WORDS.items():
        graph = BASE + deceived.places[name].removeprefix("/id/")
        for target in (deceived.places[name], address("/graphs", graph=graph)):
            if accept == "application/rdf+xml" and (target.startswith("/id/") or not xml_has(text)):
                told(deceived.get(target, accept), 406)
                continue
            answer = deceived.get(target, accept)
            assert (answer.status, answer.media_type, answer.headers["X-Content-Type-Options"]) == (200, accept, "nosniff")
            found = {quad.object.value for quad in parse(answer.body, GRAPHS[accept]) if isinstance(quad.object, Literal)}
            assert text in found, (name, target)


@pytest.mark.parametrize("name", TEXTS)
def test_what_goes_out_comes_in_again(deceived: Deceived, name: str) -> None:
    """The RDF of a report, sent back, is the report that stands: no letter folded, no offset moved, in the syntaxes that reports are read in."""
    with unharmed(deceived.victim):
        for accept in ("application/trig", "application/n-quads"):
            graph = deceived.get(address("/graphs", graph=BASE + deceived.places[name].removeprefix("/id/")), accept)
            value = checking(deceived.victim, graph.body, accept).json
            assert value["result"] == "unchanged", value
            (claim,) = value["document"]["claims"]
            text = value["document"]["report"]["text"]
            assert text[claim["start"] : claim["end"]] == claim["quote"] == text == TEXTS[name]


def test_rows_have_every_letter(deceived: Deceived) -> None:
    """JSON, CSV and TSV for programs have the words as they are, formulas too; XML has them where it can write them, else says which it cannot."""
    expected = set(WORDS.values())
    assert {row["text"] for row in rows(deceived.victim.service, TITLES, min_commit=deceived.commit)} >= expected
    answer = deceived.get(address("/sparql", query=TITLES), "text/csv")
    assert {cell for row in csv.reader(io.StringIO(answer.text, newline="")) for cell in row} >= expected
    tsv = deceived.get(address("/sparql", query=TITLES), "text/tab-separated-values").text.split("\n")
    assert {str(Literal(text, language="ar")) for text in expected} <= set(tsv)
    assert all("\t" not in line for line in tsv)
    assert "U+" in told(deceived.get(address("/sparql", query=TITLES), "application/sparql-results+xml"), 406)


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_questions_have_every_letter_and_no_formula(deceived: Deceived, name: str) -> None:
    """JSON has the words themselves; as CSV, for spreadsheets, no cell begins as a formula does, and each has the same words behind a quote."""
    value = deceived.get(f"/api/questions/{name}?limit=1000", "application/json").json
    table = deceived.get(f"/api/questions/{name}?limit=1000", "text/csv")
    assert (table.media_type, table.headers["X-Content-Type-Options"]) == ("text/csv", "nosniff")
    head, *lines = csv.reader(io.StringIO(table.text, newline=""))
    assert len(lines) == len(value["rows"])
    assert head == value["columns"]
    for row, line in zip(value["rows"], lines, strict=True):
        assert not [cell for cell in line if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
        for column, cell in zip(head, line, strict=True):
            if isinstance(row[column], str):
                assert cell.removeprefix("'") == row[column].removeprefix("'")
    if name == "disputed-quantities":
        assert {row["wording"] for row in value["rows"]} >= set(WORDS.values())
        assert {line[head.index("wording")] for line in lines} >= {f"'{text}" for text in FORMULAS}


# --- pages ----------------------------------------------------------------------------------------------------------------

FRAME = {
    "html",
    "head",
    "meta",
    "title",
    "link",
    "script",
    "body",
    "header",
    "nav",
    "main",
    "footer",
    "form",
    "input",
    "button",
    "svg",
    "circle",
    "path",
}
TAGS = {
    "h1",
    "h2",
    "p",
    "div",
    "section",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "a",
    "span",
    "bdi",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
}
TAGS |= {"mark", "blockquote", "code", "time", "figure", "figcaption", "details", "summary", "article", "strong"}
VOID = {"meta", "link", "input", "circle", "path"}
ATTRIBUTES = {
    "lang",
    "dir",
    "href",
    "rel",
    "class",
    "id",
    "title",
    "tabindex",
    "role",
    "aria-label",
    "aria-labelledby",
    "aria-hidden",
    "scope",
    "datetime",
}


class Page(HTMLParser):
    """A page that is made of nothing but what ours are made of, well-formed, each text in a direction of its own.

    ``words`` are the texts of its content, with what is shown by its name as the character that it is; ``links`` those of its content.
    """

    def __init__(self, text: str, more: tuple[frozenset[str], frozenset[str]]) -> None:
        super().__init__()
        self.more = more
        self.open: list[tuple[str, bool]] = []  # each with whether a text begins with it
        self.links: list[str] = []
        self.words: list[str] = []
        self._control = False
        self.feed(text)
        self.close()
        assert not self.open

    @property
    def _in_main(self) -> bool:
        return any(tag == "main" for tag, _ in self.open)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag must be one of ours, and in the content with attributes of ours."""
        given = {name: value or "" for name, value in attrs}
        if self._in_main:
            assert tag in TAGS | self.more[0]
            assert {name for name in given if not name.startswith("data-")} <= ATTRIBUTES | self.more[1]
            self.links += [given["href"]] if "href" in given else []
        else:
            assert tag in TAGS | FRAME
            assert not [name for name in given if name.startswith("on") or name == "style"]
        if tag == "script":
            assert given["src"].startswith("/assets/")
        self._control = given.get("class") == "control"
        begins = tag in ("bdi", "blockquote") or "dir" in given
        if begins and self._in_main:
            self.words.append("")
        if tag not in VOID:
            self.open.append((tag, begins))

    def handle_endtag(self, tag: str) -> None:
        """It ends where it must."""
        if tag not in VOID:
            assert self.open.pop()[0] == tag
        self._control = False

    def handle_data(self, data: str) -> None:
        """Words of the content; those in a cell of a table stand where nothing beside them is turned around by them."""
        if not self._in_main:
            return
        if any(begins for _, begins in self.open[[tag for tag, _ in self.open].index("main") + 1 :]):
            self.words[-1] += chr(int(data[2:].split(maxsplit=1)[0], 16)) if self._control else data
        elif self.open[-1][0] == "td":
            assert data.isascii()

    def handle_comment(self, data: str) -> None:
        """No page of ours has a comment."""
        raise AssertionError(data)


# What pages have besides, on which decisions of reviewers stand and are made: elements, and attributes.
REVIEWED = (
    frozenset({"article", "figure", "figcaption", "nav", "del", "q", "details", "summary"})
    | frozenset({"form", "fieldset", "legend", "input", "label", "button", "select", "option", "datalist", "textarea"}),
    frozenset({"method", "action", "name", "value", "type", "required", "maxlength", "autocomplete", "for", "hidden", "disabled"})
    | frozenset({"selected", "rows", "spellcheck", "open", "min", "max", "step", "list", "role"}),
)


# Where no element can stand pages isolate by characters: in choices and in labels.
_WORDS_ALONE = re.compile('>[^<>]*</option>|aria-label="[^"]*"')
_ISOLATED = re.compile("\u2068([^\u2066-\u2069]*)\u2069")


def is_harmless(answer: Answer, more: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())) -> Page:
    """A page that browsers take for HTML alone, may run nothing of, and that has no letter which acts; it may have ``more`` than others have."""
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert "default-src 'self'" in policy
    assert not [part for part in policy if part.startswith("script-src") or "unsafe" in part or "data:" in part]
    assert not ACTING.search(_WORDS_ALONE.sub(lambda found: _ISOLATED.sub(r"\1", found[0]), re.sub("[\t\r]", "", answer.text)))
    assert not re.search("[\u064b-\u065f\u0670\u0300-\u036f]{9}", answer.text)
    page = Page(answer.text, more)
    assert all(link.startswith(("/", "#", "http://", "https://")) and not link.startswith("//") for link in page.links)
    assert not [link for link in page.links if re.search('["<>\\s]', link)]
    return page


def test_pages_of_reports_are_harmless(deceived: Deceived) -> None:
    """The page of every report, claim, name and source shows the words as text: no tag, attribute or link of theirs, nothing that turns others."""
    found = f"SELECT DISTINCT ?s {{ GRAPH ?g {{ ?s ?p ?o . ?g a <{CG}Report> }} FILTER(!CONTAINS(STR(?s), '#') && !CONTAINS(STR(?s), '/sample-')) }}"
    paths = ["/id/" + row["s"].removeprefix(BASE) for row in rows(deceived.victim.service, found, min_commit=deceived.commit)]
    assert len(paths) > 3 * len(WORDS)
    texts: set[str] = set()
    with closing(deceived.victim.service.connection()) as connection:
        for path in paths:
            answer = exchange(connection, "GET", path, headers=[("Accept", "text/html")])
            assert answer.status == 200, path
            texts |= set(is_harmless(answer).words)
    assert {text for name, text in WORDS.items() if "diacritics" not in name and len(text) < 500} <= texts


def test_pages_for_reading_are_harmless(deceived: Deceived) -> None:
    """So does the page of each report with its text and claims, and that of its claim."""
    found = f"SELECT ?r ?t {{ ?r a <{CG}Report> ; <{CG}text> ?t FILTER(!CONTAINS(STR(?r), '/sample-')) }}"
    reports = rows(deceived.victim.service, found, min_commit=deceived.commit)
    assert len(reports) >= len(WORDS)
    with closing(deceived.victim.service.connection()) as connection:
        for row in reports:
            name = row["r"].removeprefix(f"{BASE}v/")
            answer = exchange(connection, "GET", f"/reports/{name}", headers=[("Accept", "text/html")])
            assert answer.status == 200, answer.text
            page = is_harmless(answer, REVIEWED)
            if not re.search(r"[\u0300-\u036f\u064b-\u065f\u0670]{9}", row["t"]):
                assert "".join(row["t"].split()) in "".join("".join(page.words).split())
            answer = exchange(connection, "GET", f"/claims/{name}/c01", headers=[("Accept", "text/html")])
            assert answer.status == 200, answer.text
            is_harmless(answer, REVIEWED)
            answer = exchange(connection, "GET", f"/review/{name.partition('/')[2]}/c01", headers=[("Accept", "text/html")])
            assert answer.status == 200, answer.text
            is_harmless(answer, REVIEWED)


def test_readings_are_harmless(sampled: Path, tmp_path: Path, base: Base) -> None:
    """So do the pages of a report and its claim where they tell whom the words mean by review, and that a split left it open."""
    data, words = Path(shutil.copytree(sampled, tmp_path / "data")), [*TEXTS.values(), *MARKUP]
    with writing_to(data, base) as writer:
        for number, text in enumerate(words):
            document = deceiving(text, number)
            del document["claims"][0]["event"]["place"]  # whoever speaks is no place
            document["claims"][0]["mentions"] = [{"key": "us-forces", "surface": text, "start": 0, "end": len(text)}]
            writer.commit(document_of(document))
            writer.change_entities(Resolve(what=f"r{number}/c01#hop-2", key="sdf"), reason=text)
        writer.change_entities(Split(key="us-forces", new=AIR), reason=words[0])
    with service(tmp_path, data=data) as running:
        for number, text in enumerate(words):
            told = running.send("GET", f"/reports/r{number}.json").json["claims"][0]["readings"]
            assert {bool(one["between"]) for one in told if text in one["words"]} == {True, False}, told
            for target in (f"/reports/r{number}", running.send("GET", f"/claims/r{number}/c01", headers=PAGE).headers["Location"]):
                page = is_harmless(running.send("GET", target, headers=PAGE), REVIEWED)
                assert len(text) > 500 or page.words.count(text) >= 2


def test_pages_of_notes_are_harmless(deceived: Deceived) -> None:
    """So does the page of a note, whatever it says, points to and is called; links lead by http or to our own pages."""
    iri = noted(deceived.victim)
    for target in ("/id/" + iri.removeprefix(BASE), "/id/graph/commits"):
        page = is_harmless(deceived.get(target, "text/html"))
        assert "/id/sdf" not in page.links
        assert any("<script>alert(1)</script>" in word for word in page.words)
    assert not [link for link in is_harmless(deceived.get("/id/" + iri.removeprefix(BASE), "text/html")).links if "script:" in link.lower()]


# --- types ----------------------------------------------------------------------------------------------------------------

SCRIPT = "SELECT ('<html><script>alert(1)</script>' AS ?x) {}"
KINDS = [
    *((address("/sparql", query=SCRIPT), one) for one in ("application/sparql-results+json", "application/sparql-results+xml")),
    *((address("/sparql", query=SCRIPT), one) for one in ("text/csv", "text/tab-separated-values")),
    *((address("/sparql", query=TITLES_AS_A_GRAPH), one) for one in GRAPHS if one != "application/rdf+xml"),
    *((address("/sparql", query="ASK {}"), one) for one in ("application/sparql-results+json", "text/csv")),
    *(("/api/questions/disputed-quantities", one) for one in ("application/json", "text/csv")),
    *(("/sparql", one) for one in GRAPHS),
    *(("/graphs/graph/commits", one) for one in GRAPHS if one != "application/rdf+xml"),
    *(("/id/graph/commits", one) for one in ("text/turtle", "application/trig", "application/ld+json", "text/html")),
    *(
        (path, media)
        for path, media in (("/health", "application/json"), ("/openapi.json", "application/json"), ("/api/questions", "application/json"))
    ),
    *((path, media) for path, media in (("/metrics", "text/plain"), ("/docs", "text/html"))),
]


@pytest.mark.parametrize(("target", "media"), KINDS, ids=lambda value: value[:60])
def test_every_answer_says_what_it_is(deceived: Deceived, target: str, media: str) -> None:
    """Whatever words are in it: its type is the one that was asked for, text tells its encoding, no guess is left, and no file is named by it."""
    answer = (
        deceived.get(target, media)
        if target.startswith(("/sparql", "/api/questions/", "/graphs", "/id"))
        else deceived.victim.service.send("GET", target)
    )
    assert (answer.status, answer.media_type) == (200, media), answer.text
    assert answer.headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert answer.headers.get_all("Content-Type") == [answer.headers["Content-Type"]]
    assert not media.startswith("text/") or answer.headers["Content-Type"].endswith("charset=utf-8")
    assert "Content-Disposition" not in answer.headers
    assert not [name for name in answer.headers if name.lower().startswith("access-control")]
    answer.body.decode("utf-8")


@pytest.mark.parametrize("accept", ["application/json", "text/turtle"])
def test_verdicts_say_what_they_are(deceived: Deceived, accept: str) -> None:
    """A check's answer has the words as data, in JSON or Turtle; so has a refusal."""
    document = deceiving(TEXTS["a script"], 0)
    document["claims"][0]["quote"] = "<script>alert(2)</script>"
    for path, status, media in (
        ("/api/validate", 200, accept),
        ("/api/reports", 422, accept if accept == "text/turtle" else "application/problem+json"),
    ):
        headers = {**JSON_BODY, "Accept": accept}
        answer = deceived.victim.send("POST", f"{path}?revise=true", json.dumps(document), headers)
        assert (answer.status, answer.media_type, answer.headers["X-Content-Type-Options"]) == (status, media, "nosniff"), answer.text
        if media == "text/turtle":
            assert list(parse(answer.body, RdfFormat.TURTLE))
        else:
            assert answer.json["findings"]


def test_the_log_has_no_words_of_reports(deceived: Deceived) -> None:
    """No text, title, name or reason of a report is in the log, in whatever spelling, but where a client asked for a thing by its name."""
    running = deceived.victim.service
    assert running.said.isascii()
    lines = [line for line in running.log if not line.get("path", "").startswith("/id/v/")]
    assert len(lines) > len(WORDS)
    written = json.dumps(lines, ensure_ascii=False) + json.dumps(lines)
    for text in (text for text in TEXTS.values() if len(text) > 10 and "<script>" not in text):
        for form in (text, json.dumps(text)[1:-1], quote(text), quote(text, safe="")):
            assert form[:100] not in written


def test_words_in_a_query_are_words(deceived: Deceived) -> None:
    """The words, as a literal of a query, find what has them and nothing else, whatever quotes, braces and escapes are in them."""
    with unharmed(deceived.victim):
        for name, text in WORDS.items():
            query = f"SELECT ?s {{ ?s a <{CG}Report> ; <http://purl.org/dc/terms/title> {Literal(text, language='ar')} }}"
            answer = asking(deceived.victim, query, "application/sparql-results+json")
            assert answer.status == 200, (name, answer.text)
            found = {row["s"]["value"] for row in answer.json["results"]["bindings"]}
            assert NamedNode(BASE + deceived.places[name].removeprefix("/id/")).value in found
