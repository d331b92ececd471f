"""OCI Distribution 1.1 under /v2, and the token service its clients log in with. Plain ASGI: this is the hot path.

`routes` finds the handler; `manifests`, `blobs`, `uploads`, `lists` and `token` are the handlers; `errors` says each
failure in OCI's words; `challenge` tells a client how to log in.
"""

from kangaroo.entrypoints.oci.routes import application

__all__ = ["application"]
