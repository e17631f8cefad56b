"""Where places lie: the governorate of each, for maps."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from claimgraph.model.vocabulary import CG
from claimgraph.store.reference import Reference


def place_of(reference: Reference, key: str) -> dict[str, str] | None:
    """The names of a place or facility and the governorate it lies in; ``None`` for what has none."""
    governorate = next((one for one in (key, *reference.wholes(key)) if CG.Governorate in reference.types(one)), None)
    if governorate is None:
        return None
    names = {name.language: name.value for name in reversed(reference.names(key)) if name.language}
    return {"ar": names.get("ar", key), "en": names.get("en", key), "governorate": governorate}


def by_governorate(reference: Reference, telling: Callable[[str], Any], named: Iterable[tuple[str, str, str]]) -> list[dict[str, Any]]:
    """The governorates in which places lie that claims name, the most named first; ``named`` are claims, their reports and the keys of the places.

    ``telling`` gives the names of a key.
    """
    found: dict[str, tuple[set[str], set[str], set[str]]] = {}
    for claim, report, key in named:
        if (place := place_of(reference, key)) is not None:
            for kept, one in zip(found.setdefault(place["governorate"], (set(), set(), set())), (claim, report, key), strict=True):
                kept.add(one)
    rows = [
        {"key": key, "name": telling(key), "claims": len(claims), "reports": len(reports), "places": [telling(one) for one in sorted(places)]}
        for key, (claims, reports, places) in found.items()
    ]
    return sorted(rows, key=lambda row: (-row["claims"], row["key"]))
