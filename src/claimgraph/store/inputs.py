"""From the paths that a user names to documents, whatever form they have."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from pathlib import Path

from claimgraph.model.errors import ClaimgraphError, UnreadableInput
from claimgraph.model.names import Base
from claimgraph.model.reading import Input, read_claims_file
from claimgraph.model.turtle import FORMATS, read_turtle_file
from claimgraph.store import raw

SUFFIXES = (".json", ".jsonl", ".ndjson", *FORMATS, *raw.SUFFIXES)


def expand(paths: Iterable[Path]) -> list[Path]:
    """Files, and the files of known suffix below folders, in order. Raises :class:`UnreadableInput` before anything is read."""
    out: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
            if not found:
                raise UnreadableInput(f"The folder {path} holds no {', '.join(SUFFIXES)} file: name the files.")
            out += found
        elif not path.exists():
            raise UnreadableInput(f"{path} does not exist: check the path.")
        elif path.suffix.lower() not in SUFFIXES:
            raise UnreadableInput(
                f"{path} is none of {', '.join(SUFFIXES)}: a claims document, a list of them, our own Turtle or TriG, or a raw report."
            )
        else:
            out.append(path)
    return out


def is_raw(path: Path) -> bool:
    """Whether a file is a raw report by its suffix."""
    return path.suffix.lower() in raw.SUFFIXES


def read(
    paths: Iterable[Path], base: Base, known: Container[str], raw_report: Callable[[Path], Input] | None = None, named: Iterable[Path] = ()
) -> Iterator[Input]:
    """The documents of all files; what cannot be read comes as an :class:`Input` with its error.

    Raw reports come last, by ``raw_report``. A text that a claims document among the inputs names as its own is none, unless the user named it
    (``named``).
    """
    texts: set[Path] = set()
    later: list[Path] = []
    for path in paths:
        if is_raw(path):
            later.append(path)
            continue
        for one in _documents(path, base, known):
            if one.text_file is not None:
                texts.add(_resolved(one.text_file))
            yield one
    texts -= {path.resolve() for path in named}
    for path in later:
        if raw_report is not None and path.resolve() not in texts:
            yield raw_report(path)


def _documents(path: Path, base: Base, known: Container[str]) -> Iterator[Input]:
    try:
        if path.suffix.lower() in FORMATS:
            yield from read_turtle_file(path, base, known)
        else:
            yield from read_claims_file(path)
    except ClaimgraphError as error:
        yield Input(str(path), error=error)


def _resolved(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, ValueError, RuntimeError):  # a name that no file can have
        return path
