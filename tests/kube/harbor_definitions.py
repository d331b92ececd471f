"""Definitions that harbor-operator, cert-manager and the operators of middleware bring, as far as tests need them.

Written for the tests from what the operators document: required fields, enumerations and patterns are theirs, the rest
is left open.
"""

from typing import Any

from kangaroo.core.managed.kinds import (
    CERTIFICATE,
    HARBOR_CLUSTER,
    ISSUER,
    POSTGRESQL,
    REDIS_CLUSTER,
    REDIS_FAILOVER,
    TENANT,
    definition_of,
)
from kangaroo.kube.contract import Kind
from tests.kube.cluster import Cluster

Schema = dict[str, Any]
OPEN: Schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
TEXT: Schema = {"type": "string"}
_PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def _object(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    return (
        {**OPEN, "properties": properties, "required": list(required)}
        if required
        else {**OPEN, "properties": properties}
    )


def _kept(*kinds: str) -> Schema:
    return _object(("kind", "spec"), kind={"type": "string", "enum": list(kinds)}, spec=OPEN)


_INGRESS = _object(
    ("host",), host=TEXT, controller={"type": "string", "enum": ["default", "gce", "ncp", "contour"]}
)
_ISSUER = _object(("name",), name=TEXT, kind=TEXT, group=TEXT)
_COMPONENT = _object(replicas={"type": "integer", "minimum": 0})
_HARBOR = _object(
    ("version", "externalURL", "harborAdminPasswordRef", "expose", "database", "cache", "storage"),
    version={"type": "string", "pattern": "^[0-9]+\\.[0-9]+\\.[0-9]+$"},
    externalURL={"type": "string", "pattern": "^https?://.*$"},
    harborAdminPasswordRef=TEXT,
    updateStrategyType={"type": "string", "enum": ["RollingUpdate", "Recreate"]},
    expose=_object(("core",), core=_object(ingress=_INGRESS, tls=_object(certificateRef=TEXT))),
    core=_object(("tokenIssuer",), tokenIssuer=_ISSUER, replicas={"type": "integer", "minimum": 0}),
    jobservice=_COMPONENT,
    registry=_COMPONENT,
    portal=_COMPONENT,
    trivy=_object(
        ("storage",), storage=OPEN, skipUpdate={"type": "boolean"}, offlineScan={"type": "boolean"}
    ),
    database=_kept("PostgreSQL", "Zlando/PostgreSQL"),
    cache=_kept("Redis", "RedisFailover"),
    storage=_kept("S3", "FileSystem", "MinIO", "Swift", "Azure", "Gcs", "Oss"),
)
HARBOR_OPERATOR = ((HARBOR_CLUSTER, _HARBOR),)
CERT_MANAGER = (
    (ISSUER, OPEN),
    (CERTIFICATE, _object(("secretName", "issuerRef"), secretName=TEXT, issuerRef=OPEN)),
)
MIDDLEWARE = (
    (
        POSTGRESQL,
        _object(
            ("numberOfInstances", "teamId", "postgresql", "volume"), volume=_object(("size",), size=TEXT)
        ),
    ),
    (REDIS_FAILOVER, OPEN),
    (REDIS_CLUSTER, OPEN),
    (TENANT, _object(("pools",), pools={"type": "array", "items": _object(("servers", "volumesPerServer"))})),
)
Definitions = tuple[tuple[Kind, Schema], ...]


def install(cluster: Cluster, definitions: Definitions) -> None:
    """Returns when the cluster serves them."""
    for kind, schema in definitions:
        cluster.call("POST", _PATH, definition(kind, schema))
    for kind, _ in definitions:
        cluster.kubectl("wait", "--for=condition=Established", f"crd/{definition_of(kind)}", "--timeout=30s")
        cluster.kubectl("get", f"{kind.plural}.{kind.group}", "-A")


def remove(cluster: Cluster, definitions: Definitions) -> None:
    for kind, _ in definitions:
        cluster.kubectl("delete", "crd", definition_of(kind))


def definition(kind: Kind, schema: Schema) -> dict[str, Any]:
    version = {
        "name": kind.version,
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": schema, "status": OPEN}}},
    }
    names = {
        "kind": kind.kind,
        "plural": kind.plural,
        "singular": kind.kind.lower(),
        "listKind": f"{kind.kind}List",
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": definition_of(kind)},
        "spec": {"group": kind.group, "scope": "Namespaced", "names": names, "versions": [version]},
    }
