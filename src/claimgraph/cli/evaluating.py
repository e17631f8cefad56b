"""evaluate: how well claims agree with annotated ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from claimgraph.cli.app import Data, Form, Format, app, base, err, out, place_of, write
from claimgraph.cli.tables import fill
from claimgraph.cli.writing import By
from claimgraph.extract.protocol import Extractor
from claimgraph.extract.registered import DEFAULT, entry_of, extractor
from claimgraph.extract.scoring import FIELDS, LEVELS, Comparison, Names, Tally, compare, figures, tally
from claimgraph.model.document import Claim, ClaimsDocument, Report
from claimgraph.model.errors import BadDocument, Misuse, UnreadableInput
from claimgraph.model.isolation import Died, TookTooLong, run_isolated
from claimgraph.model.limits import LIMITS
from claimgraph.model.reading import parse_json, read_claims_file
from claimgraph.model.text import decode, isolated, read_bytes, shown
from claimgraph.model.vocabulary import SKOS
from claimgraph.store.examine import surroundings
from claimgraph.store.known import known
from claimgraph.store.reference import Reference


@dataclass(frozen=True)
class _Scored:
    """A report, and how the claims proposed for it compare."""

    report: str
    compared: Comparison


@app.command()
def evaluate(
    context: typer.Context,
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="Annotated reports: a claims document, or a folder of them.")],
    predicted: Annotated[
        Path | None, typer.Argument(metavar="[PREDICTED]", help="What is measured: a claims document, or a folder with the same file names.")
    ] = None,
    extract: Annotated[bool, typer.Option("--extract", help="Measure the extractor: it reads the annotated reports' texts.")] = False,
    by: By = DEFAULT,
    misses: Annotated[bool, typer.Option("--misses", help="List which claims were missed, invented, or say something else.")] = False,
    data: Data = None,
    form: Form = Format.TABLE,
) -> int:
    """Measure claims against annotated ones: by level, by field and by report."""
    if (predicted is None) != extract:
        raise Misuse("Give what is measured: PREDICTED, or --extract to read the annotated texts now; one of the two.")
    if form not in (Format.TABLE, Format.JSON):
        raise Misuse("Figures come as table or json: choose one of these.")
    if extract:
        entry_of(by)
    place = place_of(context, data)
    if data or context.obj.data:  # named: then it is meant
        place.require()
    annotated = _annotated(gold)
    refused = False
    scored: list[_Scored] = []
    with surroundings(place, base()) as around:
        names = _names(around.reference)
        reader = extractor(by, known(around.reference)) if extract else None
        for path, document in annotated:
            try:
                found = _extracted(document, reader) if reader else _predicted(predicted or gold, gold, path)
            except BadDocument as error:
                err.print(f"claimgraph: {shown(document.report.id)}: {shown(str(error), 1000)} It counts as empty.")
                found, refused = None, True
            if found and found.report.sha256 != document.report.sha256:
                err.print(f"claimgraph: {shown(document.report.id)}: the two texts differ, so that places in one are not places in the other.")
            scored.append(_Scored(document.report.id, compare(document, found, names)))
    if form is Format.JSON:
        write(json.dumps(_for_programs(scored, misses=misses), ensure_ascii=False, indent=1) + "\n")
    else:
        _tell(scored, misses=misses)
    return 1 if refused else 0


# --- documents ------------------------------------------------------------------------------------------------------------


def _annotated(path: Path) -> list[tuple[Path, ClaimsDocument]]:
    """The annotated reports with their files; of a folder's JSON files those that are claims documents."""
    if not path.is_dir():
        return [(path, _document(path))]
    found = [(one, _document(one)) for one in sorted(path.glob("*.json")) if _has_claims(one)]
    if not found:
        raise UnreadableInput(f"The folder {shown(str(path), 300)} holds no claims document: name the folder of the annotated reports.")
    return found


def _has_claims(path: Path) -> bool:
    try:
        value = parse_json(decode(read_bytes(path), str(path)))
    except BadDocument:
        return True  # reading it says what is wrong
    return isinstance(value, dict) and "claims" in value


def _document(path: Path) -> ClaimsDocument:
    """The one claims document of a file. Raises :class:`BadDocument` with the file's name where it is none, or several."""
    found = list(read_claims_file(path))
    if len(found) == 1 and found[0].document is not None:
        return found[0].document
    error = found[0].error if len(found) == 1 else None
    what = str(error) if error else f"it holds {len(found)} claims documents: give each report a file of its own."
    raise BadDocument(f"{shown(str(path), 300)}: {what}", problems=error.problems if error else ())


def _predicted(predicted: Path, gold: Path, path: Path) -> ClaimsDocument | None:
    """What was proposed for an annotated report: the file of the same name in a folder, else the file itself."""
    if not predicted.exists():
        raise UnreadableInput(f"{shown(str(predicted), 300)} does not exist: check the path.")
    if predicted.is_dir() != gold.is_dir():
        raise Misuse("One of GOLD and PREDICTED is a folder, the other is not: give two files, or two folders with the same file names.")
    here = predicted / path.name if predicted.is_dir() else predicted
    if not here.exists():
        err.print(f"claimgraph: there is no {shown(str(here), 300)}: it counts as empty.")
        return None
    return _document(here)


