"""Annotations altered as an extractor might err, and the annotators' own tool to measure them."""

from __future__ import annotations

import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

from claimgraph.model.document import ClaimsDocument
from running import value_of

Value = dict[str, Any]


def figures_of_the_tool(shared: Path, gold: Path, found: Path) -> Value:
    """What the annotators' own tool says of two folders or files."""
    command = [sys.executable, str(shared / "tools" / "score_claims.py"), str(gold), str(found), "--json"]
    said: Value = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return said


def _shifted(value: Value, random: Random, length: int) -> None:
    start = max(0, value["start"] + random.randint(-30, 30))
    value["start"], value["end"] = start, min(length, max(start + 1, value["end"] + random.randint(-60, 30)))


def _other_chain(value: Value, random: Random) -> None:
    chain = value["chain"]
    kind = random.randrange(6)
    if kind == 0 and len(chain) > 1:
        chain.pop()
    elif kind == 1:
        chain.append({"agent": random.choice(["sdf", "isis", "sdf-media-center", "sdf-general-command", "nyt", "us-state-department", "alwatan"])})
    elif kind == 2:
        chain.append({"named": random.choice(["المركز الإعلامي لقسد", "قسد", "وزارة الخارجية", "محمود برخودان", "Ned", "القوات", "العربي"])})
    elif kind == 3 and len(chain) > 1:
        chain[-1] = {"anonymous": "x", "surface": "مصدر"}
    elif kind == 4 and "anonymous" in chain[-1]:
        chain[-1] = {"named": chain[-1]["surface"]}
    elif len(chain) > 1 and "agent" in chain[-1]:
        chain[-1] = {"agent": "firas-allawi", "surface": random.choice(["قسد", "داعش", "متحدث باسم التنظيم"])}


def _other_event(value: Value, random: Random) -> None:
    event = value["event"]
    kind = random.randrange(6)
    if kind == 0:
        event["type"] = random.choice(["attack", "escape", "control", "killing"])
    elif kind == 1:
        low = random.choice([None, 4, 20, 200, 750])
        event["quantity"] = {"min": low, "max": random.choice([None, low, 999]), "approximate": True, "of": "persons", "wording": "عدد"}
    elif kind == 2:
        event["time"] = random.choice(["2022-01-24", "2022-01", "../2022-01-23", event.get("time", "2022")])
    elif kind == 3:
        event["facility"] = random.choice(["sinaa-prison", "raqqa-central-prison", "سجن الصناعة", "السجن", "مشفى المدينة"])
    else:
        event.pop(random.choice(["quantity", "time", "facility"]), None)


def mutated(document: ClaimsDocument, random: Random) -> Value:
    """A report's annotation with claims dropped, shifted, doubled, invented and altered, as an extractor might err."""
    value = value_of(document)
    length = len(value["report"]["text"])
    claims: list[Value] = []
    for one in value["claims"]:
        claims += [one, *([deepcopy(one)] if random.random() < 0.15 else [])]
    claims = [one for one in claims if random.random() > 0.15]
    for one in claims:
        for change in random.sample(["span", "chain", "event", "polarity", "certainty", None, None, None, None], 3):
            if change == "span":
                _shifted(one, random, length)
            elif change == "chain":
                _other_chain(one, random)
            elif change == "event":
                _other_event(one, random)
            elif change == "polarity":
                one["polarity"] = random.choice(["affirms", "denies"])
            elif change == "certainty":
                one["certainty"] = random.choice(["certain", "probable", "possible"])
    random.shuffle(claims)
    for number, one in enumerate(claims):
        one |= {"id": f"m{number:03}", "quote": value["report"]["text"][one["start"] : one["end"]]}
        one.pop("repeats", None)
    return {**value, "claims": claims}
