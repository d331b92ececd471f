"""RegistrySecret objects: how a registry shows as one, and what one asks for. Pure.

Two kinds of objects stand side by side. A *mirror* is made and kept by us, and carries our label; its registry came
from elsewhere. A *declared* one was created by somebody in the cluster, and its registry lives and ends with it.
"""

from dataclasses import dataclass
from typing import Any

from kangaroo.base.clock import SECOND, Micros, rfc3339
from kangaroo.base.errors import Failure
from kangaroo.base.reasons import InstanceFailure
from kangaroo.core.clusters import Object
from kangaroo.core.instances import PLATFORM, Instance, State, cause_of
from kangaroo.entrypoints.operator.resource import NAMESPACE_NAME, REGISTRY_SECRET

MIRROR = "kangaroo.io/mirror"
FINALIZER = "kangaroo.io/registration"
_HEALTH = {
    State.HEALTHY: ("HealthCheckSuccess", "True", "RegistryHealthCheckSuccess"),
    State.DEGRADED: ("HealthCheckFail", "False", "RegistryHealthCheckFail"),
    State.UNHEALTHY: ("HealthCheckFail", "False", "RegistryHealthCheckFail"),
    State.CHECKING: ("HealthCheckPending", "Unknown", "RegistryHealthCheckPending"),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One object, as far as we care for it."""

    name: str
    uid: str
    version: str
    generation: int
    mirror: bool
    leaving: bool
    held: bool
    spec: dict[str, Any]
    status: dict[str, Any]

    @classmethod
    def of(cls, found: Object) -> "Seen":
        metadata = found["metadata"]
        return cls(
            name=metadata["name"],
            uid=metadata["uid"],
            version=metadata["resourceVersion"],
            generation=metadata.get("generation", 0),
            mirror=MIRROR in (metadata.get("labels") or {}),
            leaving="deletionTimestamp" in metadata,
            held=FINALIZER in (metadata.get("finalizers") or []),
            spec=found.get("spec") or {},
            status=found.get("status") or {},
        )

    @property
    def registered(self) -> str:
        """The name it was registered under; empty when it never was."""
        return str(self.status.get("registry", ""))

    @property
    def workspace(self) -> int:
        return int(self.spec.get("workspace") or PLATFORM)


def name_of(instance: Instance) -> str:
    """Of its mirror. Names of registries have no dots, so those of different workspaces cannot meet."""
    if instance.workspace == PLATFORM:
        return instance.name
    return f"{instance.name}.workspace-{instance.workspace}"


def mirror_of(instance: Instance) -> Object:
    """Without status."""
    spec = {
        "type": instance.kind,
        "url": instance.connection.url,
        "workspace": instance.workspace,
        "insecure": instance.connection.insecure,
        "description": instance.connection.description,
        "integration": instance.integration,
    }
    metadata = {
        "name": name_of(instance),
        "namespace": NAMESPACE_NAME,
        "labels": {MIRROR: "true"},
    }
    return {**_head(), "metadata": metadata, "spec": spec}


def health_status(instance: Instance) -> dict[str, Any]:
    cause = cause_of(instance.health.reason, instance.health.facts)
    told = cause.told("en")
    kind, status, reason = _HEALTH[State(instance.health.state)]
    state = {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": told.message,
        "lastTransitionTime": _seconds(instance.health.transition_at),
    }
    return {"state": state, "cause": cause.word, "remedy": told.remedy, "registry": instance.name}


def failure_status(kind: str, failure: Failure, before: dict[str, Any], now: Micros) -> dict[str, Any]:
    """What somebody asked for could not be done. The time is that of the first such failure."""
    message = failure.message()
    known = before.get("state") or {}
    same = (known.get("type"), known.get("message")) == (kind, message)
    state = {
        "type": kind,
        "status": "False",
        "reason": f"Registry{kind}",
        "message": message,
        "lastTransitionTime": known["lastTransitionTime"] if same else _seconds(now),
    }
    told = {"cause": failure.code.name, "remedy": ""}
    if isinstance(failure, InstanceFailure):
        told = {"cause": failure.reason.name, "remedy": failure.remedy()}
    return {"state": state, **told, "registry": str(before.get("registry", ""))}


def with_status(name: str, status: dict[str, Any]) -> Object:
    return {**_head(), "metadata": {"name": name, "namespace": NAMESPACE_NAME}, "status": status}


def covers(found: Any, wanted: Any) -> bool:
    """Whether all that is wanted is there; what the API server has added does not matter."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(covers(found.get(key), one) for key, one in wanted.items())
    if isinstance(wanted, list):
        return (
            isinstance(found, list)
            and len(found) == len(wanted)
            and all(covers(one, other) for one, other in zip(found, wanted, strict=True))
        )
    return bool(found == wanted)


def _head() -> Object:
    return {"apiVersion": REGISTRY_SECRET.api_version, "kind": REGISTRY_SECRET.kind}


def _seconds(at: Micros) -> str:
    return rfc3339(at // SECOND * SECOND).replace(".000Z", "Z")
