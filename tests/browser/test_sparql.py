"""The SPARQL page with its editor: queries, examples, tabs, completion, the views of answers, the stop, and what is said aloud."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from browsing import Opened, Opening
from requesting import ENDLESS
from serving import Service, Serving, eventually

PATH = "/pages/sparql"
ORIGINS = "SELECT ?origin (COUNT(?claim) AS ?claims) WHERE { ?claim cg:claimant ?origin } GROUP BY ?origin ORDER BY DESC(?claims) ?origin"
FACILITIES = "SELECT ?facility (COUNT(?event) AS ?events) WHERE { ?event cg:facility ?facility } GROUP BY ?facility"
DECEIVING = 'SELECT ("a\u202eb\u200bc" AS ?x) ("\u202bد" AS ?y) {}'
WORDS = {
    "en": {"stopped": "Stopped", "running": "Running", "cut": "The answer was cut"},
    "ar": {"stopped": "أُوقف", "running": "يُنفَّذ", "cut": "الجواب مقطوع"},
}


def opened(opening: Opening, service: Service, query: str = "", **options: object) -> Opened:
    """The page once its editor is there, with a query in it."""
    made = opening(service, **{"language": "en", **options})
    made.go(f"{PATH}?query={quote(query, safe='')}" if query else PATH)
    made.page.wait_for_selector("form[data-ready]")
    return made


def run(page: Page) -> None:
    """Press the button, and wait for what is said."""
    page.click("#run")
    expect(page.locator("#status")).to_have_text(re.compile(r"\d+(\.\d+)? (s|ثانية)$|below|أدناه"))


def view(page: Page, name: str) -> None:
    """Look at an answer in another way."""
    page.click(f".yasr_btn.select_{name}")


def test_a_query_is_run_and_its_answer_is_a_table(served: Service, opening: Opening) -> None:
    """Rows, their number and the time are said; names lead to their pages; a filter keeps what fits."""
    page = opened(opening, served, ORIGINS).page
    run(page)
    expect(page.locator("#status")).to_have_text(re.compile(r"^39 rows in"))
    expect(page.locator(".answer-table tbody tr")).to_have_count(39)
    assert page.get_attribute(".answer-table tbody tr:first-child a", "href") == "/id/sdf-media-center"
    page.fill(".answer-table input[type=search]", "barkhudan")
    expect(page.locator(".answer-table tbody tr")).to_have_count(1)


def test_an_example_is_opened_in_a_tab_of_its_own(served: Service, opening: Opening) -> None:
    """With its title; the tab is there again at the next visit, the answer is not kept in the browser."""
    page = opened(opening, served).page
    page.click(".entries a[href$='question=denials']")
    page.wait_for_selector("form[data-ready]")
    expect(page.locator(".tabsList .tab.active")).to_contain_text("What is denied")
    run(page)
    expect(page.locator("#status")).to_have_text(re.compile(r"^55 rows"))
    page.goto(f"{served.url}{PATH}")
    page.wait_for_selector("form[data-ready]")
    expect(page.locator(".tabsList .tab:not(.addTab)", has_text="What is denied")).to_have_count(1)
    assert page.evaluate("Object.values(localStorage).join().length") < 20_000


def test_the_keyboard_alone_suffices(served: Service, opening: Opening) -> None:
    """Ctrl+Enter runs; Esc, then Tab leaves the editor, which the page says; the next stops are the fields beneath."""
    page = opened(opening, served, ORIGINS).page
    page.locator(".CodeMirror:visible").click()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#status")).to_have_text(re.compile(r"^39 rows"))
    page.locator(".CodeMirror:visible").click()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert not page.evaluate("document.activeElement.closest('.CodeMirror-code, .CodeMirror textarea')")
    assert "Esc" in (page.text_content("#editor-hint") or "")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("?c a cg:Cla", "cg:Claim"),
        ("?c cg:polar", "cg:polarity"),
        ("?c a quantit", "cg:Quantity"),
        ("?c a ادعا", "cg:Claim"),
        ("?c a اِدّعاء", "cg:Claim"),
        ("?c a cg:ادعا", "cg:Claim"),
        ("?c كمي", "cg:quantity"),
    ],
)
def test_what_is_typed_is_completed_from_our_graph(served: Service, opening: Opening, typed: str, offered: str) -> None:
    """Classes and properties, by a prefix or by a part of their names, letter by letter in Arabic too; what is taken stands for what was typed."""
    page = opened(opening, served).page
    editor = page.locator(".CodeMirror:visible")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("PREFIX cg: <https://w3id.org/claimgraph/ontology#>\nSELECT * WHERE { ")
    page.keyboard.type(typed[:-1])
    page.keyboard.press("Control+Space")
    page.keyboard.type(typed[-1])
    page.locator(".CodeMirror-hints li", has_text=re.compile(rf"^{offered}\b")).first.click()
    expect(editor.locator(".CodeMirror-code")).to_contain_text(re.compile(rf"\{{ {re.escape(typed.rpartition(' ')[0])} {offered}$"))


@pytest.mark.parametrize(
    ("name", "query", "drawn"),
    [
        ("graph", "CONSTRUCT WHERE { ?s cg:partOf ?o }", "canvas"),
        ("chart", ORIGINS, "svg rect"),
        ("map", FACILITIES, "svg path.region.has"),
    ],
)
@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_answer_is_drawn(served: Service, opening: Opening, name: str, query: str, drawn: str, language: str, theme: str) -> None:
    """What draws it is loaded when it is looked at; a sentence says what it shows, and its table is beneath; nobody is kept out."""
    made = opened(opening, served, query, language=language, theme=theme)
    page = made.page
    run(page)
    assert not [url for url in made.watched.requests if f"/{name}-" in url]
    view(page, name)
    expect(page.locator(f".figure.{name} {drawn}").first).to_be_visible()
    assert [url for url in made.watched.requests if f"/{name}-" in url]
    assert len(page.text_content(".yasr_results > p") or "") > 10
    page.click(".yasr_results details summary")
    expect(page.locator(".yasr_results details table")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.figure')).direction") == "ltr"
    assert made.axe() == []


def test_a_view_is_offered_where_the_columns_allow_it(served: Service, opening: Opening) -> None:
    """Words alone are a table and nothing else."""
    page = opened(opening, served, "SELECT ?name WHERE { ?s a cg:ArmedGroup ; skos:prefLabel ?name }").page
    run(page)
    expect(page.locator(".select_table")).to_be_visible()
    for name in ("graph", "map", "chart"):
        expect(page.locator(f".select_{name}")).to_be_hidden()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_stop_stops_the_work(serving: Serving, opening: Opening, language: str) -> None:
    """Pressed, the button ends the process that runs the query, long before its deadline; the page says so and takes the next query."""
    service = serving(CLAIMGRAPH_QUERY_SECONDS="600")

    def figure(name: str) -> float:
        found = re.search(rf"^claimgraph_{name} (\S+)$", service.send("GET", "/metrics").text, re.MULTILINE)
        assert found
        return float(found[1])

    before = figure("workers_killed")
    heavy = "SELECT (COUNT(*) AS ?n) WHERE { " + " ".join(f"?a{n} ?b{n} ?c{n} ." for n in range(6)) + " }"
    page = opened(opening, service, heavy, language=language).page
    page.click("#run")
    expect(page.locator("#status")).to_contain_text(WORDS[language]["running"])
    eventually(lambda: figure("queries_long") == 1, "the query counts as long")
    page.click("#stop")
    expect(page.locator("#status")).to_contain_text(WORDS[language]["stopped"])
    eventually(lambda: figure("workers_killed") == before + 1 and figure("queries_long") == 0, "its process is ended")
    expect(page.locator("#stop")).to_be_disabled()
    expect(page.locator("#run")).to_be_enabled()


def test_a_deadline_is_said(served: Service, opening: Opening) -> None:
    """The field's seconds hold; what the service says of it is shown."""
    page = opened(opening, served, ENDLESS).page
    page.fill("#timeout", "0.3")
    run(page)
    expect(page.locator(".yasr_results [role=alert]")).to_contain_text("deadline of 0.3 s")


