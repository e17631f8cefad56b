"""Reading claims documents from JSON: strictly, and with the place of everything that is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from claimgraph.model.document import PATTERNS, ClaimsDocument
from claimgraph.model.errors import BadDocument, ClaimgraphError, Problem
from claimgraph.model.limits import LIMITS
from claimgraph.model.text import decode, read_bytes, read_lines, shown

_PLAIN = {
    "too_short": "must not be empty",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "tuple_type": "must be a list",
    "frozen_set_type": "must be a list",
    "string_type": "must be a string",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "float_type": "must be a number",
}
_DIGITS = 18  # what 64 bits hold, and more than any count
_WHAT_TO_DO = {
    "missing": "is missing: add it",
    "extra_forbidden": "is no field of a claims document: remove it or correct its name",
}


@dataclass(frozen=True)
class Input:
    """One document of a file, read or refused: ``source`` says where it stands (file, or file and line).

    ``text_file`` is the file that a claims document names for its text. ``received`` are the bytes of a raw report, ``remarks`` sentences
    on what was read that a person should look at.
    """

    source: str
    document: ClaimsDocument | None = None
    error: ClaimgraphError | None = None
    text_file: Path | None = None
    received: bytes | None = None
    remarks: tuple[str, ...] = ()


def document_of(value: Any) -> ClaimsDocument:
    """A claims document from JSON values. Raises :class:`BadDocument` with one problem per fault, each with its JSON path."""
    try:
        return ClaimsDocument.model_validate(value)
    except ValidationError as error:
        problems = tuple(Problem(_sentence(e), _json_path(e["loc"])) for e in error.errors(include_url=False))
    problems = tuple(_causes(problems))
    summary = str(problems[0]) if len(problems) == 1 else f"this is no claims document: {len(problems)} problems, the first {problems[0]}"
    raise BadDocument(summary, problems=problems)


def _causes(problems: tuple[Problem, ...]) -> Iterator[Problem]:
    """The problems that do not only follow from another: what is worked out from a missing text, a list that lacks its faulty item."""
    places = {problem.where for problem in problems}
    lists = {where[:at] for where in places for at, letter in enumerate(where) if letter == "["}
    worked_out = {"report.sha256", "report.characters"} if "report.text" in places else set()
    return (problem for problem in problems if problem.where not in lists | worked_out)


def parse_json(text: str) -> Any:
    """JSON (RFC 8259) without its traps: no duplicate keys, no NaN, no numbers out of range, no deep nesting, no half surrogates.

    Raises :class:`BadDocument` with the line, or with what is wrong.
    """
    try:
        value = json.loads(
            text.removeprefix("\ufeff"), object_pairs_hook=_once, parse_constant=_no_constant, parse_int=_short_int, parse_float=_finite
        )
    except json.JSONDecodeError as error:
        raise BadDocument(f"line {error.lineno}, column {error.colno}: broken JSON ({error.msg}): correct it there.") from None
    except RecursionError:
        raise BadDocument(f"JSON nested more than {LIMITS.json_depth} deep: a claims document needs seven levels.") from None
    _check_depth(value)
    if "\\u" in text:  # only an escape can bring one in
        _check_surrogates(value)
    return value


def read_claims_file(path: Path) -> Iterator[Input]:
    """The documents of a ``.json`` file (one, or an array of them) or a ``.jsonl`` file (one a line).

    A document may name its text by ``file``, relative to the JSON file. What cannot be read comes as an :class:`Input` with its
    error, so that one bad line does not cost the others. Raises :class:`UnreadableInput` and :class:`BadDocument` for the file itself.
    """
    if path.suffix.lower() not in (".jsonl", ".ndjson"):
        yield from _read_whole(str(path), decode(read_bytes(path), str(path)), path.parent)
        return
    for number, line in enumerate(read_lines(path), start=1):
        source = f"{path} line {number}"
        try:
            if line.strip():
                yield _document(source, parse_json(decode(line, source)), path.parent)
        except BadDocument as error:
            yield Input(source, error=error)


def _read_whole(source: str, text: str, folder: Path) -> Iterator[Input]:
    try:
        value = parse_json(text)
    except BadDocument as error:
        yield Input(source, error=error)
        return
    if not isinstance(value, list):
        yield _document(source, value, folder)
        return
    for number, item in enumerate(value):
        yield _document(f"{source} [{number}]", item, folder)


def _document(source: str, value: Any, folder: Path) -> Input:
    file = _text_file(value, folder)
    try:
        return Input(source, document=document_of(_with_text(value, folder)), text_file=file)
    except ClaimgraphError as error:
        return Input(source, error=error, text_file=file)


def _text_file(value: Any, folder: Path) -> Path | None:
    """The file that a document names for its text, whether or not it may."""
    match value:
        case {"report": {"file": str(name)}}:
            return folder / name
    return None


def _with_text(value: Any, folder: Path) -> Any:
    """Put the text of a report's ``file`` in its place.

    The file must lie in the document's folder or in a folder beside it (links followed): a document from outside cannot have other
    files of the reader's machine made part of a report.
    """
    match value:
        case {"report": {"file": str(name), **report}} if "text" not in report:
            path = folder / name
            if not _beside(path, folder):
                raise BadDocument(f"report.file: '{shown(name)}' lies elsewhere: put the text beside the document, or in a folder beside its own.")
            return {**value, "report": {**report, "text": decode(read_bytes(path), str(path))}}
        case {"report": {"file": str(), **report}}:
            return {**value, "report": report}
    return value


def _beside(path: Path, folder: Path) -> bool:
    try:
        return path.resolve().is_relative_to(folder.resolve().parent)
    except (OSError, ValueError):  # a name that no file can have: reading it says so
        return True


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for key, value in pairs:
        if key in out:
            raise BadDocument(f"the key '{shown(key)}' stands twice in one object: keep one.")
        out[key] = value
    return out


def _no_constant(name: str) -> Any:
    raise BadDocument(f"{name} is no JSON number: leave the field out where there is no value.")


def _short_int(digits: str) -> int:
    if len(digits) > _DIGITS:
        raise BadDocument(f"a number of {len(digits)} digits is more than anybody counts: correct it.")
    return int(digits)


def _finite(digits: str) -> float:
    value = float(digits)
    if value in (float("inf"), float("-inf")):
        raise BadDocument(f"the number {digits[:20]} is out of range: correct it.")
    return value


def _check_depth(value: Any) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > LIMITS.json_depth:
            raise BadDocument(f"JSON nested more than {LIMITS.json_depth} deep: a claims document needs seven levels.")
        level = [item for one in level if isinstance(one, dict | list) for item in (one.values() if isinstance(one, dict) else one)]


def _check_surrogates(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadDocument(
            f"half a surrogate pair (\\u{ord(error.object[error.start]):04x}) is no character: write the pair, or the letter itself."
        ) from None


def _json_path(location: tuple[int | str, ...]) -> str:
    path = ""
    for step in location:
        path += f"[{step}]" if isinstance(step, int) else f"{'.' if path else ''}{shown(step)}"
    return path


def _sentence(error: Any) -> str:
    if error["type"] in _WHAT_TO_DO:
        return _WHAT_TO_DO[error["type"]]
    message = str(error["msg"]).removeprefix("Value error, ")
    got = error["input"]
    if (pattern := error.get("ctx", {}).get("pattern")) in PATTERNS:
        return f"{shown(json_like(got))} is no {PATTERNS[pattern]}"
    if error["type"] in _PLAIN:
        return f"{_PLAIN[error['type']]}, but this is {shown(json_like(got))}"
    return message if error["type"] == "value_error" else f"{message[0].lower()}{message[1:]}, but this is {shown(json_like(got))}"


def json_like(value: Any) -> str:
    """A short form of a JSON value for a message."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    return json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else f"'{value}'"
