"""A Job inside the cluster that asks dependencies, as Harbor's own pods will reach them.

It runs our own image: `kangaroo.app.dependency_check` reads targets from a file and writes its answer where Kubernetes
keeps a container's last words, so no log has to be read. Job, pod and Secret are gone afterwards, whatever comes of it.
"""

import asyncio
import secrets
from base64 import b64encode
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
import structlog

from kangaroo.base.errors import Code, Failure
from kangaroo.core.managed.composing import metadata
from kangaroo.core.managed.ground import Ground
from kangaroo.core.managed.names import HarborName
from kangaroo.core.managed.reasons import Hindrance, Obstacle
from kangaroo.kube.contract import JOB, POD, SECRET, ClusterClient, Object, Refused, Selection
from kangaroo.remote.dependencies.contract import PostgresTarget, RedisTarget, Target

SECONDS = 120  # until it is given up
_PAUSE = 0.5
_FOLDER, _FILE = "/check", "targets"
_LAST_WORDS = "/dev/termination-log"
_NO_START = frozenset({"ImagePullBackOff", "ErrImagePull", "InvalidImageName", "CreateContainerConfigError"})
log = structlog.get_logger(__name__)


class ProbeStep(msgspec.Struct, frozen=True):
    """One step as the Job tells it; `reason` is empty when it is all right."""

    step: str
    reason: str = ""
    facts: dict[str, Any] = {}
    seen: str = ""


class ProbeJob:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def run(
        self, client: ClusterClient, harbor: HarborName, targets: Sequence[Target]
    ) -> list[list[ProbeStep]]:
        """The steps of each target. Raises a Hindrance when the Job does not run, and whatever the cluster says."""
        name = f"{harbor.name}-check-{secrets.token_hex(4)}"
        namespace = harbor.place.namespace
        secret = {
            "apiVersion": "v1",
            "kind": SECRET.kind,
            "metadata": metadata(harbor, name),
            "type": "Opaque",
            "data": {_FILE: b64encode("\n".join(map(url_of, targets)).encode()).decode()},
        }
        try:
            await client.create(SECRET, secret)
            await client.create(JOB, self._job(harbor, name))
            async with asyncio.timeout(SECONDS):
                return await _answer(client, name, namespace)
        except TimeoutError as error:
            raise Hindrance(Obstacle.SLOW, seconds=SECONDS) from error
        finally:
            await asyncio.shield(_clean(client, name, namespace))

    def _job(self, harbor: HarborName, name: str) -> Object:
        terms = self._ground.terms
        command = ["python", "-m", "kangaroo.app.dependency_check", f"{_FOLDER}/{_FILE}", _LAST_WORDS]
        container = {
            "name": "check",
            "image": terms.check_image,
            "command": command,
            "terminationMessagePath": _LAST_WORDS,
            "volumeMounts": [{"name": "targets", "mountPath": _FOLDER, "readOnly": True}],
            "resources": {
                "requests": {"cpu": "50m", "memory": "128Mi"},
                "limits": {"cpu": "500m", "memory": "256Mi"},
            },
            "securityContext": {"allowPrivilegeEscalation": False},
        }
        pod: Object = {
            "restartPolicy": "Never",
            "automountServiceAccountToken": False,
            "containers": [container],
            "volumes": [{"name": "targets", "secret": {"secretName": name}}],
        }
        if terms.images.pull_secret:
            pod["imagePullSecrets"] = [{"name": terms.images.pull_secret}]
        return {
            "apiVersion": JOB.api_version,
            "kind": JOB.kind,
            "metadata": metadata(harbor, name),
            "spec": {
                "backoffLimit": 0,
                "activeDeadlineSeconds": SECONDS,
                "ttlSecondsAfterFinished": 300,
                "template": {"metadata": {"labels": {"kangaroo.io/check": name}}, "spec": pod},
            },
        }


def url_of(target: Target) -> str:
    """As `parse_target` takes it."""
    if isinstance(target, PostgresTarget):
        login = f"{quote(target.username, safe='')}:{quote(target.password, safe='')}"
        query = urlencode({"sslmode": str(target.ssl_mode)})
        return f"postgres://{login}@{target.address}/{quote(target.database, safe='')}?{query}"
    if isinstance(target, RedisTarget):
        login = f":{quote(target.password, safe='')}@" if target.password else ""
        places = ",".join(map(str, target.addresses))
        if target.sentinel_master:
            query = urlencode({"sentinelMasterId": target.sentinel_master})
            return f"redis+sentinel://{login}{places}?{query}"
        return f"redis://{login}{places}"
    login = f"{quote(target.access_key, safe='')}:{quote(target.secret_key, safe='')}"
    options = {"region": target.region, "create": "true" if target.create else "false"}
    if target.endpoint:
        options |= {"endpoint": target.endpoint, "insecure": "true" if target.insecure else "false"}
    return f"s3://{login}@{target.bucket}?{urlencode(options)}"


async def _answer(client: ClusterClient, name: str, namespace: str) -> list[list[ProbeStep]]:
    while True:
        pods = (await client.list(POD, Selection(namespace, labels=f"kangaroo.io/check={name}"))).items
        for pod in pods:
            for one in (pod.get("status") or {}).get("containerStatuses") or ():
                state = one.get("state") or {}
                if ended := state.get("terminated"):
                    return _read(str(ended.get("message") or ""), str(pod["metadata"]["name"]))
                waiting = state.get("waiting") or {}
                if waiting.get("reason") in _NO_START:
                    facts = {
                        "pod": pod["metadata"]["name"],
                        "detail": waiting.get("message") or waiting["reason"],
                    }
                    raise Hindrance(Obstacle.POD_IMAGE, **facts)
        await asyncio.sleep(_PAUSE)


def _read(message: str, pod: str) -> list[list[ProbeStep]]:
    try:
        return msgspec.json.decode(message, type=list[list[ProbeStep]])
    except msgspec.DecodeError as error:
        detail = message[:200] or "it said nothing"
        raise Hindrance(Obstacle.REFUSED, what=f"pod {pod}", detail=detail) from error


async def _clean(client: ClusterClient, name: str, namespace: str) -> None:
    for kind in (JOB, SECRET):
        try:
            await client.delete(kind, name, namespace)
        except Refused as refusal:
            if refusal.code is not Code.NOT_FOUND:
                log.warning("not removed", kind=kind.kind, name=name, namespace=namespace, error=str(refusal))
        except Failure as failure:
            log.warning("not removed", kind=kind.kind, name=name, namespace=namespace, error=str(failure))
