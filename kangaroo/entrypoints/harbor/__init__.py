"""Harbor's API v2.0 under /api/v2.0, and the few paths beside it its clients use (/api/version, /c/login).

Reading order: `routes` (the list of handlers, one module per swagger tag), `app` (the way of a request to them),
`door` (who asks, and may anything be changed now), `given` (what a handler can ask for by name of a parameter),
`paths` (names in paths), `answers` and `shapes` (what goes back), `errors` (how each failure is said).
"""

from kangaroo.entrypoints.harbor.app import application
from kangaroo.entrypoints.harbor.surroundings import Surroundings

__all__ = ["Surroundings", "application"]
