"""Source text: read exactly or refused, shown without harm, and compared by words."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.model import text as text_module
from claimgraph.model.errors import BadDocument, UnreadableInput
from claimgraph.model.isolation import run_isolated
from claimgraph.model.limits import LIMITS
from claimgraph.model.text import decode, read_bytes, sampled, sha256_of, shingles_of, shown, words_of

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(ANY_TEXT)
def test_text_is_never_changed(text: str) -> None:
    """Bytes become the very code points they stand for: line ends, byte-order marks and compatibility letters too."""
    assert decode(text.encode("utf-8"), "x") == text
    assert sha256_of(text) == hashlib.sha256(text.encode("utf-8")).hexdigest()


@pytest.mark.parametrize(
    ("data", "byte", "line", "value"),
    [
        (b"\xff", 0, 1, "ff"),
        (b"abc\nd\xff", 5, 2, "ff"),
        ("سطر\n\nسطر ".encode() + b"\xd8", 15, 3, "d8"),
        (b"a\r\nb\r\n\xc0\xaf", 6, 3, "c0"),
        (b"\xed\xa0\x80", 0, 1, "ed"),
        ("سوريا".encode("cp1256"), 0, 1, "d3"),
    ],
)
def test_bytes_that_are_no_utf8_are_named(data: bytes, byte: int, line: int, value: str) -> None:
    """The first wrong byte is told with its place in the file and its line; nothing is guessed or replaced."""
    with pytest.raises(BadDocument, match=rf"^report\.txt is not UTF-8: byte {byte} \(line {line}\) is 0x{value}; convert"):
        decode(data, "report.txt")


def test_bytes_of_a_file(tmp_path: Path) -> None:
    """A file is given as it lies on the disk."""
    (tmp_path / "a").write_bytes(b"\xff\r\n\0")
    assert read_bytes(tmp_path / "a") == b"\xff\r\n\0"


def test_missing_file(tmp_path: Path) -> None:
    """A path that leads nowhere is said to."""
    with pytest.raises(UnreadableInput, match=r"none\.json does not exist: check the path"):
        read_bytes(tmp_path / "none.json")


def test_folder_instead_of_a_file(tmp_path: Path) -> None:
    """A folder is no file."""
    with pytest.raises(UnreadableInput, match="is a folder: name a file"):
        read_bytes(tmp_path)


def test_path_through_a_file(tmp_path: Path) -> None:
    """What the system refuses is told in its own words."""
    (tmp_path / "a").write_bytes(b"")
    with pytest.raises(UnreadableInput, match="cannot be read: Not a directory"):
        read_bytes(tmp_path / "a" / "b")


def _read_without_rights(path: Path) -> bytes:
    if os.geteuid() == 0:
        os.seteuid(65534)  # the superuser may read everything
    return read_bytes(path)


def test_file_without_permission(tmp_path: Path) -> None:
    """A file that may not be read is told as such."""
    (tmp_path / "a").write_bytes(b"")
    (tmp_path / "a").chmod(0)
    with pytest.raises(UnreadableInput, match="cannot be read: Permission denied"):
        run_isolated(5.0, _read_without_rights, tmp_path / "a")


@pytest.mark.parametrize("name", ["a\0b", "\ud800", "x" * 5_000])
def test_name_that_no_file_can_have(name: str, tmp_path: Path) -> None:
    """A name from outside that the file system cannot even hold is an unreadable path, not a defect."""
    with pytest.raises(UnreadableInput):
        read_bytes(tmp_path / name)


def test_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file above the limit is not read, and the sentence names the setting; at the limit it is."""
    monkeypatch.setattr(text_module, "LIMITS", LIMITS.model_copy(update={"document_bytes": 10}))
    (tmp_path / "fits").write_bytes(b"x" * 10)
    (tmp_path / "large").write_bytes(b"x" * 11)
    assert read_bytes(tmp_path / "fits") == b"x" * 10
    with pytest.raises(UnreadableInput, match=r"more than the 10 bytes allowed \(CLAIMGRAPH_DOCUMENT_BYTES\)"):
        read_bytes(tmp_path / "large")


