"""Reading JSON: the traps of the format, the place of every fault, and texts that lie beside their document."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimgraph.model.document import ClaimsDocument
from claimgraph.model.errors import BadDocument, UnreadableInput
from claimgraph.model.limits import LIMITS
from claimgraph.model.reading import Input, document_of, parse_json, read_claims_file

Json = dict[str, Any]
DEPTH = LIMITS.json_depth


def _write(path: Path, *values: object) -> Path:
    """A file with JSON values, one a line; strings and bytes go in as they are."""
    lines = (value if isinstance(value, str | bytes) else json.dumps(value, ensure_ascii=False) for value in values)
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines))
    return path


def _read(path: Path) -> list[Input]:
    return list(read_claims_file(path))


def _document(path: Path) -> ClaimsDocument:
    (found,) = _read(path)
    assert found.document, found.error
    return found.document


def _error(path: Path) -> str:
    """The sentence of a file's only document, which is none: one line that acts on nothing."""
    (found,) = _read(path)
    assert found.error
    assert found.document is None
    assert str(found.error).isprintable()
    return str(found.error)


# --- values -------------------------------------------------------------------------------------------------------------

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=4),
    max_leaves=20,
)


@given(values, st.sampled_from([None, 2]), st.booleans())
def test_json_is_read(value: object, indent: int | None, ascii_only: bool) -> None:
    """Whatever JSON can say is read, however it is written."""
    assert parse_json(json.dumps(value, indent=indent, ensure_ascii=ascii_only)) == value


@given(st.text(alphabet='{}[]",:0123456789.-+eEINaftrulsn\\ \n\t\ufeff\u0660u', max_size=40))
def test_anything_is_read_or_refused(text: str) -> None:
    """Whatever stands in a file, there is a value or a sentence; and what is read is what the standard library reads."""
    value: object
    try:
        value = parse_json(text)
    except BadDocument as error:
        value = error
    assert str(value).isprintable() if isinstance(value, BadDocument) else json.dumps(value) == json.dumps(json.loads(text.removeprefix("\ufeff")))


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('{"a": 1, "a": 1}', "a"),
        ('[{"b": {"c": 1, "\\u0063": 2}}]', "c"),
        ('{"": 1, "": 2}', ""),
        ('{"\\u202ea\\n": 1, "\\u202ea\\n": 1}', "\\u202ea\\u000a"),
    ],
)
def test_duplicate_keys(text: str, key: str) -> None:
    """A key that stands twice means two things: refused, also where both values are the same."""
    with pytest.raises(BadDocument) as caught:
        parse_json(text)
    assert str(caught.value) == f"the key '{key}' stands twice in one object: keep one."


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", '{"confidence": NaN}', "[1, Infinity]"])
def test_numbers_that_json_does_not_have(text: str) -> None:
    """NaN and the infinities are no JSON."""
    with pytest.raises(BadDocument, match="is no JSON number: leave the field out"):
        parse_json(text)


@pytest.mark.parametrize("text", ["1e999", "-1e999", "1E400", '{"confidence": 1e309}', "123456789" * 30 + ".0e99"])
def test_numbers_out_of_range(text: str) -> None:
    """A number that would become infinite is refused."""
    with pytest.raises(BadDocument, match="is out of range: correct it"):
        parse_json(text)


@pytest.mark.parametrize("digits", [19, 4_000, 5_000, 1_000_000])
def test_numbers_of_many_digits(digits: int) -> None:
    """A number of thousands of digits takes no time: it is refused by its length."""
    with pytest.raises(BadDocument, match=f"a number of {digits} digits is more than anybody counts"):
        parse_json('{"max": ' + "9" * digits + "}")


@pytest.mark.parametrize(
    ("text", "value"),
    [("9" * 18, 10**18 - 1), ("-" + "9" * 17, 1 - 10**17), ("-0", 0), ("1e5", 1e5), ("1." + "1" * 5_000, 1.1111111111111112), ("1e-999", 0.0)],
)
def test_numbers_within_range(text: str, value: float) -> None:
    """Long fractions and tiny numbers are numbers."""
    assert parse_json(text) == value


