"""Whether a cluster can run Harbors at all: harbor-operator and cert-manager are there, run, and answer.

That a CRD is there says little: what was asked for would wait for ever. The webhooks are asked by a dry run, so they
are reached from inside the cluster, as they will be.
"""

import asyncio
import re
from collections.abc import Awaitable, Sequence

from kangaroo.base.errors import Code, Failure
from kangaroo.core.managed.kinds import CERTIFICATE, HARBOR_CLUSTER, ISSUER, definition_of
from kangaroo.core.managed.reasons import Hindrance, Obstacle
from kangaroo.core.managed.rows import Check, Origin, Row, row_of
from kangaroo.core.managed.standing import Resource
from kangaroo.kube.contract import (
    CUSTOM_RESOURCE_DEFINITION,
    DEPLOYMENT,
    ClusterClient,
    Kind,
    Object,
    Refused,
    Selection,
)

OPERATOR_NEEDED = (1, 4)
_VERSION = re.compile(r"v?([0-9]{1,4})\.([0-9]{1,4})(?:\.[0-9]{1,4})?")
# Its manifests and its Helm chart label it differently.
_OPERATOR = ("control-plane=harbor-operator", "app.kubernetes.io/name=harbor-operator")
_CERT_MANAGER = ("app.kubernetes.io/name=cert-manager", "app=cert-manager")
_CERT_MANAGER_WEBHOOK = ("app.kubernetes.io/name=webhook", "app=webhook")
_PROBE = "kangaroo-preflight"


async def environment(client: ClusterClient, namespace: str = "default") -> list[Row]:
    """The rows about the cluster; nothing is changed there. A namespace to try things in must exist."""
    return [
        row
        for rows in await asyncio.gather(_operator(client, namespace), _cert_manager(client, namespace))
        for row in rows
    ]


async def served(client: ClusterClient, kind: Kind) -> bool:
    """Whether the cluster knows this kind in this version. Raises Refused where we may not look."""
    try:
        found = await client.get(CUSTOM_RESOURCE_DEFINITION, definition_of(kind))
    except Refused as refusal:
        if refusal.code is Code.NOT_FOUND:
            return False
        raise
    return any(
        one.get("name") == kind.version and one.get("served") for one in found["spec"].get("versions", ())
    )


async def _operator(client: ClusterClient, namespace: str) -> list[Row]:
    known = await _known(client, Check.CRD, HARBOR_CLUSTER, Obstacle.CRD_MISSING)
    if known.failure is not None and known.sure:
        return [known]
    running, version = await asyncio.gather(_operator_runs(client), _operator_version(client))
    answers = await _tried(
        client, Check.OPERATOR_WEBHOOK, "harbor-operator", HARBOR_CLUSTER, _harbor(namespace)
    )
    return [known, running, *([] if running.failure is not None else [version]), answers]


async def _cert_manager(client: ClusterClient, namespace: str) -> list[Row]:
    for kind in (ISSUER, CERTIFICATE):
        known = await _known(client, Check.CERT_MANAGER_CRD, kind, Obstacle.CERT_MANAGER_MISSING)
        if known.failure is not None and known.sure:
            return [known]
    running = await _runs(client, Check.CERT_MANAGER, (_CERT_MANAGER, _CERT_MANAGER_WEBHOOK))
    issuer = {
        "apiVersion": ISSUER.api_version,
        "kind": ISSUER.kind,
        "metadata": {"name": _PROBE, "namespace": namespace},
        "spec": {"selfSigned": {}},
    }
    answers = await _tried(client, Check.CERT_MANAGER_WEBHOOK, "cert-manager", ISSUER, issuer)
    return [known, running, answers]


async def _known(client: ClusterClient, check: Check, kind: Kind, missing: Obstacle) -> Row:
    name = definition_of(kind)

    async def ask() -> Row:
        if await served(client, kind):
            return Row(check, seen=f"{name} {kind.version}")
        return Row(check, Hindrance(missing, crd=f"{name} {kind.version}"))

    return await _row(check, ask())


async def _operator_runs(client: ClusterClient) -> Row:
    async def ask() -> Row:
        found = await deployments(client, _OPERATOR)
        if not found:
            return Row(Check.OPERATOR, Hindrance(Obstacle.OPERATOR_MISSING))
        if not any(map(_available, found)):
            return Row(Check.OPERATOR, Hindrance(Obstacle.OPERATOR_DOWN, **_facts(found[0])))
        return Row(Check.OPERATOR, seen=_facts(next(filter(_available, found)))["where"])

    return await _row(Check.OPERATOR, ask())


