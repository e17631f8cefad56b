"""Hundreds of texts that would run or deceive, stored once, and every kind of page opened on them.

None runs and none becomes an element; whatever acts on letters or is not seen is a visible mark with its name; what stands behind a text is seen in
the same order as behind any other; and the store gives every text back as it came. Arabic pages are opened under the service's policy, English ones
without it: what keeps a text from running is that it is text.
"""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect
from pyoxigraph import Literal, NamedNode

from browsing import Opened, Opening, dumped, until
from claimgraph.model.names import Base
from claimgraph.model.reading import document_of
from claimgraph.store.commit import open_writer
from claimgraph.store.examine import Result
from claimgraph.store.place import Place
from claimgraph.store.tokens import Tokens
from payloads import LETTERS, LINKS, NESTED, NOTHING, PAYLOADS, SINGLE, UNSEEN, deceiving, sets_sorted
from requesting import BASE, CG, Writable, rows, sound
from running import Run
from serving import bearer, service

TEXTS = tuple(PAYLOADS.values())
AT_ONCE, PACK, AGENTS = 8, 101, 4
# What no page may have as it is: controls, formats and separators, what is not seen, and what is no character; but not signs that are plain to see.
PLAIN = "\t\n\r\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u0890\u0891\u08e2"
ACTING = (
    {chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) in ("Cc", "Cf", "Zl", "Zp")} - set(PLAIN) | set(UNSEEN) | set(NOTHING)
)
CLASS = "".join(f"\\u{{{ord(one):x}}}" for one in sorted(ACTING))
PATTERN = f"[{CLASS}]|(?<=\\p{{L}})\\ufe0f"
LOOKING = (Path(__file__).parent / "looking.js").read_text(encoding="utf-8").replace("ACTING,", f"{json.dumps(PATTERN)},")
PILED = re.compile("[\u0300-\u036f\u0483-\u0489\u064b-\u065f\u0670\u20d0-\u20ff]{9}")  # more marks on a letter than a page shows
# What is sent in an address, pasted and typed: markup that ends elements and attributes, what turns letters, and what is not seen.
ONE = "pwned</title></textarea><img data-pwned src=x onerror=pwned()>\"'><svg onload=pwned()>\u202e\u2066قال\u200b"
BIDI = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
every_language = pytest.mark.parametrize("language", ["ar", "en"])


# --- what is stored -------------------------------------------------------------------------------------------------------


def report(number: int) -> dict[str, Any]:
    """A document that has eight texts, one in each field of the report that takes words, and again in those of its claim."""
    here = [TEXTS[(AT_ONCE * number + at) % len(TEXTS)] for at in range(AT_ONCE)]
    names = [text[:500] for text in here]
    value = deceiving(here[0], number)
    value["report"] |= dict(zip(("title", "note", "author", "publisher_note", "retrieved_by", "published_note"), here, strict=False))
    value["report"]["published"] = "2022-02-20"  # so that they are the latest
    value["report"]["url"] = "https://example.org/" + re.sub(r"[\s<>\"]", "", here[6])
    (claim,) = value["claims"]
    claim["polarity"] = ("affirms", "denies")[number % 2]
    claim["chain"] = [
        {"agent": "@publisher", "verb": here[1]},
        {"named": names[2], "surface": here[3], "verb": here[4]},
        {"anonymous": names[5], "surface": here[6], "kind": "anonymous", "verb": here[7]},
    ]
    claim["event"] |= {"place": names[1], "helpers": [names[2]], "origin": names[3], "destination": names[4], "targets": [names[5]]}
    claim["event"]["quantity"] |= {"counted": [names[6]], "wording": here[7]}
    claim |= {"rule": names[1], "said_wording": here[2]}
    claim["event"]["time_wording"] = here[3]
    claim["review"] = {"state": ("accepted", "candidate")[number % 3 == 0], "by": here[4], "why": here[5]}
    where = {"surface": here[0], "start": 0, "end": len(here[0]), "role": names[6]}
    claim["mentions"] = [{"key": "sdf", **where}, {"candidates": ["isis", "us"], **where}]
    return value


