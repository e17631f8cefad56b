"""Signing in with a browser: an address that works once, tokens, the cookie and what it allows, forms of other sites, and signing out."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from claimgraph.model.errors import NotSignedIn
from claimgraph.model.limits import LIMITS
from claimgraph.store.tokens import Tokens
from claimgraph.web.sessions import Sessions, cookie_name
from requesting import JSON_BODY, refused
from running import small
from serving import Answer, Service, Serving, bearer, eventually, service
from signing import FORM, PAGE, Reader, cookie_of, one_time, signed_in

SCOPES = {"reader": ("read",), "writer": ("write",), "editor": ("read", "write")}


class Signing:
    """A service, the secrets of its tokens by name, and its folder."""

    def __init__(self, running: Service, secrets: dict[str, str], tokens: Tokens) -> None:
        self.service, self.secrets, self.tokens = running, secrets, tokens

    def reader(self, who: str) -> Reader:
        """Somebody who signed in with the token of this name."""
        return signed_in(self.service, self.secrets[who])


def _signing(sampled: Path, where: Path, *options: str) -> Iterator[Signing]:
    data = Path(shutil.copytree(sampled, where / "data"))
    tokens = Tokens(data)
    secrets = {name: tokens.create(name, scopes) for name, scopes in SCOPES.items()}
    with service(where, *options, data=data, CLAIMGRAPH_AGENT="دانا") as running:
        yield Signing(running, secrets, tokens)


@pytest.fixture(scope="module")
def here(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signing]:
    """A service on loopback."""
    yield from _signing(sampled, tmp_path_factory.mktemp("signing-here"))


@pytest.fixture(scope="module")
def there(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signing]:
    """A service on every address of the machine."""
    yield from _signing(sampled, tmp_path_factory.mktemp("signing-there"), "--host", "0.0.0.0")  # noqa: S104  # that it guards itself there is the test


# --- sessions -------------------------------------------------------------------------------------------------------------


class _Clock:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_invitation_works_once_and_not_for_long(tmp_path: Path) -> None:
    """Used, too old or never given, it signs nobody in; a session ends after its time too."""
    clock = _Clock()
    sessions = Sessions(Tokens(tmp_path), clock)
    secret = sessions.invite("dana", ("read", "write"))
    cookie = sessions.accept(secret)
    session = sessions.of(cookie)
    assert session is not None
    assert (session.name, session.scopes) == ("dana", ("read", "write"))
    late = sessions.invite("dana", ("read",))
    clock.now = LIMITS.signin_seconds
    for wrong in (secret, late, "", "x" * 10_000):
        with pytest.raises(NotSignedIn, match="works once"):
            sessions.accept(wrong)
    clock.now = LIMITS.session_seconds
    assert sessions.of(cookie) is None
    assert sessions.of("") is None


def test_sessions_do_not_fill_the_memory(tmp_path: Path) -> None:
    """Of very many the oldest end; each has words of its own."""
    tokens = Tokens(tmp_path)
    secret = tokens.create("dana", ("write",))
    sessions = Sessions(tokens)
    cookies = [sessions.enter(secret) for _ in range(1_001)]
    assert sessions.of(cookies[0]) is None
    assert len({session.csrf for cookie in cookies[1:] if (session := sessions.of(cookie))}) == 1_000


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("127.0.0.1:8000", "claimgraph-session-8000"),
        ("[::1]:8001", "claimgraph-session-8001"),
        ("evidence.example", "claimgraph-session"),
        ("a:\u0661", "claimgraph-session"),
    ],
)
def test_services_on_one_machine_have_cookies_of_their_own(host: str, name: str) -> None:
    """Browsers keep those of all ports together."""
    assert cookie_name(host) == name


# --- the one-time address -------------------------------------------------------------------------------------------------


def test_the_printed_address_signs_in_once(serving: Serving, sampled: Path, tmp_path: Path) -> None:
    """Whoever started the service, to read, write and review under their name; looked at beforehand it is not used up; the log has it not."""
    running = serving(data=Path(shutil.copytree(sampled, tmp_path / "data")), CLAIMGRAPH_AGENT="دانا")
    path = one_time(running)
    assert running.send("HEAD", path).status == 204
    assert running.send("GET", path, headers={"Sec-Purpose": "prefetch;prerender"}).status == 204
    answer = Reader(running).get(path)
    assert (answer.status, answer.headers["Location"], answer.headers["Cache-Control"]) == (303, "/", "private, no-store")
    page = Reader(running, cookie_of(answer)).get("/signin").text
    assert "You are <bdi>دانا</bdi>" in page
    assert all(word in page for word in ("<li>read</li>", "<li>let reports in</li>", "<li>review claims</li>"))
    again = Reader(running).get(path)
    assert (again.status, cookie_of(again)) == (401, "")
    assert "works once" in again.text
    eventually(lambda: running.said.count("/signin/") >= 4, "the lines of these requests")
    assert path.rpartition("/")[2] not in running.said
    assert cookie_of(answer).partition("=")[2] not in running.said


def test_the_printed_address_expires(serving: Serving, sampled: Path, tmp_path: Path) -> None:
    """After its time (a setting) it is refused like one that never was."""
    running = serving(data=Path(shutil.copytree(sampled, tmp_path / "data")), CLAIMGRAPH_SIGNIN_SECONDS="0.001")
    answer = Reader(running).get(one_time(running))
    assert (answer.status, cookie_of(answer)) == (401, "")


@pytest.mark.parametrize("path", ["/signin/x", "/signin/%F0%9F%99%82", "/signin/%E2%80%AE", "/signin/<script>", "/signin/" + "x" * 5000])
def test_other_addresses_sign_nobody_in(here: Signing, path: str) -> None:
    """A page says so, and nothing of the address is on it."""
    answer = Reader(here.service).get(path)
    assert (answer.status, cookie_of(answer)) == (404 if "%E2" in path else 401, "")  # what cannot be printed is no address at all
    assert "\u202e" not in answer.text
    assert "<script>" not in answer.text


def test_elsewhere_no_address_is_printed(there: Signing, scratch: Service) -> None:
    """On another address than loopback everybody signs in with a token; a scratch store knows no sign-in."""
    for running in (there.service, scratch):
        assert "/signin/" not in running.stdout.read_text(encoding="utf-8")
    assert scratch.send("GET", "/signin", headers=PAGE).status == 404
    assert 'href="/signin"' not in scratch.send("GET", "/docs", headers=PAGE).text


# --- tokens and the cookie ------------------------------------------------------------------------------------------------


def test_the_cookie_is_for_no_script_and_no_other_site(here: Signing) -> None:
    """HttpOnly, SameSite=Strict, for the whole service and for as long as the setting says; Secure where it came encrypted."""
    answer = Reader(here.service).form("/signin", {"token": here.secrets["editor"], "to": "/check"})
    assert (answer.status, answer.headers["Location"]) == (303, "/check")
    flags = {part.strip() for part in answer.headers["Set-Cookie"].split(";")[1:]}
    assert flags == {"HttpOnly", "SameSite=strict", "Path=/", f"Max-Age={int(LIMITS.session_seconds)}"}
    encrypted = Reader(here.service).form("/signin", {"token": here.secrets["editor"]}, Origin=here.service.url.replace("http:", "https:"))
    assert "Secure" in encrypted.headers["Set-Cookie"]


@pytest.mark.parametrize("to", ["https://evil.example", "//evil.example", "/\\evil.example", "/nothing", "javascript:alert(1)", "/check\r\nX: y"])
def test_signing_in_leads_nowhere_else(here: Signing, to: str) -> None:
    """Whatever the form says."""
    assert Reader(here.service).form("/signin", {"token": here.secrets["editor"], "to": to}).headers["Location"] == "/"


@pytest.mark.parametrize("token", ["", "nobody", "cg_", "\u202ex", "<img src=x onerror=alert(1)>", "x" * 5000])
def test_a_token_that_is_not_known(here: Signing, token: str) -> None:
    """Signs nobody in (401); the page does not repeat it."""
    answer = Reader(here.service).form("/signin", {"token": token})
    assert (answer.status, cookie_of(answer)) == (401, "")
    assert "onerror" not in answer.text


def test_a_token_taken_back_ends_its_sessions(here: Signing) -> None:
    """From the next request on."""
    secret = here.tokens.create("guest", ("write",))
    guest = signed_in(here.service, secret)
    assert "You are <bdi>guest</bdi>" in guest.get("/check").text
    here.tokens.revoke("guest")
    assert "guest" not in guest.get("/check").text


def test_signing_out(here: Signing) -> None:
    """Ends the session, not only the cookie, and asks for the word of that session."""
    editor = here.reader("editor")
    refused(editor.form("/signout", {"csrf": "x"}, Accept="*/*"), 403, "not-allowed")
    assert editor.csrf()
    answer = editor.form("/signout", {"csrf": editor.csrf()})
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert f'claimgraph-session-{here.service.port}=""' in answer.headers["Set-Cookie"]
    assert not editor.csrf()


def test_another_sign_in_replaces_the_first(here: Signing) -> None:
    """From a page of the first, whose word it carries; the first is over then."""
    editor = here.reader("editor")
    assert editor.form("/signin", {"token": here.secrets["reader"]}).status == 403
    answer = editor.form("/signin", {"token": here.secrets["reader"], "csrf": editor.csrf()})
    assert answer.status == 303
    assert not editor.csrf()
    assert "You are <bdi>reader</bdi>" in Reader(here.service, cookie_of(answer)).get("/").text


def test_pages_of_somebody_are_kept_by_nobody(here: Signing) -> None:
    """What depends on who reads is private and not stored; what is loaded is everybody's."""
    editor = here.reader("editor")
    for target in ("/", "/check", "/id/sdf", "/nothing"):
        assert editor.get(target).headers["Cache-Control"] == "private, no-store"
        assert "no-store" not in Reader(here.service).get(target).headers["Cache-Control"]
    assert "private" not in editor.get("/assets/icon.svg").headers["Cache-Control"]