def test_pipe_is_no_file(tmp_path: Path) -> None:
    """A named pipe (or a device without end) is refused instead of waited for."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnreadableInput, match="pipe"):
        run_isolated(5.0, read_bytes, tmp_path / "pipe")


def test_sentence_about_a_path_shows_what_is_in_it(tmp_path: Path) -> None:
    """A file name can come from a document: what it holds may not act on the terminal that shows the sentence."""
    with pytest.raises(UnreadableInput) as caught:
        read_bytes(tmp_path / "a\u202e\x1b[31m\nb")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("plain وعربي 😀", "plain وعربي 😀"),
        ("a\nb\r\tc", r"a\u000ab\u000d\u0009c"),
        ("\x1b[31mred", r"\u001b[31mred"),
        ("\u202eleft", r"\u202eleft"),
        ("\u2066iso\u2069", r"\u2066iso\u2069"),
        ("a\u200bb\u200f\ufeff", r"a\u200bb\u200f\ufeff"),
        ("\u2028\u2029\x85", r"\u2028\u2029\u0085"),
        ("\ud800", r"\ud800"),
        ("\0", r"\u0000"),
        ("\u00a0", r"\u00a0"),
        ("", ""),
    ],
)
def test_shown_text_acts_on_nothing(text: str, plain: str) -> None:
    """Controls, bidirectional and zero-width characters, line ends and half surrogates are seen instead of acting."""
    assert shown(text) == plain


@given(st.text())
def test_everything_shown_can_be_printed(text: str) -> None:
    """Whatever comes from outside, what is shown is printable, encodable and on one line."""
    plain = shown(text)
    assert plain.isprintable()
    assert plain.encode("utf-8").decode() == plain


def test_long_text_is_cut_and_says_so() -> None:
    """Eighty characters are shown in full; of more, the first eighty and an ellipsis."""
    assert shown("x" * 80) == "x" * 80
    assert shown("x" * 81) == "x" * 80 + "…"
    assert shown("abc", 2) == "ab…"
    assert shown("\n" * 100, 2) == r"\u000a\u000a…"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("مُعتقَلاً", "معتقلا"),
        ("الـــحـــسكة", "الحسكه"),
        ("أإآٱا", "ااااا"),
        ("على", "علي"),
        ("کردی", "كردي"),
        ("ﺍﻟﺤﺴﻜﺔ", "الحسكة"),
        ("سـجن\u200f \u202bالصناعة\u202c", "سجن الصناعة"),
        ("كان\u200cيون", "كانيون"),
        ("مسؤول", "مسوول"),
        ("Café", "cafe"),
        ("Straße", "STRASSE"),
        ("cafe\u0301", "caf\u00e9"),
        ("قال: “نعم”.", "قال «نعم»"),
    ],
)
def test_words_of_copies_are_the_same(one: str, other: str) -> None:
    """Vowel signs, tatweel, presentation forms, look-alike letters, case and punctuation do not tell a copy from its source."""
    assert words_of(one) == words_of(other) != []


def test_words_that_differ_stay_different() -> None:
    """Folding does not make one word of two."""
    assert words_of("تنفي تنفيذ 750 751") == ["تنفي", "تنفيذ", "750", "751"]
    assert words_of("— … !") == []


@given(ANY_TEXT)
def test_words_are_folded_once(text: str) -> None:
    """The words of a text's words are those words, and none holds a mark."""
    words = words_of(text)
    assert words_of(" ".join(words)) == words
    assert not any(unicodedata.combining(c) for word in words for c in word)


def _words(count: int, first: int = 0) -> str:
    return " ".join(f"w{number}" for number in range(first, first + count))


def test_shingles_are_runs_of_eight_words() -> None:
    """A text of n words has n - 7 runs, shorter ones have none; each is a number that any client keeps."""
    assert LIMITS.shingle_words == 8
    assert [len(shingles_of(_words(n))) for n in (0, 1, 7, 8, 9, 30)] == [0, 0, 0, 1, 2, 23]
    assert all(0 <= s < 2**53 for s in shingles_of(_words(200)))


def test_shingles_are_the_same_in_every_process() -> None:
    """Shingles are stored: their numbers are a matter of the words alone (and of no seed)."""
    run = " ".join(f"w{number}" for number in range(8))
    expected = int.from_bytes(hashlib.blake2b(run.encode(), digest_size=8).digest(), "big") >> 11
    assert shingles_of(_words(8)) == {expected}
    assert shingles_of("W0, w1; w2: w3 – “w4” w5\nw6\tw7!") == {expected}


def test_shingles_of_a_part_are_the_wholes() -> None:
    """What is copied brings its shingles with it."""
    assert shingles_of(_words(40, 10)) <= shingles_of(_words(100))
    assert not shingles_of(_words(40, 200)) & shingles_of(_words(100))


def test_short_text_is_indexed_whole() -> None:
    """Up to the limit nothing is left out."""
    whole = shingles_of(_words(LIMITS.shingle_all + LIMITS.shingle_words - 1))
    assert len(whole) == LIMITS.shingle_all
    assert sampled(whole) == whole


@given(st.integers(0, 10**6), st.integers(0, 300), st.integers(0, 300), st.integers(72, 200))
def test_sample_of_a_part_is_in_the_sample_of_the_whole(seed: int, before: int, after: int, size: int) -> None:
    """A long passage meets itself in every longer text, wherever it stands there, however much is sampled out."""
    part = shingles_of(_words(size, seed + before))
    whole = shingles_of(_words(before + size + after, seed))
    assert len(part) > LIMITS.shingle_all
    assert sampled(part) <= sampled(whole)


def test_sample_of_a_long_text_is_a_fraction() -> None:
    """Of a long text about one shingle in eight is kept, and every text keeps the same ones."""
    whole = shingles_of(_words(4_000))
    share = len(sampled(whole)) / len(whole)
    assert 0.5 / LIMITS.shingle_sample < share < 2 / LIMITS.shingle_sample
    assert all(shingle % LIMITS.shingle_sample == 0 for shingle in sampled(whole))
