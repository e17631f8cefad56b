"""demo: the main job on the bundled samples, for a newcomer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from claimgraph.ask import answers
from claimgraph.ask.catalogue import question
from claimgraph.ask.query import run
from claimgraph.cli.answering import answer_table
from claimgraph.cli.app import As, Lang, agent_of, app, base, language_of, out
from claimgraph.cli.asking import _reference
from claimgraph.model.resources import folder
from claimgraph.store.commit import open_writer
from claimgraph.store.inputs import expand, read
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading

_DEMO_DATA = Path("claimgraph-demo")
_QUESTIONS: tuple[tuple[str, dict[str, str]], ...] = (
    ("who-claims-what-about", {"about": "us-forces"}),
    ("disputed-quantities", {"incident": "sinaa-2022-01", "types": "escape,release,transfer"}),
    ("control-timeline", {"facility": "sinaa-prison"}),
)


DemoData = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="The data folder (default: ./claimgraph-demo; CLAIMGRAPH_DATA is not used).")
]


@app.command()
def demo(context: typer.Context, data: DemoData = None, agent: As = None, language: Lang = None) -> None:
    """Ingest the bundled sample reports into ./claimgraph-demo (not your own store) and ask who claims what about whom."""
    place, spoken = Place(data or context.obj.data or _DEMO_DATA), language_of(language)
    with open_writer(place, base(), agent_of(context, agent), "demo") as writer:
        for one in read(expand([folder("graph") / "samples"]), base(), writer.reference.entities):
            if one.document is None:
                raise one.error or AssertionError("an input is either a document or an error")
            outcome = writer.commit(one.document, reason="a bundled sample report")
            warnings = ", ".join(sorted({finding.rule.names[spoken] for finding in outcome.findings}))
            out.print(
                f"{outcome.result.value:10} {one.document.report.id}  {len(outcome.document.claims)} claims{f'  ! {warnings}' if warnings else ''}"
            )
    with reading(place, base().iri) as snapshot:
        for name, values in _QUESTIONS:
            asked = question(name)
            rows = answers.records(asked, run(snapshot.path, asked.sparql(values, base(), _reference(snapshot))))
            typed = " ".join(f"--param {key}={value}" for key, value in values.items())
            out.print(f"\n$ claimgraph --data {place.folder} ask {name} {typed}".rstrip())
            out.print(answer_table(asked, rows, snapshot.path, spoken, out.width))
    out.print(f"\nAll questions: claimgraph --data {place.folder} ask")