# --- what a session is not for --------------------------------------------------------------------------------------------

ELSEWHERE = (
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://127.0.0.1:9", "Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {},
)


@pytest.mark.parametrize("told", ELSEWHERE, ids=str)
@pytest.mark.parametrize("target", ["/signin", "/signout", "/check"])
def test_forms_of_other_sites_are_refused(here: Signing, told: dict[str, str], target: str) -> None:
    """Whatever cookie comes with them, and those of whoever does not tell: another port of this machine is another site too."""
    editor = here.reader("editor")
    csrf = editor.csrf()
    body = f"csrf={csrf}&token={here.secrets['reader']}".encode()
    answer = here.service.send("POST", target, body, {**FORM, "Cookie": editor.cookie, **told})
    refused(answer, 403, "not-allowed")
    assert "Set-Cookie" not in answer.headers
    assert editor.csrf() == csrf


def test_a_form_under_a_strict_policy_is_ours(here: Signing) -> None:
    """A browser that tells no origin (null) says by Sec-Fetch-Site whence it comes."""
    assert Reader(here.service).form("/signin", {"token": here.secrets["editor"]}, Origin="null").status == 303


@pytest.mark.parametrize(
    ("method", "target", "headers", "body"),
    [
        ("POST", "/api/reports", JSON_BODY, json.dumps(small(report_id="by-cookie"))),
        ("POST", "/sparql", {"Content-Type": "application/sparql-update"}, "INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> 1 } }"),
        ("PUT", "/graphs/workspace/editor/a", {"Content-Type": "text/turtle"}, "<urn:a> <urn:b> 1 ."),
        ("DELETE", "/graphs/workspace/editor/a", {}, ""),
    ],
)
def test_no_program_s_address_writes_by_a_cookie(here: Signing, method: str, target: str, headers: dict[str, str], body: str) -> None:
    """What is written there takes a token; with the cookie alone it is refused."""
    editor = here.reader("editor")
    answer = here.service.send(method, target, body.encode(), {**headers, "Cookie": editor.cookie, "Origin": here.service.url})
    assert answer.status in (401, 403)
    assert here.service.send("GET", "/id/by-cookie").status == 404