@pytest.mark.parametrize("opened", ["[", '{"a":', '[{"a":'], ids=["lists", "objects", "both"])
@pytest.mark.parametrize("depth", [DEPTH + 1, 900, 5_000, 100_000])
@pytest.mark.parametrize("closed", [True, False])
def test_deep_nesting(opened: str, depth: int, closed: bool) -> None:
    """A hundred thousand brackets, closed or not, are a sentence and no crash."""
    closing = "".join({"[": "]", "{": "}"}[c] for c in reversed(opened) if c in "[{")
    with pytest.raises(BadDocument, match=rf"nested more than {DEPTH} deep" if closed else "JSON"):
        parse_json(opened * depth + "1" + (closing * depth if closed else ""))


def test_nesting_within_the_limit() -> None:
    """As deep as the limit is deep enough."""
    assert parse_json("[" * DEPTH + "]" * DEPTH)
    assert parse_json("[" * (DEPTH - 1) + "1" + "]" * (DEPTH - 1))
    with pytest.raises(BadDocument, match="nested more than"):
        parse_json("[" * DEPTH + "1" + "]" * DEPTH)


def test_byte_order_mark() -> None:
    """One byte-order mark is what some editors put first; a second one is none."""
    assert parse_json("\ufeff{}") == {}
    with pytest.raises(BadDocument, match="line 1, column 1: broken JSON"):
        parse_json("\ufeff\ufeff{}")


@pytest.mark.parametrize("text", [r'"\ud800"', r'"\udc00\ud800"', r'{"\ud800": 1}', r'["a", {"b": ["\udfff"]}]', r'"\ud83d\ud83d\ude00"'])
def test_half_surrogates(text: str) -> None:
    """Half a surrogate pair is no character, in keys and values alike: refused before it reaches a file name or a store."""
    with pytest.raises(BadDocument, match="surrogate"):
        parse_json(text)


def test_whole_surrogate_pairs() -> None:
    """A pair is one character."""
    assert parse_json(r'"\ud83d\ude00"') == "😀"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("", 1, 1),
        ("nul", 1, 1),
        ('{"a": 1,\n "b": 2,\n}', 3, 1),
        ('{"a": 1\n\n "b": 2}', 3, 2),
        ("[1, 2\n", 2, 1),
        ('{"a": "x\ny"}', 1, 9),
        ("{'a': 1}", 1, 2),
        ('{"a": 1} x', 1, 10),
        ('{\r\n"a": ٣}', 2, 6),
        ('{"a": 01}', 1, 8),
        ('{"a": +1}', 1, 7),
        ('{"a": .5}', 1, 7),
        ('{"a": 0x10}', 1, 8),
        ("{} // comment", 1, 4),
        ("\u00a0{}", 1, 1),
        ('"\\x41"', 1, 2),
    ],
)
def test_broken_json(text: str, line: int, column: int) -> None:
    """Broken JSON is told with its line and column."""
    with pytest.raises(BadDocument, match=rf"^line {line}, column {column}: broken JSON \(.+\): correct it there\.$"):
        parse_json(text)


# --- files ----------------------------------------------------------------------------------------------------------------


def test_one_document(tmp_path: Path, full: Json) -> None:
    """A file with a document gives that document, under the file's name."""
    path = _write(tmp_path / "a.json", full)
    (found,) = _read(path)
    assert found == Input(str(path), document=document_of(full))


def test_array_of_documents(tmp_path: Path, plain: Json) -> None:
    """An array gives its documents by number; a bad one does not cost the others."""
    path = _write(tmp_path / "a.json", [plain, 5, {"report": {"id": "/", "text": "x"}}, plain])
    found = _read(path)
    assert [one.source for one in found] == [f"{path} [{number}]" for number in range(4)]
    assert [bool(one.document) for one in found] == [True, False, False, True]
    assert str(found[2].error).startswith("report.id: ")


