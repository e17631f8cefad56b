"""Reports that are read otherwise than they are written: the samples after a split, a merge, a name that was resolved. Take ``reread`` by name."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from claimgraph.model.names import Base
from claimgraph.model.reading import document_of
from claimgraph.store.entities import Merge, Resolve, Split
from entities import new, writing_to
from reviewing import WHY
from running import small
from serving import Service, service

REPORT, NAMED = "sample-03-injured-civilians", "مركز التنسيق"
MOVED, OPEN = "الطيران الأمريكي", "القوات الأمريكية"  # names of the same forces: the first goes to the other entity, both bear the second
AIR = new("us-air-force", "سلاح الجو الأمريكي", "US Air Force", kind="military-force", part_of="us-forces")
OTHER = new("other-outlet", "وكالة أخرى", "Other agency")


def named() -> dict[str, Any]:
    """A report of an outlet, in which somebody speaks whom the reference graph does not know."""
    value = small(f"قال {NAMED} إن أحداً لم يفر.", "named", publisher="syria-tv")
    value["claims"][0]["chain"].append({"named": NAMED, "surface": NAMED})
    return value


@pytest.fixture(scope="session")
def reread(sampled: Path, tmp_path_factory: pytest.TempPathFactory, base: Base) -> Iterator[Service]:
    """A service on them: US forces are two, the speaker of ``named`` is found, its outlet may be two, and the New York Times is Sputnik."""
    where = tmp_path_factory.mktemp("reread")
    data = Path(shutil.copytree(sampled, where / "data"))
    with writing_to(data, base) as writer:
        writer.commit(document_of(named()))
        for request in (
            Split(key="us-forces", new=AIR, names=(MOVED,), shared=(OPEN,)),
            Resolve(what="named/c01#hop-2", key="sdf"),
            Split(key="syria-tv", new=OTHER),
            Merge(key="nyt", into="sputnik"),
        ):
            writer.change_entities(request, reason=WHY)
    with service(where, data=data) as running:
        yield running
