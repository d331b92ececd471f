"""Plays harbor-operator, and the kubelets under its pods, in one namespace of a real cluster.

The status changes are those its source documents: `provisioning` first, `unhealthy` with InProgress while pods start
(that is how it calls a rollout), `healthy` when the four conditions are true; databases outside are true unseen; each
word has a new revision. What it makes is owned by the HarborCluster, so it goes with it.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kangaroo.base.errors import Failure
from kangaroo.core.managed.kinds import HARBOR_CLUSTER
from kangaroo.kube.contract import DEPLOYMENT, POD, Change, ClusterClient, Kind, Object, Selection
from kangaroo.kube.informer import Informer
from tests.kube.cluster import Cluster

NAMESPACE = "harbor-operator-ns"
VERSION = "v1.4.0"
_ALWAYS = ("core", "portal", "jobservice", "registry")
_MERGE = "application/merge-patch+json"
_SOMETIMES = {"trivy": "trivy", "exporter": "exporter"}


class HarborOperator:
    """`holding`: pods do not start; `trouble`: why they cannot (`ImagePullBackOff`). `silent`: it does nothing at all.

    Call `poke` after changing them.
    """

    def __init__(self, client: ClusterClient, namespace: str) -> None:
        self.holding = False
        self.trouble = ""
        self.silent = False
        self._client = client
        self._namespace = namespace
        self._changed = asyncio.Event()

    def poke(self) -> None:
        self._changed.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["HarborOperator"]:
        which = Selection(namespace=self._namespace)
        followed = [
            Informer(self._client, kind, self._heard, which) for kind in (HARBOR_CLUSTER, DEPLOYMENT, POD)
        ]
        tasks = [asyncio.create_task(one.run()) for one in followed]
        tasks.append(asyncio.create_task(self._work()))
        try:
            yield self
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _heard(self, change: Change) -> None:
        del change
        self._changed.set()

    async def _work(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            if self.silent:
                continue
            try:
                for one in await self._list(HARBOR_CLUSTER):
                    await self._reconcile(one)
                await self._start_pods()
            except Failure:  # somebody deleted what it was about to touch: the watch says so
                self._changed.set()
                await asyncio.sleep(0.02)

    async def _list(self, kind: Kind) -> list[Object]:
        return (await self._client.list(kind, Selection(namespace=self._namespace))).items

    async def _reconcile(self, harbor: Object) -> None:
        if not (harbor.get("status") or {}).get("status"):
            await self._say(harbor, "provisioning", service="Unknown", rolling=True)
            return
        wanted = {
            self._name(harbor, one): _deployment(harbor, self._name(harbor, one), one)
            for one in _components(harbor)
        }
        there = {
            one["metadata"]["name"]: one
            for one in await self._list(DEPLOYMENT)
            if one["metadata"]["name"].startswith(self._name(harbor, ""))
        }
        for name, one in wanted.items():
            there[name] = await self._client.apply(DEPLOYMENT, one, force=True)
        for name in there.keys() - wanted.keys():
            await self._client.delete(DEPLOYMENT, name, self._namespace)
        if all(map(_rolled, (there[name] for name in wanted))):
            await self._say(harbor, "healthy", service="True", rolling=False)
        else:
            await self._say(harbor, "unhealthy", service="False", rolling=True)

    async def _say(self, harbor: Object, word: str, *, service: str, rolling: bool) -> None:
        conditions = [
            {"type": type_, "status": status, "reason": "", "message": ""}
            for type_, status in (
                ("CacheReady", "True"),
                ("DatabaseReady", "True"),
                ("StorageReady", "True"),
                ("ServiceReady", service),
                ("InProgress", "True" if rolling else "False"),
            )
        ]
        said = {"status": word, "conditions": conditions, "operator": {"controllerVersion": VERSION}}
        before = dict(harbor.get("status") or {})
        before.pop("revision", None)
        if before == said:
            return
        await self._client.apply_status(
            HARBOR_CLUSTER,
            {
                "apiVersion": HARBOR_CLUSTER.api_version,
                "kind": HARBOR_CLUSTER.kind,
                "metadata": _named(harbor["metadata"]["name"], self._namespace),
                "status": {**said, "revision": time.time_ns()},
            },
        )

    async def _start_pods(self) -> None:
        """As kubelets would."""
        for pod in await self._list(POD):
            if pod["metadata"].get("deletionTimestamp") or _ready(pod) or (self.holding and not self.trouble):
                continue
            status = _waiting(pod, self.trouble) if self.trouble else _running(pod)
            if _said(pod) == _said({"status": status}):
                continue
            await self._client.apply_status(
                POD,
                {
                    "apiVersion": "v1",
                    "kind": "Pod",
                    "metadata": _named(pod["metadata"]["name"], self._namespace),
                    "status": status,
                },
            )

    @staticmethod
    def _name(harbor: Object, component: str) -> str:
        return f"{harbor['metadata']['name']}-harbor-harbor-{component}"


def install_operator(cluster: Cluster, image: str = "goharbor/harbor-operator:v1.4.0") -> None:
    """Its Deployment, and cert-manager's, as if they ran."""
    for namespace, name, labels, picture in (
        (NAMESPACE, "harbor-operator", {"control-plane": "harbor-operator"}, image),
        ("cert-manager", "cert-manager", {"app.kubernetes.io/name": "cert-manager"}, "cert-manager:v1.9.1"),
        ("cert-manager", "cert-manager-webhook", {"app.kubernetes.io/name": "webhook"}, "webhook:v1.9.1"),
    ):
        cluster.ask("POST", "/api/v1/namespaces", {"metadata": {"name": namespace}})
        cluster.call(
            "POST",
            f"/apis/apps/v1/namespaces/{namespace}/deployments",
            _plain(namespace, name, labels, picture),
        )
        set_available(cluster, namespace, name, 1)


