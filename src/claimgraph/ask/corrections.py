"""A claim as the fields of a form, and what somebody typed in them as corrections of the claim.

Fields are named by the JSON path of what they hold: ``event.type``, ``event.quantity.min``, ``chain[1].verb``. How a mouth is known
(``chain[1].as``: agent, named or anonymous) and who it is (``chain[1].who``) are two fields for what is one in a claim. Offsets are code points.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from typing import Any

from claimgraph.model.errors import BadDocument
from claimgraph.model.limits import LIMITS
from claimgraph.model.vocabulary import notations
from claimgraph.store.edits import COMMAS, LISTS, NUMBERS, corrected

SPEAKERS = ("agent", "named", "anonymous")
_PLAIN = ("polarity", "certainty", "event.type", "event.status", "start", "end", "said", "incident")
_CONTENT = ("time", "facility", "place", "origin", "destination", "actors", "targets", "helpers")
_QUANTITY = ("min", "max", "approximate", "of", "counted", "wording")
_HOP = ("as", "who", "kind", "speaks_for", "verb")
# Which controlled list a choice is of, by the last step of its path; what may be left out has an empty choice as well.
_SCHEMES = {"polarity": "polarity", "certainty": "certainty", "type": "event", "status": "status", "of": "counts", "kind": "source"}
_MAY_LACK = ("of", "kind")
_OTHERS = {"approximate": ("false", "true"), "as": SPEAKERS}
# What a page may not show in a field exactly as it is: all but the letters, marks and signs that reports are written with.
_UNUSUAL = re.compile("[^\n\x20-\x7e\xa1-\xac\xae-\u02ff\u060c\u061b\u061f\u0621-\u0652\u0660-\u06d3\u2013\u2014\u2018-\u201d\u2026]")
PATHS = (
    *_PLAIN,
    *(f"event.{name}" for name in _CONTENT),
    *(f"event.quantity.{name}" for name in _QUANTITY),
    *(f"chain[{place}].{name}" for place in range(LIMITS.form_hops) for name in _HOP),
)


def fields_of(claim: dict[str, Any]) -> dict[str, str]:
    """The fields of a claim, given as JSON values, that a page offers to correct, by their paths, as they are typed.

    What has characters that nobody can type, or more mouths than a page has room for, is corrected as JSON alone and has no field here.
    One mouth more than there are is offered, empty.
    """
    alone = {path: _typed(_at(claim, path)) for path in (*_PLAIN, *(f"event.{name}" for name in _CONTENT))}
    alone["event.status"] = alone["event.status"] or "happened"
    found = {path: word for path, word in alone.items() if word is not None}
    for part in (_quantity_of(claim), _chain_of(claim)):
        found |= {path: word for path, word in part.items() if word is not None} if None not in part.values() else {}
    return found


def choices_of(fields: Mapping[str, str]) -> dict[str, list[str]]:
    """What each field may be that is a choice, by its path; ``""`` where it may be left out."""
    found = {}
    for path in fields:
        name = path.rpartition(".")[2]
        if name in _SCHEMES:
            found[path] = [*([""] if name in _MAY_LACK else []), *notations(_SCHEMES[name])]
        elif name in _OTHERS:
            found[path] = list(_OTHERS[name])
    return found


def readable(claim: dict[str, Any]) -> str:
    """A claim as JSON in which no character acts on the text around it: those that would are written by their numbers."""
    text = json.dumps(claim, ensure_ascii=False, indent=1)
    return _UNUSUAL.sub(lambda found: json.dumps(found[0])[1:-1], text)


def as_typed(claim: dict[str, Any], value: dict[str, Any], text: str, typed: Mapping[str, str]) -> dict[str, Any]:
    """``value`` with the fields that are typed otherwise than they were in ``claim``; ``text`` is that of the report.

    A mouth whose name was emptied is taken out, and a quantity of which nothing is left. Whether the result is a claim is for the model to say.
    Raises :class:`BadDocument`.
    """
    was = fields_of(claim)
    now = was | {path: word.strip() for path, word in typed.items() if path in was}
    changed = [path for path in was if now[path] != was[path]]
    alone = [(path, _given(path, now[path])) for path in changed if not path.startswith(("event.quantity.", "chain["))]
    return corrected(value, text, [*alone, *_quantity(now, changed), *_chain(claim, value, now, changed)])


def _at(claim: dict[str, Any], path: str) -> Any:
    part: Any = claim
    for step in path.split("."):
        part = part.get(step)
    return part


def _typed(part: Any) -> str | None:
    """A value as it is typed; ``None`` for what cannot be."""
    if isinstance(part, list) and any(COMMAS.search(word) for word in part):
        return None
    word = ", ".join(part) if isinstance(part, list) else "" if part is None else str(part)
    return None if _UNUSUAL.search(word) else word


def _quantity_of(claim: dict[str, Any]) -> dict[str, str | None]:
    quantity = claim["event"].get("quantity") or {"approximate": False}
    words = {**quantity, "approximate": json.dumps(quantity["approximate"])}
    return {f"event.quantity.{name}": _typed(words.get(name)) for name in _QUANTITY}


def _chain_of(claim: dict[str, Any]) -> dict[str, str | None]:
    chain: list[dict[str, Any]] = [*claim["chain"], {}][: max(LIMITS.form_hops, len(claim["chain"]))]
    found: dict[str, str | None] = {}
    for place, hop in enumerate(chain if len(chain) <= LIMITS.form_hops else []):
        known = next((one for one in SPEAKERS if one in hop), SPEAKERS[0])
        words = {**hop, "as": known, "who": hop.get(known)}
        found |= {f"chain[{place}].{name}": _typed(words.get(name)) for name in _HOP}
    return found


def _given(path: str, word: str) -> str:
    """A word as a correction: one that is text is no JSON, whatever it begins with."""
    name = path.rpartition(".")[2]
    if name in LISTS or name in NUMBERS:
        return word or ("[]" if name in LISTS else "null")
    return json.dumps(word) if word else "null"


def _quantity(now: Mapping[str, str], changed: list[str]) -> list[tuple[str, str]]:
    paths = [path for path in changed if path.startswith("event.quantity.")]
    certain = "event.quantity.approximate"
    if not paths:
        return []
    if not any(word for path, word in now.items() if path.startswith("event.quantity.") and path != certain):
        return [("event.quantity", "null")]
    return [(certain, now[certain]), *((path, _given(path, now[path])) for path in paths if path != certain)]


def _chain(claim: dict[str, Any], value: dict[str, Any], now: Mapping[str, str], changed: list[str]) -> list[tuple[str, str]]:
    if not any(path.startswith("chain[") for path in changed):
        return []
    if value.get("chain") != claim["chain"]:
        raise BadDocument("The chain was changed both in its fields and in the JSON: change it in one of the two.")
    chain = []
    for place, before in enumerate([*claim["chain"], None]):
        words = {name: now.get(f"chain[{place}].{name}", "") for name in _HOP}
        if before is None and not any(words[name] for name in _HOP if name != "as"):
            continue
        if before is not None and not words["who"]:
            continue
        touched = [name for name in _HOP if f"chain[{place}].{name}" in changed]
        chain.append(_hop(before or {}, words, touched))
    return [("chain", json.dumps(chain, ensure_ascii=False))]


def _hop(before: dict[str, Any], words: Mapping[str, str], touched: list[str]) -> dict[str, Any]:
    """A mouth as it is typed; what only a source without a name has goes with that, unless it was typed anew."""
    hop = copy.deepcopy(before)
    if touched:
        for one in SPEAKERS:
            hop.pop(one, None)
        hop[words["as"]] = words["who"] or None
        hop |= {name: words[name] or None for name in touched if name not in ("as", "who")}
        if words["as"] != "anonymous":
            hop = {name: part for name, part in hop.items() if name not in ("kind", "speaks_for", "affiliation") or name in touched}
    return {name: part for name, part in hop.items() if part is not None}
