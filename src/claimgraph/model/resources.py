"""Where the program's own files are: ontology, shapes, reference graph and questions, in a wheel and in a checkout alike."""

from __future__ import annotations

from pathlib import Path

from claimgraph.model.errors import ResourceError

FOLDERS = ("ontology", "shapes", "graph", "queries")
_PACKAGE = Path(__file__).resolve().parents[1]


def folder(name: str) -> Path:
    """The folder ``name`` (one of :data:`FOLDERS`).

    A wheel carries the folders inside the package; a checkout, also an editable install, has them at its top.
    Raises :class:`ResourceError` if it is in neither place.
    """
    if name not in FOLDERS:
        raise ResourceError(f"'{name}' is none of the program's folders {', '.join(FOLDERS)}.")
    for place in (_PACKAGE / "resources" / name, _PACKAGE.parents[1] / name):
        if place.is_dir():
            return place
    raise ResourceError(f"The installation lacks its folder '{name}': install claimgraph again.")


def files(name: str, suffix: str) -> tuple[Path, ...]:
    """All files below folder ``name`` that end in ``suffix``, sorted by path. Raises :class:`ResourceError` if there are none."""
    found = tuple(sorted(folder(name).rglob(f"*{suffix}")))
    if not found:
        raise ResourceError(f"The installation's folder '{name}' holds no {suffix} file: install claimgraph again.")
    return found
