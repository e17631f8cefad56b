"""Where places lie: the governorate of each, for maps."""

from __future__ import annotations

from claimgraph.model.vocabulary import CG
from claimgraph.store.reference import Reference


def place_of(reference: Reference, key: str) -> dict[str, str] | None:
    """The names of a place or facility and the governorate it lies in; ``None`` for what has none."""
    governorate = next((one for one in (key, *reference.wholes(key)) if CG.Governorate in reference.types(one)), None)
    if governorate is None:
        return None
    names = {name.language: name.value for name in reversed(reference.names(key)) if name.language}
    return {"ar": names.get("ar", key), "en": names.get("en", key), "governorate": governorate}
