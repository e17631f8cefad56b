"""What these tests share with each other, and with the other tests of the command line and the service."""

from attacking import victim
from reviewing import proposals, reviewing
from running import claimgraph, sampled, store

__all__ = ["claimgraph", "proposals", "reviewing", "sampled", "store", "victim"]
