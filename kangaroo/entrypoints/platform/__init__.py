"""Kangaroo's own API, /apis/kangaroo.io/v1alpha1: JSON as grpc-gateway writes it, one module per API group.

Reading order: `routes` (the list of handlers), `app` (the way of a request to them), `door` (who asks), `given` (what
a handler can ask for by name of a parameter), `shapes` (what goes in and out), `errors` (how each failure is said).
"""

from kangaroo.entrypoints.platform.app import application
from kangaroo.entrypoints.platform.surroundings import Surroundings

__all__ = ["Surroundings", "application"]
