"""From the paths that a user names to documents, whatever form they have."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from pathlib import Path

from claimgraph.model.errors import ClaimgraphError, UnreadableInput
from claimgraph.model.names import Base
from claimgraph.model.reading import Input, read_claims_file
from claimgraph.model.turtle import FORMATS, read_turtle_file

SUFFIXES = (".json", ".jsonl", ".ndjson", *FORMATS)


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
            raise UnreadableInput(f"{path} is none of {', '.join(SUFFIXES)}: a claims document, a list of them, or our own Turtle or TriG.")
        else:
            out.append(path)
    return out


def read(paths: Iterable[Path], base: Base, known: Container[str]) -> Iterator[Input]:
    """The documents of all files; what cannot be read comes as an :class:`Input` with its error."""
    for path in paths:
        try:
            if path.suffix.lower() in FORMATS:
                yield from read_turtle_file(path, base, known)
            else:
                yield from read_claims_file(path)
        except ClaimgraphError as error:
            yield Input(str(path), error=error)
