"""What a worker does for reviewers: list what waits, and read the decision that somebody sends. It decides nothing."""

from __future__ import annotations

import json
import re
from typing import Any

from claimgraph.ask.candidates import Wanted, candidates
from claimgraph.ask.jobs import Done, within
from claimgraph.ask.worker import Worker
from claimgraph.model.errors import BadDocument, Problem
from claimgraph.model.limits import LIMITS
from claimgraph.model.names import HASH_PATTERN, ID_PATTERN, Base
from claimgraph.model.reading import parse_json
from claimgraph.model.text import decode
from claimgraph.store.decisions import STATES

_IDS = re.compile(ID_PATTERN)


def _are_ids(value: Any) -> bool:
    return (
        isinstance(value, list) and 0 < len(value) <= LIMITS.claims_per_report and all(isinstance(one, str) and _IDS.fullmatch(one) for one in value)
    )


# The fields of a decision as JSON: whether one is valid, and what it must be.
_FIELDS: dict[str, tuple[Any, str]] = {
    "report": (lambda value: isinstance(value, str) and _IDS.fullmatch(value), "the id of a report"),
    "version": (lambda value: isinstance(value, str) and re.fullmatch(HASH_PATTERN, value), "the 12 hex digits of the version that it was made on"),
    "decision": (lambda value: isinstance(value, str) and value in STATES, f"one of {', '.join(STATES)}"),
    "claims": (_are_ids, "a list of ids of claims, of one for an edit"),
    "why": (
        lambda value: isinstance(value, str) and 0 < len(value) <= LIMITS.reason_characters,
        f"the reason, of at most {LIMITS.reason_characters} characters",
    ),
}
_EDITED = "claim"


def listed(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """A page of the candidates that ``report``, ``least`` and ``most`` choose, in the order ``by``, after ``cursor``."""
    store = worker.open_snapshot(header["snapshot"])
    worker.forbid_files()
    wanted = Wanted(header["report"], header["least"], header["most"], header["by"])
    found = candidates(store, Base(LIMITS.base), wanted, limit=header["limit"], cursor=header["cursor"])
    value = {"candidates": found.rows, "next": found.next, "total": found.total, "commit": header["commit"]}
    return {"media": "application/json", "next": found.next}, within(json.dumps(value, ensure_ascii=False).encode("utf-8"))


def decision(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """A decision as a program sends it: in the header its fields, in the body, of an edit, what the claim shall say.

    Raises :class:`BadDocument` with everything that is wrong with it.
    """
    worker.forbid_files()
    value = parse_json(decode(body, "the body"))
    if not isinstance(value, dict):
        raise BadDocument("The body is no decision: send a JSON object.")
    problems = [Problem(f"must be {what}", name) for name, (is_valid, what) in _FIELDS.items() if not is_valid(value.get(name))]
    problems += [Problem("is no field of a decision: remove it", name) for name in value if name not in (*_FIELDS, _EDITED)]
    edits = value.get("decision") == "edit"
    if edits != isinstance(value.get(_EDITED), dict) or (_EDITED in value and not edits):
        problems.append(Problem("must be the claim as it shall be, of an edit, and of no other decision", _EDITED))
    if problems:
        raise BadDocument("; ".join(map(str, problems[: LIMITS.nearest_keys])), problems=tuple(problems[: LIMITS.problems]))
    edited = json.dumps(value[_EDITED], ensure_ascii=False).encode("utf-8") if edits else b""
    return {"decision": {name: value[name] for name in _FIELDS}}, edited


JOBS = {"candidates": listed, "decision": decision}
