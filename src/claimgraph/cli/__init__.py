"""The command line: the same verbs as everywhere, for people and scripts."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

from claimgraph.model.errors import ClaimgraphError

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and end the process: 0 done, 1 something was refused, 2 misuse."""
    for stream in ("stdout", "stderr"):
        if getattr(sys, stream) is None:  # closed by whoever started us
            setattr(sys, stream, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # for as long as the process lives
        elif isinstance(found := getattr(sys, stream), io.TextIOWrapper):
            found.reconfigure(encoding="utf-8", errors="backslashreplace")  # Arabic, whatever the locale says
    try:
        from claimgraph.cli import asking, demo, entities, evaluating, extracting, keeping, reviewing, serving, writing  # noqa: F401, PLC0415  # each adds its commands to the app
        from claimgraph.cli.app import run  # noqa: PLC0415
    except ClaimgraphError as error:  # settings and the program's own files are read while it loads
        sys.stderr.write(f"claimgraph: {error}\n")
        sys.exit(error.exit_code)
    sys.exit(run(arguments))
