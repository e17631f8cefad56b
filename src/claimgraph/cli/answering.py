"""Answers and claims as a person reads them in a terminal."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from rich.table import Table

from claimgraph.ask import lookup
from claimgraph.ask.catalogue import NAMED, Column, Question
from claimgraph.cli.tables import Cell, fill
from claimgraph.model.names import last_word
from claimgraph.model.text import isolated
from claimgraph.model.vocabulary import label

# Up to so many other columns leave room for the claims' own words; wider answers tell enough by themselves.
_FEW = 3
_WIDE = 120


def answer_table(asked: Question, rows: list[dict[str, Any]], where: lookup.Where, language: str, width: int) -> Table:
    """An answer for people: names for IRIs, and beside a claim what it says in its report's words.

    On a terminal too narrow for the columns (``width`` characters), each row is told as a block of its own.
    """
    columns = [c for c in asked.columns if c.language in (None, language)]
    claims = [c.name for c in columns if c.type == "claim"]
    lines = lookup.claim_lines(where, {row[c] for row in rows for c in claims if row[c]}, language)
    named = [c.name for c in columns if c.type in NAMED]
    iris = {v for row in rows for c in named for v in (row[c] if isinstance(row[c], list) else [row[c]]) if v is not None}
    names = lookup.names(where, iris, language)
    beside = claims and len(columns) - len(claims) <= _FEW
    heads = [isolated(column.label[language]) for column in columns]
    if beside:
        heads.append(isolated("who · what" if language == "en" else "من · ماذا"))
    texts = []
    for row in rows:
        cells = [_cell(_worded(c, row[c.name], language), names, lines, language) for c in columns]
        if beside:
            cells.append("\n".join(claim_line(lines[row[c]], language) for c in claims if row[c] in lines))
        texts.append(cells)
    table = Table(title=asked.title[language], title_justify="left", pad_edge=False, row_styles=["", "dim"])
    if width < _WIDE and len(heads) > _FEW:
        table.show_header = False
        fill(table, ((head, cell) for cells in texts for head, cell in (*zip(heads, cells, strict=True), ("", "")) if head or not cell))
    else:
        for head, column in zip_longest(heads, columns):
            table.add_column(Cell(head), overflow="fold", no_wrap=column is not None and column.type == "claim" and width >= _WIDE)
        fill(table, texts)
    table.caption = f"{len(rows)} rows" if language == "en" else f"عدد الصفوف {len(rows)}"
    return table


def _worded(column: Column, value: Any, language: str) -> Any:
    """A concept by its name in the language; anything else as it is."""
    return label(column.scheme, value, language) if column.scheme and value is not None else value


def _cell(value: Any, names: dict[str, str], lines: dict[str, lookup.ClaimLine], language: str) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(_cell(v, names, lines, language) for v in value)
    if isinstance(value, bool):
        return "✓" if value else ""
    if value in lines:
        return f"{lines[value].report}/{last_word(value)}{candidate_mark(lines[value], language)}"
    return isolated(names.get(value, str(value)))


def candidate_mark(line: lookup.ClaimLine, language: str) -> str:
    """What stands behind a claim's name where nobody has reviewed the claim; nothing otherwise."""
    return " " + isolated(f"({label('review', line.review, language)})") if line.review == "candidate" else ""


def claim_line(line: lookup.ClaimLine, language: str) -> str:
    """Who (outermost relay first) affirms or denies, how surely, and the words."""
    sign = {"affirms": "✓", "denies": "✗"}[line.polarity]
    says = label("polarity", line.polarity, language)
    certainty = "" if line.certainty == "certain" else f" ({label('certainty', line.certainty, language)})"
    return f"{' → '.join(map(isolated, line.speakers))}  {sign} {isolated(says + certainty)}  «{isolated(line.quote, 160)}»"
