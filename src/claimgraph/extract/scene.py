"""Who spoke so far in a report, and what later short names take up again."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from claimgraph.extract.folding import fold
from claimgraph.extract.names import Name, Names
from claimgraph.model.document import Hop

_REMEMBERED = 200  # speakers that later words may take up again


@dataclass(frozen=True, slots=True)
class Speaker:
    """One who speaks, with the relays before them: hops without the report's publisher, outermost first.

    ``gender`` is m, f or nothing; ``heads`` the nouns that later mentions take up again ("the sources", "the agency").
    """

    hops: tuple[Hop, ...]
    gender: str = ""
    heads: frozenset[str] = frozenset()
    person: bool = False
    channel: str | None = None

    @property
    def keys(self) -> frozenset[str]:
        """The keys among its hops."""
        return frozenset(hop.agent for hop in self.hops if hop.agent)


@dataclass(slots=True)
class Scene:
    """What a report has established so far: its publisher, who spoke, which names were met."""

    names: Names
    publisher: str | None = None
    spoken: deque[Speaker] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))
    party: Name | None = None
    met: set[str] = field(default_factory=set)

    def remember(self, speaker: Speaker) -> None:
        """Note who spoke last."""
        self.spoken.append(speaker)

    def last(self, gender: str = "") -> Speaker | None:
        """Who spoke last, of that gender where anyone did."""
        alike = (s for s in reversed(self.spoken) if not gender or not s.gender or s.gender == gender)
        return next(alike, self.spoken[-1] if self.spoken else None)

    def person(self, gender: str) -> Speaker | None:
        """The last person who spoke, whom a bare title ("the leader") means."""
        return next((s for s in reversed(self.spoken) if s.person and (not gender or not s.gender or s.gender == gender)), None)

    def named(self, word: str) -> Speaker | None:
        """The person who spoke before and whose last name a word is."""
        for speaker in reversed(self.spoken):
            last = speaker.hops[-1]
            if speaker.person and fold(last.named or last.surface or "").plain.split()[-1:] == [word]:
                return speaker
        return None

    def taken_up(self, head: str, gender: str) -> Speaker | None:
        """The last speaker whom a definite noun ("the sources", "the leader") takes up again."""
        for speaker in reversed(self.spoken):
            if head in speaker.heads and (not gender or not speaker.gender or speaker.gender == gender):
                return speaker
        return None