def set_available(cluster: Cluster, namespace: str, name: str, count: int) -> None:
    """Its pods run, or it has none. Returns when its status says so."""
    path, end = f"/apis/apps/v1/namespaces/{namespace}/deployments/{name}", time.monotonic() + 30
    cluster.call("PATCH", path, {"spec": {"replicas": count}}, form=_MERGE)
    while True:
        found = cluster.call("GET", path)
        status = found.get("status") or {}
        seen = status.get("observedGeneration") == found["metadata"]["generation"]
        if seen and status.get("availableReplicas", 0) == status.get("replicas", 0) == count:
            return
        assert time.monotonic() < end, status
        for pod in cluster.call("GET", f"/api/v1/namespaces/{namespace}/pods")["items"]:
            if not _ready(pod):
                where = f"/api/v1/namespaces/{namespace}/pods/{pod['metadata']['name']}/status"
                cluster.ask("PATCH", where, {"status": _running(pod)}, form=_MERGE)
        time.sleep(0.05)  # the controllers tell nobody


def _plain(namespace: str, name: str, labels: dict[str, str], image: str) -> Object:
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "manager", "image": image}]}}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": pod}
    return {"metadata": {**_named(name, namespace), "labels": labels}, "spec": spec}


def _components(harbor: Object) -> list[str]:
    return [*_ALWAYS, *(name for name, field in _SOMETIMES.items() if field in harbor["spec"])]


def _deployment(harbor: Object, name: str, component: str) -> Object:
    spec, metadata = harbor["spec"], harbor["metadata"]
    own = spec.get(component) or {}
    labels = {f"{component}.goharbor.io/name": name, "goharbor.io/operator-controller": component}
    container = {
        "name": component,
        "image": f"goharbor/harbor-{component}:v{spec['version']}",
        "env": [{"name": "EXT_ENDPOINT", "value": spec["externalURL"]}],
        "resources": own.get("resources") or {},
    }
    owner = {
        "apiVersion": HARBOR_CLUSTER.api_version,
        "kind": HARBOR_CLUSTER.kind,
        "name": metadata["name"],
        "uid": metadata["uid"],
    }
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [container]}}
    return {
        "apiVersion": DEPLOYMENT.api_version,
        "kind": DEPLOYMENT.kind,
        "metadata": {**_named(name, metadata["namespace"]), "labels": labels, "ownerReferences": [owner]},
        "spec": {"replicas": own.get("replicas", 1), "selector": {"matchLabels": labels}, "template": pod},
    }


def _rolled(deployment: Object) -> bool:
    wanted, status = deployment["spec"]["replicas"], deployment.get("status") or {}
    return (
        status.get("observedGeneration") == deployment["metadata"]["generation"]
        and status.get("updatedReplicas", 0) == wanted
        and status.get("availableReplicas", 0) >= wanted
        and status.get("replicas", 0) == wanted
    )


def _ready(pod: Object) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or ()
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def _said(pod: Object) -> list[str]:
    containers = (pod.get("status") or {}).get("containerStatuses") or ()
    return [str(one["state"].get("waiting", {}).get("reason", "running")) for one in containers]


def _containers(pod: Object, state: Object, *, ready: bool) -> list[Object]:
    return [
        {
            "name": one["name"],
            "image": one["image"],
            "imageID": "",
            "ready": ready,
            "restartCount": 0,
            "state": state,
        }
        for one in pod["spec"]["containers"]
    ]


def _running(pod: Object) -> Object:
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    conditions = [
        {"type": type_, "status": "True", "lastTransitionTime": moment} for type_ in ("PodScheduled", "Ready")
    ]
    state = {"running": {"startedAt": moment}}
    return {
        "phase": "Running",
        "conditions": conditions,
        "containerStatuses": _containers(pod, state, ready=True),
    }


def _waiting(pod: Object, reason: str) -> Object:
    state = {"waiting": {"reason": reason, "message": "pull access denied"}}
    return {"phase": "Pending", "containerStatuses": _containers(pod, state, ready=False)}


def _named(name: str, namespace: str) -> Object:
    return {"name": name, "namespace": namespace}
