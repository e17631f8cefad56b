"""The pages of review over HTTP: what waits, who sees which forms, what becomes of a form, and forms that are none of ours."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import urlencode

import pytest

from requesting import address, history, sound
from reviewing import FIRST, WHY, Reviewing
from running import Run
from signing import FORM, Reader, signed_in


@pytest.fixture(scope="module")
def dana(reviewing: Reviewing) -> Reader:
    """Dana's browser: she may read and review."""
    return signed_in(reviewing.service, reviewing.tokens["dana"])


@pytest.fixture(scope="module")
def writer(reviewing: Reviewing) -> Reader:
    """The browser of somebody who may write and not review."""
    return signed_in(reviewing.service, reviewing.tokens["writer"])


def decision(reader: Reader, version: str, do: str, why: str = WHY, **more: str) -> dict[str, str]:
    """The fields of a form that decides, as the page of a claim has them."""
    return {"csrf": reader.csrf(), "version": version, "decision": do, "why": why, "to": "report", **more}


def shown(reader: Reader, report: str, commit: object = None) -> str:
    """The page of a report, as of a commit."""
    return reader.get(address(f"/reports/{report}", **({"min-commit": commit} if commit else {}))).text


def item(page: str, claim: str) -> str:
    """What a report's page says of a claim in its list."""
    return page.partition(f'id="claim-{claim}"')[2].partition("</li>\n<li id=")[0]


def test_the_list_of_what_waits(reviewing: Reviewing, dana: Reader) -> None:
    """A row for each candidate of the list over the API, in its order; the address narrows it and goes on; as data it is the same."""
    page = dana.get("/review?by=confidence&least=0.6&most=&report=")
    rows = reviewing.service.send("GET", "/api/review?by=confidence&least=0.6&limit=20").json["candidates"]
    links = re.findall(r'action="/review/([^"]+)"', page.text)
    assert links == [f"{row['report']}/{row['claim']}" for row in rows]
    value = dana.get("/review.json?by=confidence&least=0.6").json
    assert [claim["iri"] for claim in value["claims"]] == [row["iri"] for row in rows]
    first = dana.get("/review?limit=2").text
    (cursor,) = re.findall(r'rel="next" href="[^"]*cursor=([^"&]+)', first)
    following = dana.get(f"/review?limit=2&cursor={unescape(cursor)}").text
    assert not set(re.findall(r'action="/review/([^"]+)"', first)) & set(re.findall(r'action="/review/([^"]+)"', following))


def test_only_who_may_review_has_forms(reviewing: Reviewing, dana: Reader, writer: Reader) -> None:
    """Others see what was decided, and are told how they could decide; on a version that stands no longer nobody decides."""
    version = reviewing.brought("forms")
    for reader, may in ((dana, True), (writer, False), (Reader(reviewing.service), False)):
        for target in ("/reports/forms", "/review", "/review/forms/c01"):
            assert ('name="decision"' in reader.get(target).text) == may, target
        assert "candidate" in item(shown(reader, "forms"), "c01")
    edited = dana.form("/review/forms/c01", decision(dana, version, "edit", certainty="possible"))
    assert edited.status == 303
    assert 'name="decision"' not in dana.get(f"/reports/{version}/forms").text


def test_a_form_decides_and_leads_back_to_its_claim(reviewing: Reviewing, dana: Reader, claimgraph: Run) -> None:
    """The claim has the focus there, and says what came of it; who, when and why stand there from then on for everybody."""
    version = reviewing.brought("decided")
    answer = dana.form("/review/decided/c02", decision(dana, version, "accept"))
    assert answer.status == 303
    assert re.fullmatch(r"/reports/decided\?decided=c02&min-commit=\d+", answer.headers["Location"])
    page = dana.get(answer.headers["Location"]).text
    there = item(page, "c02")
    assert "autofocus" in there.partition(">")[0]
    assert re.search(r'role="status">[^<]*<bdi>c02</bdi>', there)
    assert page.count("autofocus") == 1
    plain = item(shown(Reader(reviewing.service), "decided"), "c02")
    assert all(word in plain for word in ("dana", WHY, "accepted"))
    assert 'role="status"' not in plain
    commit = next(one for one in history(reviewing.data, claimgraph, "decided") if one["kind"] == "review")
    assert (commit["agent"], commit["reason"]) == ("dana", WHY)
    to_list = dana.form("/review/decided/c03", decision(dana, version, "accept", to="list"))
    assert to_list.headers["Location"].startswith("/review?decided=decided%2Fc03")
    assert "decided/c03" in re.findall(r'role="status"[^>]*>.*?</p>', dana.get(to_list.headers["Location"]).text)[0]