def test_empty_array(tmp_path: Path) -> None:
    """No documents are no documents."""
    assert _read(_write(tmp_path / "a.json", [])) == []


@pytest.mark.parametrize("suffix", [".jsonl", ".ndjson", ".JSONL"])
def test_bad_line_does_not_cost_the_others(tmp_path: Path, plain: Json, suffix: str) -> None:
    """Of JSON Lines each line stands for itself: empty ones are passed over, bad ones are named with their line."""
    twice = '{"report": {"id": "r", "id": "r"}}'
    path = _write(tmp_path / f"a{suffix}", plain, "", "{broken", " \r", plain, [plain], twice, '{"report": {"id": 1e999}}', plain, "")
    found = _read(path)
    assert [one.source for one in found] == [f"{path} line {number}" for number in (1, 3, 5, 6, 7, 8, 9)]
    assert [bool(one.document) for one in found] == [True, False, True, False, False, False, True]
    assert all(one.error or one.document == document_of(plain) for one in found)


def test_json_lines_with_windows_line_ends_and_mark(tmp_path: Path, plain: Json) -> None:
    """A byte-order mark first and carriage returns at the ends of lines do no harm."""
    line = json.dumps(plain).encode()
    (tmp_path / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + line + b"\r\n" + line + b"\r\n")
    assert [one.document for one in _read(tmp_path / "a.jsonl")] == [document_of(plain)] * 2


def test_line_separators_within_json_lines(tmp_path: Path, plain: Json) -> None:
    """U+2028 and its like stand in texts, and do not end a line of JSON."""
    plain["report"]["text"] = "one\u2028two\x85three\x0cfour"
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(plain, ensure_ascii=False), encoding="utf-8")
    assert _document(path).report.text == "one\u2028two\x85three\x0cfour"


def test_empty_file(tmp_path: Path) -> None:
    """An empty file is broken JSON, an empty list of lines is none."""
    assert "line 1, column 1" in _error(_write(tmp_path / "a.json", ""))
    assert _read(_write(tmp_path / "a.jsonl", "")) == []


def test_broken_file(tmp_path: Path) -> None:
    """A broken file is one refused document, with the line."""
    assert _error(_write(tmp_path / "a.json", '{"report":\n  {"id": }\n}')).startswith("line 2, column 10: broken JSON")


def test_file_that_is_no_utf8(tmp_path: Path) -> None:
    """A document in another encoding is refused with the line and the byte."""
    path = _write(tmp_path / "a.json", "{", b'"report": "\xe3\xe4"}')
    with pytest.raises(BadDocument, match=r"a\.json is not UTF-8: byte 13 \(line 2\) is 0xe3"):
        _read(path)


def test_missing_file_and_folder(tmp_path: Path) -> None:
    """A document that is not there, or is a folder, is misuse."""
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(UnreadableInput):
            _read(path)


# --- texts beside their document --------------------------------------------------------------------------------------------


@pytest.fixture
def beside(tmp_path: Path, plain: Json) -> Json:
    """A document whose text is to lie in a file: ``texts/report.txt`` beside the folder of the document."""
    del plain["report"]["text"]
    (tmp_path / "texts").mkdir()
    (tmp_path / "documents").mkdir()
    plain["report"]["file"] = "../texts/report.txt"
    return plain


def test_text_beside_the_document(tmp_path: Path, beside: Json, monkeypatch: pytest.MonkeyPatch) -> None:
    """``file`` is relative to the document, wherever the program stands; the text is taken as it lies there."""
    (tmp_path / "texts" / "report.txt").write_bytes("\ufeffhello\r\nعالم\u00a0\n".encode())
    path = _write(tmp_path / "documents" / "a.json", beside)
    monkeypatch.chdir(tmp_path.parent)
    document = _document(path)
    assert document.report.text == "\ufeffhello\r\nعالم\u00a0\n"
    assert document == document_of({**beside, "report": {"id": "r1", "text": document.report.text}})


