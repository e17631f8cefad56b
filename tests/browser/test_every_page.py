"""What holds of every page: it can be used by everybody, in both languages and looks, it stays on its origin, it is small, and it fits.

A page that is added is added to ``PAGES`` here, and has all of this tested.
"""

from __future__ import annotations

import pytest
from lxml import html

from browsing import SCREENS, Opening, fits
from serving import Service

# Name, address, and whether it may be larger than others.
PAGES = {
    "home": "/",
    "sparql": "/pages/sparql?question=denials",
    "sparql-answer": "/pages/sparql?query=SELECT%20*%20%7B%20%3Fs%20a%20cg%3AArmedGroup%20%3B%20skos%3AprefLabel%20%3Fname%20%7D&run=true",
    "resource": "/id/sdf",
    "report": "/reports/sample-06-two-hundred",
    "incident": "/incidents/sinaa-2022-01",
    "incident-empty": "/incidents/sinaa-2020-03",
    "reports": "/reports",
    "questions": "/questions",
    "question-of-claims": "/questions/disputed-quantities?types=escape,release,nosuch",
    "question-answered": "/questions/control-timeline",
    "question-in-bars": "/questions/claims-per-origin",
    "question-of-days": "/questions/rival-holders?day=2022-01-30",
    "reference": "/reference",
    "reference-ontology": "/reference/ontology",
    "reference-shapes": "/reference/shapes",
    "reference-questions": "/reference/questions",
    "search": "/search?q=%D8%B3%D8%AC%D9%86",
    "docs": "/docs",
    "claim": "/claims/sample-06-two-hundred/c04",
    "entity": "/entities/sdf",
    "entity-list": "/entities/isis?list=about&page=2",
    "check": "/check",
    "review": "/review",
    "review-claim": "/review/sample-06-two-hundred/c04",
    "signin": "/signin",
    "error": "/nothing",
}
LARGE = ("sparql", "sparql-answer")
MOST_BYTES = 400 << 10
every_page = pytest.mark.parametrize("name", PAGES)
every_language = pytest.mark.parametrize("language", ["ar", "en"])
every_look = pytest.mark.parametrize("theme", ["light", "dark"])


@every_page
@every_language
@every_look
def test_no_page_has_a_barrier(served: Service, opening: Opening, name: str, language: str, theme: str) -> None:
    """axe-core finds nothing against WCAG 2.2 AA or its own good practice, and the page is in the language that the browser prefers."""
    opened = opening(served, language=language, theme=theme)
    page = opened.go(PAGES[name])
    assert page.get_attribute("html", "lang") == language
    assert opened.axe() == []


@every_page
def test_no_request_leaves_the_origin(served: Service, opening: Opening, name: str) -> None:
    """Whatever a page loads comes from the service; the fixture fails for anything else, and for whatever the policy refuses."""
    opened = opening(served)
    opened.go(PAGES[name])
    assert len(opened.watched.requests) > 2
    assert all(url.startswith((served.url, "data:")) for url in opened.watched.requests)


@every_page
def test_a_page_is_small(served: Service, opening: Opening, name: str) -> None:
    """With fonts, scripts and all, no page but the editor's takes more than 400 KB over the wire."""
    opened = opening(served)
    opened.go(PAGES[name])
    if name not in LARGE:
        assert opened.transferred() < MOST_BYTES


@every_page
@every_language
def test_a_page_fits_a_narrow_screen(served: Service, opening: Opening, name: str, language: str) -> None:
    """At 320 pixels nothing needs scrolling sideways but tables and code within their own frames (WCAG 1.4.10)."""
    page = opening(served, language=language, width=320).go(PAGES[name])
    assert fits(page)


@every_page
def test_a_page_works_without_scripts(served: Service, opening: Opening, name: str) -> None:
    """It has its heading, its links and, where it has one, its form."""
    page = opening(served, scripts=False).go(PAGES[name])
    assert page.locator("h1").count() == 1
    assert page.locator("nav a").count() >= 3
    if name.startswith("sparql"):
        assert page.locator("textarea").is_visible()


