"""What these tests share with each other, and with the other tests of the command line and the service."""

from pooling import settings, snapshot
from running import claimgraph, sampled, store
from serving import served, serving

__all__ = ["claimgraph", "sampled", "served", "serving", "settings", "snapshot", "store"]
