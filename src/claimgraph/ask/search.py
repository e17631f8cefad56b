"""Search over what has a name: incidents, those who act, facilities, places, and reports by title and id.

Words are compared as the extractor reads them (:mod:`~claimgraph.extract.folding`), so that spelling, diacritics and what Arabic writes together with
a word (and, with, the article, pronouns) make no difference. An index of words is made once for each snapshot; a search looks its words up there.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from rapidfuzz import fuzz, process

from claimgraph.ask.jobs import Done, reference_of, within
from claimgraph.ask.report_lists import Listed, both_names, reports_of, told
from claimgraph.ask.worker import Worker
from claimgraph.extract.clitics import cores
from claimgraph.extract.folding import fold_word
from claimgraph.model.errors import BadParameter
from claimgraph.model.vocabulary import label_of
from claimgraph.store.reference import Reference

LONGEST = 200  # characters of what is searched for
GROUPS = ("incidents", "entities", "reports")
_MOST_WORDS = 12
_ALIKE, _FEWEST_ALIKE, _NEAR = 75, 4, 5  # of 100; letters of a word below which likeness is chance; how many like words are tried
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Entry:
    """Something that can be found, by its ``names`` as stored: an entity by its key, a report as a list has it."""

    group: str
    names: tuple[str, ...]
    key: str = ""
    report: Listed | None = None


def _words(text: str) -> list[str]:
    return _WORD.findall(fold_word(text))


class Index:
    """Which entries have which words."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = list(entries)
        self._folded: list[tuple[str, ...]] = []
        bearers: dict[str, set[int]] = defaultdict(set)
        for number, entry in enumerate(self.entries):
            names = [_words(name) for name in entry.names]
            self._folded.append(tuple(" ".join(words) for words in names))
            for words in names:
                for word in words:
                    for core in cores(word):
                        bearers[core].add(number)
        self._bearers = dict(bearers)
        self._vocabulary = sorted(self._bearers)

    def found(self, sought: str) -> tuple[list[tuple[Entry, str]], bool]:
        """The entries that have all words of what is sought, or most of them, best first; each with the name it was found by.

        The second value says whether they only come near: not all words were found, or not as they are written.
        """
        words = list(dict.fromkeys(_words(sought)))[:_MOST_WORDS]
        having: Counter[int] = Counter()
        exact: Counter[int] = Counter()
        near = False
        for word in words:
            whole, begun = self._with(word)
            if not begun:
                begun, near = self._like(word), True
            having.update(begun)
            exact.update(whole)
        most = max(having.values(), default=0)
        best = [number for number, count in having.items() if count == most]
        ranked = sorted((self._rank(number, words, exact[number]), number) for number in best)
        return [(self.entries[number], self.entries[number].names[which]) for (*_, which), number in ranked], near or 0 < most < len(words)

    def _with(self, word: str) -> tuple[set[int], set[int]]:
        """The entries that have a word, whatever is written together with it; and these with those that have one that begins so."""
        whole: set[int] = set().union(*(self._bearers.get(core, ()) for core in cores(word)))
        first = bisect_left(self._vocabulary, word)
        longer = takewhile(lambda one: one.startswith(word), self._from(first))
        return whole, whole.union(*(self._bearers[one] for one in longer))

    def _from(self, first: int) -> Iterator[str]:
        return (self._vocabulary[place] for place in range(first, len(self._vocabulary)))

    def _like(self, word: str) -> set[int]:
        """The entries that have a word written much like this one."""
        if len(word) < _FEWEST_ALIKE:
            return set()
        alike = process.extract(word, self._vocabulary, scorer=fuzz.ratio, limit=_NEAR, score_cutoff=_ALIKE)
        return set().union(*(self._bearers[one] for one, _, _ in alike))

    def _rank(self, number: int, words: list[str], exact: int) -> tuple[int, int, int, int]:
        """How well an entry fits, the best lowest: by a whole name, the beginning of one, a part of one, whole words; then how long the name is.

        The last value is which of its names fits best: the first, should none have any of the words as they are written.
        """
        phrase = " ".join(words)
        ranks = []
        for which, name in enumerate(self._folded[number]):
            shared = sum(word in name for word in words)
            place = 0 if name == phrase else 1 if name.startswith(phrase) else 2 if phrase in name else 3 + _MOST_WORDS - exact
            ranks.append((place, -shared, len(name) if shared else which, which))
        return min(ranks)


def index_of(reference: Reference, reports: Iterable[Listed]) -> Index:
    """The index of a snapshot; of what fits equally well, newer reports come first. A merged key finds what stands for it."""
    keys = sorted((reference.entities | reference.incidents) - reference.merged.keys())
    own: dict[str, list[str]] = {key: [key] for key in keys}
    for key, into in sorted(reference.merged.items()):
        own[into].append(key)
    named = (
        Entry("incidents" if key in reference.incidents else "entities", (*(name.value for name in reference.names(key)), *own[key]), key)
        for key in keys
    )
    titled = (Entry("reports", tuple(filter(None, (one.title, one.name.report_id))), report=one) for one in reports)
    return Index((*named, *titled))


def searched(worker: Worker, header: dict[str, Any], body: bytes) -> Done:  # noqa: ARG001  # one signature for all jobs
    """What ``sought`` finds, in groups of ``limit`` at most. Raises :class:`BadParameter`."""
    store, sought = worker.open_snapshot(header["snapshot"]), header["sought"]
    worker.forbid_files()
    if len(sought) > LONGEST:
        raise BadParameter(f"'q' has {len(sought)} characters: search for {LONGEST} at most, a name or a few words of a title.")
    reference = reference_of(worker, store)
    index: Index = worker.keep("search", lambda: index_of(reference, reports_of(worker, store)))
    found, near = index.found(sought)
    groups: dict[str, dict[str, Any]] = {}
    for group in GROUPS:
        here = [(entry, name) for entry, name in found if entry.group == group]
        groups[group] = {"total": len(here), "items": [_told(entry, name, reference) for entry, name in here[: header["limit"]]]}
    value = {"q": sought, "total": len(found), "near": near, "groups": groups}
    return {"media": "application/json"}, within(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _told(entry: Entry, by: str, reference: Reference) -> dict[str, Any]:
    """What a page shows of an entry; ``also`` is the name it was found by, where that is none of those shown."""
    if entry.report is not None:
        return told(entry.report, reference)
    name = both_names(entry.key, reference)
    kind = reference.types(entry.key)[0]
    also = by if by not in (*name.values(), entry.key) else ""
    return {"key": entry.key, "name": name, "kind": {language: label_of(kind, language) for language in ("ar", "en")}, "also": also}
