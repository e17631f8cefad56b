"""What these tests share with the other tests of the command line, and of the service."""

from reviewing import proposals, waiting
from running import claimgraph, sampled, store
from serving import serving

__all__ = ["claimgraph", "proposals", "sampled", "serving", "store", "waiting"]
