"""The tables, one module per subject. Alembic compares them with the migrations; a test holds the two equal.

Times are microseconds since the epoch (BIGINT), JSON is text, flags are booleans. Every constraint has a name, so that
a migration can drop it on both databases.
"""

from kangaroo.store.meta.schema import (
    access,
    clusters,
    jobs,
    managed,
    platform,
    pull_secrets,
    registry,
    tenancy,
)
from kangaroo.store.meta.schema.base import metadata

__all__ = [
    "access",
    "clusters",
    "jobs",
    "managed",
    "metadata",
    "platform",
    "pull_secrets",
    "registry",
    "tenancy",
]
