"""Bytes as text: UTF-8 and UTF-16 as they say of themselves, the two older Arabic encodings where it is certain, nothing by guess."""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from claimgraph.model.errors import UndecodableText

_BINARY = (
    (b"%PDF", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"RIFF", "an image or a recording"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"{\\rtf", "an RTF document"),
    (b"bplist", "a Safari web archive"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3", "a database"),
)
# Longest mark first: the one of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OLDER = {"windows-1256": "cp1256", "iso-8859-6": "iso8859_6"}
_NAMES = {
    **dict.fromkeys(("windows-1256", "cp1256", "cp-1256", "x-cp1256", "win-1256", "windows1256"), "windows-1256"),
    **dict.fromkeys(
        ("iso-8859-6", "iso8859-6", "iso-8859-6-i", "iso-8859-6-e", "arabic", "asmo-708", "ecma-114", "iso-ir-127", "csisolatinarabic"), "iso-8859-6"
    ),
    **dict.fromkeys(("utf-8", "utf8", "unicode-1-1-utf-8"), "utf-8"),
}
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]{1,40})|<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{1,40})""", re.IGNORECASE
)
_CONTROLS = bytes((*range(1, 9), *range(14, 27), *range(28, 32), 127))  # not tab, line and page ends, escape
_TEXT_LEAST = 0.95  # share of a text's bytes that are none of these
_HEAD = 4096  # bytes in which a page declares its encoding: browsers look at 1024

_ARABIC = re.compile(r"[\u0621-\u063a\u0641-\u064a][\u0621-\u063a\u0641-\u0652]*")
_FOREIGN = re.compile(r"[^\x00-\x7f\u0600-\u06ff\u00a0\u00ab\u00bb\u00b0\u00b7\u00d7\u00f7\u2010-\u2026\u2030\u2039\u203a\u200c-\u200f©®]")
_COMMON = frozenset(
    (
        *("في", "من", "على", "إلى", "الى", "أن", "ان", "إن", "عن", "مع", "هذا", "هذه", "التي", "الذي", "قد", "ما", "لا", "لم", "كان", "كانت", "بعد"),
        *("قبل", "بين", "حتى", "أو", "ثم", "كما", "كل", "حيث", "خلال", "عند", "منذ", "غير", "هو", "هي", "ذلك", "وقد", "وفي", "ومن", "قال", "قالت"),
    )
)
_ARTICLES = ("ال", "وال", "بال", "لل", "فال", "كال")
_SAMPLE = 4_000_000  # characters that are looked at: more would say the same
_WORDS = 8
# Share of words that are among the commonest or bear the article: about 0.4 in newspapers, under 0.1 in other languages and in text
# that was decoded wrongly. A declared encoding needs less of it, as the page may be a list of names.
_PLAIN, _DECLARED_PLAIN = 0.2, 0.1
_FOREIGN_MOST = 0.02


class Decoded(NamedTuple):
    """A text and the encoding its bytes were in; ``kept`` where the text is those bytes (UTF-8) and nothing was converted."""

    text: str
    encoding: str
    kept: bool


def decoded(data: bytes, charset: str | None = None) -> Decoded:
    """The text in the bytes; ``charset`` is what the server said, if anything.

    Windows-1256 and ISO-8859-6 are read where they are declared or where the outcome is plainly Arabic. Raises
    :class:`UndecodableText` for binary data and for every other encoding: evidence is never guessed.
    """
    for magic, kind in _BINARY:
        if data.startswith(magic):
            raise UndecodableText(f"this is {kind}, no text: save the report as plain text or as a web page and try again.")
    mark = next((encoding for bom, encoding in _MARKS if data.startswith(bom)), None)
    if mark in ("utf-16", "utf-32"):
        return Decoded(_marked(data, mark), mark, kept=False)
    if b"\0" in data or len(data.translate(None, _CONTROLS)) < _TEXT_LEAST * len(data):
        raise UndecodableText(
            "this holds bytes that no text has: it is a binary file, or UTF-16 without its mark; save the report as UTF-8 and try again."
        )
    try:
        return Decoded(data.decode("utf-8"), "utf-8", kept=True)
    except UnicodeDecodeError as error:
        return _older(data, charset, error)


def _marked(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UndecodableText(
            f"this begins as {encoding.upper()}, but byte {error.start} is no part of it: the file is damaged or cut off; get it again."
        ) from None
    if "\0" in text:
        raise UndecodableText("this holds the character U+0000: it is no text, or it is damaged; get it again.")
    return text


def _older(data: bytes, charset: str | None, error: UnicodeDecodeError) -> Decoded:
    """The text in one of the older Arabic encodings: the one declared if it fits, else the one that gives plain Arabic."""
    declared = _NAMES.get((charset or "").lower()) or _declared(data)
    fits: dict[str, tuple[float, str]] = {}
    for encoding, codec in _OLDER.items():
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        fits[encoding] = (arabic_share(text), text)
    if declared in fits and fits[declared][0] >= _DECLARED_PLAIN:
        return Decoded(fits[declared][1], declared, kept=False)
    best = max(fits, key=lambda encoding: fits[encoding][0], default=None)
    if best is not None and fits[best][0] >= _PLAIN:
        return Decoded(fits[best][1], best, kept=False)
    line = data.count(b"\n", 0, error.start) + 1
    raise UndecodableText(
        f"this is not UTF-8 (byte {error.start}, line {line}, is 0x{data[error.start]:02x}) and not plainly Arabic in Windows-1256 or ISO-8859-6: "
        "convert the file to UTF-8 and try again."
    )


def _declared(data: bytes) -> str:
    found = _DECLARED.search(data, 0, _HEAD)
    return _NAMES.get((found[1] or found[2]).decode("ascii").lower(), "") if found else ""


def arabic_share(text: str) -> float:
    """How plainly a text is Arabic: the share of its Arabic words that are among the commonest or bear the article.

    0 where there are hardly any words, or where letters stand among them that no Arabic page has (the sign of a wrong decoding).
    """
    sample = text[:_SAMPLE]
    words = _ARABIC.findall(sample)
    if len(words) < _WORDS or len(_FOREIGN.findall(sample)) > _FOREIGN_MOST * sum(map(len, words)):
        return 0.0
    return sum(1 for w in words if w in _COMMON or w.startswith(_ARTICLES)) / len(words)