@pytest.mark.parametrize("language", ["ar", "en"])
def test_an_answer_that_was_cut_says_so(serving: Serving, opening: Opening, language: str) -> None:
    """In the line that is read aloud, with how many rows there are."""
    service = serving(CLAIMGRAPH_ANSWER_ROWS="7")
    page = opened(opening, service, "SELECT * WHERE { ?s ?p ?o }", language=language).page
    run(page)
    expect(page.locator("#status")).to_contain_text(WORDS[language]["cut"])
    expect(page.locator("#status")).to_contain_text("7")
    assert page.get_attribute("#status", "role") == "status"


@pytest.mark.parametrize("query", ["SELECT", "INSERT DATA { <urn:a> <urn:b> 1 }", "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"])
def test_what_is_wrong_with_a_query_is_said(served: Service, opening: Opening, query: str) -> None:
    """As the sentence of the service, not as what it came in."""
    page = opened(opening, served, query).page
    run(page)
    sentence = page.text_content(".yasr_results [role=alert]") or ""
    assert sentence.strip().endswith(".")
    assert "{" not in sentence.partition(":")[0]


def test_text_that_deceives_is_marked(served: Service, opening: Opening) -> None:
    """In a table and in the raw answer's neighbours nothing turns; the characters are named."""
    page = opened(opening, served, DECEIVING).page
    run(page)
    text = page.text_content(".answer-table tbody") or ""
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in text
    assert "U+200B ZERO WIDTH SPACE" in text
    assert not {"\u202e", "\u200b", "\u202b"} & set(text)


def test_nothing_in_an_answer_runs(served: Service, opening: Opening) -> None:
    """Markup is text, an address that would run something leads nowhere."""
    page = opened(opening, served, 'SELECT ("<img src=x onerror=alert(1)>" AS ?x) (<javascript:alert(1)> AS ?y) {}').page
    run(page)
    assert page.locator(".answer-table img").count() == 0
    assert page.locator(".answer-table tbody a").count() == 0


def test_an_answer_is_downloaded_without_formulas(served: Service, opening: Opening) -> None:
    """As CSV that a spreadsheet opens: what would be a formula is a text, a negative number stays one."""
    page = opened(opening, served, 'SELECT ("=1+1" AS ?x) (-1 AS ?y) ("a,\\"b" AS ?z) {}').page
    run(page)
    with page.expect_download() as download:
        page.click(".yasr_downloadIcon")
    assert download.value.path().read_bytes() == b'x,y,z\r\n\'=1+1,-1,"a,""b"'


def test_without_scripts_the_form_does_it(served: Service, opening: Opening) -> None:
    """The query is sent and the answer is a table."""
    page = opening(served, language="en", scripts=False).go(PATH)
    page.fill("textarea", ORIGINS)
    page.click("#run")
    assert page.locator("#answer tbody tr").count() == 39
    assert not page.locator("#stop").is_visible()
