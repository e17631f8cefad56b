"""entity: the reference graph and its care. Each change is a commit with who and why, told with what it does to reports and answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from pyoxigraph import Store
from rich.table import Table

from claimgraph.ask.comparison import Difference, differences
from claimgraph.cli.app import As, Data, Form, Format, agent_of, app, base, out, place_of, words_of_option, write
from claimgraph.cli.findings import counted
from claimgraph.cli.tables import fill
from claimgraph.extract.transliteration import is_arabic
from claimgraph.model.errors import Misuse, UnknownEntity
from claimgraph.model.text import FIRST_STRONG_ISOLATE, isolated, shown
from claimgraph.store.archive import Archive
from claimgraph.store.commit import open_writer
from claimgraph.store.entities import Add, Alias, Merge, NameGiven, Request, Resolve, Split
from claimgraph.store.entity_commit import Changed
from claimgraph.store.entity_story import story
from claimgraph.store.likeness import Candidate, candidates
from claimgraph.store.naming import kinds
from claimgraph.store.place import Place
from claimgraph.store.snapshots import reading
from claimgraph.store.splitting import Mentioned, is_settled, mentions, reviewable
from claimgraph.store.standing import Standing
from claimgraph.store.write_client import open_any_writer

entity = typer.Typer(help="The reference graph: who and what claims are about.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(entity, name="entity")

_TOLD = 100  # lines of one kind told to people; --format json has all
_FEW = 3  # of many places these show where to look

Key = Annotated[str, typer.Argument(metavar="KEY", help="The key of an entity (sdf), as 'claimgraph show' lists them.")]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="Why, kept with the commit. Needed.")]
Source = Annotated[str, typer.Option("--source", metavar="TEXT", help="Where the name is written so: a web address, or a work in words. Needed.")]
Arabic = Annotated[str, typer.Option("--ar", metavar="NAME", help="The name that it is shown by in Arabic.")]
English = Annotated[str, typer.Option("--en", metavar="NAME", help="The name that it is shown by in English.")]
EnglishSource = Annotated[str | None, typer.Option("--en-source", metavar="TEXT", help="Where the English name is written so, if elsewhere.")]
Kind = Annotated[str, typer.Option("--kind", metavar="KIND", help=f"What it is: {', '.join(sorted(kinds()))}.")]
PartOf = Annotated[str | None, typer.Option("--part-of", metavar="KEY", help="The nearest larger thing that it belongs to.")]
Position = Annotated[tuple[float, float] | None, typer.Option("--at", metavar="LAT LONG", help="Where it lies, in decimal degrees (WGS 84).")]
Shared = Annotated[bool, typer.Option("--ambiguous", help="Several bear the name: it is ambiguous for all of them.")]


@entity.command()
def add(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="A key that is free: small Latin letters, digits, single hyphens.")],
    kind: Kind,
    arabic: Arabic,
    english: English,
    source: Source,
    why: Why,
    english_source: EnglishSource = None,
    part_of: PartOf = None,
    position: Position = None,
    ambiguous: Shared = False,
    data: Data = None,
    agent: As = None,
    form: Form = Format.TABLE,
) -> None:
    """Add an entity, with the source of each of its names."""
    names = _shown_by(arabic, english, source, english_source)
    new = Add(key=key, kind=kind, names=names, part_of=part_of, position=position, ambiguous=ambiguous)
    _change(context, new, why, data, agent, form)


@entity.command()
def alias(
    context: typer.Context,
    key: Key,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name, exactly as reports write it.")],
    source: Source,
    why: Why,
    ambiguous: Shared = False,
    language: Annotated[str | None, typer.Option("--in", metavar="ar|en", help="The language of the name (default: by its letters).")] = None,
    data: Data = None,
    agent: As = None,
    form: Form = Format.TABLE,
) -> None:
    """Give an entity a further name, by which the next report is read."""
    _change(context, Alias(key=key, name=_given(name, source, language), ambiguous=ambiguous), why, data, agent, form)


@entity.command()
def merge(
    context: typer.Context,
    key: Key,
    into: Annotated[str, typer.Argument(metavar="INTO", help="The entity that it is, which stays.")],
    why: Why,
    data: Data = None,
    agent: As = None,
    form: Form = Format.TABLE,
) -> None:
    """Say that an entity is another one: claims stay as they were written, and are read and counted as the other's."""
    _change(context, Merge(key=key, into=into), why, data, agent, form)


