"""A newcomer lets a report in: pastes a text, sees its claims in place, corrects what is wrong, signs in. And how a check is shown to everybody."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browsing import SCREENS, Opened, Opening, fits
from claimgraph.store.tokens import Tokens
from running import small
from serving import Service, service
from signing import one_time

TEXT = "🙂 نفت قوات سوريا الديمقراطية اليوم فرار سجناء من سجن الصناعة في الحسكة.\nوقال مسؤول أمريكي كبير إن نحو مئتي سجين فروا يوم الخميس الماضي."
WORDS = {
    "ar": {"refused": "لا يُدخَل هذا التقرير هكذا", "valid": "لا شيء يمنع إدخال هذا التقرير"},
    "en": {"refused": "This report is not let in like this", "valid": "Nothing keeps this report out"},
}
CHECK = "#check button[value=check]"


@pytest.fixture(scope="module")
def own(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service on the samples, to be written to."""
    where = tmp_path_factory.mktemp("checking")
    with service(where, data=Path(shutil.copytree(sampled, where / "data")), CLAIMGRAPH_AGENT="dana") as running:
        yield running


def typed(opened: Opened, text: str = TEXT, published: str = "2022-01-31", report_id: str = "") -> Page:
    """The page with a text that was checked."""
    page = opened.go("/check")
    page.fill("#text", text)
    page.fill("#published", published)
    page.fill("#id", report_id)
    page.click(CHECK)
    page.wait_for_load_state("networkidle")
    return page


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_newcomer_lets_a_report_in(own: Service, opening: Opening, scripts: bool) -> None:
    """With scripts and without: a wrong date is said and led to, corrected and checked again; a sign-in, and the report is there under its name."""
    assert own.data is not None
    report_id = f"newcomer-{scripts}"
    secret = Tokens(own.data).create(report_id, ("read", "write"))
    opened = opening(own, language="en", scripts=scripts)
    page = typed(opened, published="31/1/2022", report_id=report_id)
    expect(page.locator(".verdict")).to_contain_text(WORDS["en"]["refused"])
    page.click("text=Go to the field")
    assert page.url.endswith("#published")
    page.fill("#published", "2022-01-31")
    page.click("#check button[value=check]")
    expect(page.locator(".verdict")).to_contain_text(WORDS["en"]["valid"])
    marked = page.locator("mark[data-claims=c01]").all_inner_texts()
    assert "".join(marked).strip() == page.locator("#claim-c01 .words").inner_text().strip()
    assert page.locator("button[value=commit]").count() == 0
    page.goto(f"{own.url}/signin?to=/check")
    page.fill("#token", secret)
    page.click("form.signing-in button")
    assert page.url == f"{own.url}/check"
    expect(page.locator(".signed-in")).to_contain_text(report_id)
    page = typed(opened, report_id=report_id)
    page.locator("button[value=commit]").first.click()
    page.wait_for_load_state("networkidle")
    assert f"/reports/{report_id}" in page.url
    expect(page.locator("mark[data-claims=c01]").first).to_be_visible()
    page.click(".signed-in button")
    expect(page.locator(".signed-in")).to_have_count(0)
    assert not [one for one in page.context.cookies() if one.get("name", "").startswith("claimgraph-session")]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_offsets_are_code_points(own: Service, opening: Opening, language: str) -> None:
    """Behind letters that a browser counts twice each claim is marked at its own words, right to left; cut by code points its quotation is there."""
    page = opening(own, language=language).go("/check")
    page.fill("#text", f"😀🧕🏽 {TEXT}")
    page.fill("#published", "2022-01-31")
    page.click(CHECK)
    marked = "".join(page.locator("mark[data-claims=c01]").all_inner_texts())
    with page.expect_download() as download:
        page.click("button[value=document]")
    claim = json.loads(download.value.path().read_text(encoding="utf-8"))["claims"][0]
    assert marked == claim["quote"]
    text = page.input_value("#text")
    cut = "([text, start, end]) => [Array.from(text).slice(start, end).join(''), text.slice(start, end)]"
    by_points, by_units = page.evaluate(cut, [text, claim["start"], claim["end"]])
    assert by_points == claim["quote"] != by_units
    assert page.locator("mark[data-claims=c01]").first.evaluate("one => getComputedStyle(one).direction") == "rtl"


def test_enter_in_a_field_writes_nothing(own: Service, opening: Opening) -> None:
    """It checks: the button that writes must be pressed itself."""
    opened = opening(own, language="en")
    page = opened.go(one_time(own))
    page = typed(opened, report_id="by-enter")
    expect(page.locator("button[value=commit]").first).to_be_visible()
    page.press("#title", "Enter")
    page.wait_for_load_state("networkidle")
    assert page.url == f"{own.url}/check"
    assert own.send("GET", "/reports/by-enter").status == 404
    assert opened.axe() == []


def test_a_file_is_checked_and_its_claims_corrected(own: Service, opening: Opening, tmp_path: Path) -> None:
    """Chosen rather than pasted; the claims come into the form as a document, and a wrong quotation there leads to its claim."""
    file = tmp_path / "report-of-hasakah.txt"
    file.write_text(TEXT, encoding="utf-8")
    page = opening(own, language="en").go("/check")
    page.set_input_files("#file", file)
    page.click(CHECK)
    assert page.input_value("#id") == "report-of-hasakah"
    assert page.input_value("#text") == TEXT
    with page.expect_download() as download:
        page.click("button[value=document]")
    document = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert download.value.suggested_filename == "report-of-hasakah.json"
    page.click("button[value=edit]")
    assert json.loads(page.input_value("#text")) == document
    document["claims"][0]["quote"] = "كلام آخر"
    page.fill("#text", json.dumps(document, ensure_ascii=False))
    page.locator(CHECK).last.click()
    page.click(".finding.violation a[href='#claim-c01']")
    assert page.url.endswith("#claim-c01")
    expect(page.locator("#claim-c01")).to_be_in_viewport()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_language_is_changed_and_the_text_stays(own: Service, opening: Opening, language: str) -> None:
    """By a button of the form: what was found is told in the other language."""
    page = typed(opening(own, language=language))
    other = "en" if language == "ar" else "ar"
    page.click(f".actions button[lang={other}]")
    expect(page.locator(".verdict")).to_contain_text(WORDS[other]["valid"])
    assert page.input_value("#text") == TEXT


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_was_found_has_no_barrier(own: Service, opening: Opening, language: str, theme: str) -> None:
    """A checked report with violations, warnings and unknown names: axe-core finds nothing, and a picture is kept."""
    opened = opening(own, language=language, theme=theme)
    page = typed(opened, published="31/1/2022")
    assert opened.axe() == []
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"checked-{language}-{theme}.png", full_page=True)
    document = small(report_id="odd")
    document["claims"][0]["quote"] = "كلام"
    document["claims"][0]["event"]["facility"] = "no-prison"
    typed(opened, text=json.dumps(document, ensure_ascii=False))
    assert opened.axe() == []
    typed(opened, text="{")
    assert opened.axe() == []


@pytest.mark.parametrize("language", ["ar", "en"])
def test_what_was_found_fits_a_narrow_screen(own: Service, opening: Opening, language: str) -> None:
    """At 320 pixels too, and every link of a finding is large enough to be pressed."""
    opened = opening(own, language=language, width=320)
    page = typed(opened, published="31/1/2022")
    assert fits(page)
    small_ones = page.evaluate("[...document.querySelectorAll('.finding a, button')].filter(one => one.getBoundingClientRect().height < 23.5).length")
    assert small_ones == 0
