"""The page that checks reports, over HTTP: what is found and said, corrections, letting in, and input that would act on the page."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from claimgraph.store.tokens import Tokens
from requesting import refused
from running import Run, digest, small
from serving import Answer, Service, service
from signing import Reader, cookie_of, multipart, one_time, signed_in

TEXT = "نفت قوات سوريا الديمقراطية اليوم فرار سجناء من سجن الصناعة في الحسكة."
PAYLOADS = (
    "<script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg onload=alert(1)>",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(1)",
    "\u202e\u2066\u200b\u2028x",
    "</title><style>*{display:none}</style>",
    "<!--",
    "&lt;b&gt;\n\n<b>",
)


@pytest.fixture(scope="module")
def own(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service on the samples, to be written to."""
    where = tmp_path_factory.mktemp("checking")
    data = Path(shutil.copytree(sampled, where / "data"))
    with service(where, data=data, CLAIMGRAPH_AGENT="دانا") as running:
        yield running


@pytest.fixture(scope="module")
def dana(own: Service) -> Reader:
    """Whoever started it, signed in by the address that it printed."""
    return Reader(own, cookie_of(Reader(own).get(one_time(own))))


class _Parts(HTMLParser):
    """The elements of a page with their attributes, and the text of its text field."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.append((tag, dict(attrs)))

    def fields(self) -> dict[str, str]:
        """What the fields of its form hold, but the text."""
        return {str(attrs["name"]): attrs.get("value") or "" for tag, attrs in self.found if tag == "input" and "name" in attrs}


def field(answer: Answer) -> str:
    """The text in the form, as a browser reads it."""
    found = re.search(r'<textarea id="text"[^>]*>\n(.*?)</textarea>', answer.text, re.DOTALL)
    assert found
    return html.unescape(found[1])


def anchors(answer: Answer) -> tuple[set[str], set[str]]:
    """What a page's links lead to on itself, and what there is to be led to."""
    found = _Parts(answer.text).found
    leading = {href[1:] for _, attrs in found if (href := attrs.get("href") or "").startswith("#")}
    return leading, {str(attrs["id"]) for _, attrs in found if "id" in attrs}


# --- checking -------------------------------------------------------------------------------------------------------------


def test_the_empty_form(served: Service) -> None:
    """Has a text, a file, and what is to be known of it; without a session nothing to write with."""
    answer = Reader(served).get("/check")
    assert answer.status == 200
    assert {"text", "file", "as", "id", "title", "published", "publisher", "url", "retrieved"} <= anchors(answer)[1]
    assert 'value="commit"' not in answer.text
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert 'value="syria-tv"' in answer.text
    assert served.send("GET", "/check", headers={"Accept": "application/json"}).json["outlets"]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_text_is_checked(served: Service, language: str) -> None:
    """Its claims are in place and in a list, each link on the page leads somewhere, what was typed is there to be corrected; nothing is written."""
    assert served.data is not None
    before = digest(served.data)
    answer = Reader(served).check(f"/check?lang={language}", text=TEXT, published="2022-01-31", title="نفي")
    assert (answer.status, f'lang="{language}"' in answer.text) == (200, True)
    assert ("Nothing keeps this report out" if language == "en" else "لا شيء يمنع إدخال هذا التقرير") in answer.text
    assert 'data-claims="c01"' in answer.text
    leading, there = anchors(answer)
    assert leading <= there
    assert {"claim-c01", "at-c01"} <= leading
    assert field(answer) == TEXT
    assert _Parts(answer.text).fields()["title"] == "نفي"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert digest(served.data) == before


@pytest.mark.parametrize(("language", "message"), [("ar", "تاريخ النشر ليس على صيغة EDTF"), ("en", "The date of publication")])
def test_what_the_shapes_say(served: Service, language: str, message: str) -> None:
    """In the reader's language, each message with the way to what it is about: a field, a claim, words in the text."""
    answer = Reader(served).check(f"/check?lang={language}", text=f"{TEXT} وقال مصدر إن 20 سجينًا فروا يوم الخميس الماضي.", published="31/1/2022")
    assert answer.status == 200
    assert message in answer.text
    leading, there = anchors(answer)
    assert leading <= there
    assert "published" in leading
    assert any(one.startswith("at-finding-") for one in leading)


