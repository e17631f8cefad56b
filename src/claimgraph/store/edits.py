"""Corrections of a claim, field by field, as a person gives them: ``event.type=escape``, ``chain[1].verb=قال``, ``end=40``."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from claimgraph.model.errors import BadDocument
from claimgraph.model.text import shown

_STEP = re.compile(r"(?P<name>[a-z_]+)(?P<places>(?:\[[0-9]{1,3}\])*)")
NUMBERS = ("start", "end", "min", "max", "confidence")
LISTS = ("actors", "targets", "helpers", "counted", "or", "candidates")  # of keys or words: several with commas
COMMAS = re.compile("[,،]")
_OTHERS = ("null", "true", "false")


def corrected(claim: dict[str, Any], text: str, corrections: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """A claim, as JSON values, with other values of some fields; ``text`` is that of its report.

    Fields are named by their JSON path. Values are texts as they are, numbers where the field is one (in any digits), several keys with commas where
    it is a list, ``null`` for none, and JSON for whole parts (``{…}``, ``[…]``). With ``start`` or ``end`` the quotation follows from the text.
    Whether the result is a claim is for the model to say. Raises :class:`BadDocument` for a path that leads nowhere.
    """
    value = copy.deepcopy(claim)
    given = dict(corrections)
    for path, word in given.items():
        _put(value, path, _value(path, word))
    if given.keys() & {"start", "end"} and "quote" not in given and all(isinstance(value.get(name), int) for name in ("start", "end")):
        value["quote"] = text[value["start"] : value["end"]]
    return value


def _steps(path: str) -> list[str | int]:
    steps: list[str | int] = []
    for part in path.split("."):
        found = _STEP.fullmatch(part)
        if found is None:
            raise BadDocument(f"'{shown(path)}' names no field: write it like polarity, event.type or chain[1].verb.")
        steps += [found["name"], *(int(place) for place in re.findall(r"[0-9]+", found["places"]))]
    return steps


def _put(value: dict[str, Any], path: str, new: Any) -> None:
    steps = _steps(path)
    here: Any = value
    last = steps[-1]
    for step, following in pairwise(steps):
        if isinstance(step, str) and isinstance(here, dict) and here.get(step) is None:
            here[step] = [] if isinstance(following, int) else {}
        here = _within(here, step, path)
    if isinstance(last, str) and isinstance(here, dict):
        here[last] = new
    elif isinstance(last, int) and isinstance(here, list) and last <= len(here):
        here[last : last + 1] = [new]
    else:
        raise _nowhere(path)


def _within(here: Any, step: str | int, path: str) -> Any:
    if isinstance(step, str) and isinstance(here, dict):
        return here[step]
    if isinstance(step, int) and isinstance(here, list) and step <= len(here):
        if step == len(here):
            here.append({})
        return here[step]
    raise _nowhere(path)


def _nowhere(path: str) -> BadDocument:
    return BadDocument(f"'{shown(path)}' leads nowhere in this claim: look at it with 'claimgraph export' first.")


def _value(path: str, word: str) -> Any:
    name = path.rpartition(".")[2]
    if name in NUMBERS and re.fullmatch(r"\d{1,15}(\.\d{1,6})?", word):
        return float(word) if "." in word else int(word)
    if word[:1] in ("{", "[", '"') or word in _OTHERS:
        try:
            return json.loads(word)
        except (ValueError, RecursionError):
            raise BadDocument(f"What '{shown(path)}' shall be is no JSON: close its brackets and quotes.") from None
    if name in LISTS:
        return [key.strip() for key in COMMAS.split(word) if key.strip()]
    return word
