"""What is stored and served: blobs, manifests, tags (OCI distribution-spec 1.1). The hot path of the house.

Reading order: `manifests` (what a manifest says), `pull`, `uploads` (blobs come in), `push` (manifests come in),
`browse` (lists), `remove`, `gates` (who may refuse), `kinds` (what an artifact is).

Then the same things as people look after them: `catalogue` (repositories), `artifacts` with their `artifacts_tags`,
`labels` and `additions`, and `copy`.
"""

from dataclasses import dataclass

from kangaroo.core.registry.additions import Addition, Additions, additions_of
from kangaroo.core.registry.artifacts import Artifacts, Details, Shown
from kangaroo.core.registry.artifacts_tags import Tags
from kangaroo.core.registry.browse import Browse
from kangaroo.core.registry.catalogue import Catalogue, Statistics
from kangaroo.core.registry.copy import Copies
from kangaroo.core.registry.labels import ArtifactLabels
from kangaroo.core.registry.pull import Pulls
from kangaroo.core.registry.push import Pushes
from kangaroo.core.registry.remove import Removals
from kangaroo.core.registry.uploads import Uploads
from kangaroo.store.content.contract import Reader
from kangaroo.store.meta.artifacts_parts import Accessory, TagRow
from kangaroo.store.meta.artifacts_parts import Reference as Child
from kangaroo.store.meta.registry import Blob, Manifest
from kangaroo.store.meta.repositories import RepositoryRow as Repository

__all__ = [
    "Accessory",
    "Addition",
    "Additions",
    "ArtifactLabels",
    "Artifacts",
    "Blob",
    "Browse",
    "Catalogue",
    "Child",
    "Copies",
    "Details",
    "Manifest",
    "Pulls",
    "Pushes",
    "Reader",
    "Registry",
    "Removals",
    "Repository",
    "Shown",
    "Statistics",
    "TagRow",
    "Tags",
    "Uploads",
    "additions_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    pull: Pulls
    push: Pushes
    uploads: Uploads
    browse: Browse
    remove: Removals
    catalogue: Catalogue
    artifacts: Artifacts
    tags: Tags
    labels: ArtifactLabels
    additions: Additions
    copies: Copies
