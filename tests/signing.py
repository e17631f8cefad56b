"""Signing in as a browser does, and the form of the page that checks reports, as one sends it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from serving import Answer, Service, eventually

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "en"}
_BOUNDARY = "----claimgraph-test"
Value = str | bytes | tuple[str, bytes]


def one_time(service: Service) -> str:
    """The path that signs somebody in once, as the service printed it."""

    def look() -> re.Match[str] | None:
        return re.search(rf"{re.escape(service.url)}(/signin/\S+)\n", service.stdout.read_text(encoding="utf-8"))

    found = eventually(look, "the line with the one-time address")
    assert found
    return found[1]


def multipart(fields: Mapping[str, Value]) -> tuple[bytes, dict[str, str]]:
    """A form's body, and its header; a pair is a file, its name and its bytes."""
    body = b""
    for name, value in fields.items():
        file, data = (f'; filename="{value[0]}"\r\nContent-Type: application/octet-stream', value[1]) if isinstance(value, tuple) else ("", value)
        head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        body += head.encode() + (data.encode() if isinstance(data, str) else data) + b"\r\n"
    return body + f"--{_BOUNDARY}--\r\n".encode(), {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}


@dataclass(frozen=True)
class Reader:
    """Somebody with a browser: the service, and the cookie that their browser keeps."""

    service: Service
    cookie: str = ""

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        return {**PAGE, **({"Cookie": self.cookie} if self.cookie else {}), **more}

    def get(self, target: str, **more: str) -> Answer:
        """A page."""
        return self.service.send("GET", target, headers=self._headers(more))

    def post(self, target: str, body: bytes, headers: Mapping[str, str], **more: str) -> Answer:
        """A form, sent from a page of the service."""
        ours = {"Origin": self.service.url, "Sec-Fetch-Site": "same-origin"}
        return self.service.send("POST", target, body, self._headers({**ours, **headers, **more}))

    def form(self, target: str, fields: Mapping[str, str], **more: str) -> Answer:
        """A small form."""
        return self.post(target, urlencode(fields).encode(), FORM, **more)

    def check(self, target: str = "/check", more: Mapping[str, str] | None = None, **fields: Value) -> Answer:
        """The form of the page that checks reports; ``as_`` is its field ``as``."""
        body, headers = multipart({name.rstrip("_"): value for name, value in fields.items()})
        return self.post(target, body, headers, **(more or {}))

    def csrf(self) -> str:
        """What the forms of this sign-in carry."""
        found = re.search(r'action="/signout">.*?name="csrf" value="([^"]+)"', self.get("/check").text, re.DOTALL)
        return found[1] if found else ""


def cookie_of(answer: Answer) -> str:
    """The cookie of a session that an answer gives; empty if it gives none."""
    given = [value for value in answer.headers.get_all("Set-Cookie") or [] if value.startswith("claimgraph-session")]
    return given[0].partition(";")[0] if given else ""


def signed_in(service: Service, token: str) -> Reader:
    """Somebody who signed in with a token."""
    answer = Reader(service).form("/signin", {"token": token})
    assert answer.status == 303, answer.text
    return Reader(service, cookie_of(answer))
