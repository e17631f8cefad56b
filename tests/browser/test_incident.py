"""What the script of an incident's page adds: the map, drawn when somebody comes near it; and the figures as they are seen."""

from __future__ import annotations

import pytest

from browsing import Opening
from serving import Service

PAGE = "/incidents/sinaa-2022-01"
every_language = pytest.mark.parametrize("language", ["ar", "en"])


@every_language
def test_the_map_is_drawn_when_it_is_near(served: Service, opening: Opening, language: str) -> None:
    """With the governorates that claims name, in the reader's language; nothing of it is loaded before. Its table is there anyway."""
    opened = opening(served, language=language)
    page = opened.go(PAGE)
    assert not any("/syr.topo" in url for url in opened.watched.requests)
    page.locator("#places").scroll_into_view_if_needed()
    picture = page.locator(".map-picture")
    picture.wait_for()
    name = {"ar": "الحسكة", "en": "Hasakah"}[language]
    assert any(name in one for one in picture.locator(".region-name").all_text_contents())
    assert picture.locator(".region").count() >= 14
    assert opened.axe() == []


def test_the_map_is_in_its_table_without_scripts(served: Service, opening: Opening) -> None:
    """Which says the same."""
    page = opening(served, language="en", scripts=False).go(PAGE)
    assert page.locator(".map-picture").count() == 0
    assert page.locator("td", has_text="Hasakah Governorate").is_visible()


@every_language
def test_axes_run_from_left_to_right(served: Service, opening: Opening, language: str) -> None:
    """In both languages: a larger number stands further right, and the round numbers stand beneath what they name."""
    page = opening(served, language=language).go(PAGE)
    figure = page.locator("figure.axis").first
    left = "one => one.getBoundingClientRect().left"
    marks = figure.locator(".axis-row circle.mark[r='6']")
    places = [marks.nth(number).evaluate(left) for number in range(marks.count())]
    assert places == sorted(places)
    assert places[0] < places[-1]
    names = figure.locator(".axis-scale .axis-tick")
    ticks = [names.nth(number).evaluate(left) for number in range(names.count())]
    assert ticks == sorted(ticks)
    assert names.first.text_content() == "0"


@every_language
def test_tables_and_sides_open_by_keyboard(served: Service, opening: Opening, language: str) -> None:
    """What is folded opens with Enter, and has no barrier then."""
    opened = opening(served, language=language)
    page = opened.go(PAGE)
    for summary in page.locator("main summary").all():
        summary.focus()
        page.keyboard.press("Enter")
    assert page.locator("main details:not([open])").count() == 0
    assert opened.axe() == []