async def _operator_version(client: ClusterClient) -> Row:
    """By what it says in a HarborCluster, else by its label, else by the tag of its image."""
    check = Check.OPERATOR_VERSION

    async def ask() -> Row:
        found = await deployments(client, _OPERATOR)
        where = _facts(found[0])["where"] if found else ""
        told = [*await _told(client), *(word for one in found for word in _written(one))]
        versions = [
            (tuple(map(int, match.groups())), word) for word in told if (match := _VERSION.fullmatch(word))
        ]
        needed = ".".join(map(str, OPERATOR_NEEDED))
        if not versions:
            failure = Hindrance(Obstacle.OPERATOR_OLD, where=where, found=(told or ["?"])[0], needed=needed)
            return Row(check, failure, sure=False)
        version, word = versions[0]
        if version < OPERATOR_NEEDED:
            return Row(check, Hindrance(Obstacle.OPERATOR_OLD, where=where, found=word, needed=needed))
        return Row(check, seen=word)

    return await _row(check, ask())


async def _told(client: ClusterClient) -> list[str]:
    """By the operator itself."""
    found = (await client.list(HARBOR_CLUSTER)).items
    newest = sorted(found, key=lambda one: Resource.of(one).revision, reverse=True)
    words = ((one.get("status") or {}).get("operator", {}).get("controllerVersion") for one in newest)
    return [str(word) for word in words if word][:1]


def _written(deployment: Object) -> list[str]:
    labels = deployment["metadata"].get("labels") or {}
    containers = deployment["spec"]["template"]["spec"].get("containers", ())
    tags = [one.get("image", "").partition("@")[0].rpartition(":")[2] for one in containers]
    return [word for word in (labels.get("app.kubernetes.io/version", ""), *tags) if word]


async def _runs(client: ClusterClient, check: Check, each: Sequence[Sequence[str]]) -> Row:
    async def ask() -> Row:
        where = []
        for labels in each:
            found = await deployments(client, labels)
            if not found:
                # Under other labels it may well be there: its webhook is the proof.
                failure = Hindrance(Obstacle.CERT_MANAGER_DOWN, where=labels[0], namespace="cert-manager")
                return Row(check, failure, sure=False)
            if not any(map(_available, found)):
                return Row(check, Hindrance(Obstacle.CERT_MANAGER_DOWN, **_facts(found[0])))
            where.append(_facts(found[0])["where"])
        return Row(check, seen=", ".join(where))

    return await _row(check, ask())


async def deployments(client: ClusterClient, labels: Sequence[str]) -> list[Object]:
    """Those with the first of these labels that anybody has, wherever they are."""
    for one in labels:
        if found := (await client.list(DEPLOYMENT, Selection(labels=one))).items:
            return found
    return []


async def _tried(client: ClusterClient, check: Check, what: str, kind: Kind, probe: Object) -> Row:
    try:
        await client.create(kind, probe, dry_run=True)
    except Refused as refusal:
        if webhook_failed(refusal):
            failure = Hindrance(Obstacle.WEBHOOK_SILENT, what=what, detail=refusal.said)
            return Row(check, failure, origin=Origin.CLUSTER)
        if refusal.word == "Forbidden":
            return row_of(check, refusal, Origin.CLUSTER)
    except Failure as error:
        return row_of(check, error, Origin.CLUSTER)
    return Row(check, seen=what, origin=Origin.CLUSTER)


def webhook_failed(refusal: Refused) -> bool:
    """The API server could not ask; whatever a webhook answers comes with another word."""
    return "failed calling webhook" in refusal.said or "conversion webhook" in refusal.said


def _available(deployment: Object) -> bool:
    return int((deployment.get("status") or {}).get("availableReplicas") or 0) > 0


def _facts(deployment: Object) -> dict[str, str]:
    namespace, name = deployment["metadata"]["namespace"], deployment["metadata"]["name"]
    return {"where": f"{namespace}/{name}", "namespace": namespace}


async def _row(check: Check, question: Awaitable[Row]) -> Row:
    try:
        return await question
    except Failure as error:
        return row_of(check, error)


def _harbor(namespace: str) -> Object:
    """The least that the schema lets pass."""
    issuer = {"name": _PROBE, "kind": ISSUER.kind, "group": ISSUER.group}
    return {
        "apiVersion": HARBOR_CLUSTER.api_version,
        "kind": HARBOR_CLUSTER.kind,
        "metadata": {"name": _PROBE, "namespace": namespace},
        "spec": {
            "version": "2.6.4",
            "externalURL": "http://preflight.invalid",
            "harborAdminPasswordRef": _PROBE,
            "expose": {"core": {"ingress": {"host": "preflight.invalid"}}},
            "core": {"tokenIssuer": issuer},
            "registry": {},
            "jobservice": {},
            "portal": {},
            "database": {
                "kind": "PostgreSQL",
                "spec": {"postgresql": {"hosts": [{"host": "preflight.invalid", "port": 5432}]}},
            },
            "cache": {"kind": "Redis", "spec": {"redis": {"host": "preflight.invalid", "port": 6379}}},
            "storage": {
                "kind": "FileSystem",
                "spec": {"fileSystem": {"registryPersistentVolume": {"claimName": _PROBE}}},
            },
        },
    }