@entity.command()
def split(
    context: typer.Context,
    key: Key,
    new: Annotated[str, typer.Argument(metavar="NEW", help="The key of the other one: free, or of one that was merged into the first.")],
    kind: Kind,
    arabic: Arabic,
    english: English,
    source: Source,
    why: Why,
    english_source: EnglishSource = None,
    part_of: PartOf = None,
    names: Annotated[list[str] | None, typer.Option("--name", metavar="NAME", help="A name of the first that goes to the other. Repeatable.")] = None,
    shared: Annotated[list[str] | None, typer.Option("--both", metavar="NAME", help="A name that both bear. Repeatable.")] = None,
    moved: Annotated[
        list[str] | None, typer.Option("--move", metavar="MENTION", help="A report, REPORT/CLAIM or REPORT/CLAIM#PART that means the other.")
    ] = None,
    kept: Annotated[list[str] | None, typer.Option("--keep", metavar="MENTION", help="One that means the first. Repeatable.")] = None,
    data: Data = None,
    agent: As = None,
    form: Form = Format.TABLE,
) -> None:
    """Say that an entity is two, and what becomes of each mention: as decided, else by its words, else left open."""
    other = Add(key=new, kind=kind, names=_shown_by(arabic, english, source, english_source), part_of=part_of)
    lists = (tuple(words_of_option("--name, --both, --move or --keep", one) for one in found or ()) for found in (names, shared, moved, kept))
    going, both, moving, keeping = lists
    _change(context, Split(key=key, new=other, names=going, shared=both, moved=moving, kept=keeping), why, data, agent, form)


@entity.command()
def resolve(
    context: typer.Context,
    what: Annotated[
        str, typer.Argument(metavar="WHAT", help="A part of a report as 'candidates' lists them (REPORT/CLAIM#hop-2), or a name as reports write it.")
    ],
    key: Key,
    why: Why,
    report: Annotated[str | None, typer.Option("--report", metavar="REPORT", help="Only in this report.")] = None,
    data: Data = None,
    agent: As = None,
    form: Form = Format.TABLE,
) -> None:
    """Say whose a name is that the reference graph lacked, or whom a part means that a split left open; 'candidates' lists both."""
    _change(context, Resolve(what=words_of_option("WHAT", what), key=key, report=report), why, data, agent, form)


@entity.command(name="candidates")
def list_candidates(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="A name; without it, all that is open in reports.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many entities for a name.")] = 5,
    data: Data = None,
    form: Form = Format.TABLE,
) -> None:
    """List whose a name may be, by spelling and, for persons, by sound across scripts; and where reports have it. Nothing is decided."""
    _only_json(form)
    with _looking(place_of(context, data)) as (now, _):
        places = [one for one in reviewable(now) if not is_settled(one, now) and (name is None or name in (one.label, *one.words))]
        by_words = name is not None and not any(name == one.label for one in places)
        words = [name] if by_words else list(dict.fromkeys(word for one in places for word in one.words))
        found = [_open_places(word, [one for one in places if word in one.words], now, limit) for word in words]
        without = [one for one in places if not one.words]
        alike = dict.fromkeys(_between(one, now) for one in without)
        found += [_open_places(None, [one for one in without if _between(one, now) == between], now, limit) for between in alike]
    if form is Format.JSON:
        write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
        return
    rows = ((isolated(one["name"] or "(no words of its own)"), _places(one["where"]), "\n".join(_may_be(one))) for one in found)
    out.print(fill(Table("name", "where", "may be (likeness of 100)", pad_edge=False), rows))


def _open_places(word: str | None, places: list[Mentioned], now: Standing, limit: int) -> dict[str, Any]:
    """A name, or ``None`` for parts without words, with where it is open, between whom a split left it open, and whose it may be."""
    return {
        "name": word,
        "where": [one.label for one in places],
        "between": sorted({key for one in places for key in _between(one, now)}),
        "candidates": [asdict(one) for one in candidates(word, now.reference, limit)] if word is not None else [],
    }


def _between(one: Mentioned, now: Standing) -> tuple[str, ...]:
    return tuple(sorted(now.base.key(entity) or "" for entity in now.redirects.left_open.get((one.part, one.written), ())))


def _may_be(found: dict[str, Any]) -> Iterator[str]:
    alike = [Candidate(**one) for one in found["candidates"]]
    yield from map(_likeness, alike)
    yield from (f"{key}  left open by a split" for key in found["between"] if key not in {one.key for one in alike})


@entity.command(name="show")
def show_entity(
    context: typer.Context,
    key: Key,
    listed: Annotated[bool, typer.Option("--mentions", help="List every part of a report that means it, with the words.")] = False,
    data: Data = None,
    form: Form = Format.TABLE,
) -> None:
    """Show an entity: its names with their sources, its parts, what was merged, who uses it, and who changed it when and why."""
    _only_json(form)
    with _looking(place_of(context, data)) as (now, archive):
        if key not in now.reference.entities:
            nearest = now.reference.nearest(key, now.reference.entities)
            offer = f"did you mean {' or '.join(nearest)}?" if nearest else "'claimgraph show' lists them."
            raise UnknownEntity(f"The reference graph has no entity '{shown(key)}': {offer}")
        told = story(key, now, archive)
        if listed:
            told["mentions"] = [{"where": one.label, "words": list(one.words)} for one in mentions(now, key)]
    if form is Format.JSON:
        write(json.dumps(told, ensure_ascii=False, indent=1) + "\n")
    else:
        _tell_story(told)


def _only_json(form: Format) -> None:
    if form not in (Format.TABLE, Format.JSON):
        raise Misuse("This comes as table or json: choose one of these.")


