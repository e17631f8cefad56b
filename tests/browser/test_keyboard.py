"""Every path of ``web/ACCESSIBILITY.md`` by keyboard alone: what is reached, where the focus is afterwards, what is said aloud.

No test here presses with a mouse or puts the focus anywhere itself. The document and these tests name the same actions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

import claimgraph.web
from browsing import ROOT, until
from claimgraph.model.vocabulary import label
from keying import MOST_STOPS, Keyed, Keys
from requesting import ENDLESS
from reviewing import WHY, Reviewing
from serving import Service, Serving, token

DOCUMENT = ROOT / "web" / "ACCESSIBILITY.md"
TEMPLATES = Path(claimgraph.web.__file__).parent / "templates"
REPORT = "/reports/sample-06-two-hundred"
INCIDENT = "/incidents/sinaa-2022-01"
TEXT = "نفت قوات سوريا الديمقراطية اليوم فرار سجناء من سجن الصناعة في الحسكة."
ORIGINS = "SELECT ?origin (COUNT(?claim) AS ?claims) WHERE { ?claim cg:claimant ?origin } GROUP BY ?origin"
DRIVEN: set[str] = set()
every_language = pytest.mark.parametrize("language", ["ar", "en"])
Test = TypeVar("Test", bound=Callable[..., None])


def drives(*actions: str) -> Callable[[Test], Test]:
    """Names the actions of the document that a test drives."""
    DRIVEN.update(actions)
    return lambda test: test


@drives("every/skip", "every/menu", "every/find", "every/language", "every/look", "every/data")
def test_the_frame_of_every_page(served: Service, keys: Keyed) -> None:
    """The skip link, the menu, the search, the switches and the data forms are reached and do what they say."""
    one = keys(served, "/questions")
    one.to(".skip")
    one.press("Enter")
    one.comes("main")
    one.go(served, "/questions")
    one.to("nav a[href='/reports']")
    one.follow()
    assert one.page.title().startswith(str(one.t.plain("list.reports")))
    one.to(".site-search input")
    one.type("سجن")
    one.follow()
    one.comes("#found")
    assert "سجن" in (one.page.get_attribute("#found", "aria-label") or "")
    one.go(served, "/")
    one.to(".switches a[hreflang=en]")
    one.follow()
    assert one.page.get_attribute("html", "lang") == "en"
    one.to(".switches .to-dark")
    one.follow()
    assert one.page.get_attribute("html", "data-theme") == "dark"
    one.to(".site-foot a[href='/home.json']", "Shift+Tab")
    one.follow()
    assert one.page.url.endswith("/home.json")


@drives("every/scroll", "home/disputed")
def test_the_first_page(served: Service, keys: Keyed) -> None:
    """A wide table scrolls by arrows; what is disputed leads to its place on the incident's page, and Tab goes on from there."""
    one = keys(served, "/", width=320)
    one.to(".scroll")
    one.press(*["ArrowLeft"] * 3)
    expect(one.page.locator(".scroll:focus")).to_have_js_property("scrollTop", 0)
    until(one.page, "document.activeElement.scrollLeft !== 0", "the table is scrolled")
    one.to("th a[href$='#escape']")
    one.follow()
    assert one.page.url.endswith("#escape")
    one.press("Tab")
    assert one.page.evaluate("!!document.activeElement.closest('section.thing')?.querySelector('#escape')")


@every_language
@drives("report/words", "report/back", "report/claim")
def test_a_report(served: Service, keys: Keyed, language: str) -> None:
    """From a claim to its words, whence Enter leads back to that claim; both stand out. From there to the claim's own page."""
    one = keys(served, REPORT, language)
    one.to("#claim-c04 a[href='#at-c04']")
    one.press("Enter")
    one.comes("mark[data-claims~=c04] a")
    expect(one.page.locator("#claim-c04")).to_have_class(re.compile("is-shown"))
    one.press("Enter")
    one.comes("#claim-c04")
    one.to("#claim-c04 a[href^='/claims/']")
    one.follow()
    assert one.page.title().endswith("claimgraph")
    assert "/c04" in one.page.url


@drives("every/unfold", "incident/map")
def test_an_incident(served: Service, keys: Keyed) -> None:
    """The table of a figure opens; the map is drawn when its table is reached, and says what it shows."""
    one = keys(served, INCIDENT)
    one.to(".numbers summary")
    one.press("Enter")
    expect(one.page.locator("details:has(> summary:focus)")).to_have_attribute("open", "")
    one.press("Tab")
    one.comes("details[open] .scroll")
    for _ in range(MOST_STOPS):
        if one.page.evaluate("!!document.activeElement.closest('.map ~ .scroll')"):
            break
        one.press("Tab")
    expect(one.page.locator(".map svg[role=img]")).to_have_attribute("aria-label", re.compile("محافظ"))


