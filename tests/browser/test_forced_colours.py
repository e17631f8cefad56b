"""Where the system forces its colours: what a mark means is told by lines, shapes and words, and what is drawn is seen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from browsing import Opening
from serving import Service

TEXT = "نفت قوات سوريا الديمقراطية اليوم فرار سجناء من سجن الصناعة في الحسكة."
themes = pytest.mark.parametrize("theme", ["light", "dark"])
# What is seen of an element but its colour, and whether its colour is another than that behind it.
SEEN = """one => {
  const style = getComputedStyle(one), own = style.backgroundColor;
  const paper = own === "rgba(0, 0, 0, 0)" ? getComputedStyle(document.documentElement).backgroundColor : own;
  const shape = ["textDecorationLine", "textDecorationStyle", "borderBlockStartStyle", "strokeDasharray", "outlineStyle"].map(name => style[name]);
  const colours = one instanceof SVGElement ? [style.stroke, style.fill] : [style.color];
  return {shape: `${one.tagName} ${shape}`, seen: colours.some(colour => colour !== "none" && colour !== paper)};
}"""


def seen(page: Page, *selectors: str) -> list[str]:
    """The shapes of the first elements that are selected, each of which must be seen."""
    found: list[dict[str, Any]] = [page.locator(selector).first.evaluate(SEEN) for selector in selectors]
    assert all(one["seen"] for one in found), list(zip(selectors, found, strict=True))
    return [one["shape"] for one in found]


@themes
def test_marks_in_a_text_are_told_apart(served: Service, opening: Opening, theme: str) -> None:
    """Affirmed, denied and candidate by their lines; the claim that has the focus, and its words, by an outline."""
    page = opening(served, theme=theme, forced_colors="active").go("/reports/sample-06-two-hundred")
    marks = seen(page, ".key mark.affirms:not(.candidate)", ".key mark.denies", ".key mark.candidate")
    assert len(set(marks)) == 3
    assert page.locator(".stance.affirms .sign").first.inner_text() != page.locator(".stance.denies .sign").first.inner_text()
    page.focus("#claim-c04 .links a")
    assert all("solid" in shape for shape in seen(page, "#claim-c04", "mark.is-shown"))


@themes
def test_signs_of_a_figure_are_told_apart(served: Service, opening: Opening, theme: str) -> None:
    """Affirmed, denied, unnamed and candidate by their shapes; what is disputed by a label; regions that are named by another colour."""
    page = opening(served, theme=theme, forced_colors="active").go("/incidents/sinaa-2022-01")
    page.evaluate(
        "document.querySelector('.axis-row svg').insertAdjacentHTML('beforeend', '<circle class=\"mark candidate-mark\" r=\"6\"/>')"
    )  # no sample has one
    signs = seen(page, ".axis-key circle.mark:not(.unnamed-mark)", ".axis .cross", ".axis circle.unnamed-mark", ".axis circle.candidate-mark")
    assert len(set(signs)) == 4
    assert "solid" in seen(page, "h3 .flag")[0]
    page.locator("#places").scroll_into_view_if_needed()
    page.locator(".region.has").first.wait_for()
    fill = "one => getComputedStyle(one).fill"
    assert page.locator(".region.has").first.evaluate(fill) != page.locator(".region:not(.has)").first.evaluate(fill)


@themes
def test_bars_and_ways_are_told_apart(served: Service, opening: Opening, theme: str) -> None:
    """A denied bar is barred, in two colours; an unnamed source in the way of a claim has another edge than one with a name."""
    opened = opening(served, theme=theme, forced_colors="active")
    page = opened.go("/entities/sdf")
    fill = "one => getComputedStyle(one).fill"
    assert page.locator(".barred-ground").first.evaluate(fill) != page.locator(".barred-line").first.evaluate(fill)
    assert page.locator("rect.denied").first.evaluate(fill).startswith("url(")
    page = opened.go("/claims/sample-06-two-hundred/c02")
    assert len(set(seen(page, ".step.is-unnamed", ".step:not(.is-unnamed)"))) == 2


@themes
def test_candidates_are_told_apart(served: Service, opening: Opening, theme: str) -> None:
    """A text that the rules read: its claims have the word, with an edge of dots, and dotted lines beneath what they say."""
    page = opening(served, theme=theme, forced_colors="active").go("/check")
    page.fill("#text", TEXT)
    page.fill("#published", "2022-01-31")
    page.click("#check button[value=check]")
    label, content = seen(page, ".flag.candidate", ".is-candidate .content")
    assert "dotted" in label
    assert "underline,dotted" in content


@themes
def test_a_view_that_is_pressed_is_told_apart(served: Service, opening: Opening, theme: str) -> None:
    """By a line beneath its button that the others do not have; what a graph draws has the colours of the system."""
    page = opening(served, theme=theme, forced_colors="active").go("/pages/sparql?query=CONSTRUCT%20WHERE%20%7B%20%3Fs%20cg%3ApartOf%20%3Fo%20%7D")
    page.wait_for_selector("form[data-ready]")
    page.click("#run")
    page.click(".yasr_btn.select_graph")
    page.locator(".figure.graph canvas").first.wait_for()
    line = "one => getComputedStyle(one).borderBlockEndColor !== getComputedStyle(document.documentElement).backgroundColor"
    assert page.locator(".yasr_btn[aria-pressed=true]").evaluate(line)
    assert not page.locator(".yasr_btn[aria-pressed=false]").first.evaluate(line)
    picture = page.locator(".figure.graph").screenshot()
    assert len(set(picture)) > 200
