"""What a check of a form tells: what was found in place, what the shapes say and where, and the form as it was sent."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from claimgraph.ask.check_findings import Finder
from claimgraph.ask.check_jobs import blank, checked
from claimgraph.ask.worker import Worker
from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import BadRequest
from claimgraph.model.reading import document_of
from claimgraph.store.shapes import rules
from running import SAMPLES, small
from signing import Value, multipart

TEXT = "نفت قوات سوريا الديمقراطية اليوم فرار سجناء من سجن الصناعة في الحسكة."
CONTROLS = "قال \u202eمتحدث\u202c 🙂🙂 باسم\u200b قسد إن \U0001f600السجن آمن."


@pytest.fixture
def worker() -> Worker:
    """A worker in this process."""
    return Worker(networked=True, filtered=False)


@pytest.fixture
def check(worker: Worker, snapshot: str, sampled: Path) -> Any:
    """A function that checks a form; it gives the facts, the page's data, the document and the bytes received."""

    def run(**fields: Value) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any] | None, bytes]:
        body, headers = multipart({name.rstrip("_"): value for name, value in fields.items()})
        header = {"snapshot": snapshot, "folder": str(sampled), "content_type": headers["Content-Type"], "commit": 12}
        facts, told = checked(worker, header, body)
        value, rest = json.loads(told[: facts["value"]]), told[facts["value"] :]
        document = json.loads(rest[: facts["document"]]) if facts["document"] else None
        return facts, value, document, rest[facts["document"] :]

    return run


def test_a_pasted_text_is_read_and_shown_in_place(check: Any) -> None:
    """Claims with their marks, an id that follows from the text, the bytes that were read, and nothing that keeps it out."""
    facts, value, document, received = check(text=TEXT, published="2022-01-31", title="نفي")
    assert (facts["result"], facts["do"], facts["received"]) == ("valid", "check", True)
    assert document is not None
    assert (value["read_as"], document["report"]["id"]) == ("text", value["form"]["id"])
    assert received == TEXT.encode()
    assert "".join(one["text"] for one in value["view"]["stretches"]) == TEXT
    for claim in value["view"]["claims"]:
        assert "".join(one["text"] for one in value["view"]["stretches"] if claim["id"] in one["claims"]) == claim["quote"]
    assert len(value["view"]["claims"]) == 1
    assert value["form"] | {"text": TEXT, "published": "2022-01-31", "title": "نفي", "as": "auto"} == value["form"]
    again = check(**{name: word for name, word in value["form"].items() if isinstance(word, str)})[1]
    assert (again["form"], again["view"]) == (value["form"], value["view"])


def test_texts_that_browsers_count_otherwise(check: Any) -> None:
    """Emoji, bidi controls and line ends as browsers send them: spans are code points of the text that is kept."""
    _, value, document, _ = check(text=CONTROLS.replace(" ", "\r\n", 1))
    assert document is not None
    text = document["report"]["text"]
    assert text == CONTROLS.replace(" ", "\n", 1)
    assert "".join(one["text"] for one in value["view"]["stretches"]) == text
    assert all(text[claim["start"] : claim["end"]] == claim["quote"] for claim in document["claims"])


@pytest.mark.parametrize(
    ("fields", "kind", "result"),
    [
        ({"text": "  <!DOCTYPE html><html><body><article><p>" + TEXT * 3 + "</p></article></body></html>"}, "html", "valid"),
        ({"text": json.dumps(small(report_id="new"))}, "json", "valid"),
        ({"file": ("A Report.txt", TEXT.encode())}, "text", "valid"),
        ({"file": ("x.json", json.dumps(small(report_id="new")).encode())}, "json", "valid"),
        ({"file": ("x.ttl", b"@prefix a: <urn:a> . a:b a a:c .")}, "turtle", "unreadable"),
        ({"text": "PREFIX a: <urn:a> a:b a a:c ."}, "turtle", "unreadable"),
        ({"text": "{", "as_": "json"}, "json", "unreadable"),
        ({"text": "{", "as_": "text"}, "text", "valid"),
        ({"file": ("x.txt", b"%PDF-1.7 ...")}, "text", "unreadable"),
        ({"text": ""}, "text", "unreadable"),
        ({"text": "", "file": ("", b"")}, "text", "unreadable"),
        ({"file": ("x.html", b"<html>" + b"<div>" * 20_000)}, "html", "unreadable"),
    ],
)
def test_what_a_form_is_read_as(check: Any, fields: dict[str, Value], kind: str, result: str) -> None:
    """As it is said, by the file's name, or by what it looks like; what cannot be read is told with a code, and the form comes back."""
    _, value, document, _ = check(**fields)
    assert (value["read_as"], value["result"]) == (kind, result)
    assert (value["wrong"] is None, document is None) == (result == "valid", result == "unreadable")
    if "text" in fields:
        assert value["form"]["text"] == fields["text"]


