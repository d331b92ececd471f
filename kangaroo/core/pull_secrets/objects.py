"""The Secret as Kubernetes has it, and the marks by which we know our own. Pure.

`kangaroo.io/managed` holds the name of the installation: several can look after one cluster, and what another one made
is foreign here.
"""

import base64
import binascii
from dataclasses import dataclass

from kangaroo.kube.contract import SECRET, Object

NAME = "registry-secret"
TYPE = "kubernetes.io/dockerconfigjson"
KEY = ".dockerconfigjson"
MANAGED = "kangaroo.io/managed"
WORKSPACE = "kangaroo.io/workspace"
CONTENT = "kangaroo.io/content"
ACCOUNTS = "kangaroo.io/pull-secret-accounts"
"""An annotation of a namespace: to which service accounts the secret is to be attached, separated by commas."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to stand in every namespace of a workspace. `fingerprint` is that of the content."""

    installation: str
    workspace: int
    content: bytes
    fingerprint: str

    def secret(self, namespace: str, uid: str = "") -> Object:
        """With a `uid` it is that very object or none."""
        metadata = {
            "name": NAME,
            "namespace": namespace,
            "labels": {MANAGED: self.installation, WORKSPACE: str(self.workspace)},
            "annotations": {CONTENT: self.fingerprint},
        }
        if uid:
            metadata["uid"] = uid
        return {
            "apiVersion": SECRET.api_version,
            "kind": SECRET.kind,
            "metadata": metadata,
            "type": TYPE,
            "data": {KEY: base64.b64encode(self.content).decode()},
        }

    def stands_in(self, seen: Object) -> bool:
        """Whether nothing of it is missing or changed; what others have put beside it is theirs."""
        labels, annotations = _of(seen, "labels"), _of(seen, "annotations")
        return (
            seen.get("type") == TYPE
            and content_of(seen) == self.content
            and labels.get(MANAGED) == self.installation
            and labels.get(WORKSPACE) == str(self.workspace)
            and annotations.get(CONTENT) == self.fingerprint
        )


def ours(seen: Object, installation: str) -> bool:
    return _of(seen, "labels").get(MANAGED) == installation


def uid_of(seen: Object) -> str:
    found: str = seen["metadata"].get("uid", "")
    return found


def namespace_of(seen: Object) -> str:
    found: str = seen["metadata"].get("namespace", "")
    return found


def content_of(seen: Object) -> bytes:
    """Empty for what is no such secret."""
    try:
        return base64.b64decode((seen.get("data") or {}).get(KEY, ""), validate=True)
    except (binascii.Error, TypeError, ValueError):
        return b""


def asked_accounts(namespace: Object) -> tuple[str, ...] | None:
    """What the annotation of a namespace asks for; None when it has none, and the choice of the binding counts."""
    text = _of(namespace, "annotations").get(ACCOUNTS)
    return None if text is None else tuple(sorted({one.strip() for one in text.split(",")} - {""}))


def _of(seen: Object, what: str) -> dict[str, str]:
    found: dict[str, str] = seen["metadata"].get(what) or {}
    return found