def packed(texts: Sequence[str], report_id: str) -> dict[str, Any]:
    """One report whose text is many of them, each a claim that has it wherever a claim has words."""
    value: dict[str, Any] = {"report": {"id": report_id, "language": "ar", "published": "2022-01-31", "text": "\n".join(texts)}, "claims": []}
    start = 0
    for number, text in enumerate(texts):
        place = {"start": start, "end": start + len(text)}
        (claim,) = deceiving(text, number)["claims"]
        mentions = [{"candidates": ["isis", "us"], "surface": text, **place}, {"key": "sdf", "surface": text, **place}][: 1 + number % 2]
        value["claims"].append({**claim, "id": f"c{number}", "incident": None, "mentions": mentions, **place})
        start += len(text) + 1
    return value


PACKED = {f"packed-{start}": TEXTS[start : start + PACK] for start in range(0, len(TEXTS), PACK)}
DOCUMENTS = [packed(texts, name) for name, texts in PACKED.items()] + [report(number) for number in range(-(-len(TEXTS) // AT_ONCE))]


@dataclass(frozen=True)
class Stored:
    """The service that has them all; dana writes and reviews there, by her ``secret``. ``version`` is that of the first report."""

    victim: Writable
    secret: str
    version: str
    note: str


@pytest.fixture(scope="module")
def stored(sampled: Path, tmp_path_factory: pytest.TempPathFactory, base: Base) -> Iterator[Stored]:
    """Reports in the names of some and for the reason of others, one that has all, and notes: literals with a language and without, IRIs, a graph."""
    where = tmp_path_factory.mktemp("payloads")
    data = Path(shutil.copytree(sampled, where / "data"))
    for first in range(AGENTS):
        with open_writer(Place(data), base, TEXTS[first * 7][:50], "test") as writer:
            for document in DOCUMENTS[first::AGENTS]:
                outcome = writer.commit(document_of(document), reason=document["report"].get("title", ONE))
                assert outcome.result is Result.COMMITTED, outcome.findings
    secret = Tokens(data).create("dana", ("read", "write", "review"))
    limits = {"CLAIMGRAPH_PAGE_CLAIMS": "60", "CLAIMGRAPH_LIST_ROWS": "100", "CLAIMGRAPH_QUERY_SECONDS": "60"}  # so that a list is one page
    with service(where, data=data, CLAIMGRAPH_AGENT="dana", **limits) as running:
        victim = Writable(running, bearer(secret))
        note = NamedNode(victim.graph(quote(ONE, safe="")))
        words = " , ".join(f"{Literal(text)} , {Literal(text, language='ar')}" for text in TEXTS)
        links = " , ".join([*LINKS, *(f"<http://example.org/{quote(text, safe='')}>" for text in TEXTS)])
        commit = victim.update(f"INSERT DATA {{ GRAPH {note} {{ {note} <urn:pwned:says> {words} ; <urn:pwned:to> {links} }} }}")
        (found,) = rows(running, f'SELECT ?r {{ ?r <http://purl.org/dc/terms/identifier> "r0" ; a <{CG}Report> }}', min_commit=commit)
        yield Stored(victim, secret, found["r"].removeprefix(f"{BASE}v/").partition("/")[0], note.value.removeprefix(BASE))


# --- what a page is asked -------------------------------------------------------------------------------------------------


def opened(opening: Opening, stored: Stored, language: str, target: str) -> Opened:
    """A page, with what is asked of it there before anything else."""
    made = opening(stored.victim.service, language=language, bypass_csp=language == "en")
    made.page.add_init_script(LOOKING)
    made.page.on("dialog", lambda dialog: made.watched.faults.append(f"a dialog: {dialog.message}"))
    made.page.goto(f"{stored.victim.service.url}{target}")
    return made


def bare(text: str) -> str:
    """A text without its spaces."""
    return re.sub("[\\s\ufeff]", "", text)


def looked(made: Opened) -> str:
    """That a page is harmless; its words without spaces, each mark as the character it stands for. The page is good for nothing afterwards."""
    page = made.page
    assert page.evaluate("[looking.seen.ran, looking.seen.made]") == [[], []]
    assert page.evaluate("looking.raw()") == []
    assert page.evaluate("looking.marks().wrong") == []
    words: str = page.evaluate("looking.letters()")
    leaks = page.evaluate("looking.leaks()")
    assert leaks["turned"] == [], dumped(leaks["turned"][:9])
    assert leaks["measured"] > 0 or "pwned" not in words
    assert page.evaluate("[looking.seen.ran, looking.seen.made]") == [[], []]
    loaded = page.evaluate("performance.getEntriesByType('resource').map(one => new URL(one.name).pathname.split('/')[1])")
    assert set(loaded) <= {"assets", "pages", "sparql"}
    return words


def test_there_are_hundreds() -> None:
    """All different; each mark of direction and each letter without width is among them by its name."""
    assert len(set(TEXTS)) == len(TEXTS) > 300
    assert all("pwned" in text for text in TEXTS)
    named = {name.partition(" ")[2] for name in SINGLE}
    assert {"RIGHT-TO-LEFT OVERRIDE", "FIRST STRONG ISOLATE", "POP DIRECTIONAL FORMATTING", "ZERO WIDTH SPACE", "ARABIC LETTER MARK"} <= named
    assert {chr(code) for code in range(0x10000) if unicodedata.bidirectional(chr(code)) in BIDI} <= set(UNSEEN)


PAGES = {
    "home": "/",
    "reports": "/reports",
    "report": "/reports/r0",
    "report-of-letters": "/reports/r40",
    "claim": "/claims/r0/c01",
    "claim-of-letters": "/claims/r41/c01",
    "incident": "/incidents/sinaa-2022-01",
    "actor": "/entities/sdf",
    "claims-about": "/entities/isis?list=about",
    "questions": "/questions",
    "numbers": "/questions/disputed-quantities",
    "names": "/questions/who-calls-whom-what",
    "distancing": "/questions/distancing",
    "candidates": "/questions/unnamed-sources?limit=200",
    "bars": "/questions/claims-per-origin",
    "search": "/search?q=pwned",
    "commits": "/id/graph/commits",
    "note": "/id/{note}",
    "version": "/id/v/{version}/r0",
    "source": "/id/v/{version}/r0/c01#hop-3",
    "sparql": "/pages/sparql?run=true&query={query}",
    "review": "/review",
    "docs": "/docs",
    "reference": "/reference",
    "terms": "/reference/ontology",
    "signin": "/signin",
}
PAGES |= {name: f"/reports/{name}" for name in PACKED}
SILENT = ("questions", "docs", "reference", "terms", "signin")  # which show nothing that is stored
QUERY = f'SELECT ?report ?title ("{ONE.replace(chr(34), "")}" AS ?one) {{ ?report a cg:Report ; dcterms:title ?title }} LIMIT 200'


@pytest.mark.parametrize("name", PAGES)
@every_language
def test_pages_are_harmless(stored: Stored, opening: Opening, name: str, language: str) -> None:
    """Every kind of page; those of the packed reports show every text, and name whatever is not seen in it."""
    target = PAGES[name].format(note=stored.note, version=stored.version, query=quote(QUERY, safe=""))
    made = opened(opening, stored, language, target)
    assert made.page.evaluate("performance.getEntriesByType('navigation')[0].responseStatus") == 200
    names = set(made.page.evaluate("looking.marks().names"))
    words = looked(made)
    assert ("pwned" in words) != (name in SILENT)
    texts = [text for text in PACKED.get(name, ()) if not PILED.search(text)]
    assert [text for text in texts if bare(text) not in words] == []
    expected = {f"U+{ord(one):04X} {unicodedata.name(one, '')}" for text in texts for one in text if one in ACTING}
    assert {one for one in expected if not any(name.startswith(one) for name in names)} == set()


# --- what is asked, pasted and run ----------------------------------------------------------------------------------------

ECHOES = (
    *(f"/{{one}}{rest}" for rest in ("", "/x", "?x={one}")),
    *(f"/{kind}/{{one}}" for kind in ("reports", "claims", "entities", "incidents", "questions", "id", "signin", "review", "reference")),
    "/review/r0/{one}",
    "/review?report={one}",
    "/review?decided={one}",
    "/claims/r0/{one}",
    "/questions/claims-by?claimant={one}",
    "/questions/disputed-quantities?types={one}",
    "/questions/hedged?cursor={one}",
    "/questions/hedged?{one}=1",
    "/search?q={one}",
    "/reports?outlet={one}",
    "/reports?month={one}",
    "/entities/sdf?list={one}",
    "/signin?to=%2F{one}",
    "/pages/sparql?run=true&query={one}",
    "/?lang={one}&theme={one}&{one}={one}",
)


@every_language
def test_errors_and_echoes_are_harmless(stored: Stored, opening: Opening, language: str) -> None:
    """Whatever an address holds, as its path or as a parameter, where it says what is wrong and where it shows what was asked."""
    made = opened(opening, stored, language, "/docs")
    echoed = 0
    for target in ECHOES:
        made.page.goto(stored.victim.service.url + target.format(one=quote(ONE, safe="")))
        echoed += "pwned" in looked(made)
    assert echoed >= 8


def checked(made: Opened, text: str, **fields: str) -> str:
    """What the page that checks reports shows of a text, and that it is harmless."""
    page = made.page
    page.goto(f"{made.service.url}/check")
    for name, value in {"text": text, **fields}.items():
        page.fill(f"#{name}", value)
    with page.expect_navigation():
        page.locator("#check button[value=check]").last.click()
    return looked(made)


@every_language
def test_checks_are_harmless(stored: Stored, opening: Opening, language: str) -> None:
    """What is pasted: a document with its claims and what is wrong with them, one that is none, and a text in which claims are found."""
    made = opened(opening, stored, language, "/docs")
    texts = [*TEXTS[::8], *NESTED, *LETTERS]
    document = packed(texts, "pasted")
    for number, claim in enumerate(document["claims"]):
        if number % 3 == 0:
            claim["quote"] += " pwned \u202eقال"
        elif number % 3 == 1:
            claim["event"]["facility"] = texts[number][:500]
    words = checked(made, json.dumps(document, ensure_ascii=False))
    assert [text for text in texts if not PILED.search(text) and bare(text) not in words] == []
    made.page.goto(f"{made.service.url}/docs")
    assert "pwned" in checked(made, json.dumps({"report": {ONE: ONE, "id": ONE, "text": "x"}}, ensure_ascii=False))
    assert "pwned" in checked(made, f"{{{ONE}")
    said = f"نفت قوات سوريا الديمقراطية فرار سجناء من سجن الصناعة. {ONE}\nوقال مسؤول أمريكي كبير إن نحو مئتي سجين {ONE} فروا يوم الخميس."
    assert bare(ONE) in checked(made, said, title=ONE, published="2022-01-31", id="typed", url=f"https://example.org/{ONE}")
    assert "pwned" in checked(made, said, published=ONE, id=ONE)


def decided(made: Opened, address: str, decision: str, **typed: str) -> str:
    """What a page shows after a decision on the claim of an address, and that it is harmless."""
    made.page.goto(f"{made.service.url}{address}")
    for name, value in {"why": f"{ONE} 12(34)ab", **typed}.items():
        made.page.locator(f"form:has(button[value={decision}]) [name='{name}']").fill(value)
    with made.page.expect_navigation():
        made.page.click(f"button[value={decision}]")
    return looked(made)


@every_language
def test_reviews_are_harmless(stored: Stored, opening: Opening, language: str) -> None:
    """What waits, the forms that decide and correct, what they say when they are refused, and what is kept of the reason and of what was typed."""
    document = packed(TEXTS[::12], f"reviewed-{language}")
    for claim in document["claims"]:
        claim["review"] = {"state": "candidate"}
    answer = stored.victim.send("POST", "/api/reports", json.dumps(document), {"Content-Type": "application/json"})
    assert answer.status == 201, answer.text
    report, shown = document["report"]["id"], f"min-commit={answer.headers['X-Commit']}"
    made = opened(opening, stored, language, f"/signin?to=/docs&{shown}")
    made.page.fill("#token", stored.secret)
    made.page.click("form.signing-in button")
    made.page.goto(f"{made.service.url}/review?report={report}&limit=100&{shown}")
    words = looked(made)
    assert [text for text in TEXTS[::12] if not PILED.search(text) and bare(text) not in words] == []
    typable = []  # the claims whose words can be corrected in fields
    for claim in document["claims"]:
        address = f"/review/{report}/{claim['id']}"
        made.page.goto(f"{made.service.url}{address}")
        fields = set(made.page.evaluate("[...document.querySelectorAll('form input[id^=set-]')].map(one => one.name)"))
        typable += [address] if {"event.quantity.min", "chain[3].who", "event.place"} <= fields else []
        assert "pwned" in looked(made), claim["id"]
    accepted, rejected, edited, refused = typable[:4]
    assert bare(ONE) in decided(made, accepted, "accept")
    assert bare(ONE) in decided(made, rejected, "reject")
    assert bare(ONE) in decided(made, edited, "edit", **{"chain[0].verb": ONE, "event.quantity.counted": f"sdf، {ONE}", "event.place": ONE})
    for name in ("incident", "event.quantity.min", "chain[3].who", "event.time"):
        assert "pwned" in decided(made, refused, "edit", **{name: ONE})
        assert made.page.locator("[role=alert]").count() == 1, name


def run(opening: Opening, stored: Stored, language: str, query: str) -> Opened:
    """The page of the editor once it shows what came of a query that is in it."""
    made = opened(opening, stored, language, f"/pages/sparql?query={quote(query, safe='')}")
    made.page.wait_for_selector("form[data-ready]")
    made.page.click("#run")
    expect(made.page.locator(".yasr_results :is(tbody tr, [role=alert])").first).to_be_visible()
    return made


def asking(stored: Stored, more: str) -> str:
    """A query for the texts of the notes, names made of them and their lengths, with one in a comment."""
    name = 'IRI(CONCAT("http://example.org/", ENCODE_FOR_URI(?text)))'
    pattern = f'GRAPH <{BASE}{stored.note}> {{ ?b <urn:pwned:says> ?text }} FILTER(LANG(?text) = "")'
    return f"# {ONE}\nSELECT ({name} AS ?a) ?b ?text (STRLEN(?text) AS ?n) {{ {pattern} }} {more}"


@every_language
def test_tables_of_the_editor_are_harmless(stored: Stored, opening: Opening, language: str) -> None:
    """A query that holds one in the editor, the table of all of them, and the answer as it came."""
    page = run(opening, stored, language, asking(stored, "")).page
    in_editor = page.evaluate("[...document.querySelectorAll('.yasqe .control')].map(one => one.textContent.split(' ')[0])")
    assert in_editor[:3] == ["U+202E", "U+2066", "U+200B"]
    words = ""
    following = page.locator(".answer-table button").last
    while True:
        assert page.evaluate("looking.raw()") == []
        assert page.evaluate("looking.marks().wrong") == []
        words += page.evaluate("looking.letters()")
        if following.is_disabled():
            break
        following.click()
    assert [text for text in TEXTS if bare(text) not in words] == []
    page.click(".yasr_btn.select_response")
    expect(page.locator(".yasr_results .CodeMirror .control").first).to_be_visible()
    assert page.evaluate("looking.raw()") == []
    assert page.evaluate("[looking.seen.ran, looking.seen.made]") == [[], []]


@every_language
def test_pictures_of_the_editor_are_harmless(stored: Stored, opening: Opening, language: str) -> None:
    """Its answer as a graph and as a chart, with their tables; and what it says of a query that is off."""
    made = run(opening, stored, language, asking(stored, "ORDER BY ?n LIMIT 60"))
    page = made.page
    for view in ("graph", "chart"):
        page.click(f".yasr_btn.select_{view}")
        if view == "graph":
            until(page, "[...looking.seen.drawn].some(text => text.includes('pwned') && text.includes('⟨U+'))", "texts are drawn with their marks")
        else:
            expect(page.locator(".yasr_results svg rect").first).to_be_visible()
        assert page.evaluate("looking.raw()") == []
    assert "pwned" in looked(made)
    looked(run(opening, stored, language, f"SELECT * {{ ?s ?p <{ONE}> }}"))


# --- what is left ---------------------------------------------------------------------------------------------------------


def test_every_text_comes_back(stored: Stored, claimgraph: Run) -> None:
    """As JSON from its page and from the command line each report is what was sent, letter by letter, and the store is sound."""
    exported = [json.loads(line) for line in claimgraph("--data", stored.victim.data, "export").out.split("\n") if line]
    found = {document["report"]["id"]: document for document in exported}
    for document in DOCUMENTS:
        name = document["report"]["id"]
        shown = stored.victim.service.send("GET", f"/reports/{name}.json").json
        assert {key: found[name]["report"][key] for key in document["report"]} == document["report"]
        assert sets_sorted(found[name]["claims"]) == sets_sorted(document["claims"])
        assert "".join(one["text"] for one in shown["stretches"]) == document["report"]["text"]
        assert shown["report"].get("title") == document["report"].get("title")
        assert [claim["quote"] for claim in shown["claims"]] == [claim["quote"] for claim in document["claims"]]
    assert sound(stored.victim.data, claimgraph) > len(DOCUMENTS)
