"""From a spec to the objects of Kubernetes that make it true: pure. The HarborCluster itself is in `harbor_cluster`,
the nginx before it in `front`.

Contract of harbor-operator: v1beta1 of goharbor.io, api/v1beta1/harborcluster_types.go; keys and types of the Secrets:
api/v1beta1/secret_types.go (`postgres-password`: the code, not its documentation).
"""

from base64 import b64encode
from dataclasses import dataclass

from kangaroo.core.managed.ends import Ends
from kangaroo.core.managed.kinds import CERTIFICATE, HARBOR_CLUSTER, ISSUER
from kangaroo.core.managed.names import HarborName
from kangaroo.core.managed.spec import Expose, ExposeMode, HarborSpec, Secrets, StorageMode
from kangaroo.kube.contract import PERSISTENT_VOLUME_CLAIM, SECRET, Kind, Object

MANAGER = "kangaroo"
HARBOR_LABEL = "kangaroo.io/harbor"


@dataclass(frozen=True, slots=True)
class Piece:
    """One object, and of which kind. `owned`: it goes with the HarborCluster when that is deleted."""

    kind: Kind
    object: Object
    owned: bool = True

    @property
    def name(self) -> str:
        name: str = self.object["metadata"]["name"]
        return name

    def owned_by(self, uid: str, harbor: HarborName) -> "Piece":
        """The same with its owner, the HarborCluster."""
        if not self.owned:
            return self
        owner = {
            "apiVersion": HARBOR_CLUSTER.api_version,
            "kind": HARBOR_CLUSTER.kind,
            "name": harbor.name,
            "uid": uid,
        }
        metadata = {**self.object["metadata"], "ownerReferences": [owner]}
        return Piece(self.kind, {**self.object, "metadata": metadata})


@dataclass(frozen=True, slots=True)
class ImageSource:
    """Where images come from: `repository` empty is goharbor on Docker Hub; `pull_secret` is a Secret there."""

    repository: str = ""
    tag_suffix: str = ""
    pull_secret: str = ""

    def image(self, name: str, version: str) -> str:
        return f"{self.repository or 'docker.io/goharbor'}/{name}:v{version}{self.tag_suffix}"

    def shown(self) -> Object:
        """As HarborCluster has it."""
        found: Object = {"repository": self.repository} if self.repository else {}
        if self.tag_suffix:
            found["tagSuffix"] = self.tag_suffix
        if self.pull_secret:
            found["imagePullSecrets"] = [{"name": self.pull_secret}]
        return found


def metadata(harbor: HarborName, name: str) -> Object:
    labels = {
        "app.kubernetes.io/managed-by": MANAGER,
        "app.kubernetes.io/part-of": "harbor",
        "app.kubernetes.io/instance": harbor.name,
        HARBOR_LABEL: harbor.name,
    }
    return {"name": name, "namespace": harbor.place.namespace, "labels": labels}


def is_ours(found: Object, harbor: HarborName) -> bool:
    labels = found.get("metadata", {}).get("labels") or {}
    return labels.get("app.kubernetes.io/managed-by") == MANAGER and labels.get(HARBOR_LABEL) == harbor.name


def secrets(harbor: HarborName, ends: Ends, given: Secrets) -> list[Piece]:
    """Those the HarborCluster points to."""
    made = [_secret(harbor, harbor.admin_secret, "goharbor.io/single", "secret", given.admin)]
    if ends.database is not None:
        made.append(
            _secret(
                harbor,
                harbor.database_secret,
                "goharbor.io/postgresql",
                "postgres-password",
                ends.database.password,
            )
        )
    if ends.cache is not None and ends.cache.password:
        made.append(
            _secret(harbor, harbor.cache_secret, "goharbor.io/redis", "redis-password", ends.cache.password)
        )
    if ends.storage is not None:
        made.append(
            _secret(harbor, harbor.storage_secret, "goharbor.io/single", "secret", ends.storage.secret_key)
        )
    return made


def issuers(harbor: HarborName, expose: Expose) -> list[Piece]:
    """The Issuer of the token service's certificate, and a certificate for Harbor itself where nobody brings one."""
    issuer = {
        "apiVersion": ISSUER.api_version,
        "kind": ISSUER.kind,
        "metadata": metadata(harbor, harbor.issuer),
        "spec": {"selfSigned": {}},
    }
    made = [Piece(ISSUER, issuer)]
    if expose.https and not expose.tls_secret:
        made.append(Piece(CERTIFICATE, _certificate(harbor, expose)))
    return made


def volumes(harbor: HarborName, spec: HarborSpec) -> list[Piece]:
    """The operator uses a claim but makes none. It is nobody's: deleting the HarborCluster leaves the images."""
    volume = spec.storage.volume
    if spec.storage.mode is not StorageMode.STORAGE_CLASS or volume is None:
        return []
    claim = {
        "apiVersion": "v1",
        "kind": PERSISTENT_VOLUME_CLAIM.kind,
        "metadata": metadata(harbor, harbor.volume),
        "spec": {
            "accessModes": [access_mode(spec.replicas)],
            "storageClassName": volume.storage_class,
            "resources": {"requests": {"storage": volume.resources.requests["storage"]}},
        },
    }
    return [Piece(PERSISTENT_VOLUME_CLAIM, claim, owned=False)]


def access_mode(replicas: int) -> str:
    """Replicas of the registry share the volume from wherever they run."""
    return "ReadWriteMany" if replicas > 1 else "ReadWriteOnce"


def tls_secret(harbor: HarborName, expose: Expose) -> str:
    """Empty without https."""
    return (expose.tls_secret or harbor.own_tls_secret) if expose.https else ""


def behind_nginx(expose: Expose) -> bool:
    """The operator only knows Ingress."""
    return expose.mode is not ExposeMode.INGRESS


def _certificate(harbor: HarborName, expose: Expose) -> Object:
    host = expose.host
    is_address = host.replace(".", "").isdigit() or ":" in host
    return {
        "apiVersion": CERTIFICATE.api_version,
        "kind": CERTIFICATE.kind,
        "metadata": metadata(harbor, harbor.certificate),
        "spec": {
            "secretName": harbor.own_tls_secret,
            "issuerRef": {"name": harbor.issuer, "kind": ISSUER.kind, "group": ISSUER.group},
            "commonName": host[:64],
            ("ipAddresses" if is_address else "dnsNames"): [host],
            "duration": "8760h",
        },
    }


def _secret(harbor: HarborName, name: str, type_: str, key: str, value: str) -> Piece:
    return Piece(
        SECRET,
        {
            "apiVersion": "v1",
            "kind": SECRET.kind,
            "metadata": metadata(harbor, name),
            "type": type_,
            "data": {key: b64encode(value.encode()).decode()},
        },
    )
