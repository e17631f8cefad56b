"""Which extractors there are: those that installed packages register under the entry point group ``claimgraph.extractors``."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import cast

from claimgraph.extract.protocol import Extractor, Known, Maker
from claimgraph.model.errors import Misuse, ResourceError
from claimgraph.model.text import shown

GROUP = "claimgraph.extractors"
DEFAULT = "rules"


def registered() -> dict[str, EntryPoint]:
    """All extractors by name; nothing of theirs is loaded."""
    return {found.name: found for found in sorted(entry_points(group=GROUP), key=lambda one: one.name)}


def entry_of(name: str) -> EntryPoint:
    """Where an extractor is registered. Raises :class:`Misuse` naming those there are where there is none of this name."""
    found = registered()
    if name not in found:
        raise Misuse(f"There is no extractor '{shown(name)}': there {_are(list(found))}.")
    return found[name]


def extractor(name: str, known: Known) -> Extractor:
    """An extractor, made with what the reference graph knows.

    Raises :class:`Misuse` where there is none of this name, and :class:`ResourceError` where it cannot be made.
    """
    found = entry_of(name)
    try:
        made = cast("Maker", found.load())(known)
    except (ImportError, AttributeError, TypeError) as error:
        raise ResourceError(f"The extractor '{shown(name)}' ({found.value}) cannot be used: {shown(str(error), 300)}.") from error
    if lacks := [part for part in ("name", "version", "extract") if not hasattr(made, part)]:
        raise ResourceError(f"The extractor '{shown(name)}' ({found.value}) has no {', '.join(lacks)}: it is no extractor.")
    return made


def _are(names: list[str]) -> str:
    return f"is {names[0]}" if len(names) == 1 else f"are {', '.join(names)}" if names else "is none: install claimgraph again"
