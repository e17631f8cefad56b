"""What is known of raw reports from outside: a CSV file with a row for each, which has the last word over what a page says of itself.

A row never makes a file be read: it only speaks of a report that was given anyway. Cells are data, whatever they look like.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from claimgraph.model.errors import BadDocument, Problems
from claimgraph.model.limits import LIMITS
from claimgraph.model.text import decode, read_bytes, shown

COLUMNS = ("file", "id", "title", "url", "publisher", "published", "retrieved")


@dataclass(frozen=True)
class Row:
    """A row: where it stands, the file it names, and those of the report's fields that have a value."""

    source: str
    line: int
    file: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Metadata:
    """The rows by the report they speak of (resolved path), and those that speak of none."""

    rows: Mapping[Path, Row] = field(default_factory=dict)
    unused: tuple[Row, ...] = ()

    def of(self, path: Path) -> Row | None:
        """The row of a report, or ``None``."""
        return self.rows.get(path.resolve())


def read_metadata(path: Path, given: Sequence[Path], inputs: Sequence[Path]) -> Metadata:
    """Read a CSV file of UTF-8 with the columns :data:`COLUMNS`, of which only ``file`` must be there.

    ``given`` are the paths that the user named, ``inputs`` the raw reports found there. A row's file is looked for relative to the CSV
    file, then to the paths given, and must lie beside the one or below the others, links followed. Raises
    :class:`~claimgraph.model.errors.UnreadableInput` for a file that cannot be read, and :class:`BadDocument` with every line that is wrong.
    """
    problems = Problems(LIMITS.problems)
    rows = list(_rows(path, problems))
    found: dict[Path, Row] = {}
    unused: list[Row] = []
    ids: dict[str, Row] = {}
    places = _Places(path, given, inputs)
    for row in rows:
        where, report_id = f"line {row.line}", row.fields.get("id")
        if report_id is not None and (other := ids.setdefault(report_id, row)) is not row:
            problems.add(f"the id '{shown(report_id)}' is that of line {other.line} too: give each report its own", where)
        meant = places.meant(row.file)
        if meant is None:
            problems.add(f"'{shown(row.file)}' lies elsewhere: name a file beside the CSV, or below a folder that is given", where)
        elif not meant:
            unused.append(row)
        elif len(meant) > 1:
            problems.add(f"'{shown(row.file)}' may be {' or '.join(shown(str(one), 300) for one in meant)}: name it relative to the CSV", where)
        elif (other := found.setdefault(meant[0], row)) is not row:
            problems.add(f"'{shown(row.file)}' is the file of line {other.line} too: keep one of the two", where)
    problems.raise_if_any(BadDocument, f"{shown(str(path), 300)} is no table of metadata")
    return Metadata(found, tuple(unused))


def _rows(path: Path, problems: Problems) -> Iterator[Row]:
    name = shown(str(path), 300)
    reader = csv.reader(io.StringIO(decode(read_bytes(path), name).removeprefix("\ufeff"), newline=""), strict=True)
    header: list[str] | None = None
    line = 1
    try:
        for cells in reader:
            values, first, line = [cell.strip() for cell in cells], line, reader.line_num + 1
            if not any(values):
                continue
            if header is None:
                header = _header(values, name)
            elif len(values) != len(header):
                problems.add(f"it has {len(values)} cells where the header has {len(header)}: quote a cell that holds a comma", f"line {first}")
            else:
                fields = {column: value for column, value in zip(header, values, strict=True) if value}
                if file := fields.pop("file", ""):
                    yield Row(f"{name} line {first}", first, file, fields)
                else:
                    problems.add("it names no file: add the file that the row speaks of", f"line {first}")
    except csv.Error as error:
        raise BadDocument(f"{name} line {line}: broken CSV ({error}): correct it there.") from None
    if header is None:
        raise BadDocument(f"{name} is empty: its first line names the columns {', '.join(COLUMNS)}.")


def _header(values: list[str], name: str) -> list[str]:
    """The columns. Raises :class:`BadDocument` naming those that are unknown, that stand twice, or the one that is missing."""
    if unknown := [shown(value) or "(no name)" for value in values if value not in COLUMNS]:
        raise BadDocument(f"{name} has columns that say nothing here: {', '.join(unknown[:20])}. Known are {', '.join(COLUMNS)}, parted by commas.")
    if twice := sorted({value for value in values if values.count(value) > 1}):
        raise BadDocument(f"{name} has columns twice: {', '.join(twice)}. Keep one of each.")
    if "file" not in values:
        raise BadDocument(f"{name} has no column 'file': add it, with each report's file.")
    return values


class _Places:
    """Where the files that rows name may lie: beside the CSV file, or below what the user named."""

    def __init__(self, path: Path, given: Sequence[Path], inputs: Sequence[Path]) -> None:
        self.folder = path.resolve().parent
        self.roots = list(dict.fromkeys((one if one.is_dir() else one.parent).resolve() for one in given))
        self.inputs = {one.resolve() for one in inputs}

    def meant(self, name: str) -> list[Path] | None:
        """The reports that a row may mean: the one relative to the CSV file, else those below the paths; ``None`` if it points elsewhere."""
        try:
            near = (self.folder / name).resolve()
            below = [(root, (root / name).resolve()) for root in self.roots]
        except (OSError, ValueError, RuntimeError):  # a name that no file can have, or a link to itself
            return []
        beside = near.is_relative_to(self.folder.parent) or any(near.is_relative_to(root) for root in self.roots)
        inside = [file for root, file in below if file.is_relative_to(root)]
        if not beside and not inside:
            return None
        return [near] if beside and near in self.inputs else list(dict.fromkeys(file for file in inside if file in self.inputs))
