"""What these tests share: services to ask, and the samples' store for one of them."""

from running import sampled
from serving import scratch, served, serving

__all__ = ["sampled", "scratch", "served", "serving"]
