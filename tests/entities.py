"""Changes of the reference graph as tests ask for them, and what a store says before and after."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from pyoxigraph import Store

from claimgraph.ask.answers import records
from claimgraph.ask.catalogue import catalogue
from claimgraph.ask.query import evaluate
from claimgraph.model.errors import Problem
from claimgraph.model.names import Base
from claimgraph.store.archive import Archive
from claimgraph.store.commit import Writer, open_writer
from claimgraph.store.entities import Add, NameGiven
from claimgraph.store.place import Place
from claimgraph.store.reference import Reference
from claimgraph.store.snapshots import reading
from claimgraph.store.verify import verify

SOURCE = "https://example.org/where-it-is-written"


def name(text: str, language: str = "ar", source: str = SOURCE) -> NameGiven:
    """A name with its source."""
    return NameGiven.model_validate({"text": text, "language": language, "source": source})


def new(key: str, arabic: str, english: str, kind: str = "organization", part_of: str | None = None, *, ambiguous: bool = False) -> Add:
    """A new entity."""
    return Add(key=key, kind=kind, names=(name(arabic), name(english, "en")), part_of=part_of, ambiguous=ambiguous)


@contextmanager
def writing_to(folder: Path, base: Base, agent: str = "dana") -> Iterator[Writer]:
    """A store open for writing."""
    with open_writer(Place(folder), base, agent, "test") as writer:
        yield writer


def verified(folder: Path, base: Base) -> tuple[Problem, ...]:
    """What is found wrong with a store."""
    place = Place(folder)
    with reading(place, base.iri) as snapshot, closing(Archive(place.archive, base.iri)) as archive:
        return verify(archive, Store.read_only(str(snapshot.path)), snapshot.sequence)


def answer(store: Store, reference: Reference, question: str, **values: str) -> list[tuple[str, ...]]:
    """The rows of a question of the catalogue, as text."""
    asked = catalogue()[question]
    found = evaluate(store, asked.sparql(values, reference.base, reference), rows=10_000)
    return [tuple(map(str, record.values())) for record in records(asked, found)]


def answers_of(store: Store, reference: Reference) -> dict[str, list[tuple[str, ...]]]:
    """Every question of the catalogue with its defaults, as a set would tell it: rows that sort alike may stand in any order."""
    return {found: sorted(answer(store, reference, found)) for found in catalogue()}


@pytest.fixture
def folder(sampled: Path, tmp_path: Path) -> Path:
    """A copy of the store of the bundled samples, to be written to."""
    return Path(shutil.copytree(sampled, tmp_path / "folder"))
