"""Reviewing in a browser: with scripts and without, by keyboard alone; the focus stays with the claim, and what came of it is said."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from browsing import Opened, Opening, fits
from reviewing import FIRST, WHY, Reviewing

FOCUSED = "document.activeElement.id"


def entered(opened: Opened, reviewing: Reviewing) -> Page:
    """The first page, once dana is signed in."""
    page = opened.go("/signin?to=/review")
    page.fill("#token", reviewing.tokens["dana"])
    page.click("form.signing-in button")
    expect(page.locator(".signed-in")).to_contain_text("dana")
    return page


def decided(page: Page, claim: str) -> None:
    """Wait for the page that a decision on a claim leads to."""
    page.wait_for_url(re.compile(rf"decided={re.escape(claim)}&"), wait_until="networkidle")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_reviewer_goes_through_a_report(reviewing: Reviewing, opening: Opening, scripts: bool) -> None:
    """One claim is accepted, one rejected, one corrected; each time the focus is on the claim, whose status says what came of it."""
    report = f"through-{scripts}".lower()
    reviewing.brought(report)
    opened = opening(reviewing.service, language="en", scripts=scripts)
    entered(opened, reviewing)
    page = opened.go(f"/reports/{report}")
    for claim, button, state in (("c01", "accept", "accepted"), ("c02", "reject", "rejected")):
        page.fill(f"#why-{report}-{claim}", WHY)
        page.click(f"#claim-{claim} button[value={button}]")
        decided(page, claim)
        assert page.evaluate(FOCUSED) == f"claim-{claim}"
        expect(page.locator(f"#claim-{claim} [role=status]")).to_contain_text(state)
        expect(page.locator(f"#claim-{claim} .decision")).to_contain_text("dana")
    assert page.locator(".claims-side .claim-item").count() == 2
    assert page.locator("#claim-c02 del").count() == 2
    page.click("#claim-c03 a.button")
    page.select_option("select[name=certainty]", "possible")
    page.fill("#why-edit", WHY)
    page.click("button[value=edit]")
    decided(page, "c03")
    assert page.evaluate(FOCUSED) == "claim-c03"
    expect(page.locator("#claim-c03 [role=status]")).to_contain_text("edited")
    expect(page.locator("#claim-c01 .decision")).to_contain_text("accepted")
    page.click("#claim-c02 summary")
    page.fill(f"#why-{report}-c02", WHY)
    page.click("#claim-c02 button[value=reopen]")
    decided(page, "c02")
    assert page.locator(".claims-side .claim-item").count() == 3
    assert page.evaluate(FOCUSED) == "claim-c02"


def test_by_keyboard_alone(reviewing: Reviewing, opening: Opening) -> None:
    """From the reason Tab leads to the buttons; Enter in the reason decides nothing; without a reason nothing is sent."""
    reviewing.brought("keyboard")
    opened = opening(reviewing.service, language="en")
    entered(opened, reviewing)
    page = opened.go("/review?report=keyboard")
    page.focus("#why-keyboard-c01")
    page.keyboard.type(WHY)
    page.keyboard.press("Enter")
    assert page.url.endswith("/review?report=keyboard")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "accept"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.value") == "reject"
    page.fill("#why-keyboard-c01", "")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("/review?report=keyboard")
    page.fill("#why-keyboard-c01", WHY)
    page.focus("form[action='/review/keyboard/c01'] button[value=accept]")
    page.keyboard.press("Enter")
    decided(page, "keyboard%2Fc01")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "status"
    assert set(reviewing.states("keyboard").values()) == {"accepted", "candidate"}


def test_a_number_is_corrected(reviewing: Reviewing, opening: Opening) -> None:
    """In Arabic digits, and with another mouth: the claim's sentence and its chain say so; the browser offers the parties by both names."""
    reviewing.brought("number")
    opened = opening(reviewing.service)
    entered(opened, reviewing)
    page = opened.go("/review/number/c01")
    page.fill("[name='event.quantity.min']", "٢٠٠")
    page.select_option("[name='event.quantity.of']", "detainees")
    page.fill("[name='event.quantity.wording']", "أحداً")
    page.select_option("[name='chain[1].as']", "agent")
    page.fill("[name='chain[1].who']", "sdf-media-center")
    assert "SDF Media Center" in (page.locator("#known-parties option[value=sdf-media-center]").text_content() or "")
    page.fill("#why-edit", WHY)
    page.click("button[value=edit]")
    decided(page, "c01")
    expect(page.locator("#claim-c01")).to_contain_text("200")
    expect(page.locator("#claim-c01 a[href='/entities/sdf-media-center']").first).to_be_visible()


@pytest.mark.parametrize(("language", "theme"), [("ar", "light"), ("en", "dark")])
def test_pages_with_forms_have_no_barrier(reviewing: Reviewing, opening: Opening, language: str, theme: str) -> None:
    """The list, the report with its rejected claims, the page of a claim and of a decision that was refused: axe-core finds nothing."""
    report = f"barrier-{language}-{theme}"
    version = reviewing.brought(report)
    reviewing.decide(report, version, "reject", "c02")
    opened = opening(reviewing.service, language=language, theme=theme, width=320)
    page = entered(opened, reviewing)
    for target in ("/review?by=confidence", f"/reports/{report}", f"/review/{report}/c01"):
        opened.go(target)
        assert opened.axe() == [], target
        assert fits(page), target
    page.click("details summary")
    page.fill("#source", "{")
    page.fill("#why-edit", WHY)
    page.click("button[value=edit]")
    expect(page.locator("[role=alert]")).to_be_focused()
    expect(page.locator("#source")).to_have_value("{")
    assert opened.axe() == []
    assert fits(page)


def test_whoever_is_not_signed_in_sees_the_state_alone(reviewing: Reviewing, opening: Opening) -> None:
    """And the way to sign in, which leads back."""
    opened = opening(reviewing.service, language="en")
    page = opened.go(f"/reports/{FIRST}")
    assert page.locator("form.decide").count() == 0
    expect(page.locator("#claim-c04 .flag.candidate")).to_be_visible()
    page = opened.go("/review")
    assert page.locator("form.decide").count() == 0
    page.click("main a[href='/signin?to=/review']")
    page.fill("#token", reviewing.tokens["dana"])
    page.click("form.signing-in button")
    assert page.url.endswith("/review")
    assert page.locator("form.decide").count() > 0
