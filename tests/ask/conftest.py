"""What these tests share with the other tests of the command line."""

from running import claimgraph, sampled, store
from serving import served, serving

__all__ = ["claimgraph", "sampled", "served", "serving", "store"]
