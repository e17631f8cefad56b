"""Killed while the reference graph is changed: the archive has the change or has it not, and on reopening every report is read accordingly."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from pyoxigraph import Store

from claimgraph.model.names import Base
from claimgraph.store.archive import Archive
from claimgraph.store.commit import open_writer
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading
from claimgraph.store.verify import verify

DYING = """
import os, signal, sys
from pathlib import Path
from claimgraph.model.names import Base
from claimgraph.store.commit import open_writer
from claimgraph.store.entities import Merge
from claimgraph.store.place import Place

folder, base, method, number, when = sys.argv[1:]

class Dying:
    "Stands for an object, and dies before or after a call of one of its methods."
    def __init__(self, inner, left):
        self.inner, self.left = inner, left
    def __getattr__(self, name):
        inner = getattr(self.inner, name)
        def call(*args, **kwargs):
            self.left -= 1
            if self.left == 0 and when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            inner(*args, **kwargs)
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return call if name == method else inner
    def __contains__(self, quad):
        return quad in self.inner

with open_writer(Place(Path(folder)), Base(base), "dana", "test") as writer:
    if method == "append":
        writer.archive = Dying(writer.archive, int(number))
    else:
        writer.index.store = Dying(writer.index.store, int(number))
    writer.change_entities(Merge(key="us-forces", into="coalition"), reason="the same")
"""


@pytest.mark.parametrize(
    ("method", "number", "when", "there"),
    [
        ("append", 1, "before", False),
        ("append", 1, "after", True),
        ("update", 4, "after", True),
        ("remove", 3, "after", True),
        ("extend", 1, "after", True),
    ],
)
def test_killed_at_a_point_of_a_merge(sampled: Path, tmp_path: Path, base: Base, method: str, number: int, when: str, there: bool) -> None:
    """Before the archive has it the merge never was; after that all reports are read through it on reopening, none of them in part."""
    place = Place(Path(shutil.copytree(sampled, tmp_path / "store")))
    ended = subprocess.run([sys.executable, "-c", DYING, str(place.folder), base.iri, method, str(number), when], check=False)
    assert ended.returncode == -signal.SIGKILL
    with reading(place, base.iri) as snapshot, closing(Archive(place.archive, base.iri)) as archive:
        store = Store.read_only(str(snapshot.path))
        assert (archive.head(), snapshot.sequence) == ((13, 13) if there else (12, 12))
        assert verify(archive, store, snapshot.sequence) == ()
        graphs = {str(quad.graph_name) for quad in store.quads_for_pattern(None, None, base.entity("us-forces"), None)}
        of_reports = {name for name in graphs if "/v/" in name}
        assert of_reports
        assert all(name.endswith("#redirections>") for name in of_reports) is there
    with open_writer(place, base, "eva", "test") as writer:
        assert writer.archive.head() == snapshot.sequence