@contextmanager
def _looking(place: Place) -> Iterator[tuple[Standing, Archive]]:
    with reading(place, base().iri) as snapshot, closing(Archive(place.archive, base().iri)) as archive:
        yield Standing.of(Store.read_only(str(snapshot.path)), base()), archive


def _given(text: str, source: str, language: str | None) -> NameGiven:
    chosen = language or ("ar" if is_arabic(text) else "en")
    if chosen not in ("ar", "en"):
        raise Misuse("A name is in Arabic or in English: say --in ar or --in en.")
    words = {"text": words_of_option("NAME", text), "source": words_of_option("--source", source)}
    return NameGiven.model_validate({**words, "language": chosen})


def _shown_by(arabic: str, english: str, source: str, english_source: str | None) -> tuple[NameGiven, NameGiven]:
    return _given(arabic, source, "ar"), _given(english, english_source or source, "en")


def _change(context: typer.Context, request: Request, why: str, data: Path | None, agent: str | None, form: Format) -> None:
    """Make a change, and tell what it did."""
    _only_json(form)
    place, who, reason = place_of(context, data), agent_of(context, agent), words_of_option("--why", why)
    if not place.exists():
        with open_writer(place, base(), who, "entity"):
            pass  # makes the store, with the reference graph that comes with the program
    with reading(place, base().iri) as before:
        with open_any_writer(place, base(), who, "entity") as writer:
            done = writer.change_entities(request, reason=reason)
        with reading(place, base().iri) as after:
            changed = differences(before.path, after.path, base(), done.keys)
    if form is Format.JSON:
        answers = [{**asdict(one), "parameters": dict(one.parameters)} for one in changed]
        write(json.dumps({**asdict(done), "answers": answers}, ensure_ascii=False, indent=1) + "\n")
    else:
        _tell(done, changed)


def _tell(done: Changed, changed: list[Difference]) -> None:
    out.print(f"✓ {isolated(done.subject)} (commit {done.sequence})")
    _lines("    ", done.told)
    _lines("    ! ", done.remarks)
    out.print(f"{counted(len(done.reports), 'report')} examined again")
    _lines("    + warning ", [f"{rule}  {part}" for _, rule, part in done.appeared])
    _lines("    - warning ", [f"{rule}  {part}" for _, rule, part in done.vanished])
    _lines("    ? ", done.links)
    answers = [one for one in changed if one.is_known]
    out.print(f"{counted(len(answers), 'answer')} changed")
    _lines("    ", [f"{_asked(one)}: {one.gone} rows went, {one.new} came" for one in answers])
    _lines("    ! not compared in time (CLAIMGRAPH_COMPARE_SECONDS): ", [_asked(one) for one in changed if not one.is_known])


def _lines(sign: str, texts: Any) -> None:
    for text in texts[:_TOLD]:
        out.print(f"{sign}{_shown_line(text)}")
    if len(texts) > _TOLD:
        out.print(f"    … and {len(texts) - _TOLD} more (--format json has them)")


def _shown_line(text: str) -> str:
    """A sentence as it may be shown: one whose words from outside are isolated already stays as it is."""
    return text if FIRST_STRONG_ISOLATE in text else isolated(text, 4_000)


def _asked(one: Difference) -> str:
    return " ".join((one.question, *(f"{name}={value}" for name, value in one.parameters)))


def _places(labels: list[str]) -> str:
    more = f"\n… and {len(labels) - _FEW} more" if len(labels) > _FEW else ""
    return "\n".join(map(isolated, labels[:_FEW])) + more


def _likeness(one: Candidate) -> str:
    return f"{one.key}  {isolated(one.form)}  {one.likeness:g} by {one.by}"


def _tell_story(told: dict[str, Any]) -> None:
    out.print(f"{told['key']} ({told['kind']})" + (f": merged into {told['merged_into']}" if told["merged_into"] else ""))
    for title, field in (
        ("part of", "part_of"),
        ("parts", "parts"),
        ("merged into it", "merged_here"),
        ("sources", "sources"),
        ("at", "position"),
        ("open", "open"),
    ):
        if told[field]:
            out.print(f"{title}: {', '.join(isolated(str(one)) for one in told[field])}")
    out.print(f"{counted(told['claims'], 'claim')} in {counted(told['reports'], 'report')}")
    rows = ((isolated(n["text"]), n["language"], n["kind"], ", ".join(n["others"]), isolated(n["source"] or "")) for n in told["names"])
    out.print(fill(Table("name", "language", "kind", "also of", "source", pad_edge=False), rows))
    commits = (tuple(isolated(str(one[field])) for field in ("sequence", "at", "agent", "subject", "reason")) for one in told["history"])
    out.print(fill(Table("commit", "at", "who", "what", "why", pad_edge=False), commits))
    if "mentions" in told:
        places = ((isolated(one["where"]), "  ".join(map(isolated, one["words"]))) for one in told["mentions"])
        out.print(fill(Table("mention", "words", pad_edge=False), places))
