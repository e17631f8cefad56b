"""Answers on words for people: names for IRIs, whose wording it is in the reader's language, and verbs by their names."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from claimgraph.cli.app import out
from running import Run, acts_on_the_terminal


@pytest.mark.parametrize(
    ("language", "head", "other", "users"), [("en", "Whose wording", "لمن اللفظ", "Syrian"), ("ar", "لمن اللفظ", "Whose", "السورية")]
)
def test_a_column_in_each_language_is_shown_in_the_readers(
    claimgraph: Run, sampled: Path, monkeypatch: pytest.MonkeyPatch, language: str, head: str, other: str, users: str
) -> None:
    """Of two columns that say the same a table has the reader's; entities, reports and loaded wordings have their names, not IRIs."""
    monkeypatch.setattr(out, "_width", 100)  # a block for each row, in which no word is broken
    said = claimgraph("--data", sampled, "ask", "who-calls-whom-what", "--param", "about=us-forces", "--param", "by=alwatan", "--language", language)
    assert head in said.out
    assert other not in said.out
    assert users in said.out
    assert all(word in said.out for word in ("جيش الاحتلال الأميركي", "wording-us-occupation", "sample-09-raqqa-thirty"))
    assert "https://" not in said.out
    assert acts_on_the_terminal("\n".join(line for line in said.out.splitlines() if line.startswith("│"))) == []


def test_programs_have_both_languages(claimgraph: Run, sampled: Path) -> None:
    """JSON and CSV have every column; in CSV a list of sentences has a line for each."""
    arguments = ["--data", sampled, "ask", "who-calls-whom-what", "--param", "about=us-forces", "--param", "by=alwatan"]
    (row,) = claimgraph(*arguments, "--format", "json").json
    assert (row["words"], row["times"], row["whose"]) == ("جيش الاحتلال الأميركي", 1, ["https://w3id.org/claimgraph/id/alwatan"])
    assert len(row["users_en"]) == len(row["users_ar"]) == 2
    header, cells = csv.reader(io.StringIO(claimgraph(*arguments, "--format", "csv").out, newline=""))
    assert header == list(row)
    assert cells[header.index("users_en")].split("\n") == row["users_en"]
    assert cells[header.index("loaded")].split(" ") == row["loaded"]


@pytest.mark.parametrize(("language", "verb"), [("en", "allege"), ("ar", "زعم")])
def test_a_distancing_verb_has_its_name(claimgraph: Run, sampled: Path, language: str, verb: str) -> None:
    """The verb stands as the report writes it and by its name in the reader's language."""
    said = claimgraph("--data", sampled, "ask", "distancing", "--param", "by=alwatan", "--language", language)
    cells = [cell.strip().strip("\u2068\u2069") for line in said.out.splitlines() if line.startswith("│") for cell in line.split("│")[1:-1]]
    assert cells[3:5] == ["زعمت", verb]
