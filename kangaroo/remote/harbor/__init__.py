"""Harbor, 2.4 or newer, over its API v2.0; content over `/v2`. One module for each part of the contract."""

from kangaroo.remote.harbor.registry import HarborRegistry

__all__ = ["HarborRegistry"]