def test_every_finding_leads_to_its_place(served: Service) -> None:
    """Of a document with a wrong quotation, an unknown key, a number the wrong way round and words elsewhere."""
    document = small("🙂 قال متحدث باسم قسد إن 200 سجين فروا.", "new")
    document["claims"][0]["quote"] = "كلام"
    document["claims"][0]["event"]["quantity"] = {
        "min": 3,
        "max": 2,
        "approximate": False,
        "of": "escapees",
        "counted": [],
        "wording": "200 سجين",
    }
    for change in ({}, {"facility": "no-prison"}):
        document["claims"][0]["event"] |= change
        answer = Reader(served).check(text=json.dumps(document, ensure_ascii=False))
        leading, there = anchors(answer)
        assert leading <= there
        assert {"claim-c01", "at-c01", "at-finding-1"} <= leading
        assert re.search(r'<span id="at-finding-1"[^>]*></span><span class="at-issue"><mark[^>]*><a [^>]*>200 سجين</a>', answer.text)
        assert ("no key of the reference graph" in answer.text) == bool(change)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "There is nothing to check"),
        ("{", "broken JSON"),
        ('{"report": {"id": "x"}}', "report.text"),
        ("@prefix a: <urn:a> . a:", "cannot be read"),
    ],
)
def test_what_is_no_report(served: Service, text: str, said: str) -> None:
    """Is told on the page, and stays in the form."""
    answer = Reader(served).check(text=text)
    assert (answer.status, said in answer.text, field(answer)) == (200, True, text)


def test_the_document_is_downloaded_and_corrected(served: Service) -> None:
    """As a file under the report's name; or in the form, to be corrected there."""
    answer = Reader(served).check(text=TEXT, id="down", do="document")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="down.json"'
    assert answer.json["report"]["text"] == TEXT
    edited = Reader(served).check(text=TEXT, id="down", do="edit")
    assert json.loads(field(edited)) == answer.json
    data = served.send("POST", "/check", *_sent(served, {"text": TEXT, "id": "down"}))
    assert data.json["view"]["report"]["id"] == "down"


def _sent(running: Service, fields: dict[str, str]) -> tuple[bytes, dict[str, str]]:
    body, headers = multipart(fields)
    return body, {**headers, "Origin": running.url, "Accept": "application/json"}


def test_other_bodies_are_refused(served: Service) -> None:
    """The page takes its own form."""
    reader = Reader(served)
    for media in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
        refused(reader.post("/check", b"{}", {"Content-Type": media, "Accept": "*/*"}), 415, "wrong-media-type")
    refused(reader.post("/check", b"", {"Content-Type": "multipart/form-data", "Accept": "*/*"}), 400, "bad-request")
    assert reader.check(more={"Accept": "image/png"}, text=TEXT).status == 406


# --- letting in -----------------------------------------------------------------------------------------------------------


def test_a_report_is_let_in(own: Service, dana: Reader, claimgraph: Run) -> None:
    """Under the name of whoever signed in, with the reason and the bytes; the way leads to its page."""
    data = f"{TEXT}\r\n".encode()
    answer = dana.check(file=("x.txt", data), id="let-in", published="2022-01-31", reason="لأنه نُشر", do="commit", csrf=dana.csrf())
    assert answer.status == 303
    page = dana.get(answer.headers["Location"])
    assert (page.status, "let-in" in page.text) == (200, True)
    (told,) = (one for one in claimgraph("history", "let-in", "--data", own.data, "--format", "json").json)
    assert (told["agent"], told["reason"]) == ("دانا", "لأنه نُشر")
    assert claimgraph("export", "--received", "let-in", "-o", "back", "--data", own.data).code == 0
    assert Path("back").read_bytes() == data
    again = dana.check(file=("x.txt", data), id="let-in", published="2022-01-31", do="commit", csrf=dana.csrf())
    assert (again.status, "The store has this report as it is" in again.text) == (200, True)


def test_what_was_corrected_by_hand_keeps_its_bytes(own: Service, dana: Reader, claimgraph: Run) -> None:
    """A claims document made from a text that came here brings that text's bytes along."""
    edited = dana.check(text=TEXT, id="corrected", published="2022-01-31", do="edit")
    fields = {**_Parts(edited.text).fields(), "text": field(edited).replace('"certain"', '"probable"'), "do": "commit"}
    answer = dana.check(**{name: value for name, value in fields.items() if name not in ("file", "revise", "token", "q")})
    assert answer.status == 303, answer.text
    assert claimgraph("export", "--received", "corrected", "-o", "back", "--data", own.data).code == 0
    assert Path("back").read_text(encoding="utf-8") == TEXT


def test_a_new_version(dana: Reader) -> None:
    """A known report with other content is told as such (409) with both ways out; as a new version it is let in."""
    form = {"id": "versions", "published": "2022-01-31", "csrf": dana.csrf()}
    assert dana.check(text=TEXT, do="commit", **form).status == 303
    other = f"{TEXT} وقالت إن السجن آمن."
    answer = dana.check(text=other, do="commit", **form)
    assert (answer.status, "other content" in answer.text, field(answer)) == (409, True, other)
    assert 'value="version"' in answer.text
    checked = dana.check(text=other, do="version", **form)
    assert "Let it in as a new version" in checked.text
    answer = dana.check(text=other, do="commit", revise="true", **form)
    assert answer.status == 303
    assert "replaces" in dana.get(answer.headers["Location"]).text