@drives("claim/statements", "entity/section", "entity/older")
def test_a_claim_and_an_actor(served: Service, keys: Keyed) -> None:
    """A claim's statements open; an actor's numbers lead to their sections; the pages of a list turn."""
    one = keys(served, "/claims/sample-06-two-hundred/c04")
    one.to("details.statements summary")
    one.press("Space")
    expect(one.page.locator("details.statements")).to_have_attribute("open", "")
    one.go(served, "/entities/isis")
    one.to(".figures a[href='#about']")
    one.press("Enter")
    one.press("Tab")
    assert one.page.evaluate("!!document.activeElement.closest('section[aria-labelledby=about]')")
    one.go(served, "/entities/isis?list=about")
    one.to("a[rel=next]")
    one.follow()
    assert "page=2" in one.page.url


@drives("reports/narrow", "question/ask", "question/mend", "search/again")
def test_lists_and_questions(served: Service, keys: Keyed) -> None:
    """Whoever sends a form has the focus on what was found, or on the field that is wrong, which says why."""
    one = keys(served, "/reports")
    one.to("#outlet")
    one.press("ArrowDown")
    one.to(".filters button")
    one.follow()
    one.comes("#found")
    one.go(served, "/questions/disputed-quantities")
    one.to(".ask input[value=killing]")
    one.press("Space")
    one.to(".ask button")
    one.follow()
    one.comes("#answer")
    assert one.page.locator("#the-answer").inner_text()[0].isdigit()
    one.go(served, "/questions/disputed-quantities?types=escape,nosuch#answer")
    one.comes("[aria-invalid=true]")
    described = one.page.evaluate(
        "document.activeElement.getAttribute('aria-describedby').split(' ').map(id => document.getElementById(id).innerText)"
    )
    assert any("nosuch" in text for text in described)
    one.go(served, "/search?q=x")
    one.to("#words")
    one.press("Control+a")
    one.type("قسد")
    one.follow()
    one.comes("#found")


@every_language
@drives("check/check", "check/to-field", "check/to-claim", "check/to-words", "check/file")
def test_a_report_is_checked(served: Service, keys: Keyed, language: str) -> None:
    """The verdict has the focus and is the page's title; each finding leads to its field, its claim or its words; files are chosen by Space."""
    one = keys(served, "/check", language)
    one.to("#text")
    one.type(TEXT)
    one.to("#published")
    one.type("31/1/2022")
    one.to("#check button[value=check]")
    one.follow()
    one.comes(".verdict [role=status]")
    one.hears(".verdict .notice", str(one.t.plain("check.refused")))
    assert one.page.title().startswith(str(one.t.plain("check.refused")))
    one.to(".finding a[href='#published']")
    one.press("Enter")
    one.comes("#published")
    one.press("Control+a")
    one.type("2022-01-31")
    one.follow()
    one.comes(".verdict [role=status]")
    one.hears(".verdict .notice", str(one.t.plain("check.valid")))
    one.to(".claim-item a[href^='#at-']")
    one.press("Enter")
    one.comes("mark a")
    one.press("Enter")
    one.comes("li.claim-item")
    with one.page.expect_file_chooser():
        one.to("#file")
        one.press("Space")


@drives("signin/refused", "signin/in", "signin/out", "check/commit")
def test_signing_in_and_writing(serving: Serving, keys: Keyed) -> None:
    """A wrong token leads back to the field, which says so; with the right one a report is let in, and its page comes."""
    service = serving()
    assert service.data is not None
    secret = token(service.data)
    one = keys(service, "/signin?to=/check")
    one.to("#token")
    one.type("wrong")
    one.follow()
    one.comes("#token[aria-invalid=true]")
    one.hears("#refused", str(one.t.plain("signin.refused")))
    one.type(secret)
    one.follow()
    one.to("#text")
    one.type(TEXT)
    one.to("#published")
    one.type("2022-01-31")
    one.to("#check button[value=check]")
    one.follow()
    one.to("button[value=commit]")
    one.follow()
    assert "/reports/" in one.page.url
    one.to(".signed-in button")
    one.follow()
    expect(one.page.locator(".signed-in")).to_have_count(0)