def test_a_token_signs_no_page_in(here: Signing) -> None:
    """A page asked for with Authorization is a program's: it shows nobody, and its form writes nothing, whatever cookie comes along."""
    editor = here.reader("editor")
    token = bearer(here.secrets["editor"])
    assert 'class="signed-in"' not in editor.get("/check", **token).text
    answer = editor.check(more=token, text="قالت قسد إن السجن آمن.", id="by-token", published="2022-01-31", do="commit", csrf=editor.csrf())
    assert answer.status == 401
    assert here.service.send("GET", "/id/by-token").status == 404


# --- elsewhere ------------------------------------------------------------------------------------------------------------


def test_elsewhere_the_way_in_is_open(there: Signing) -> None:
    """The page to sign in and what it loads need no token; everything else does, and a browser is led to it."""
    stranger = Reader(there.service)
    page = stranger.get("/signin")
    assert page.status == 200
    loaded = re.findall(r'(?:src|<link[^>]* href)="([^"]*)"', page.text)
    assert len(loaded) > 2
    assert {stranger.get(one).status for one in loaded} == {200}
    for target in ("/", "/check", "/id/sdf", "/api/questions", "/sparql?query=ASK%7B%7D", "/signins", "/assetsx", "/nothing"):
        assert stranger.get(target).status == 401, target
    assert 'href="/signin"' in stranger.get("/").text
    assert there.service.send("POST", "/signin", b"x" * 10_000, {**FORM, "Origin": there.service.url}).status == 413


def test_elsewhere_a_session_reads_what_its_token_may(there: Signing) -> None:
    """Pages, what they ask for and their data; not the addresses of programs; a token that may not read reads nothing by a cookie either."""
    reader, writer = there.reader("reader"), there.reader("writer")
    for target in ("/", "/check", "/id/sdf", "/sparql?query=ASK%7B%7D", "/home.json", "/graphs/graph/reference"):
        assert reader.get(target).status == 200, target
        assert writer.get(target).status == 403, target
    assert reader.get("/api/questions").status == 401


def test_who_signed_in_is_told_in_the_log(here: Signing) -> None:
    """By name, as for tokens."""
    here.reader("editor").get("/docs")

    def look() -> list[object]:
        return [line for line in here.service.log if line.get("path") == "/docs" and line.get("agent") == "editor"]

    eventually(look, "the line of the request")


def test_a_page_for_each_language(here: Signing) -> None:
    """The page to sign in speaks both."""
    assert 'lang="ar" dir="rtl"' in Reader(here.service).get("/signin", **{"Accept-Language": "ar"}).text
    answer: Answer = Reader(here.service).get("/signin")
    assert 'lang="en" dir="ltr"' in answer.text
    assert answer.headers["Referrer-Policy"] == "same-origin"
