"""ingest, validate, reindex: what writes, and what only says what writing would do."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from claimgraph.cli.app import As, Data, Form, Format, agent_of, app, base, err, out, place_of, words_of_option
from claimgraph.cli.findings import EnginesDiffer, Telling
from claimgraph.model.errors import ClaimgraphError, DataFolderError, Misuse
from claimgraph.model.reading import Input
from claimgraph.store.commit import open_writer
from claimgraph.store.examine import Outcome, examine, surroundings
from claimgraph.store.index import stamp
from claimgraph.store.inputs import expand, read
from claimgraph.store.place import writing
from claimgraph.store.shapes import Finding, referee
from claimgraph.store.snapshots import drop_all

Paths = Annotated[list[Path], typer.Argument(metavar="PATH…", help="Claims documents (.json, .jsonl), our own Turtle or TriG, or folders of them.")]
Revise = Annotated[bool, typer.Option("--revise", help="Let a known report with other content replace its standing version.")]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, kept with the commit.")]
_Judge = Callable[[Input], Outcome]


@app.command()
def ingest(
    context: typer.Context,
    paths: Paths,
    revise: Revise = False,
    reason: Reason = "",
    data: Data = None,
    agent: As = None,
    form: Form = Format.TABLE,
) -> int:
    """Let reports in: each one whole, or refused with everything that is wrong with it."""
    _check(form)
    files = expand(paths)
    place, who, why = place_of(context, data), agent_of(context, agent), words_of_option("--reason", reason)
    with progress() as bar, open_writer(place, base(), who, "ingest", tracker(bar, "building the index")) as writer:
        inputs = read(files, base(), writer.reference.entities)
        return _judge_all(inputs, lambda one: writer.commit(_document(one), reason=why, revise=revise), Telling(form, "committed"), bar, len(files))


@app.command()
def validate(
    context: typer.Context,
    paths: Paths,
    revise: Revise = False,
    second_opinion: Annotated[bool, typer.Option("--referee", help="Ask pySHACL too, and say if it judges otherwise (slow).")] = False,
    data: Data = None,
    form: Form = Format.TABLE,
) -> int:
    """Say what the shapes say of reports, against what the store holds; write nothing."""
    _check(form)
    files = expand(paths)
    with progress() as bar, surroundings(place_of(context, data), base()) as around:

        def judge(one: Input) -> Outcome:
            outcome = examine(_document(one), around, revise=revise)
            if second_opinion:
                _compare(outcome, referee(outcome.mapped, around.reference))
            return outcome

        inputs = read(files, base(), around.reference.entities)
        return _judge_all(inputs, judge, Telling(form, "valid"), bar, len(files))


def _check(form: Format) -> None:
    if form is Format.CSV:
        raise Misuse("Findings come as table, json or turtle: choose one of these.")


def _document(one: Input) -> Any:
    if one.error is not None:
        raise one.error
    return one.document


def _compare(outcome: Outcome, other: list[Finding]) -> None:
    """Raise if the referee's findings over the report's own shapes differ from the gate's."""
    ours = {(f.rule.name, f.focus) for f in outcome.findings if f.rule.name != "SyndicatedText"}
    theirs = {(f.rule.name, f.focus) for f in other}
    if ours != theirs:
        raise EnginesDiffer(f"The two SHACL engines differ on {', '.join(sorted(name for name, _ in ours ^ theirs))}: please report this file.")


def _judge_all(inputs: Iterable[Input], judge: _Judge, telling: Telling, bar: Progress, expected: int) -> int:
    """Judge every input and give the exit code."""
    task = bar.add_task("reports", total=expected)
    for one in inputs:
        try:
            telling.outcome(one.source, judge(one))
        except DataFolderError:  # no further report can do better
            raise
        except ClaimgraphError as error:
            telling.error(one.source, error)
        bar.advance(task)
    return telling.end()


@app.command()
def reindex(context: typer.Context, data: Data = None, agent: As = None) -> None:
    """Throw the index away and build it again from the archive."""
    place, who = place_of(context, data).require(), agent_of(context, agent)
    with writing(place, who, "reindex"):
        shutil.rmtree(place.index(stamp()), ignore_errors=True)
        drop_all(place)
    with progress() as bar, open_writer(place, base(), who, "reindex", tracker(bar, "commits")) as writer:
        head = writer.archive.head()
    out.print(f"The index holds all {head} commits again.")


def progress() -> Progress:
    """A progress bar on the error stream, only where somebody watches."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )


def tracker(bar: Progress, name: str) -> Callable[[int, int], None]:
    """What long work calls with how much is done of how much."""
    tasks: list[Any] = []

    def report_progress(done: int, total: int) -> None:
        if not tasks:
            tasks.append(bar.add_task(name, total=total))
        bar.update(tasks[0], completed=done, total=total)

    return report_progress