def test_a_rejected_claim_is_shown_struck_on_its_report_alone(reviewing: Reviewing, dana: Reader) -> None:
    """Beneath the others, with who and why, and out of its text; no other page or list has it. Taken back, it is in its place again."""
    version = reviewing.brought("struck", "جملة")
    before = reviewing.service.send("GET", "/reports/struck.json").json
    rejected = dana.form("/review/struck/c02", decision(dana, version, "reject"))
    commit = rejected.headers["Location"].rpartition("=")[2]
    page = shown(Reader(reviewing.service), "struck", commit)
    there = item(page, "c02")
    assert there.count("<del>") == 2
    assert all(word in there for word in ("dana", WHY, "is-rejected"))
    assert not re.search(r'data-claims="[^"]*c02', page)
    value = reviewing.service.send("GET", address("/reports/struck.json", **{"min-commit": commit})).json
    assert ([c["id"] for c in value["claims"]], [c["id"] for c in value["rejected"]]) == (["c01", "c03"], ["c02"])
    assert not any("c02" in stretch["claims"] for stretch in value["stretches"])
    for target in ("/search.json?q=struck", "/review.json?report=struck", "/entities/syria-tv.json", "/reports.json"):
        assert "struck/c02" not in dana.get(target).text
    counted = [one for one in dana.get("/reports.json").json["reports"] if one["id"] == "struck"]
    assert [(one["claims"], one["candidates"]) for one in counted] == [(2, 2)]
    claim = dana.get("/claims/struck/c02").headers.get("Location") or "/claims/struck/c02"
    told = dana.get(claim).text
    assert all(word in told for word in ("rejected", "dana", WHY))
    reopened = dana.form("/review/struck/c02", decision(dana, version, "reopen"))
    after = reviewing.service.send("GET", address("/reports/struck.json", **{"min-commit": reopened.headers["Location"].rpartition("=")[2]})).json
    assert after["stretches"] == before["stretches"]


def test_a_claim_is_corrected_field_by_field_or_as_json(reviewing: Reviewing, dana: Reader) -> None:
    """What the fields say differently is changed, the quotation follows, and the rest stays; the JSON changes what there is no field for."""
    version = reviewing.brought("mended")
    page = dana.get("/review/mended/c01").text
    source = unescape(re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)[0])
    before = json.loads(source)
    fields = {"polarity": "denies", "certainty": before["certainty"], "start": "0", "end": "3", "said": "2022-01-30", "event.type": "escape"}
    answer = dana.form("/review/mended/c01", decision(dana, version, "edit", source=source, **fields))
    assert answer.status == 303, answer.text
    commit = answer.headers["Location"].rpartition("=")[2]
    value = reviewing.service.send("GET", address("/reports/mended.json", **{"min-commit": commit})).json
    claim = value["claims"][0]
    assert (claim["polarity"], claim["quote"], claim["said"], claim["review"]) == ("denies", "قال", "2022-01-30", "edited")
    assert claim["decision"] == {"by": "dana", "at": claim["decision"]["at"], "why": WHY}
    changed = json.dumps({**before, "channel": "statement"}, ensure_ascii=False)
    second = dana.form("/review/mended/c02", decision(dana, value["report"]["version"], "edit", source=changed))
    assert second.status == 303, second.text
    commit = second.headers["Location"].rpartition("=")[2]
    claims = reviewing.service.send("GET", address("/reports/mended.json", **{"min-commit": commit})).json["claims"]
    assert [(one["id"], one["review"]) for one in claims] == [("c01", "edited"), ("c02", "edited"), ("c03", "candidate")]
    assert claims[1]["channel"] == "statement"