def test_a_file_is_kept_byte_for_byte(check: Any) -> None:
    """As long as its text is not changed; then the changed text is what came in. A file in an older encoding is kept too."""
    data = f"\ufeff{TEXT}\r\n{TEXT}\r\n".encode()
    _, first, _, received = check(file=("report.txt", data), id="x")
    assert received == data
    sent = {name: word for name, word in first["form"].items() if isinstance(word, str)}
    facts, _, _, received = check(**sent, do="commit")
    assert (facts["do"], received) == ("commit", data)
    assert check(**{**sent, "text": sent["text"] + "."})[3] == (sent["text"] + ".").encode()
    older = (TEXT + "\n").encode("cp1256") * 3
    _, value, document, received = check(file=("old.txt", older))
    assert document is not None
    assert received == older
    assert value["form"]["text"].startswith(TEXT)
    assert check(**{name: word for name, word in value["form"].items() if isinstance(word, str)})[3] == older


def test_claims_are_corrected_by_hand(check: Any) -> None:
    """The form becomes the claims document; what it was cut from still goes with it."""
    _, value, document, _ = check(text=TEXT, id="by-hand", do="edit")
    assert document is not None
    assert (value["form"]["as"], json.loads(value["form"]["text"])) == ("auto", document)
    sent = {name: word for name, word in value["form"].items() if isinstance(word, str)}
    facts, _, again, received = check(**sent)
    assert (facts["result"], again, received) == ("valid", document, TEXT.encode())


def test_findings_lead_to_the_words(check: Any) -> None:
    """A quotation to its claim, a hop to its own words in the text, a number to its wording, a report's date to the field."""
    text = "🙂 قال متحدث باسم قسد إن 200 سجين فروا."
    document = small(text, "new", published="31/1/2022")
    claim = document["claims"][0]
    start = text.index("متحدث")
    claim["chain"].append({"anonymous": "speaker", "surface": "كلام", "start": start, "end": start + 5, "verb": "قال"})
    claim["event"]["quantity"] = {"min": 300, "max": 200, "approximate": False, "of": "escapees", "counted": [], "wording": "200 سجين"}
    claim["quote"] = "كلام آخر"
    _, value, _, _ = check(text=json.dumps(document))
    assert value["result"] == "refused"
    found = {one["shape"].rpartition("#")[2]: one for one in value["findings"]}
    assert (found["SpanReproducesText"]["claim"], found["SpanReproducesText"]["words"]) == ("c01", text)
    assert "\u2068" not in found["SpanReproducesText"]["hint"]
    assert found["PublishedIsEdtf"]["field"] == "published"
    by_words = {one["words"]: one for one in value["findings"] if one["finding"]}
    assert "200 سجين" in by_words
    for words, one in by_words.items():
        assert "".join(part["text"] for part in value["view"]["stretches"] if one["finding"] in part["issues"]) == words
        assert sum(one["finding"] in part["opens"] for part in value["view"]["stretches"]) == 1
    assert all(set(one["message"]) == set(one["name"]) == {"ar", "en"} for one in value["findings"])