def test_what_is_refused_is_told_again(dana: Reader) -> None:
    """With its findings and the status, and nothing comes in."""
    answer = dana.check(text=TEXT, id="refused", published="yesterday", do="commit", csrf=dana.csrf())
    assert (answer.status, "This report is not let in like this" in answer.text) == (422, True)
    assert dana.check(text="{", do="commit", csrf=dana.csrf()).status == 422
    assert dana.get("/reports/refused").status == 404
    assert dana.check(text=TEXT, id="refused", reason="x" * 3_000, do="commit", csrf=dana.csrf()).status == 400


@pytest.mark.parametrize(("who", "status"), [("nobody", 401), ("reader", 403), ("forged", 403)])
def test_who_may_not_write(own: Service, dana: Reader, who: str, status: int) -> None:
    """Nobody, a token that may only read, and a form of another sign-in: told on the page, where the text stays."""
    assert own.data is not None
    reader = dana if who == "forged" else Reader(own) if who == "nobody" else signed_in(own, Tokens(own.data).create("only-reads", ("read",)))
    csrf = "x" if who == "forged" else reader.csrf()
    answer = reader.check(text=TEXT, id=f"by-{who}", published="2022-01-31", do="commit", csrf=csrf)
    assert (answer.status, field(answer)) == (status, TEXT)
    assert "It was not let in" in answer.text
    assert dana.get(f"/reports/by-{who}").status == 404


def test_whoever_only_writes_elsewhere(own: Service, dana: Reader) -> None:
    """A form of another site is refused before it is looked at, cookie and word or not."""
    body, headers = multipart({"text": TEXT, "id": "cross", "do": "commit", "csrf": dana.csrf()})
    for told in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}, {}):
        refused(own.send("POST", "/check", body, {**headers, "Cookie": dana.cookie, **told}), 403, "not-allowed")
    assert dana.get("/reports/cross").status == 404


# --- what would act on the page -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", PAYLOADS, ids=range(len(PAYLOADS)))
def test_nothing_typed_acts(dana: Reader, payload: str) -> None:
    """In any field, as a file's name, in a document: it is text, in the form it is what was typed, elsewhere what acts is named."""
    names = ("id", "title", "url", "publisher", "published", "retrieved", "reason")
    document = {"report": {"id": "x", payload: payload, "text": payload, "language": "ar"}, "claims": [{"id": payload}]}
    forms = (
        {"text": payload, **dict.fromkeys(names, payload)},
        {"text": TEXT, "id": "x", "title": payload, "url": payload},
        {"file": (payload.replace('"', "%22").replace("\n", " "), payload.encode())},
        {"text": json.dumps(document)},
        {"text": f"{payload}\n{TEXT}", "id": "x"},
    )
    for form in forms:
        answer = dana.check(**form)
        assert answer.status == 200, answer.text
        page = _Parts(answer.text)
        made = [tag for tag, _ in _Parts(answer.text.partition("<main")[2]).found if tag in ("img", "svg", "style", "script", "b")]
        assert not made
        assert all(attrs.get("src") for tag, attrs in page.found if tag == "script")
        assert not [name for _, attrs in page.found for name in attrs if name.startswith("on")]
        assert not [attrs for _, attrs in page.found if (attrs.get("href") or "").startswith("javascript:")]
        if isinstance(text := form.get("text"), str):
            assert field(answer) == text
        outside = re.sub(r"<textarea.*?</textarea>|<(?:input|option)[^>]*>", "", answer.text, flags=re.DOTALL)
        assert not {"\u202e", "\u2066", "\u200b", "\u2028"} & set(outside)
        if "title" in form:
            assert page.fields()["title"] == payload.strip()


def test_marks_are_at_the_right_letters(served: Service) -> None:
    """Behind emoji and bidi controls, which browsers count otherwise or turn the text around with: the marked words are the claim's."""
    text = f"🙂\u202e𝒙\u202c e\u0301 {TEXT}"
    answer = Reader(served).check(text=text, published="2022-01-31")
    view = served.send("POST", "/check", *_sent(served, {"text": text, "published": "2022-01-31"})).json["view"]
    (claim,) = view["claims"]
    assert text[claim["start"] : claim["end"]] == claim["quote"]
    marked = re.findall(r'<mark[^>]* data-claims="c01"[^>]*><a[^>]*>(.*?)</a></mark>', answer.text, re.DOTALL)
    assert "".join(marked) == claim["quote"]
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in answer.text
