"""What can be asked of one Kubernetes cluster. Core knows this; `client` keeps it, `informer` follows it.

Objects are the JSON of Kubernetes' API (dictionaries), so that nothing a server sends is lost. Errors are `Failure`s:

- the cluster cannot be used (DNS, refused, timeout, TLS, 401): an `InstanceFailure` with its `Reason` (`base.reasons`);
- it answered with a refusal: `Refused`, which keeps Kubernetes' own words (`Status.reason` and its causes).
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from kangaroo.base.errors import Code, Failure

Object = dict[str, Any]
"""One object of Kubernetes' API, as JSON."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A resource: `group` is empty for the core group."""

    group: str
    version: str
    kind: str
    plural: str
    namespaced: bool = True

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version


NAMESPACE = Kind("", "v1", "Namespace", "namespaces", namespaced=False)
NODE = Kind("", "v1", "Node", "nodes", namespaced=False)
SECRET = Kind("", "v1", "Secret", "secrets")
CONFIG_MAP = Kind("", "v1", "ConfigMap", "configmaps")
SERVICE = Kind("", "v1", "Service", "services")
SERVICE_ACCOUNT = Kind("", "v1", "ServiceAccount", "serviceaccounts")
POD = Kind("", "v1", "Pod", "pods")
EVENT = Kind("", "v1", "Event", "events")
PERSISTENT_VOLUME_CLAIM = Kind("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims")
RESOURCE_QUOTA = Kind("", "v1", "ResourceQuota", "resourcequotas")
DEPLOYMENT = Kind("apps", "v1", "Deployment", "deployments")
JOB = Kind("batch", "v1", "Job", "jobs")
ACCESS_REVIEW = Kind(
    "authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", namespaced=False
)
INGRESS_CLASS = Kind("networking.k8s.io", "v1", "IngressClass", "ingressclasses", namespaced=False)
STORAGE_CLASS = Kind("storage.k8s.io", "v1", "StorageClass", "storageclasses", namespaced=False)
CUSTOM_RESOURCE_DEFINITION = Kind(
    "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", namespaced=False
)


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason of a refusal: `reason` as in FieldValueInvalid, NamespaceTerminating; `field` may be empty."""

    reason: str
    field: str
    message: str


class Refused(Failure):
    """The cluster's answer was no. `word` is Kubernetes' `Status.reason`: NotFound, Conflict, Forbidden, Invalid, …"""

    def __init__(
        self, code: Code, *, word: str, message: str, kind: str = "", causes: Sequence[Cause] = ()
    ) -> None:
        super().__init__(code, "cluster_refused", word=word, message=message)
        self.word = word
        self.said = message
        self.kind = kind
        """Of what it speaks of (`Status.details.kind`): `namespaces` when the namespace is missing."""
        self.causes = tuple(causes)


@dataclass(frozen=True, slots=True)
class Listing:
    """`version` is where a watch goes on from."""

    items: list[Object]
    version: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a watch says: the object as it is now; for DELETED, as it was last.

    BOOKMARK has no object but its `metadata.resourceVersion`: up to there nothing else happened. The first one says
    that the watch is open. Handlers of an informer never see it.
    """

    type: Literal["ADDED", "MODIFIED", "DELETED", "BOOKMARK"]
    object: Object


@dataclass(frozen=True, slots=True)
class Selection:
    """Which objects: an empty namespace is all of them; selectors as Kubernetes writes them."""

    namespace: str = ""
    labels: str = ""
    fields: str = ""


ANY = Selection()


@dataclass(frozen=True, slots=True)
class Operation:
    """One step of a JSON patch (RFC 6902)."""

    op: Literal["add", "remove", "replace", "test"]
    path: str
    value: Any = field(default=None)


class ClusterClient(Protocol):
    """Of one cluster. `namespace` is empty for what has none. Every call gives up after its time limit."""

    async def version(self) -> str:
        """As in v1.31.2."""
        ...

    async def get(self, kind: Kind, name: str, namespace: str = "") -> Object:
        """Raises Refused NOT_FOUND."""
        ...

    async def list(self, kind: Kind, which: Selection = ANY) -> Listing:
        """All of them, however many pages. Raises Refused NOT_FOUND where the cluster has no such kind."""
        ...

    async def count(self, kind: Kind) -> int:
        """How many there are, without fetching them."""
        ...

    def watch(
        self, kind: Kind, which: Selection, version: str, *, seconds: float = 30.0
    ) -> AsyncGenerator[Change, None]:
        """From a listing's version on; ends after so many seconds, to be begun again from the last version seen.

        Raises Refused with the `word` Expired when that version is forgotten: list again.
        """
        ...

    async def create(self, kind: Kind, what: Object, *, dry_run: bool = False) -> Object:
        """Raises Refused CONFLICT (word AlreadyExists)."""
        ...

    async def apply(self, kind: Kind, what: Object, *, force: bool = False, dry_run: bool = False) -> Object:
        """Server-side apply as field manager `kangaroo`. Raises Refused CONFLICT with the other owner in a cause."""
        ...

    async def apply_status(self, kind: Kind, what: Object) -> Object:
        """Server-side apply, forced, of the status subresource."""
        ...

    async def patch(self, kind: Kind, name: str, namespace: str, operations: Sequence[Operation]) -> Object:
        """A JSON patch; a failed test is Refused INVALID_FIELD (word Invalid)."""
        ...

    async def delete(self, kind: Kind, name: str, namespace: str = "", *, uid: str = "") -> None:
        """Only the very object when `uid` is given (else Refused CONFLICT). Raises Refused NOT_FOUND."""
        ...

    async def log(self, pod: str, namespace: str, container: str = "", *, lines: int = 50) -> str:
        """The last lines a container said."""
        ...

    async def close(self) -> None: ...
