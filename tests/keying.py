"""Somebody at a page who has a keyboard and nothing else. A folder of tests takes the fixture ``keys`` by name in its ``conftest.py``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from browsing import Opening
from claimgraph.web.messages import Messages
from serving import Service

MOST_STOPS = 250


@dataclass(frozen=True)
class Keys:
    """Somebody at a page who has a keyboard and nothing else."""

    page: Page
    language: str

    @property
    def t(self) -> Messages:
        """What the page says in this language."""
        return Messages(self.language)

    def go(self, service: Service, target: str) -> None:
        """Open an address by typing it; the focus is at the beginning of the page."""
        self.page.goto(f"{service.url}{target}")

    def at(self, selector: str) -> bool:
        """Whether what is selected has the focus."""
        return bool(self.page.evaluate("selector => !!document.activeElement?.matches(selector)", selector))

    def comes(self, selector: str) -> None:
        """What is selected has the focus now, or shortly."""
        expect(self.page.locator(f":focus:is({selector})")).to_have_count(1)

    def to(self, selector: str, key: str = "Tab") -> None:
        """Press Tab until what is selected has the focus, which must then be seen; the editor is left by Esc first."""
        for _ in range(MOST_STOPS):
            if self.at(".CodeMirror textarea"):
                self.page.keyboard.press("Escape")
            self.page.keyboard.press(key)
            if self.at(selector):
                around = "document.activeElement.closest('.CodeMirror') ?? document.activeElement"
                assert self.page.evaluate(f"getComputedStyle({around}).outlineStyle") != "none"
                return
        pytest.fail(f"{MOST_STOPS} stops, and none is {selector}")

    def press(self, *keys: str) -> None:
        """Press keys, one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Write where the focus is."""
        self.page.keyboard.insert_text(text)

    def follow(self, key: str = "Enter") -> None:
        """Press a key that leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def hears(self, live: str, text: str | re.Pattern[str]) -> None:
        """A live region says so."""
        region = self.page.locator(live)
        expect(region).to_have_attribute("role", re.compile("status|alert"))
        expect(region).to_contain_text(text)


Keyed = Callable[..., Keys]


@pytest.fixture
def keys(opening: Opening) -> Keyed:
    """A function that gives somebody with a keyboard: ``keys(served, "/reports")``."""

    def make(service: Service, target: str, language: str = "ar", **options: object) -> Keys:
        made = Keys(opening(service, language=language, **options).page, language)
        made.go(service, target)
        return made

    return make
