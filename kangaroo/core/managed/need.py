"""How much of a namespace a Harbor takes: pure arithmetic over its components, against the namespace's quotas.

Each component is a Deployment; `resources` are set on every container, and the pod of registry has two (registryctl).
A rolling update runs one pod more of each for a while.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from kangaroo.core.managed.composing import behind_nginx
from kangaroo.core.managed.quantities import bytes_of, cores, parse_quantity
from kangaroo.core.managed.spec import HarborSpec, StorageMode
from kangaroo.kube.contract import Object

BASE_CONTAINERS = {"core": 1, "portal": 1, "jobservice": 1, "registry": 2}
_CORES = frozenset({"requests.cpu", "limits.cpu"})
_COUNTED = frozenset({"pods", "persistentvolumeclaims"})
# A quota may leave "requests." out.
_SHORT = {"cpu": "requests.cpu", "memory": "requests.memory"}
Amounts = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Lack:
    """Of one resource: what is needed and what is left, as Kubernetes writes it."""

    quota: str
    resource: str
    needed: str
    left: str


@dataclass(frozen=True, slots=True)
class Unset:
    """A quota limits what the pods do not say how much they need of: Kubernetes would refuse them."""

    quota: str
    resource: str


def containers_of(spec: HarborSpec) -> dict[str, int]:
    """Containers in one pod of each component."""
    found = dict(BASE_CONTAINERS)
    if spec.trivy:
        found["trivy"] = 1
    if behind_nginx(spec.expose):
        found["front"] = 1
    return found


def need(spec: HarborSpec) -> Amounts:
    """By the names of ResourceQuota."""
    containers = containers_of(spec)
    copies = sum(containers.values()) * spec.replicas + (1 if spec.metrics else 0)
    found = {"pods": Fraction(len(containers) * spec.replicas + (1 if spec.metrics else 0))}
    for kind, amounts in (("requests", spec.resources.requests), ("limits", spec.resources.limits)):
        for resource, amount in amounts.items():
            found[f"{kind}.{resource}"] = parse_quantity(amount, f"spec.resources.{kind}.{resource}") * copies
    # Without a request of its own a container requests its limit.
    for resource in set(spec.resources.limits) - set(spec.resources.requests):
        found[f"requests.{resource}"] = found[f"limits.{resource}"]
    volume = spec.storage.volume
    if spec.storage.mode is StorageMode.STORAGE_CLASS and volume is not None:
        size = parse_quantity(
            volume.resources.requests["storage"], "spec.storage.scSpec.resource.requests.storage"
        )
        found |= {"persistentvolumeclaims": Fraction(1), "requests.storage": size}
        found[f"{volume.storage_class}.storageclass.storage.k8s.io/requests.storage"] = size
    return found


def base_need(cpu: Fraction, memory: Fraction, replicas: int) -> Amounts:
    """Of a Harbor without extras."""
    copies = sum(BASE_CONTAINERS.values()) * replicas
    return {"requests.cpu": cpu * copies, "requests.memory": memory * copies}


def beyond(needed: Amounts, before: Amounts) -> Amounts:
    """What a changed Harbor takes more than now."""
    return {name: max(amount - before.get(name, Fraction(0)), Fraction(0)) for name, amount in needed.items()}


def quota_faults(needed: Amounts, quotas: Iterable[Object]) -> list[Lack | Unset]:
    """Of every quota that counts all pods; one for some pods (`scopes`) says nothing of ours."""
    found: list[Lack | Unset] = []
    for quota in quotas:
        spec, status = quota.get("spec", {}), quota.get("status", {})
        if spec.get("scopes") or spec.get("scopeSelector"):
            continue
        name = quota["metadata"]["name"]
        used = status.get("used", {})
        for resource, hard in (status.get("hard") or spec.get("hard") or {}).items():
            fault = _fault(name, resource, hard, used.get(resource, "0"), needed)
            if fault is not None:
                found.append(fault)
    return found


def left_of(quotas: Iterable[Object], resource: str) -> Fraction | None:
    """The least any quota leaves; None: nothing limits it."""
    found = []
    for quota in quotas:
        status = quota.get("status", {})
        for name, hard in (status.get("hard") or quota.get("spec", {}).get("hard") or {}).items():
            if _SHORT.get(name, name) == resource:
                found.append(parse_quantity(hard) - parse_quantity(status.get("used", {}).get(name, "0")))
    return min(found) if found else None


def written(resource: str, amount: Fraction) -> str:
    if resource in _CORES:
        return cores(amount)
    return str(int(amount)) if resource in _COUNTED else bytes_of(amount)


def _fault(quota: str, resource: str, hard: str, used: str, needed: Amounts) -> Lack | Unset | None:
    name = _SHORT.get(resource, resource)
    if name not in needed:
        computed = name.split(".")[0] in ("requests", "limits") and name.split(".")[-1] in ("cpu", "memory")
        return Unset(quota, name) if computed else None
    left = max(parse_quantity(hard) - parse_quantity(used), Fraction(0))
    if needed[name] <= left:
        return None
    return Lack(quota, name, written(name, needed[name]), written(name, left))
