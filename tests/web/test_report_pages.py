"""The page of a report over HTTP: every claim in place and in the list, what is inferred or open said so, versions, data forms, bad addresses."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest

from requesting import JSON_BODY, Writable, address, got, refused
from running import SAMPLES, small
from serving import Answer, Service

SAMPLE = [path.stem for path in sorted(SAMPLES.glob("*.json"))]
EMOJI = "😀 قال المتحدث إن أحداً لم يفر \u202e👨‍👩‍👧 من السجن."  # what browsers count otherwise than we do, and what turns text around


def let_in(writable: Writable, document: dict[str, Any], *, revise: bool = False) -> Answer:
    """The answer to a report that is let in, once readers are shown it."""
    answer = writable.send("POST", f"/api/reports?revise={str(revise).lower()}", json.dumps(document), JSON_BODY)
    assert answer.status == 201, answer.text
    assert writable.service.send("GET", address("/sparql", query="ASK {}", min_commit=answer.headers["X-Commit"])).status == 200
    return answer


class Marks(HTMLParser):
    """The text of the element that holds a report's text, and of each claim's marks in it; marks of controls are not of the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.of_claim = "", dict[str, str]()
        self._open: list[tuple[str, str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into an element."""
        values = {name: value or "" for name, value in attrs}
        if tag not in ("meta", "link", "br", "input"):
            self._open.append((tag, values.get("class", ""), values.get("data-claims", "")))

    def handle_endtag(self, tag: str) -> None:
        """Leave it."""
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        """Words of the text."""
        classes = [name for _, names, _ in self._open for name in names.split()]
        if "source-text" not in classes:
            return
        words = chr(int(data[2:].split(maxsplit=1)[0], 16)) if "control" in classes else data
        self.text += words
        for claim in " ".join(claims for _, _, claims in self._open).split():
            self.of_claim[claim] = self.of_claim.get(claim, "") + words


@pytest.mark.parametrize("report", SAMPLE)
def test_every_claim_is_in_its_place(served: Service, report: str) -> None:
    """The text stands whole, each claim's marks are its quote, and the list has each claim with a link to its place and back."""
    document = json.loads((SAMPLES / f"{report}.json").read_text(encoding="utf-8"))
    answer = got(served, f"/reports/{report}")
    assert answer.status == 200
    marks = Marks(answer.text)
    assert marks.text == document["report"]["text"]
    assert marks.of_claim == {claim["id"]: claim["quote"] for claim in document["claims"]}
    for claim in document["claims"]:
        for part in (f'id="claim-{claim["id"]}"', f'id="at-{claim["id"]}"', f'href="#at-{claim["id"]}"'):
            assert answer.text.count(part) == 1, part
    assert answer.text.count('class="claim-item ') == len(document["claims"])


def test_what_was_inferred_is_said_so(writable: Writable) -> None:
    """A publisher or a date that the report does not state; a claim that nobody reviewed, with its confidence; a source without a name."""
    document = small("قال مصدر إن أحداً لم يفر.", "inferred", publisher="alhal-net", publisher_basis="inferred", published_basis="inferred")
    document["claims"][0] |= {"review": {"state": "candidate"}, "confidence": 0.61, "rule": "r1"}
    document["claims"][0]["chain"].append({"anonymous": "مصدر", "kind": "anonymous", "surface": "مصدر"})
    let_in(writable, document)
    page = got(writable.service, "/reports/inferred").text
    assert page.count("inferred, not stated") == 2
    assert re.search(r'class="flag candidate">candidate <span class="number">0\.61', page)
    assert "unnamed source" in page
    assert '<time datetime="2022-01-31">31 January 2022</time>' in page


def test_texts_whose_letters_browsers_count_otherwise(writable: Writable) -> None:
    """Offsets are code points: beyond emoji and controls each claim is marked at its own words, and controls are seen by name."""
    document, quote_ = small(EMOJI, "emoji"), "أحداً لم يفر"
    start = EMOJI.index(quote_)
    document["claims"].append({**document["claims"][0], "id": "c02", "start": start, "end": start + len(quote_), "quote": quote_})
    let_in(writable, document)
    page = got(writable.service, "/reports/emoji").text
    marks = Marks(page)
    assert (marks.text, marks.of_claim) == (EMOJI, {"c01": EMOJI, "c02": quote_})
    assert [page.count(f'id="at-{claim}"') for claim in ("c01", "c02")] == [1, 1]  # a claim that is cut in pieces begins once
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in page
    assert "\u202e" not in page


def test_a_version_that_was_replaced(writable: Writable) -> None:
    """It has its page, which says so and leads to the one that stands."""
    texts = ("النص الأول.", "النص الثاني.")
    versions = [let_in(writable, small(text, "replaced-page"), revise=True).json["version"] for text in texts]
    old = got(writable.service, f"/reports/{versions[0]}/replaced-page").text
    assert "was replaced by another" in old
    assert 'href="/reports/replaced-page"' in old
    new = got(writable.service, "/reports/replaced-page").text
    assert "was replaced by another" not in new
    assert f'href="/reports/{versions[0]}/replaced-page"' in new


def test_the_same_as_data(served: Service) -> None:
    """By ``.json``, by Accept, and as Turtle where the page says."""
    by_name = served.send("GET", "/reports/sample-06-two-hundred.json")
    by_accept = served.send("GET", "/reports/sample-06-two-hundred", headers={"Accept": "application/json"})
    assert by_name.json == by_accept.json
    assert by_name.json["commit"] == int(by_name.headers["X-Commit"])
    (turtle,) = re.findall(r'<link rel="alternate" type="text/turtle[^"]*" href="([^"]+)"', got(served, "/reports/sample-06-two-hundred").text)
    answer = got(served, turtle)
    assert (answer.status, answer.media_type) == (200, "text/turtle")
    refused(served.send("GET", "/reports/sample-06-two-hundred", headers={"Accept": "image/png"}), 406, "not-acceptable")


def test_an_id_may_end_like_a_form(writable: Writable) -> None:
    """A report called so has a page, and its data has the ending twice."""
    let_in(writable, small("اسم غريب.", "odd.json"))
    assert "<h1" in got(writable.service, "/reports/odd.json").text
    assert writable.service.send("GET", "/reports/odd.json.json").json["report"]["id"] == "odd.json"


@pytest.mark.parametrize("name", ["nosuch", "nosuch.json", "sdf", "..", "%00", "<script>", "000000000000/x", "a/b/c"])
def test_no_such_report(served: Service, name: str) -> None:
    """It is not found, and said in a page to who reads, in problem details to programs."""
    target = f"/reports/{quote(name, safe='/')}"
    assert got(served, target).status == 404
    refused(served.send("GET", target, headers={"Accept": "application/json"}), 404, "not-found")


def test_a_page_is_not_sent_twice(served: Service) -> None:
    """Who has it is told so."""
    first = got(served, "/reports/sample-06-two-hundred")
    assert got(served, "/reports/sample-06-two-hundred", **{"If-None-Match": first.headers["ETag"]}).status == 304


def test_a_report_without_claims(writable: Writable) -> None:
    """The page says that there are none, and why that may be."""
    document = small("No claim is made here.", "none-claimed", language="en")
    let_in(writable, {**document, "claims": []})
    assert "has no claims" in got(writable.service, "/reports/none-claimed").text