def test_text_beside_json_lines_and_arrays(tmp_path: Path, beside: Json) -> None:
    """So it is in lines and arrays."""
    (tmp_path / "texts" / "report.txt").write_bytes(b"hello world")
    for path in (_write(tmp_path / "documents" / "a.jsonl", beside, beside), _write(tmp_path / "documents" / "a.json", [beside, beside])):
        assert [one.document is not None and one.document.report.text for one in _read(path)] == ["hello world"] * 2


def test_text_in_the_document_goes_first(tmp_path: Path, beside: Json) -> None:
    """Where a document has both, the text counts and the file is not even looked for."""
    beside["report"]["text"] = "hello world"
    assert _document(_write(tmp_path / "a.json", beside)).report.text == "hello world"


def test_text_that_is_not_the_one_annotated(tmp_path: Path, beside: Json) -> None:
    """A text that was changed since is found by its digest."""
    beside["report"]["sha256"] = "0" * 64
    (tmp_path / "texts" / "report.txt").write_bytes(b"hello world")
    assert "this is not the text that was annotated" in _error(_write(tmp_path / "documents" / "a.json", beside))


@pytest.mark.parametrize("name", ["/", "/etc/passwd", "../../outside.txt", "link.txt"])
def test_text_that_lies_elsewhere(tmp_path: Path, beside: Json, name: str) -> None:
    """A document from outside cannot have other files of the machine made part of a report, not by a link either."""
    (tmp_path / "outside.txt").write_text(str(beside["report"].get("text", "x")), encoding="utf-8")
    folder = tmp_path / "deep" / "documents"
    folder.mkdir(parents=True)
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    beside["report"]["file"] = name
    assert "lies elsewhere" in _error(_write(folder / "a.json", beside))


def test_missing_text(tmp_path: Path, beside: Json) -> None:
    """A text that is not there is named."""
    assert _error(_write(tmp_path / "documents" / "a.json", beside)).endswith("report.txt does not exist: check the path.")


@pytest.mark.parametrize("name", ["", ".", "../texts"])
def test_text_that_is_a_folder(tmp_path: Path, beside: Json, name: str) -> None:
    """A folder is no text."""
    beside["report"]["file"] = name
    assert _error(_write(tmp_path / "documents" / "a.json", beside)).endswith("is a folder: name a file.")


def test_text_that_is_no_utf8(tmp_path: Path, beside: Json) -> None:
    """Evidence is never guessed from a damaged file."""
    (tmp_path / "texts" / "report.txt").write_bytes("سطر\nسطر ".encode() + b"\xd8\n")
    assert "report.txt is not UTF-8: byte 14 (line 2) is 0xd8" in _error(_write(tmp_path / "documents" / "a.json", beside))


@pytest.mark.parametrize(
    "name", ["a\0b", "\ud800", "x" * 5_000, "a\u202e\x1b[31m\nb", "report.txt/x"], ids=["zero", "surrogate", "long", "controls", "through a file"]
)
def test_text_whose_name_no_file_has(tmp_path: Path, beside: Json, name: str) -> None:
    """Whatever stands in ``file``, the answer is a sentence, and acts on nothing."""
    (tmp_path / "documents" / "report.txt").write_bytes(b"")
    beside["report"]["file"] = name
    _error(_write(tmp_path / "documents" / "a.json", json.dumps(beside)))


@pytest.mark.parametrize("name", [5, None, ["report.txt"], True])
def test_file_that_is_no_name(tmp_path: Path, beside: Json, name: object) -> None:
    """A ``file`` that is no string is named at its place."""
    beside["report"]["file"] = name
    (found,) = _read(_write(tmp_path / "a.json", beside))
    assert isinstance(found.error, BadDocument)
    assert "report.file" in {problem.where for problem in found.error.problems}


def test_neither_text_nor_file(tmp_path: Path, beside: Json) -> None:
    """Without both, the text is asked for."""
    del beside["report"]["file"]
    (found,) = _read(_write(tmp_path / "a.json", beside))
    assert isinstance(found.error, BadDocument)
    assert "report.text: is missing: add it" in map(str, found.error.problems)
