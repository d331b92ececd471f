"""A Kangaroo with a worker, and a cluster."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kangaroo.store.meta.database import Database
from tests.core.pull_secrets.kit import World, world
from tests.kube.cluster import Cluster
from tests.kube.conftest import shared_cluster

__all__ = ["shared_cluster"]


@pytest.fixture
async def here(tmp_path: Path, sqlite: Database, shared_cluster: Cluster) -> AsyncIterator[World]:
    """With the shared cluster, registered as `one`."""
    async with world(tmp_path, sqlite) as made:
        await made.register("one", shared_cluster)
        yield made
