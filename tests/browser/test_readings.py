"""The pages that say whom a report is read as meaning, and what is open, in a browser: no barrier, no sideways scrolling, nothing too small."""

from __future__ import annotations

import pytest

from browsing import Opening, fits
from rereading import REPORT
from serving import Service

AIR_FORCE = 'a[href="/entities/us-air-force"]'
# Each page with what it must show of them.
PAGES = {
    f"/reports/{REPORT}": f"#claim-c06 .flag {AIR_FORCE}",
    f"/claims/{REPORT}/c06": f"dl .names {AIR_FORCE}",
    "/entities/us-forces": "#left-open",
    "/reports/named": 'dl a[href="/entities/other-outlet"]',
}


@pytest.mark.parametrize("target", PAGES)
@pytest.mark.parametrize(("language", "theme"), [("ar", "light"), ("ar", "dark"), ("en", "light"), ("en", "dark")])
def test_what_is_read_otherwise_is_no_barrier(reread: Service, opening: Opening, target: str, language: str, theme: str) -> None:
    """In both languages and looks, on a narrow screen too."""
    opened = opening(reread, language=language, theme=theme, width=320)
    page = opened.go(target)
    assert page.locator(PAGES[target]).first.is_visible()
    assert opened.axe() == []
    assert opened.small() == []
    assert fits(page)
