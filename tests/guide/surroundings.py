"""What stands around the platform in the pictures: a Harbor, a Docker registry, clusters, a Harbor in a cluster."""

import asyncio
from dataclasses import dataclass, field
from typing import TypeVar

from tests.kube.cluster import Cluster

T = TypeVar("T")
HARBORS = "harbor-team"
"""The namespace of managed Harbors."""


@dataclass
class Around:
    """`clusters`: production and staging, or none where their programs are not built."""

    docker: str
    harbor: str
    managed: str
    clusters: tuple[Cluster, ...] = ()
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
