"""A managed Harbor as the pages show it: three lights (its resource, its pods, its integration), the rows of a
preflight, and what is going to be made."""

from dataclasses import dataclass

from kangaroo.base.errors import Code, Failure
from kangaroo.core.instances import Cause
from kangaroo.core.managed import (
    Check,
    DependencyMode,
    ExposeMode,
    Harbor,
    HarborName,
    HarborSpec,
    Phase,
    Place,
    Pod,
    State,
    StorageMode,
    Verdict,
)
from kangaroo.entrypoints.console.texts import LANGUAGE, N_, _
from kangaroo.entrypoints.console.visit import Visit, path_of

CHECKS = {
    Check.CLUSTER: N_("The cluster answers"),
    Check.NAMESPACE: N_("The namespace is there"),
    Check.CRD: N_("harbor-operator is installed"),
    Check.OPERATOR: N_("harbor-operator runs"),
    Check.OPERATOR_VERSION: N_("harbor-operator is new enough"),
    Check.OPERATOR_WEBHOOK: N_("The webhooks of harbor-operator answer"),
    Check.CERT_MANAGER_CRD: N_("cert-manager is installed"),
    Check.CERT_MANAGER: N_("cert-manager runs"),
    Check.CERT_MANAGER_WEBHOOK: N_("The webhook of cert-manager answers"),
    Check.STORAGE_CLASS: N_("The storage class is there"),
    Check.QUOTA: N_("The namespace has room"),
    Check.NODE_PORT: N_("The node port is free"),
    Check.TLS: N_("The certificate fits"),
    Check.INGRESS_CLASS: N_("The ingress class is there"),
    Check.MIDDLEWARE: N_("The middleware is there"),
    Check.DATABASE: N_("PostgreSQL can be used"),
    Check.CACHE: N_("Redis can be used"),
    Check.STORAGE: N_("The storage can be used"),
    Check.SHARING: N_("Nobody else uses the same"),
    Check.OBJECTS: N_("The cluster would take the objects"),
}
# Icon, word and class of each verdict; the looks of the doctor's findings.
VERDICTS = {
    Verdict.OK: ("circle-check", N_("In order"), "finding-green"),
    Verdict.FAILED: ("circle-x", N_("In the way"), "finding-red"),
    Verdict.UNKNOWN: ("help-circle", N_("Nobody can tell"), "finding-yellow"),
}
KEPT_BY = {
    DependencyMode.BUILT_IN: N_("kept by harbor-operator"),
    DependencyMode.MIDDLEWARE: N_("by a middleware operator"),
    DependencyMode.ONE_CLICK: N_("by a middleware operator"),
    DependencyMode.EXTERNAL: N_("outside"),
}
STORED = {
    StorageMode.STORAGE_CLASS: N_("a volume"),
    StorageMode.S3: "S3",
    StorageMode.MIDDLEWARE: "MinIO",
    StorageMode.ONE_CLICK: "MinIO",
}
EXPOSED = {
    ExposeMode.NODE_PORT: N_("Node port"),
    ExposeMode.INGRESS: "Ingress",
    ExposeMode.LOAD_BALANCE: N_("Load balancer"),
}
_MOVING = {Phase.CREATING: "creating", Phase.UPDATING: "updating", Phase.DELETING: "deleting"}


@dataclass(frozen=True, slots=True)
class Light:
    """`word` of status.py; `label` instead of it, `reason` on hover."""

    word: str
    reason: str = ""
    label: str = ""


def path_to(name: HarborName) -> str:
    return path_of("managed", name.place.cluster, name.place.namespace, name.name)


def name_in(visit: Visit) -> HarborName:
    """Of the path. Raises NOT_FOUND."""
    place = Place.parse(visit.segment("cluster"), visit.segment("namespace"))
    text = visit.segment("name")
    try:
        return HarborName.parse(place, text)
    except Failure as failure:
        raise Failure(Code.NOT_FOUND, what=f"Harbor {text[:80]}") from failure


