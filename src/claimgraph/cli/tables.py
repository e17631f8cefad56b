"""Tables for a terminal, in which no text acts on what stands around it."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from claimgraph.model.text import FIRST_STRONG_ISOLATE as _OPEN
from claimgraph.model.text import POP_ISOLATE as _CLOSE


class Cell:
    """A cell's text: an isolate that is open where a line is broken ends there and begins again on the next line."""

    def __init__(self, text: str) -> None:
        self.text = Text(text)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """As wide as the text."""
        return Measurement.get(console, options, self.text)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The lines of the text."""
        still_open = 0
        for line in self.text.wrap(console, options.max_width, overflow=options.overflow, no_wrap=bool(options.no_wrap)):
            words = _OPEN * still_open + line.plain.rstrip()
            still_open = words.count(_OPEN) - words.count(_CLOSE)
            yield Text(words + _CLOSE * still_open, no_wrap=True, overflow="ignore")


def fill(table: Table, rows: Iterable[Iterable[str]]) -> Table:
    """A table with rows of texts, which are shown as they are."""
    for row in rows:
        table.add_row(*map(Cell, row))
    return table
