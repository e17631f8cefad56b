"""``.rq`` files: SPARQL with a ``#+`` header in YAML (the grlc convention) and marked places for parameters.

A marked place is one line, ``VALUES ?about { … } # parameter about``. The file is valid SPARQL as it stands; binding replaces what
is between the braces by terms that the RDF library has serialised, so that no text from outside is ever pasted into a query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pyoxigraph import Literal, NamedNode

from claimgraph.model.errors import ResourceError

_PLACE = re.compile(r"^(?P<before>[ \t]*VALUES \?(?P<variable>\w+) \{)[^}\n]*(?P<after>\}[ \t]*# parameter (?P<name>[\w-]+)[ \t]*)$", re.MULTILINE)


def read_rq(path: Path) -> tuple[dict[str, Any], str]:
    """Header and query of a file. Raises :class:`ResourceError` if the header is no YAML mapping."""
    text = path.read_text(encoding="utf-8")
    header = "\n".join(line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+"))
    try:
        value = yaml.safe_load(header)
    except yaml.YAMLError as error:
        raise ResourceError(f"{path.name}: its #+ header is no YAML: {error}") from None
    if not isinstance(value, dict):
        raise ResourceError(f"{path.name}: it has no #+ header.")
    body = "\n".join(line for line in text.splitlines() if not line.startswith("#+"))
    return value, body.strip() + "\n"


def places(query: str) -> set[str]:
    """The names of the marked places of a query."""
    return {found["name"] for found in _PLACE.finditer(query)}


def bind(query: str, values: Mapping[str, Sequence[NamedNode | Literal] | None]) -> str:
    """The query with terms at its marked places; ``None`` leaves a place open.

    Raises :class:`ResourceError` if a place or a value has no counterpart.
    """
    if missing := places(query) ^ set(values):
        raise ResourceError(f"The query's marked places and its parameters differ in {', '.join(sorted(missing))}.")
    return _PLACE.sub(lambda found: f"{found['before']} {_written(values[found['name']])} {found['after']}", query)


def _written(terms: Sequence[NamedNode | Literal] | None) -> str:
    return "UNDEF" if terms is None else " ".join(map(str, terms))
