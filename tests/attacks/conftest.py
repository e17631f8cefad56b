"""What these tests share with the other tests of the command line."""

from running import claimgraph, sampled, store

__all__ = ["claimgraph", "sampled", "store"]
