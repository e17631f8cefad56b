"""A raw report as it arrives: bytes of a text file or of a saved page, and the text and particulars read from them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Literal

from claimgraph.extract.decoding import Decoded, decoded
from claimgraph.extract.pages import CUTTER, Page, cut, is_page
from claimgraph.model.errors import BadDocument, NoText, UndecodableText, UnreadableInput
from claimgraph.model.limits import LIMITS

MediaType = Literal["text/plain", "text/html"]

_CONVERTER = "claimgraph 1"
_PAGES = ("text/html", "application/xhtml+xml")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_ARCHIVE = re.compile(
    r"\s*(?:from: <?saved by|mime-version:|subject:[^\n]*\nmime-version:)|.{0,2000}?content-type: multipart/related", re.IGNORECASE | re.DOTALL
)
_XML = re.compile(r"[\ufeff\s]*<(?:\?xml|rss|feed|urlset)\b")
_MARKUP = 10  # how much longer than the longest text a page may be: markup and scripts make most of it


@dataclass(frozen=True)
class Received:
    """A report's text and where it comes from.

    ``cut_by`` names what made the text from the bytes; None where the text is the bytes. ``published`` (EDTF) is only what the page
    states, ``published_basis`` says so. ``site`` is the outlet's name as the page gives it.
    """

    text: str
    media_type: MediaType
    source_sha256: str
    encoding: str
    cut_by: str | None = None
    title: str | None = None
    url: str | None = None
    author: str | None = None
    site: str | None = None
    published: str | None = None

    @property
    def published_basis(self) -> Literal["stated"] | None:
        """How the date is known: the page states it, or there is none; it is never guessed."""
        return "stated" if self.published else None


def receive(data: bytes, name: str, *, media_type: str | None = None) -> Received:
    """The report in the bytes of a file called ``name``; ``media_type`` is what a server said they are.

    Plain UTF-8 is kept to the last character. Whether something is a page is told by what is in it. Raises :class:`UnreadableInput` over
    ``document_bytes``, :class:`UndecodableText` for what is no text or in an encoding that cannot be told, :class:`NoText` where there is
    nothing to read, :class:`BadDocument` for what is too long or nested too deeply. A page of hostile markup may take long: call this
    where it can be killed.
    """
    if len(data) > LIMITS.document_bytes:
        raise UnreadableInput(f"{name} has more than the {LIMITS.document_bytes} bytes allowed (CLAIMGRAPH_DOCUMENT_BYTES).")
    if not data.strip():
        raise NoText("this is empty: there is nothing to read in it.")
    charset = _CHARSET.search(media_type or "")
    source = decoded(data, charset[1] if charset else None)
    if not source.text.strip("\ufeff \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\xa0\u2028\u2029\u3000"):
        raise NoText("this is blank: there is nothing to read in it.")
    if _is_html(source.text, media_type):
        return _page(data, source)
    if _ARCHIVE.match(source.text[:4000]):
        raise UndecodableText("this is a web archive (MHTML), no page: save the report as a web page (HTML only) or as plain text and try again.")
    if _XML.match(source.text):
        raise BadDocument("this is XML (a feed, a sitemap), no report: save the report as a web page or as plain text and try again.")
    if len(source.text) > LIMITS.text_characters:
        raise BadDocument(
            f"this text has {len(source.text)} characters, more than the {LIMITS.text_characters} allowed (CLAIMGRAPH_TEXT_CHARACTERS): split it."
        )
    return Received(source.text, "text/plain", _digest(data), source.encoding, None if source.kept else _cut_by(_CONVERTER, source))


def _is_html(text: str, media_type: str | None) -> bool:
    said = (media_type or "").partition(";")[0].strip().lower()
    return said != "text/plain" and (is_page(text) or (said in _PAGES and "<" in text))


def _page(data: bytes, source: Decoded) -> Received:
    if len(source.text) > _MARKUP * LIMITS.text_characters:
        raise BadDocument(
            f"this page has {len(source.text)} characters, more than {_MARKUP} times what a text may have (CLAIMGRAPH_TEXT_CHARACTERS): "
            "save the report alone."
        )
    page: Page = cut(source.text)
    if len(page.text) > LIMITS.text_characters:
        raise BadDocument(
            f"this page's text has {len(page.text)} characters, more than the {LIMITS.text_characters} allowed (CLAIMGRAPH_TEXT_CHARACTERS): "
            "save the report alone."
        )
    return Received(
        page.text, "text/html", _digest(data), source.encoding, _cut_by(CUTTER, source),
        page.title, page.url, page.author, page.site, page.published,
    )  # fmt: skip


def _cut_by(program: str, source: Decoded) -> str:
    return program if source.encoding == "utf-8" else f"{program}, from {source.encoding}"


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