def test_number_and_mouths_are_corrected_in_fields(reviewing: Reviewing, dana: Reader) -> None:
    """The whole form as a browser sends it: unchanged it says nothing new; else the number and who spoke are what was typed, in the graph too."""
    version = reviewing.brought("counted")
    page = dana.get("/review/counted/c01").text.partition('id="edit"')[2]
    fields = {
        name: unescape(value)
        for name, value in (
            *re.findall(r'<input id="set-[^"]+" name="([^"]+)"[^>]*? value="([^"]*)"', page),
            *re.findall(r'<select id="set-[^"]+" name="([^"]+)">.*?<option value="([^"]*)" selected>', page, re.DOTALL),
        )
    }
    assert {"event.quantity.min", "event.quantity.of", "chain[0].as", "chain[1].who", "chain[1].kind", "event.actors"} <= set(fields)
    listed = dict(re.findall(r'name="([^"]+)"[^>]* list="known-([^"]+)"', page))
    assert (listed["chain[1].who"], listed["event.facility"], listed["incident"]) == ("parties", "facilities", "incidents")
    assert '<option value="sdf-media-center">' in page.partition('id="known-parties"')[2].partition("</datalist>")[0]
    assert dana.form("/review/counted/c01", decision(dana, version, "edit", **fields)).status == 422
    typed = {
        "event.quantity.min": "٢٠٠",
        "event.quantity.of": "detainees",
        "event.quantity.wording": "أحداً",
        "event.actors": "isis، sdf",
        "chain[1].as": "agent",
        "chain[1].who": "sdf-media-center",
        "chain[1].verb": "قال",
    }
    assert set(typed) <= set(fields)
    answer = dana.form("/review/counted/c01", decision(dana, version, "edit", **{**fields, **typed}))
    assert answer.status == 303, answer.text
    commit = answer.headers["Location"].rpartition("=")[2]
    told = dana.get(address("/review/counted/c01", **{"min-commit": commit})).text
    claim = json.loads(unescape(re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", told, re.DOTALL)[0]))
    assert claim["event"]["quantity"] == {"min": 200, "max": None, "approximate": False, "of": "detainees", "counted": [], "wording": "أحداً"}
    assert claim["event"]["actors"] == ["isis", "sdf"]
    assert claim["chain"][1] == {"agent": "sdf-media-center", "verb": "قال"}
    asked = "SELECT ?n WHERE { ?q cg:minimum ?n . ?c cg:content/cg:quantity ?q ; cg:claimant <https://w3id.org/claimgraph/id/sdf-media-center> }"
    assert "200" in reviewing.service.send("GET", address("/sparql", query=asked)).text


def test_what_is_typed_stays_where_it_is_refused(reviewing: Reviewing, dana: Reader, claimgraph: Run) -> None:
    """With what is wrong: a shape's message, a claim that is none, another's decision, another version. Nothing is written."""
    version = reviewing.brought("refused")
    dana.form("/review/refused/c03", decision(dana, version, "reject"))
    commits = len(history(reviewing.data, claimgraph))
    why = "سبب مكتوب"
    for claim, fields, status in (
        ("c01", decision(dana, version, "edit", why, source='{"quote": "x"'), 422),
        ("c01", decision(dana, version, "edit", why, source="[]"), 422),
        ("c01", decision(dana, version, "edit", why, end="2000"), 422),
        ("c01", decision(dana, version, "edit", why, incident="no-such"), 422),
        ("c01", decision(dana, version, "edit", why), 422),
        ("c03", decision(dana, version, "accept", why), 409),
        ("c01", decision(dana, "0" * 12, "accept", why), 409),
    ):
        answer = dana.form(f"/review/refused/{claim}", fields)
        assert answer.status == status, (fields, answer.text)
        assert why in answer.text
        assert 'role="alert"' in answer.text
    assert len(history(reviewing.data, claimgraph)) == commits
    assert dana.form("/review/refused/c01", decision(dana, version, "accept", " ")).status == 422


def test_a_form_of_elsewhere_decides_nothing(reviewing: Reviewing, dana: Reader, writer: Reader, claimgraph: Run) -> None:
    """Without a session, without the scope, with another's word, from another site, as another type, or with a token in place of a session."""
    version = reviewing.brought("forged")
    commits = len(history(reviewing.data, claimgraph))
    fields = decision(dana, version, "accept")
    body, target = urlencode(fields).encode(), "/review/forged/c01"
    assert Reader(reviewing.service).form(target, fields).status == 401
    assert writer.form(target, {**fields, "csrf": writer.csrf()}).status == 403
    for word in ("", "x", writer.csrf()):
        assert dana.form(target, {**fields, "csrf": word}).status == 403
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}):
        assert dana.form(target, fields, **headers).status == 403
    assert dana.post(target, body, {"Content-Type": "text/plain"}).status == 415
    bearing = {"Authorization": f"Bearer {reviewing.tokens['dana']}"}
    assert Reader(reviewing.service).post(target, body, FORM, **bearing).status in (401, 403)
    assert reviewing.service.send("POST", "/api/review", body, {**FORM, "Cookie": dana.cookie}).status == 401
    assert len(history(reviewing.data, claimgraph)) == commits


