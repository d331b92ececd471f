"""Clusters for tests: one that all tests of a process share, started with the first test that asks for it."""

from collections.abc import Iterator

import pytest

from tests.kube.cluster import Cluster, started


@pytest.fixture(scope="session")
def shared_cluster() -> Iterator[Cluster]:
    """For tests that neither stop it nor need it empty: take `cluster.namespace()` for what is yours alone."""
    with started() as cluster:
        yield cluster