@every_page
@every_language
def test_what_is_pressed_is_large_enough(served: Service, opening: Opening, name: str, language: str) -> None:
    """Whatever is a stop of Tab is 24 pixels high and wide at least, but links within a sentence, as WCAG 2.5.8 has it."""
    opened = opening(served, language=language)
    opened.go(PAGES[name])
    assert opened.small() == []


@every_page
def test_every_figure_has_its_table(served: Service, name: str) -> None:
    """Between whatever is drawn on a page, or will be by a script, and the next heading there is a table that says the same."""
    answer = served.send("GET", PAGES[name], headers={"Accept": "text/html"})
    if "location" in answer.headers:
        answer = served.send("GET", answer.headers["location"], headers={"Accept": "text/html"})
    page = html.document_fromstring(answer.text)
    after: list[str] = []
    for one in reversed(list(page.iter())):
        is_drawn = one.tag in ("svg", "canvas") or one.get("role") == "img" or "data-places" in one.attrib
        if is_drawn and not one.xpath("ancestor-or-self::*[@aria-hidden='true']"):
            assert "table" in after[: after.index("heading") if "heading" in after else None], html.tostring(one)[:200]
        if one.tag == "table" or one.tag in ("h1", "h2", "h3"):
            after.insert(0, "table" if one.tag == "table" else "heading")


@every_language
def test_the_first_key_leads_to_the_content(served: Service, opening: Opening, language: str) -> None:
    """Tab finds the skip link first, which is seen then; Enter leads to the content."""
    page = opening(served, language=language).go("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("!!document.activeElement.closest('main')")


def test_language_and_look_are_switched_and_stay(served: Service, opening: Opening) -> None:
    """By links that work without scripts; what was chosen holds on the next page."""
    page = opening(served, language="ar", scripts=False).go("/")
    page.click("a[hreflang=en]")
    assert (page.get_attribute("html", "lang"), page.get_attribute("html", "dir")) == ("en", "ltr")
    page.click("a.to-dark")
    page.click("nav a[href='/docs']")
    assert page.get_attribute("html", "lang") == "en"
    assert page.get_attribute("html", "data-theme") == "dark"


def test_arabic_is_set_in_its_own_face(served: Service, opening: Opening) -> None:
    """Arabic letters come from the font that the pages carry, others from the system's."""
    page = opening(served).go("/")
    assert page.evaluate("document.fonts.check('16px \"Noto Naskh Arabic Variable\"', 'سجن')")
    session = page.context.new_cdp_session(page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    node = session.send("DOM.querySelector", {"nodeId": session.send("DOM.getDocument")["root"]["nodeId"], "selector": "h1"})
    fonts = session.send("CSS.getPlatformFontsForNode", {"nodeId": node["nodeId"]})["fonts"]
    assert "Noto Naskh Arabic" in [font["familyName"] for font in fonts if font["isCustomFont"]]


def test_colours_of_the_system_hold(served: Service, opening: Opening) -> None:
    """Where the system forces its colours, what is current is still marked by a line, and nothing is lost."""
    page = opening(served, forced_colors="active").go("/")
    assert page.evaluate("getComputedStyle(document.querySelector('[aria-current=page]')).borderBlockEndStyle") == "solid"


def test_on_paper(served: Service, opening: Opening) -> None:
    """Printed, a page is its content: no menus, no forms."""
    page = opening(served).go("/pages/sparql")
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible()
    assert not page.locator("main form").is_visible()
    assert page.locator("h1").is_visible()


@every_page
@every_language
def test_screens(served: Service, opening: Opening, name: str, language: str) -> None:
    """A picture of each page in both languages and looks, for people to look at: build/screens."""
    for theme in ("light", "dark"):
        page = opening(served, language=language, theme=theme).go(PAGES[name])
        SCREENS.mkdir(parents=True, exist_ok=True)
        picture = SCREENS / f"{name}-{language}-{theme}.png"
        page.screenshot(path=picture, full_page=True)
        assert picture.stat().st_size > 5_000
