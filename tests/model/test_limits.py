"""The settings: documented, read from the environment, and refused by name where they make no sense."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from claimgraph.model.errors import Misuse
from claimgraph.model.limits import Limits, read_limits

README = Path(__file__).resolve().parents[2] / "README.md"
NUMBERS = [name for name, field in Limits.model_fields.items() if field.annotation in (int, float)]
TIMES = [name for name, field in Limits.model_fields.items() if field.annotation is float]
ROW = re.compile(r"^\|\s*`CLAIMGRAPH_(?P<name>[A-Z_]+)`\s*\|(?P<default>[^|]*)\|(?P<reason>[^|]*)\|\s*$", re.MULTILINE)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The defaults are those of an environment that sets nothing."""
    for name in Limits.model_fields:
        monkeypatch.delenv(f"CLAIMGRAPH_{name.upper()}", raising=False)


def test_readme_lists_every_setting_with_its_default() -> None:
    """The table in README.md, section Settings, and the class hold the same names and defaults, each with a reason."""
    section = re.search(r"^## Settings$(.*?)(?=^## |\Z)", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert section, "README.md has no section '## Settings'"
    rows = list(ROW.finditer(section[1]))
    assert {row["name"].lower(): row["default"].strip().strip("`") for row in rows} == {
        name: str(field.default) for name, field in Limits.model_fields.items()
    }
    assert len(rows) == len(Limits.model_fields)
    assert all(row["reason"].strip() for row in rows)


def test_every_setting_says_its_reason() -> None:
    """A limit without a reason cannot be argued with."""
    assert all(field.description and field.description.endswith(".") for field in Limits.model_fields.values())


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable replaces the default, and only its own."""
    monkeypatch.setenv("CLAIMGRAPH_QUERY_SECONDS", "0.5")
    monkeypatch.setenv("CLAIMGRAPH_ANSWER_ROWS", "7")
    found = read_limits()
    assert (found.query_seconds, found.answer_rows) == (0.5, 7)
    assert found.model_copy(update={"query_seconds": 10.0, "answer_rows": 100_000}) == Limits.model_construct()


@pytest.mark.parametrize("name", sorted(Limits.model_fields))
def test_value_of_another_type_names_its_variable(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that is no number (no IRI) is misuse, and the sentence names the variable."""
    monkeypatch.setenv(f"CLAIMGRAPH_{name.upper()}", "nonsense")
    with pytest.raises(Misuse, match=rf"\bCLAIMGRAPH_{name.upper()}\b"):
        read_limits()


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ["-1", "", "nan"])
def test_number_out_of_range_names_its_variable(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting may be negative, empty or no number at all."""
    monkeypatch.setenv(f"CLAIMGRAPH_{name.upper()}", value)
    with pytest.raises(Misuse, match=rf"\bCLAIMGRAPH_{name.upper()}\b"):
        read_limits()


@pytest.mark.parametrize("name", TIMES)
def test_endless_time_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait without end is no limit (and no number of milliseconds, which is what a wait is given in)."""
    monkeypatch.setenv(f"CLAIMGRAPH_{name.upper()}", "inf")
    with pytest.raises(Misuse, match=rf"\bCLAIMGRAPH_{name.upper()}\b"):
        read_limits()


def test_largest_count_is_a_number_that_json_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts beyond 2**53 have no canonical JSON, so that no version could be named: the setting stops there."""
    monkeypatch.setenv("CLAIMGRAPH_LARGEST_COUNT", str(2**53))
    with pytest.raises(Misuse, match="CLAIMGRAPH_LARGEST_COUNT"):
        read_limits()


@pytest.mark.parametrize("base", ["https://example.org/id", "ftp://example.org/", "https://example.org/a b/", "https://example.org/<x>/", "/id/"])
def test_base_that_names_nothing_is_refused(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The base is an http(s) IRI that ends in a slash."""
    monkeypatch.setenv("CLAIMGRAPH_BASE", base)
    with pytest.raises(Misuse, match="CLAIMGRAPH_BASE"):
        read_limits()


def test_settings_do_not_change() -> None:
    """What was read stands for the whole process."""
    with pytest.raises(ValidationError):
        read_limits().json_depth = 1  # type: ignore[misc]  # that it cannot be set is what is tested
