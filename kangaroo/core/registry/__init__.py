"""What is stored and served: blobs, manifests, tags (OCI distribution-spec 1.1). The hot path of the house.

Reading order: `manifests` (what a manifest says), `pull`, `uploads` (blobs come in), `push` (manifests come in),
`browse` (lists), `remove`, `gates` (who may refuse), `kinds` (what an artifact is).
"""

from dataclasses import dataclass

from kangaroo.core.registry.browse import Browse
from kangaroo.core.registry.pull import Pulls
from kangaroo.core.registry.push import Pushes
from kangaroo.core.registry.remove import Removals
from kangaroo.core.registry.uploads import Uploads
from kangaroo.store.content.contract import Reader
from kangaroo.store.meta.registry import Blob, Manifest

__all__ = ["Blob", "Browse", "Manifest", "Pulls", "Pushes", "Reader", "Registry", "Removals", "Uploads"]


@dataclass(frozen=True, slots=True)
class Registry:
    pull: Pulls
    push: Pushes
    uploads: Uploads
    browse: Browse
    remove: Removals