def overall(harbor: Harbor) -> Light:
    failure = harbor.failure
    return Light(harbor.state.lower(), failure.message(LANGUAGE.get()) if failure else "")


def lights(harbor: Harbor) -> tuple[Light, Light, Light]:
    """Of the resource, the pods, the integration."""
    return _resource(harbor), _pods(harbor), _integration(harbor)


def _resource(harbor: Harbor) -> Light:
    sight = harbor.sight
    if sight.word == "healthy":
        return Light("healthy")
    if harbor.state is State.UNKNOWN or not sight.word:
        return Light(_MOVING.get(harbor.phase, "unknown"))
    wrong = next((one for one in sight.conditions if one.status == "False" and one.message), None)
    return Light(_MOVING.get(harbor.phase, "unhealthy"), wrong.message if wrong else sight.word)


def _pods(harbor: Harbor) -> Light:
    pods = harbor.sight.pods
    if not pods:
        return Light(_MOVING.get(harbor.phase, "unknown"), label="0 / 0")
    ready = sum(pod.ready or pod.phase == "Succeeded" for pod in pods)
    label = f"{ready} / {len(pods)}"
    if ready == len(pods):
        return Light("healthy", label=label)
    waiting = next((pod for pod in pods if not pod.ready and pod.waiting), None)
    reason = f"{waiting.name}: {waiting.waiting}" if waiting else ""
    return Light(_MOVING.get(harbor.phase, "unhealthy"), reason, label)


def pods_of(harbor: Harbor) -> list[tuple[Pod, Light]]:
    return [(pod, _pod(pod)) for pod in harbor.sight.pods]


def _pod(pod: Pod) -> Light:
    if pod.ready or pod.phase == "Succeeded":
        return Light("healthy", label=_("ready"))
    return Light("unhealthy" if pod.waiting else "updating", pod.detail, pod.waiting or pod.phase)


def _integration(harbor: Harbor) -> Light:
    sight = harbor.sight
    if not sight.instance:
        return Light(_MOVING.get(harbor.phase, "unknown"), label=_("Not yet"))
    told = Cause(sight.instance_reason, sight.instance_facts).told(LANGUAGE.get())
    return Light(sight.instance, told.message)


def summary_of(name: HarborName, spec: HarborSpec) -> list[tuple[str, str]]:
    """What is going to be made, in pairs."""
    storage = spec.storage
    where = _(STORED[storage.mode])
    if storage.volume is not None:
        where += f": {storage.volume.storage_class}, {storage.volume.resources.requests.get('storage', '?')}"
    elif storage.bucket is not None:
        where += f": {storage.bucket.bucket}"
    rows = [
        (_("Harbor"), f"{name.name} {spec.version}, × {spec.replicas}"),
        (_("Place"), f"{name.place.cluster} / {name.place.namespace}"),
        (_("Reached by"), f"{_(EXPOSED[spec.expose.mode])}, {spec.expose.external_url or spec.expose.host}"),
        (_("PostgreSQL"), _kept(spec.database.mode, spec.database.address)),
        (_("Redis"), _kept(spec.cache.mode, spec.cache.address)),
        (_("Images"), where),
        (_("Scanner"), _("Trivy") if spec.trivy else _("none")),
    ]
    objects = [f"HarborCluster {name.name}", f"Secret {name.admin_secret}"]
    if storage.mode is StorageMode.STORAGE_CLASS:
        objects.append(f"PersistentVolumeClaim {name.volume}")
    if spec.expose.https and not spec.expose.tls_secret:
        objects += [f"Issuer {name.issuer}", f"Certificate {name.certificate}"]
    if spec.expose.mode is not ExposeMode.INGRESS:
        objects.append(f"Deployment, Service {name.front}")
    return [*rows, (_("Objects in the cluster"), ", ".join(objects))]


def _kept(mode: DependencyMode, address: str) -> str:
    return f"{_(KEPT_BY[mode])}: {address}" if address else _(KEPT_BY[mode])
