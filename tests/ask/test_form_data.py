"""Forms with files as browsers send them: every byte as it was sent, and nothing taken for a form that is none."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.ask.form_data import lines_of, parts_of, text_of
from claimgraph.model.errors import BadRequest
from signing import multipart

KNOWN = ("text", "file", "id")


@given(st.binary(), st.text())
def test_bytes_come_as_they_were_sent(data: bytes, text: str) -> None:
    """Line ends, zeros, what looks like a head or an end of a part: all of it is the file's."""
    body, headers = multipart({"file": ("a \u202e.html", data), "text": text.encode("utf-8", "surrogatepass"), "id": ""})
    parts = parts_of(body, headers["Content-Type"], KNOWN)
    assert (parts["file"].data, parts["file"].file) == (data, "a \u202e.html")
    assert (parts["text"].data, parts["text"].file) == (text.encode("utf-8", "surrogatepass"), None)
    assert parts["id"].data == b""


def test_line_ends_are_one() -> None:
    """Browsers write CR LF into texts; here a line ends as it is written in files."""
    body, headers = multipart({"text": "a\r\nb\rc\n"})
    assert text_of(parts_of(body, headers["Content-Type"], KNOWN)["text"], "text") == "a\nb\nc\n" == lines_of("a\nb\nc\n")
    assert text_of(None, "text") == ""


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (b"", "multipart/form-data"),
        (b"", "multipart/form-data; boundary=x"),
        (b"--x--", "multipart/form-data; boundary=y"),
        (b"--x\r\n\r\nno end", "multipart/form-data; boundary=x"),
        (b'before\r\n--x\r\nContent-Disposition: form-data; name="id"\r\n\r\na\r\n--x--', "multipart/form-data; boundary=x"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--", "multipart/form-data; boundary=x"),
        (b'--x\r\nContent-Disposition: form-data; name="id"\r\n--x--', "multipart/form-data; boundary=x"),
        (b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\na\r\n--x--', "multipart/form-data; boundary=x"),
        (b'--x\r\nContent-Disposition: form-data; name="other"\r\n\r\na\r\n--x--', "multipart/form-data; boundary=x"),
        (2 * b'--x\r\nContent-Disposition: form-data; name="id"\r\n\r\na\r\n' + b"--x--", "multipart/form-data; boundary=x"),
        (100 * b'--x\r\nContent-Disposition: form-data; name="id"\r\n\r\na\r\n' + b"--x--", "multipart/form-data; boundary=x"),
    ],
)
def test_what_is_no_form(body: bytes, media: str) -> None:
    """Is refused, with what to do."""
    with pytest.raises(BadRequest, match=r"[:.]"):
        parts_of(body, media, KNOWN)


def test_text_that_is_none() -> None:
    """Is refused by the name of its field."""
    body, headers = multipart({"id": b"\xff"})
    with pytest.raises(BadRequest, match="'id' is not UTF-8"):
        text_of(parts_of(body, headers["Content-Type"], KNOWN)["id"], "id")


@given(st.binary(), st.text(max_size=100))
def test_whatever_comes(body: bytes, media: str) -> None:
    """It is read, or refused as one of our errors."""
    for boundary in ("", "; boundary=--"):
        with suppress(BadRequest):
            parts_of(body, media + boundary, KNOWN)
