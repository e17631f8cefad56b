"""What tests of harm done to a running service share: writes of each kind, what it must be like afterwards, and ways to harm a store's files."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from attacking import told
from requesting import JSON_BODY, TURTLE_BODY, Writable, address, history
from running import Run, small
from serving import Answer, eventually


def post(victim: Writable, report_id: str, headers: dict[str, str] | None = None, **report: Any) -> Answer:
    """The answer to a report of dana's."""
    return victim.send("POST", "/api/reports", json.dumps(small(report_id=report_id, **report)), {**JSON_BODY, **(headers or {})})


def writes_again(victim: Writable, report_id: str) -> int:
    """The commit of a report that is let in within ten seconds, with which everything is as it should be; others are refused in the one shape."""
    answers: list[Answer] = []

    def let_in() -> bool:
        answers.append(post(victim, report_id))
        return answers[-1].status in (200, 201) or not told(answers[-1], 503, 507)

    eventually(let_in, "a report that is let in")
    commit = int(answers[-1].headers["X-Commit"])
    shown = victim.service.send("GET", answers[-1].headers["Location"] + f"?min-commit={commit}")
    assert shown.status == 200, shown.text
    return commit


def write_each_way(victim: Writable, name: str) -> list[Answer]:
    """The answers to a write of each kind."""
    graph = victim.graph(name)
    return [
        post(victim, name),
        victim.try_update(f"INSERT DATA {{ GRAPH <{graph}> {{ <urn:a> <urn:b> '{name}' }} }}"),
        victim.send("PUT", address("/graphs", graph=f"{graph}-put"), f"<urn:a> <urn:b> '{name}' .", TURTLE_BODY),
        victim.send("POST", address("/graphs", graph=f"{graph}-post"), f"<urn:a> <urn:b> '{name}' .", TURTLE_BODY),
    ]


def subjects(victim: Writable, claimgraph: Run) -> dict[int, str]:
    """The id of the report that each commit brought."""
    return {entry["sequence"]: entry["subject"].partition("/")[2] for entry in history(victim.data, claimgraph) if entry["kind"] == "report"}


@contextmanager
def aside(folder: Path, pattern: str, tmp_path: Path) -> Iterator[None]:
    """Files of a store that are elsewhere for a while."""
    moved = {path: tmp_path / path.name for path in folder.glob(pattern)}
    assert moved
    for path, other in moved.items():
        path.rename(other)
    try:
        yield
    finally:
        for path, other in moved.items():
            other.rename(path)


@contextmanager
def damaged(data: Path, statement: str, table: str) -> Iterator[None]:
    """An archive in which something was changed behind the program's back; afterwards its rows are what they were."""
    with closing(sqlite3.connect(data / "archive.sqlite3", isolation_level=None, timeout=10)) as database:
        database.execute("PRAGMA foreign_keys=OFF")
        database.execute(f"CREATE TEMP TABLE kept AS SELECT * FROM {table}")
        assert database.execute(statement).rowcount > 0
        yield
        database.execute("BEGIN IMMEDIATE")
        database.execute(f"DELETE FROM {table}")
        database.execute(f"INSERT INTO {table} SELECT * FROM kept")
        database.execute("COMMIT")


def overwrite(path: Path, data: bytes) -> None:
    """Write over a file's bytes; it stays the same file."""
    with path.open("r+b") as file:
        file.write(data)
