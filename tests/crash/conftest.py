"""What these tests share with others: a store of the bundled samples."""

from running import sampled

__all__ = ["sampled"]
