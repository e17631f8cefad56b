"""The command line: the same verbs as everywhere, for people and scripts."""

from __future__ import annotations

import sys

from claimgraph.model.errors import ClaimgraphError

__all__ = ["main"]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and end the process: 0 done, 1 something was refused, 2 misuse."""
    try:
        from claimgraph.cli import asking, demo, keeping, writing  # noqa: F401, PLC0415  # each adds its commands to the app
        from claimgraph.cli.app import run  # noqa: PLC0415
    except ClaimgraphError as error:  # settings and the program's own files are read while it loads
        sys.stderr.write(f"claimgraph: {error}\n")
        sys.exit(error.exit_code)
    sys.exit(run(arguments))