@pytest.mark.parametrize(
    ("target", "fields", "status"),
    [
        ("/review/nothing/c01", {}, 404),
        (f"/review/{FIRST}/c99", {}, 409),
        (f"/review/{FIRST}/c99", None, 404),
        (f"/review/{FIRST}/..%2fc01", {}, 404),
        (f"/review/{FIRST}/c01", {"decision": "delete"}, 400),
        (f"/review/{FIRST}/c01", {"more": "x"}, 400),
        (f"/review/{FIRST}/c01", {"to": "https://evil.example/"}, 400),
        (f"/review/{FIRST}/c01", {"why": "س" * 2001}, 422),
        (f"/review/{FIRST}/c01", {"why": "a\0b"}, 422),
        (f"/review/{FIRST}/c01", {"version": "x"}, 409),
        ("/review?by=age", None, 400),
        ("/review?cursor=x", None, 400),
        ("/review?report=a%20b", None, 400),
        ("/review/nothing/c01", None, 404),
    ],
)
def test_what_is_not_there_or_off(dana: Reader, target: str, fields: dict[str, str] | None, status: int) -> None:
    """Told as a page, whatever is off; a form never leads elsewhere."""
    answer = dana.get(target) if fields is None else dana.form(target, {**decision(dana, "0" * 12, "accept"), **fields})
    assert (answer.status, answer.media_type) == (status, "text/html"), answer.text
    twice = urlencode([*decision(dana, "0" * 12, "accept").items(), ("why", "x")]).encode()
    assert dana.post(f"/review/{FIRST}/c01", twice, FORM).status == 400


def test_words_that_act_are_marked(reviewing: Reviewing, dana: Reader) -> None:
    """A reason of controls and markup is kept as it is, and shown by its characters' names wherever it is shown."""
    version = reviewing.brought("acting")
    why = "\u202eقلب <b onclick=x>\u200b"
    for do, claim in (("accept", "c01"), ("reject", "c02")):
        answer = dana.form(f"/review/acting/{claim}", decision(dana, version, do, why))
        page = dana.get(answer.headers["Location"]).text
        assert "\u202e" not in page
        assert "<b onclick" not in page
        assert "U+202E RIGHT-TO-LEFT OVERRIDE" in item(page, claim)
    value = reviewing.service.send("GET", "/reports/acting.json").json
    assert {one["decision"]["why"] for one in (*value["claims"], *value["rejected"]) if one["decision"]} == {why}


def test_after_all_that_the_store_is_sound(reviewing: Reviewing, claimgraph: Run) -> None:
    """Every decision is signed, and the index says what the archive says; nothing in the log is a defect."""
    assert sound(reviewing.data, claimgraph) > 4
    assert not [entry for entry in reviewing.service.log if entry.get("status", 0) >= 500 or entry["event"] == "defect"]
