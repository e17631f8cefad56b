"""What clients do to the wire: slow heads and bodies, lengths that lie, broken chunks, two hosts, endless headers, smuggled requests, no reading.

Every request is written byte by byte. What is refused is told in the one shape, and the connection is closed, so that nothing behind it is read
as another request.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from attacking import answers_still, attacked, connected, ignoring, received, sent, unharmed
from requesting import Writable
from serving import eventually

LIMIT = 200_000
ESTABLISHED = "01"  # as Linux writes it
NEXT = b"GET /docs HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
ASK = b"5\r\nASK{}\r\n0\r\n\r\n"


@pytest.fixture(scope="module")
def victim(sampled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writable]:
    """The service at the other end: a request must be there within a second, and have no more than 200,000 bytes."""
    limits = {"CLAIMGRAPH_RECEIVE_SECONDS": "1", "CLAIMGRAPH_DOCUMENT_BYTES": str(LIMIT), "CLAIMGRAPH_CONNECTIONS": "40"}
    with attacked(sampled, tmp_path_factory.mktemp("wire"), **limits) as found:
        yield found


def request(*lines: str | bytes, method: bytes = b"POST", target: bytes = b"/sparql", body: bytes = b"", version: bytes = b"HTTP/1.1") -> bytes:
    """A request for this machine, with further lines in its head."""
    given = [line if isinstance(line, bytes) else line.encode() for line in lines]
    head = [b" ".join((method, target, version)), b"Host: 127.0.0.1", b"Content-Type: application/sparql-query", *given]
    return b"\r\n".join(head) + b"\r\n\r\n" + body


def refusal(data: bytes, *statuses: int) -> str:
    """The sentence of the one answer in some bytes, which is a refusal with one of these statuses, after which the connection is closed."""
    head, _, body = data.partition(b"\r\n\r\n")
    line, *headers = head.decode("latin-1").lower().split("\r\n")
    assert data.count(b"HTTP/1.1 ") == 1, data
    value = json.loads(body)
    assert {"type", "title", "status", "detail", "code"} <= set(value)
    assert line == f"http/1.1 {value['status']} {HTTPStatus(value['status']).phrase}".lower()
    assert value["status"] in statuses
    assert {"content-type: application/problem+json", "connection: close", "x-content-type-options: nosniff"} <= set(headers)
    sentence: str = value["detail"]
    return sentence


CHUNKED = "Transfer-Encoding: chunked"
# What means one request to one reader and two to another; each is followed by a request that must not be read as one.
SMUGGLED = {
    "a length, then chunks": request("Content-Length: 5", CHUNKED, body=ASK),
    "chunks, then a length": request(CHUNKED, "Content-Length: 5", body=ASK),
    "two lengths": request("Content-Length: 5", "Content-Length: 6", body=b"ASK{}"),
    "two lengths in one": request("Content-Length: 5, 6", body=b"ASK{}"),
    "the same length twice": request("Content-Length: 5", "Content-Length: 5", body=b"ASK{}"),
    "a length with a sign": request("Content-Length: +5", body=b"ASK{}"),
    "a negative length": request("Content-Length: -5", body=b"ASK{}"),
    "a length in hexadecimal": request("Content-Length: 0x5", body=b"ASK{}"),
    "a length beyond all numbers": request("Content-Length: " + "9" * 40, body=b"ASK{}"),
    "an empty length": request("Content-Length:", body=b"ASK{}"),
    "chunks by another name": request("Transfer-Encoding: xchunked", body=ASK),
    "chunks, then plain": request("Transfer-Encoding: chunked, identity", body=ASK),
    "packed chunks": request("Transfer-Encoding: gzip", body=ASK),
    "chunks twice": request(CHUNKED, "Transfer-Encoding: identity", body=ASK),
    "chunks behind a tab": request(b"Transfer-Encoding: \x0bchunked", body=ASK),
    "a space before the colon": request("Transfer-Encoding : chunked", body=ASK),
    "a folded line": request("Transfer-Encoding:", " chunked", body=ASK),
    "no length of a chunk": request(CHUNKED, body=b"zz\r\nASK{}\r\n0\r\n\r\n"),
    "a chunk beyond all numbers": request(CHUNKED, body=b"f" * 20 + b"\r\nASK{}\r\n0\r\n\r\n"),
    "a negative chunk": request(CHUNKED, body=b"-5\r\nASK{}\r\n0\r\n\r\n"),
    "a chunk longer than said": request(CHUNKED, body=b"5\r\nASK{}{}\r\n0\r\n\r\n"),
    "chunks with bare line feeds": request(CHUNKED, body=b"5\nASK{}\n0\n\n"),
    "bare line feeds": b"POST /sparql HTTP/1.1\nHost: 127.0.0.1\nContent-Length: 5\n\nASK{}",
    "a bare carriage return": b"GET /health HTTP/1.1\rHost: 127.0.0.1\r\r",
    "a line without a colon": request("Content-Length 5", body=b"ASK{}"),
    "NUL in a header": request(b"X: a\0b", "Content-Length: 5", body=b"ASK{}"),
    "a space in the target": request(method=b"GET", target=b"/health x"),
    "NUL in the target": request(method=b"GET", target=b"/id/\0"),
    "letters in the target": request(method=b"GET", target="/id/قسد".encode()),
    "a later version": request(method=b"GET", target=b"/health", version=b"HTTP/3.3"),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    "an upgrade with a body": request("Connection: Upgrade", "Upgrade: h2c", "Content-Length: 5", body=b"ASK{}"),
    "an upgrade with chunks": request("Connection: Upgrade", "Upgrade: websocket", CHUNKED, body=ASK),
    "a tunnel": request(method=b"CONNECT", target=b"127.0.0.1:80"),
}  # fmt: skip


@pytest.mark.parametrize("name", SMUGGLED)
def test_what_two_readers_would_read_otherwise(victim: Writable, name: str) -> None:
    """It is refused, and what stands behind it is not looked at."""
    with unharmed(victim):
        refusal(sent(victim.service, SMUGGLED[name] + NEXT), 400)


def test_a_dropped_body_changes_no_graph(victim: Writable) -> None:
    """A client that offers another protocol with its graph, as some do by themselves, is refused; the graph that stands is not emptied."""
    token = f"Authorization: {victim.headers['Authorization']}"
    target = f"/graphs?graph={victim.graph('upgraded')}".encode()
    body = b"<x:a> <x:b> 1 ."

    def put(*lines: str) -> bytes:
        return request(token, "Content-Length: 15", *lines, method=b"PUT", target=target, body=body).replace(
            b"application/sparql-query", b"text/turtle"
        )

    assert sent(victim.service, put("Connection: close")).startswith(b"HTTP/1.1 201 ")
    with unharmed(victim):
        assert "Upgrade" in refusal(sent(victim.service, put("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: x")), 400)
    with connected(victim.service) as channel:  # without a body it goes on as if nothing had been offered
        for offer in (b"Connection: Upgrade\r\nUpgrade: h2c\r\n", b"", b"Connection: close\r\n"):
            channel.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n" + offer + b"\r\n")
            found = b""
            while b"}" not in found:
                found += channel.recv(1 << 16)
            assert found.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("hosts", [0, 2, 3])
def test_a_request_names_one_host(victim: Writable, hosts: int) -> None:
    """None, or several, are refused, in every version of HTTP."""
    for version in (b"HTTP/1.1", b"HTTP/1.0"):
        data = b"POST /sparql " + version + b"\r\n" + b"Host: 127.0.0.1\r\n" * hosts + b"Connection: close\r\nContent-Length: 5\r\n\r\nASK{}"
        with unharmed(victim):
            assert "host" in refusal(sent(victim.service, data), 400)


@pytest.mark.parametrize(
    "host",
    [
        *(b"evil.example", b"127.0.0.1.evil.example", b"127.0.0.1:80@evil.example", b"127.0.0.1:80, evil.example", b"127.0.0.1/", b"[::1", b"::1"),
        *(
            b"127.0.0.1:",
            b"127.0.0.1:-1",
            b"127.0.0.1:999999",
            b"127.0.0.1:\xb2",
            b"127.0.0.1:\xd9\xa3",
            b"\xff",
            b"'\"><script>alert(1)</script>",
            b"",
        ),
    ],
)
def test_another_host_is_none_of_ours(victim: Writable, host: bytes) -> None:
    """A name that is not the service's, and a port that is none, are refused before anything is done; the name is echoed as text in JSON."""
    with unharmed(victim):
        for target in (b"/sparql", b"/graphs/x", b"/id/sdf"):
            data = b"GET " + target + b" HTTP/1.1\r\nHost: " + host + b"\r\nAccept: text/turtle\r\nConnection: close\r\n\r\n"
            answer = sent(victim.service, data)
            assert b"\r\ncontent-type: application/problem+json\r\n" in answer
            assert answer.startswith((b"HTTP/1.1 421 ", b"HTTP/1.1 400 "))