def _extracted(gold: ClaimsDocument, reader: Extractor) -> ClaimsDocument:
    """The claims that an extractor finds in an annotated report's text, told its publisher and date of publication and nothing else."""
    told = {"publisher", "publisher_basis", "published", "published_basis"}
    report = Report(id=gold.report.id, text=gold.report.text, **gold.report.model_dump(include=told))
    try:
        return run_isolated(LIMITS.extract_seconds, reader.extract, report)
    except Died:
        raise BadDocument("reading it ended the extractor's process.") from None
    except TookTooLong:
        raise BadDocument(f"it took more than {LIMITS.extract_seconds:g} s to read (CLAIMGRAPH_EXTRACT_SECONDS).") from None


def _names(reference: Reference) -> Names:
    """What entities are called, without the names that do not tell which one is meant."""
    return {key: [str(name.value) for p in (SKOS.prefLabel, SKOS.altLabel) for name in reference.values(key, p)] for key in reference.entities}  # type: ignore[attr-defined]  # names are literals


# --- what comes out -------------------------------------------------------------------------------------------------------


def _total(scored: list[_Scored]) -> Tally:
    total = Tally()
    for one in scored:
        total.add(tally(one.compared))
    return total


def _for_programs(scored: list[_Scored], *, misses: bool) -> dict[str, Any]:
    reports = [
        {"report": one.report, **figures(tally(one.compared)), **({"misses": _misses_for_programs(one.compared)} if misses else {})} for one in scored
    ]
    return {"total": figures(_total(scored)), "reports": reports}


def _misses_for_programs(compared: Comparison) -> dict[str, Any]:
    return {
        "missed": [_place(claim) for claim in compared.missed],
        "invented": [_place(claim) for claim in compared.invented],
        "differing": [
            {
                "gold": pair.gold.id,
                "predicted": pair.found.id,
                "differences": [{"field": d.name, "gold": d.gold, "predicted": d.found} for d in pair.differences],
            }
            for pair in compared.pairs
            if pair.differences
        ],
    }


def _place(claim: Claim) -> dict[str, Any]:
    return {"claim": claim.id, "start": claim.start, "end": claim.end, "quote": claim.quote}


def _tell(scored: list[_Scored], *, misses: bool) -> None:
    total = figures(_total(scored))
    table = Table("", "precision", "recall", "F1", pad_edge=False)
    out.print(fill(table, ([level, *(f"{total[level][name]:.3f}" for name in ("precision", "recall", "f1"))] for level in LEVELS)))
    table = Table("", "accuracy", "of", pad_edge=False)
    out.print(fill(table, ([name, _share(total[name]), str(total[name]["of"])] for name in FIELDS)))
    table = Table("report", "gold", "predicted", *(f"{level} F1" for level in LEVELS), *FIELDS, pad_edge=False)
    rows = [(isolated(one.report), figures(tally(one.compared))) for one in scored]
    out.print(fill(table, map(_row, [*rows, ("total", total)])))
    if misses:
        for one in scored:
            for line in _lines(one.compared):
                out.print(f"{isolated(one.report)}  {line}")


def _row(row: tuple[str, dict[str, Any]]) -> list[str]:
    name, found = row
    levels = (f"{found[level]['f1']:.3f}" for level in LEVELS)
    return [name, str(found["gold"]), str(found["predicted"]), *levels, *(_share(found[one]) for one in FIELDS)]


def _share(figure: dict[str, Any]) -> str:
    return "-" if figure["accuracy"] is None else f"{figure['accuracy']:.3f}"


def _lines(compared: Comparison) -> Iterator[str]:
    """What went wrong with a report, a claim on each line; of two values the annotated one first."""
    for word, claims in (("missed", compared.missed), ("invented", compared.invented)):
        yield from (f"{word}  {_quoted(claim)}" for claim in claims)
    for pair in compared.pairs:
        if pair.differences:
            differing = "; ".join(f"{d.name} {_said(d.gold)} / {_said(d.found)}" for d in pair.differences)
            yield f"differing  {_quoted(pair.gold)} / {pair.found.id} [{pair.found.start}:{pair.found.end}]: {differing}"


def _quoted(claim: Claim) -> str:
    return f"{claim.id} [{claim.start}:{claim.end}] «{isolated(claim.quote, 120)}»"


def _said(value: Any) -> str:
    """A value of either side: a chain with arrows, bounds with dots, an open or missing one as a question mark."""
    if isinstance(value, list):
        return " → ".join(map(isolated, value)) if value and isinstance(value[0], str) else "..".join("?" if v is None else str(v) for v in value)
    return "?" if value is None else isolated(str(value))