def test_unknown_keys_are_told_with_their_places(check: Any) -> None:
    """And with what the shapes find besides; the claims are shown all the same."""
    document = small(report_id="new")
    document["claims"][0]["event"]["facility"] = "no-prison"
    document["claims"][0]["quote"] = "كلام"
    _, value, _, _ = check(text=json.dumps(document))
    assert (value["result"], value["wrong"]["code"]) == ("refused", "unknown-key")
    (problem,) = value["wrong"]["problems"]
    assert (problem["where"], problem["claim"]) == ("claims[0].event.facility", "c01")
    assert "SpanReproducesText" in [one["shape"].rpartition("#")[2] for one in value["findings"]]
    assert len(value["view"]["claims"]) == 1
    _, value, _, _ = check(text=TEXT, id="new", publisher="nobody")
    assert value["wrong"]["problems"][0]["field"] == "publisher"


def test_broken_documents_are_told_with_their_line(check: Any) -> None:
    """The line as it was typed, or the path."""
    _, value, _, _ = check(text='{\n "report": {"id": "x",,}\n}')
    (problem,) = value["wrong"]["problems"]
    assert (problem["line"], problem["excerpt"]) == (2, ' "report": {"id": "x",,}')
    _, value, _, _ = check(text=json.dumps({"report": {"id": "x", "text": "a"}, "claims": [{"id": "c"}]}))
    assert "claims[0].quote" in {one["where"] for one in value["wrong"]["problems"]}


def test_a_known_report_with_other_content(check: Any) -> None:
    """Is told with the version that stands and what the shapes would say; as a new version it may come in. The same is the same."""
    document = json.loads((SAMPLES / "sample-06-two-hundred.json").read_text(encoding="utf-8"))
    assert check(text=json.dumps(document))[1]["result"] == "unchanged"
    document["report"]["title"] = "عنوان آخر"
    facts, value, _, _ = check(text=json.dumps(document))
    assert (facts["result"], value["standing"]["id"]) == ("conflict", "sample-06-two-hundred")
    assert len(value["standing"]["version"]) == 12
    facts, value, new, _ = check(text=json.dumps(document), do="version")
    assert (facts["do"], facts["revise"], value["form"]["revise"]) == ("version", True, True)
    assert value["result"] == "valid"
    assert new is not None
    document["claims"][0]["quote"] = "كلام"
    assert check(text=json.dumps(document))[1]["result"] == "refused"


@pytest.mark.parametrize("fields", [{"as_": "pdf"}, {"do": "delete"}, {"revise": "maybe"}, {"kept": "!"}, {"text": b"\xff"}, {"more": "x"}])
def test_forms_that_are_not_ours(check: Any, fields: dict[str, Value]) -> None:
    """Are refused whole."""
    with pytest.raises(BadRequest):
        check(**{"text": TEXT, **fields})


def test_the_empty_form_offers_outlets(worker: Worker, snapshot: str) -> None:
    """Those of the reference graph, with both names."""
    _, body = blank(worker, {"snapshot": snapshot}, b"")
    found = {one["key"]: one for one in json.loads(body)["outlets"]}
    assert found["syria-tv"] == {"key": "syria-tv", "ar": "تلفزيون سوريا", "en": "Syria TV"}


def test_every_rule_about_a_report_leads_somewhere() -> None:
    """A rule about what the form has leads to its field; any place of a document, however odd, is found or left open."""
    document: ClaimsDocument = document_of(small())
    fields = {Finder(document).place("report", iri)["field"] for iri in rules()}
    assert fields >= {"id", "title", "url", "publisher", "published", "retrieved", "text"}
    odd = ("claims[7]", "claims[0].chain[9]", "claims[0].event.breakdown[3]", "claims[0].mentions[0]", "claims[0]\n", "", "report.x", "claims[x]")
    for where in odd:
        place = Finder(document).place(where, "")
        assert place["finding"] is None
        assert set(place) == {"claim", "field", "words", "finding"}


def test_what_the_form_keeps_is_what_came(check: Any) -> None:
    """Encoded, so that no browser changes it."""
    _, value, _, _ = check(file=("x.txt", TEXT.encode() + b"\r\n"))
    assert base64.b64decode(value["form"]["kept"]) == TEXT.encode() + b"\r\n"
