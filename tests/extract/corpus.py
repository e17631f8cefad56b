"""The annotated reports and sentences that the extractor is measured on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from claimgraph.model.document import ClaimsDocument
from claimgraph.model.reading import document_of, read_claims_file

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Sentence:
    """A sentence with the claims it makes, in the short form of ``sentences.yaml``."""

    text: str
    published: str | None
    claims: tuple[dict[str, Any], ...]


@cache
def reports() -> tuple[ClaimsDocument, ...]:
    """The reports that the rules were written with."""
    return tuple(document_of(_whole(yaml.safe_load(path.read_text(encoding="utf-8")))) for path in sorted((HERE / "reports").glob("*.yaml")))


@cache
def unseen() -> tuple[ClaimsDocument, ...]:
    """Reports that nobody looked at while the rules were written."""
    return tuple(_read(path) for path in sorted((HERE / "unseen").glob("*.json")))


def _read(path: Path) -> ClaimsDocument:
    (one,) = read_claims_file(path)
    if one.document is None:
        raise ValueError(f"{path.name}: {one.error}")
    return one.document


@cache
def sentences() -> tuple[Sentence, ...]:
    """Single sentences, by construction."""
    held = yaml.safe_load((HERE / "sentences.yaml").read_text(encoding="utf-8"))
    return tuple(
        Sentence(one["text"], str(one["published"]) if "published" in one else None, tuple(one["claims"]))
        for one in (held["sentences"] if isinstance(held, dict) else held)
    )


def texts() -> Iterator[tuple[str, str | None]]:
    """Every text with its publication date."""
    yield from ((one.report.text, one.report.published) for one in (*reports(), *unseen()))
    yield from ((one.text, one.published) for one in sentences())


def _whole(held: dict[str, Any]) -> dict[str, Any]:
    """The claims document of a report in the short form: offsets from the quotes, full hops."""
    text = held["text"]
    claims = [_claim(number, text, one) for number, one in enumerate(held["claims"], start=1)]
    return {"report": {"id": held["id"], "text": text, "published": str(held["published"])}, "claims": claims}


def _claim(number: int, text: str, one: dict[str, Any]) -> dict[str, Any]:
    start = -1
    for _ in range(one.get("nth", 1)):
        start = text.index(one["quote"], start + 1)
    kept = {name: value for name, value in one.items() if name not in ("nth", "repeats", "said")}
    event = {name: str(value) if name == "time" else value for name, value in one["event"].items()}
    chain = [{"agent": hop} if isinstance(hop, str) else hop for hop in one["chain"]]
    defaults = {"polarity": "affirms", "certainty": "certain"}
    return {**defaults, **kept, "id": f"c{number:02}", "start": start, "end": start + len(one["quote"]), "chain": chain, "event": event}
