"""The page of a report in a browser: text and list lead to each other, overlaps stay readable, letters stay joined."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from browsing import Opening
from serving import Service

PATH = "/reports/sample-06-two-hundred"


def shown(page: Page) -> list[str]:
    """The claims whose words stand out in the text."""
    marks: list[str] = page.evaluate("[...document.querySelectorAll('mark.is-shown')].map(one => one.dataset.claims)")
    return marks


def test_a_claim_shows_its_words_and_words_their_claim(served: Service, opening: Opening) -> None:
    """Whoever points at a claim, or reaches it by keyboard, sees its words; whoever points at words sees the claim in the list."""
    page = opening(served).go(PATH)
    page.hover("#claim-c04")
    assert shown(page) == ["c04"]
    page.focus("#claim-c02 .links a")
    assert shown(page) == ["c02"]
    page.hover("mark[data-claims=c07]")
    expect(page.locator("#claim-c07")).to_have_class("claim-item affirms is-shown")


def test_links_work_without_scripts(served: Service, opening: Opening) -> None:
    """From the list to the words, which are outlined then; from the words to the claim."""
    page = opening(served, scripts=False).go(PATH)
    page.click("#claim-c04 .links a[href='#at-c04']")
    assert page.url.endswith("#at-c04")
    page.click("mark[data-claims=c02] a")
    assert page.url.endswith("#claim-c02")


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_list_is_reached_by_keyboard_past_the_text(served: Service, opening: Opening, language: str) -> None:
    """The marks are no stops of the Tab key: the list is the way for keyboards and readers aloud."""
    page = opening(served, language=language).go(PATH)
    stops = page.evaluate("[...document.querySelectorAll('.source-text *')].filter(one => one.tabIndex >= 0).length")
    assert stops == 0
    assert page.locator(".claims a").count() > 8


def test_marks_keep_letters_joined(served: Service, opening: Opening) -> None:
    """A mark has neither padding nor border nor margin, so an Arabic word that it begins or ends within is one word still."""
    page = opening(served).go(PATH)
    boxes = page.evaluate(
        """() => [...document.querySelectorAll("mark, mark a, .source-text span")].map(one => getComputedStyle(one))
          .flatMap(style => ["padding", "margin", "borderTopWidth", "borderLeftWidth", "borderRightWidth", "display"].map(name => style[name]))"""
    )
    assert set(boxes) == {"0px", "inline"}


def test_denied_is_not_told_by_colour_alone(served: Service, opening: Opening) -> None:
    """What is denied is underlined otherwise than what is affirmed, in the text; in the list it has a sign and a word."""
    page = opening(served, language="en").go(PATH)
    style = "one => getComputedStyle(one).textDecorationStyle"
    assert page.locator("mark.denies").first.evaluate(style) != page.locator("mark.affirms").first.evaluate(style)
    expect(page.locator("#claim-c04 .stance")).to_have_text("⊘ denies")
