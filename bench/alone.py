"""One SHACL engine in a process of its own, for ``validate.py``: how long the first verdict takes, and how much memory all take.

python bench/alone.py gate|referee COUNT
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from pathlib import Path

from claimgraph.model.to_quads import to_quads
from generate import documents, reference


def peak() -> float:
    """The most memory this process ever held, in MB. Linux hands ``ru_maxrss`` down from the parent, so its own count comes first."""
    status = Path("/proc/self/status")
    own = [line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:")] if status.exists() else []
    return int(own[0] if own else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) / 1024


def main(engine: str, count: int) -> None:
    """Print, as JSON, the seconds to the first verdict (loading engine and shapes included) and the memory before and after all."""
    reports = [to_quads(document, reference().base, reference().entities) for document in documents(count, seed=2, copied=0)]
    before, start = peak(), time.perf_counter()
    judge = getattr(importlib.import_module("claimgraph.store.shapes"), engine)
    judge(reports[0], reference())
    first = time.perf_counter() - start
    for mapped in reports[1:]:
        judge(mapped, reference())
    print(json.dumps({"first": first, "before": before, "peak": peak()}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