ENDLESS = {
    "one header": b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * 20_000_000,
    "many headers": b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"X: y\r\n" * 2_000_000,
    "a name": b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"x" * 20_000_000,
    "a target": b"GET /id/" + b"x" * 20_000_000,
    "a query": b"GET /sparql?query=" + b"x" * 20_000_000,
    "line ends": b"\r\n" * 10_000_000,
    "a trailer": request(CHUNKED, body=b"5\r\nASK{}\r\n0\r\nX: " + b"y" * 20_000_000),
    "trailers": request(CHUNKED, body=b"5\r\nASK{}\r\n0\r\n" + b"X: y\r\n" * 2_000_000),
    "an extension of a chunk": request(CHUNKED, body=b"5;" + b"x" * 20_000_000),
    "a whole head": request("X: " + "x" * 70_000, "Connection: close", method=b"GET"),
    "a whole target": request("Connection: close", method=b"GET", target=b"/id/" + b"x" * 70_000),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_nothing_around_a_body_is_endless(victim: Writable, name: str) -> None:
    """Target, headers, trailers and chunk extensions are cut off long before they fill memory."""
    with unharmed(victim):
        refusal(sent(victim.service, ENDLESS[name]), 431)


def test_long_heads_are_fine(victim: Writable) -> None:
    """A query of tens of thousands of characters in an address, and a body in small chunks, are what honest clients send."""
    query = b"ASK{}%23" + b"x" * 60_000
    assert sent(victim.service, request("Connection: close", method=b"GET", target=b"/sparql?query=" + query)).startswith(b"HTTP/1.1 200 ")
    chunks = b"5\r\nASK{}\r\n" + b"a\r\n          \r\n" * 15_000 + b"0\r\nX: y\r\n\r\n"
    assert sent(victim.service, request(CHUNKED, "Connection: close", body=chunks)).startswith(b"HTTP/1.1 200 ")


# --- lengths --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["/sparql", "/graphs?graph=x:y", "/api/validate", "/api/reports"])
def test_a_body_above_the_limit(victim: Writable, target: str) -> None:
    """One that is announced is refused before it is sent; one in chunks, without a length, as soon as it is too long."""
    media, token = ("application/json" if "/api/" in target else "text/turtle"), f"Authorization: {victim.headers['Authorization']}"
    media = "application/sparql-query" if target == "/sparql" else media
    head = [f"POST {target} HTTP/1.1", "Host: 127.0.0.1", token, f"Content-Type: {media}"]
    with unharmed(victim):
        for more, body in (
            (f"Content-Length: {LIMIT + 1}", b""),
            ("Content-Length: 1073741824", b""),
            (CHUNKED, b"10000\r\n" + b" " * 65536 + b"\r\n" + b"20000\r\n" + b" " * 131072 + b"\r\n10000\r\n" + b" " * 65536),
        ):
            answer = sent(victim.service, "\r\n".join([*head, more, "", ""]).encode() + body)
            assert str(LIMIT) in refusal(answer, *((403, 413) if "graphs" in target else (413,)))


def test_a_length_that_lies(victim: Writable) -> None:
    """A body shorter than announced is waited for a second; what is longer is another request, and no good one; without a length there is none."""
    with unharmed(victim):
        assert "1 s" in refusal(sent(victim.service, request("Content-Length: 50", body=b"ASK{}")), 408)
        answers = sent(victim.service, request("Content-Length: 5", body=b"ASK{} LIMIT 1"))
        assert (answers.count(b"HTTP/1.1 400 "), answers.count(b"HTTP/1.1 200 ") < 2) == (1, True)
        answers = sent(victim.service, request("Connection: close", body=b"ASK{}"))
        assert answers.startswith(b"HTTP/1.1 400 ")


# --- slow clients ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param((b"GET /hea",), id="a head that stops"),
        pytest.param((b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n", *(b"X: y\r\n",) * 30), id="a head by drops"),
        pytest.param((request("Content-Length: 50", body=b"ASK"),), id="a body that stops"),
        pytest.param((request("Content-Length: 5000"), *(b" ",) * 30), id="a body by drops"),
        pytest.param((request(CHUNKED), *(b"1\r\n \r\n",) * 30), id="chunks by drops"),
    ],
)
def test_a_slow_client_is_told(victim: Writable, pieces: tuple[bytes, ...]) -> None:
    """A request that is not there in time is refused (408), however busily its client sends."""
    began = time.monotonic()
    with unharmed(victim), connected(victim.service) as channel:
        for number, piece in enumerate(pieces):
            if ignoring(lambda piece=piece: channel.sendall(piece) is None, otherwise=False) and number:  # type: ignore[misc]
                time.sleep(0.1)
        assert "1 s" in refusal(received(channel), 408)
    assert time.monotonic() - began < 8


def test_who_says_nothing_is_let_go(victim: Writable) -> None:
    """A connection on which nothing comes is closed; a crowd of them keeps nobody else out for longer."""
    began = time.monotonic()
    with unharmed(victim), connected(victim.service) as channel:
        assert received(channel) == b""
    crowd = [connected(victim.service) for _ in range(60)]
    for one in crowd:
        one.__enter__()
    eventually(
        lambda: ignoring(lambda: sent(victim.service, NEXT.replace(b"docs", b"health")).startswith(b"HTTP/1.1 200 "), otherwise=False), "an answer"
    )
    for one in crowd:
        one.__exit__(None, None, None)
    assert time.monotonic() - began < 15


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at a process as Linux shows it")
def test_an_answer_that_nobody_takes(victim: Writable) -> None:
    """A client that stops reading is let go after a while, and what waited for it with it; one that is slow gets everything."""
    text = b"SELECT ('" + b"x" * 1_000 + b"' AS ?long) { ?a a ?b . ?c a ?d } LIMIT 20000"
    whole = request("Connection: close", "Accept: text/csv", f"Content-Length: {len(text)}", body=text)
    with unharmed(victim):
        before = _connections(victim)
        with connected(victim.service, receive=4096) as one, connected(victim.service, receive=4096) as two:
            for channel in (one, two):
                channel.sendall(whole)
            assert _connections(victim) >= before + 2
            answers_still(victim.service)
            eventually(lambda: _connections(victim) <= before, "their end", 20)
            assert len(received(one)) < 20_000_000
        assert len(_sipped(victim, whole)) > 20_000_000


def _connections(victim: Writable) -> int:
    """How many connections to the service there are."""
    lines = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines())
    return sum(line[1].endswith(f":{victim.service.port:04X}") and line[3] == ESTABLISHED for line in lines)


def _sipped(victim: Writable, data: bytes) -> bytes:
    """An answer that is taken slowly at first, for longer than a client may take nothing."""
    with connected(victim.service, receive=1 << 16) as channel:
        channel.sendall(data)
        found = b""
        for _ in range(25):
            found += channel.recv(1 << 16)
            time.sleep(0.1)
        return found + received(channel)
