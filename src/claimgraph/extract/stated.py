"""Stretches of a sentence with those who state them, and the points where reporting begins."""

from __future__ import annotations

from dataclasses import dataclass

from claimgraph.extract.lexicon import Form, Verb
from claimgraph.extract.scene import Speaker


@dataclass(frozen=True, slots=True)
class Stated:
    """A stretch ``[first, last)`` of a sentence and whose it is; no speaker where it is the outlet's own voice.

    ``[attributed, first)`` are the words of attribution, ``verb`` the tokens of the verb of reporting among them. ``event`` is what the
    act of speaking itself is (a demand, a threat).
    """

    first: int
    last: int
    speaker: Speaker | None
    rule: str
    confidence: float
    polarity: str = "affirms"
    certainty: str = "certain"
    verb: tuple[int, int] | None = None
    attributed: int = 0
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """Where reporting begins: ``start`` of its words, ``content`` of what is reported, ``end`` where a quotation closes it.

    ``form`` is the reading of the verb of reporting at ``at``, where it has one; ``negated`` says that it is negated ("did not rule out").
    """

    start: int
    content: int
    speaker: Speaker
    rule: str
    confidence: float
    form: Form[Verb] | None = None
    at: int = -1
    end: int | None = None
    event: str | None = None
    negated: bool = False