@drives("review/narrow", "review/decide", "review/edit", "review/reopen")
def test_claims_are_reviewed(reviewing: Reviewing, keys: Keyed) -> None:
    """In the list and on a report's page: Enter in the reason decides nothing, the buttons do; the focus is on what came of it, or on the claim."""
    reviewing.brought("by-keys")
    one = keys(reviewing.service, "/signin?to=/review")
    one.to("#token")
    one.type(reviewing.tokens["dana"])
    one.follow()
    one.to("#report")
    one.type("by-keys")
    one.follow()
    one.comes("#found")
    one.to("#why-by-keys-c01")
    one.type(WHY)
    one.press("Enter")
    one.to("form[action='/review/by-keys/c01'] button[value=accept]")
    one.follow()
    one.comes(".outcome")
    one.hears(".outcome", "c01")
    one.go(reviewing.service, "/reports/by-keys")
    one.to("#why-by-keys-c02")
    one.type(WHY)
    one.to("#claim-c02 button[value=reject]")
    one.follow()
    one.comes("#claim-c02")
    one.hears("#claim-c02 .outcome", label("review", "rejected", "ar"))
    one.to("#claim-c02 summary")
    one.press("Enter")
    one.to("#why-by-keys-c02")
    one.type(WHY)
    one.to("#claim-c02 button[value=reopen]")
    one.follow()
    one.comes("#claim-c02")
    one.hears("#claim-c02 .outcome", label("review", "candidate", "ar"))
    one.to("#claim-c03 a.button")
    one.follow()
    one.to("select[name=certainty]")
    one.press("ArrowDown")
    one.to("#why-edit")
    one.type(WHY)
    one.to("button[value=edit]")
    one.follow()
    one.comes("#claim-c03")
    assert reviewing.states("by-keys") == {"c01": "accepted", "c02": "candidate", "c03": "edited"}


def studio(keys: Keyed, service: Service, query: str = ORIGINS, language: str = "ar") -> Keys:
    """Somebody at the SPARQL page, once its editor is there."""
    one = keys(service, f"/pages/sparql?query={quote(query, safe='')}", language)
    one.page.wait_for_selector("form[data-ready]")
    return one


@every_language
@drives("sparql/run", "sparql/run-keys", "sparql/leave", "sparql/link", "sparql/filter", "sparql/download", "sparql/raw")
def test_a_query_is_run(served: Service, keys: Keyed, language: str) -> None:
    """From the editor and by the button, which keeps the focus; the rows are said. The answer is filtered, taken away and seen as it came."""
    one = studio(keys, served, language=language)
    done = re.compile(str(one.t.plain("studio.took", seconds="X")).split("\u2068")[0].strip() + r" \d")
    one.to(".CodeMirror textarea")
    one.press("Control+Enter")
    one.hears("#status", done)
    one.comes(".CodeMirror textarea")
    one.press("Escape")
    one.to("#run")
    one.press("Enter")
    one.hears("#status", done)
    one.comes("#run")
    one.to("#link")
    one.press("Enter")
    one.hears("#status", str(one.t.plain("studio.linked")))
    assert "query=" in one.page.url
    one.to(".yasr_btn.select_response")
    one.press("Enter")
    one.comes(".yasr_btn.select_response[aria-pressed=true]")
    one.to(".yasr_btn.select_table", "Shift+Tab")
    one.press("Enter")
    one.comes(".yasr_btn.select_table[aria-pressed=true]")
    one.to(".yasr_downloadIcon")
    with one.page.expect_download():
        one.press("Enter")
    one.to(".answer-table input")
    one.type("barkhudan")
    one.hears(".answer-table p[role=status]", "1")
    expect(one.page.locator(".answer-table tbody tr")).to_have_count(1)


@drives("sparql/view", "sparql/page")
def test_an_answer_is_looked_at(served: Service, keys: Keyed) -> None:
    """A view keeps the focus on its button and says what it draws, with its table beneath; the rows turn, and the last page keeps the focus too."""
    one = studio(keys, served, "SELECT ?event ?facility (1 AS ?n) WHERE { ?claim a cg:Claim . ?event cg:facility ?facility } LIMIT 150")
    one.to("#run")
    one.press("Enter")
    for name in ("graph", "map", "chart"):
        one.to(f".yasr_btn.select_{name}")
        one.press("Enter")
        one.hears(".yasr_results > p", re.compile(r"\S{3}"))
        one.comes(f".yasr_btn.select_{name}[aria-pressed=true]")
        assert one.page.locator(f".figure.{name} [role=img][aria-label]").count() == 1
        assert one.page.locator(".yasr_results details table").count() == 1
    one.to(".yasr_btn.select_table", "Shift+Tab")
    one.press("Enter")
    one.to(".answer-table button:last-of-type")
    one.press("Enter")
    one.hears(".answer-table p[role=status]", "101")
    one.comes(".answer-table button[aria-disabled=true]")


