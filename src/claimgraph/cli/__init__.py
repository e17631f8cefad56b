"""The command line: the same verbs as everywhere, for people and scripts."""

from claimgraph.cli import asking, demo, keeping, writing  # each adds its commands to the app
from claimgraph.cli.app import app, main

__all__ = ["app", "asking", "demo", "keeping", "main", "writing"]
