"""Source text: exact bytes, exact code points, and the digests that stand for them."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from claimgraph.model.errors import BadDocument, UnreadableInput
from claimgraph.model.limits import LIMITS


def sha256_of(text: str) -> str:
    """Hex SHA-256 of the text's UTF-8 bytes."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def read_bytes(path: Path) -> bytes:
    """A file's bytes. Raises :class:`UnreadableInput` if it is missing, a folder, a device, unreadable or over ``document_bytes``."""
    with _opened(path) as file:
        return _at_most(file.read(LIMITS.document_bytes + 1), path)


def read_lines(path: Path) -> Iterator[bytes]:
    """A file's lines, one at a time, so that a file of many documents may be larger than memory; the limit is for each line."""
    with _opened(path) as file:
        while line := file.readline(LIMITS.document_bytes + 1):
            yield _at_most(line, path)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    name = shown(str(path), 300)
    try:
        if path.is_dir():
            raise UnreadableInput(f"{name} is a folder: name a file.")
        if not path.is_file() and path.exists():
            raise UnreadableInput(f"{name} is a pipe or a device: name a file.")
        with path.open("rb") as file:
            yield file
    except FileNotFoundError:
        raise UnreadableInput(f"{name} does not exist: check the path.") from None
    except (OSError, ValueError) as error:  # the latter where a name holds U+0000
        raise UnreadableInput(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}.") from None


def _at_most(data: bytes, path: Path) -> bytes:
    if len(data) > LIMITS.document_bytes:
        name = shown(str(path), 300)
        raise UnreadableInput(f"{name} has more than the {LIMITS.document_bytes} bytes allowed (CLAIMGRAPH_DOCUMENT_BYTES).")
    return data


def decode(data: bytes, name: str) -> str:
    """UTF-8 bytes as text, nothing changed: line ends, a byte-order mark and compatibility letters stay as they are.

    Raises :class:`BadDocument` naming the first byte that is not UTF-8: evidence is never guessed from a damaged file.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadDocument(
            f"{name} is not UTF-8: byte {error.start} (line {line}) is 0x{data[error.start]:02x}; convert the file to UTF-8 and try again."
        ) from None


def shown(text: str, limit: int = 80) -> str:
    """Text from outside as it may be shown in a line: at most ``limit`` characters.

    Every control, bidirectional or zero-width character, every line end and half surrogate is written by its number, so that none
    acts on what stands around it.
    """
    plain = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" if c <= "\uffff" else f"\\U{ord(c):08x}" for c in text[:limit])
    return plain + ("…" if len(text) > limit else "")


def is_torn(text: str) -> bool:
    """Whether a string holds half a surrogate pair, which no encoding of text can."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


def isolated(text: str, limit: int = 200) -> str:
    """Text from outside as it may be shown: what runs from right to left between first-strong isolates (Unicode UAX 9)."""
    plain = shown(text, limit)
    return f"{FIRST_STRONG_ISOLATE}{plain}{POP_ISOLATE}" if any(unicodedata.bidirectional(c) in ("R", "AL") for c in plain) else plain


_MARKS = re.compile(r"[\u0640\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_LETTERS = str.maketrans({"ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ہ": "ه"})
_WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    """The text's words for comparing texts with each other, never for offsets.

    Diacritics, tatweel, controls and case are dropped and look-alike letters folded (alef, yeh, kaf, heh variants), so that
    a copy that was re-typed or re-vowelled is still seen as one.
    """
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return _WORD.findall(plain.casefold().translate(_LETTERS))


@lru_cache(maxsize=8)
def shingles_of(text: str) -> frozenset[int]:
    """Hashes of all runs of ``shingle_words`` words (Broder 1997), as integers below 2**53 so that they fit any client's number."""
    words, size = words_of(text), LIMITS.shingle_words
    runs = (" ".join(words[i : i + size]) for i in range(len(words) - size + 1))
    return frozenset(int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest(), "big") >> 11 for run in runs)


def sampled(shingles: frozenset[int]) -> frozenset[int]:
    """What of a text's shingles is indexed: all of a short text's, of a long one's those divisible by ``shingle_sample``.

    Choosing by value keeps the same shingles in every text, so that a part copied into a longer text still meets itself.
    """
    if len(shingles) <= LIMITS.shingle_all:
        return shingles
    return frozenset(s for s in shingles if s % LIMITS.shingle_sample == 0)