@drives("sparql/stop", "sparql/deadline")
def test_a_query_is_stopped(served: Service, keys: Keyed) -> None:
    """By the button, which keeps the focus, or by the deadline; both are said."""
    one = studio(keys, served, ENDLESS)
    one.to("#run")
    one.press("Enter", "Tab")
    one.comes("#stop[aria-disabled=false]")
    one.press("Enter")
    one.hears("#status", str(one.t.plain("studio.stopped")))
    one.comes("#stop[aria-disabled=true]")
    one.to("#timeout", "Shift+Tab")
    one.type("0.2")
    one.press("Enter")
    one.hears("#status", str(one.t.plain("studio.failed")))
    one.hears(".yasr_results .notice", "0.2")


@drives("sparql/complete")
def test_what_is_typed_is_completed(served: Service, keys: Keyed) -> None:
    """Ctrl+Space offers, the arrows choose, which the editor's field names as what is active, Enter takes."""
    one = studio(keys, served, "SELECT * WHERE { ?c a cg:")
    one.to(".CodeMirror textarea")
    one.press("Control+End", "Control+Space")
    expect(one.page.locator(".CodeMirror-hints[role=listbox] [role=option]").nth(2)).to_be_visible()
    one.press("ArrowDown")
    active = one.page.get_attribute(".CodeMirror textarea", "aria-activedescendant") or ""
    chosen = one.page.locator(f"[id='{active}'][aria-selected=true]").inner_text().split()[0]
    one.press("Enter")
    expect(one.page.locator(".CodeMirror-code").first).to_contain_text(f"?c a {chosen}")
    one.comes(".CodeMirror textarea")


@drives("sparql/tab-new", "sparql/tab-open", "sparql/tab-rename", "sparql/tab-close", "sparql/example")
def test_tabs(served: Service, keys: Keyed) -> None:
    """A tab is opened, changed, renamed and closed; the focus stays among the tabs, and the one that is open is said. An example opens in its own."""
    one = studio(keys, served)
    tabs = one.page.locator(".tabsList [role=tab]")
    one.to(".addTab")
    one.press("Enter")
    one.comes("[role=tab][aria-selected=true]")
    one.hears("#status", str(one.t.plain("studio.tab-opened", name="")).split("\u2068")[0].strip())
    one.press("F2", "Control+a", "Delete")
    one.type("ما لي")
    one.press("Enter")
    one.comes("[role=tab][aria-selected=true]")
    one.hears("#status", "ما لي")
    one.press("ArrowLeft", "Enter")
    expect(tabs.first).to_have_attribute("aria-selected", "true")
    one.comes("[role=tab][aria-selected=true]")
    one.press("ArrowRight", "Enter", "Delete")
    expect(tabs).to_have_count(1)
    one.comes("[role=tab][aria-selected=true]")
    one.to(".entries a[href$='question=denials']")
    one.follow()
    expect(one.page.locator(".tabsList .tab.active")).to_contain_text("يُنفى")


@drives("error/home")
def test_an_error(served: Service, keys: Keyed) -> None:
    """Its title says what is wrong, and a link leads on."""
    one = keys(served, "/nothing")
    assert one.page.title().startswith(str(one.t.plain("error.404")))
    one.to("main a[href='/']")
    one.follow()
    assert one.page.url == f"{served.url}/"


def test_document_and_tests_name_the_same_actions() -> None:
    """Neither goes stale: every action of the document is driven here, and every action that is driven stands in it, once."""
    told = re.findall(r"^\| `([a-z]+/[a-z-]+)` \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(told) == sorted(DRIVEN)


def test_every_swap_is_in_the_document() -> None:
    """What htmx asks for in a template is told in the document, with where the focus goes and what is said."""
    text = DOCUMENT.read_text(encoding="utf-8")
    for template in TEMPLATES.glob("*.html"):
        for attribute in re.findall(r"\bhx-(?:get|post|put|patch|delete)=\S+", template.read_text(encoding="utf-8")):
            assert f"`{template.name}`" in text, attribute
