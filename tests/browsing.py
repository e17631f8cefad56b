"""Pages in a real browser: Debian's Chromium, driven by Playwright. A folder of tests takes the fixtures by name in its ``conftest.py``.

Every page that a test opens is watched: a request that leaves the service, a message of the policy, an error of a script or a failed load fails the
test, whatever else it looks at.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

from serving import Service

ROOT = Path(__file__).resolve().parents[1]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
SCREENS = ROOT / "build" / "screens"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What is not ours to mend, by rule and the part of the page that it is in.
EXCEPTED = (
    ("aria-required-children", ".yasgui .tabsList"),  # YASGUI's list of tabs holds a button besides its tabs
    ("aria-required-parent", ".yasgui .tabsList"),
)


def chromium() -> str:
    """Where Chromium is. Skips the test where it is not, unless in CI."""
    found = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    if found is None:
        why = "no Chromium on PATH: install Debian's package chromium, or any other that has it"
        pytest.fail(why) if os.environ.get("CI") else pytest.skip(why)
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser, one for all tests."""
    with sync_playwright() as playwright:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []  # its sandbox does not work for root
        running = playwright.chromium.launch(executable_path=chromium(), args=[*options, "--disable-gpu"])
        yield running
        running.close()


@dataclass
class Watched:
    """What a page did that it must not do."""

    origin: str
    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)

    def request(self, request: Request) -> None:
        """Note a request; one that leaves the service is a fault."""
        self.requests.append(request.url)
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:")):
            self.faults.append(f"a request left: {request.url}")

    def said(self, message: ConsoleMessage) -> None:
        """Note what the console says: refusals of the policy, errors. A status that is no success is looked at where it is expected."""
        if message.type == "error" and "status of" not in message.text:
            self.faults.append(message.text)


@dataclass
class Opened:
    """A page of the service in a browser."""

    page: Page
    service: Service
    watched: Watched

    def go(self, target: str) -> Page:
        """Open an address and wait until everything is there."""
        self.page.goto(f"{self.service.url}{target}", wait_until="networkidle")
        self.page.evaluate("document.fonts.ready")
        return self.page

    def axe(self) -> list[str]:
        """What axe-core finds wrong with the page as it is, each with the element that it is about; what is excepted is left out."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: dict[str, Any] = self.page.evaluate("tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']})", WCAG)
        return [
            f"{violation['id']}: {node['html'][:200]} ({node['failureSummary'].splitlines()[-1].strip()})"
            for violation in found["violations"]
            for node in violation["nodes"]
            if not self._is_excepted(violation["id"], node["target"][0])
        ]

    def _is_excepted(self, rule: str, target: str) -> bool:
        return any(
            rule == name and self.page.evaluate("([one, whole]) => !!document.querySelector(one)?.closest(whole)", [target, where])
            for name, where in EXCEPTED
        )

    def small(self) -> list[str]:
        """What can be pressed and is less than 24 pixels high or wide, but for links within a sentence, as WCAG 2.5.8 has it."""
        found: list[str] = self.page.evaluate(
            """() => [...document.querySelectorAll("a, button, input, select, textarea, summary, [tabindex]")]
              .filter(one => one.tabIndex >= 0 && one.checkVisibility() && !one.closest(".CodeMirror, .yasgui .tabsList"))
              .filter(one => {
                const around = one.closest("p, li, td, th, dd, div, h1, h2, h3, figcaption, body");
                return getComputedStyle(one).display !== "inline" || around.innerText.trim() === one.innerText.trim();
              })
              .map(one => [one.outerHTML.slice(0, 120), one.getBoundingClientRect()])
              .filter(([_, box]) => box.height < 23.5 || box.width < 23.5).map(([html, box]) => `${html} ${box.width}x${box.height}`)"""
        )
        return found

    def transferred(self) -> int:
        """Bytes that the page took as they came over the wire, itself included; what is text counts as gzip would make it."""
        sizes: list[tuple[str, int, int]] = self.page.evaluate(
            "performance.getEntries().filter(e => e.decodedBodySize !== undefined).map(e => [e.name, e.encodedBodySize, e.decodedBodySize])"
        )
        return sum(encoded for _, encoded, _ in sizes)


Opening = Callable[..., Opened]


@pytest.fixture
def opening(browser: Browser) -> Iterator[Opening]:
    """A function that makes a page of a service: ``opening(served, language="en", theme="dark", scripts=False, width=320)``."""
    made: list[tuple[BrowserContext, Watched]] = []

    def make(service: Service, *, language: str = "ar", theme: str = "light", scripts: bool = True, width: int = 1280, **options: Any) -> Opened:
        context = browser.new_context(
            locale=language,
            color_scheme=theme,
            java_script_enabled=scripts,
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(15_000)
        watched = Watched(service.url)
        page = context.new_page()
        page.on("request", watched.request)
        page.on("console", watched.said)
        page.on("pageerror", lambda error: watched.faults.append(str(error)))
        page.on("requestfailed", lambda request: _failed(watched, request, scripts=scripts))
        made.append((context, watched))
        return Opened(page, service, watched)

    yield make
    faults = [fault for _, watched in made for fault in watched.faults]
    for context, _ in made:
        context.close()
    assert faults == []


def _failed(watched: Watched, request: Request, *, scripts: bool) -> None:
    refused = not scripts and request.failure == "csp"  # a script to be loaded ahead, by a browser that runs none
    if request.failure != "net::ERR_ABORTED" and not refused:  # by the page itself: a query that was stopped
        watched.faults.append(f"{request.url}: {request.failure}")


def fits(page: Page) -> bool:
    """Whether a page needs no scrolling sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def until(page: Page, script: str, what: str) -> None:
    """Wait until an expression holds on a page, whose policy keeps the browser from looking for it by itself."""
    for _ in range(150):
        if page.evaluate(script):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"It never came to this: {what}.")


def dumped(value: Any) -> str:
    """A value as a test's failure shows it."""
    return json.dumps(value, ensure_ascii=False, indent=1)
