"""A cluster that can run Harbors, as stories of the platform meet it: operators installed, a namespace, a spec."""

import asyncio
import base64
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from kangaroo.base.actors import SYSTEM
from kangaroo.core.clusters import ClusterName
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import Site
from tests.kube.cluster import Cluster
from tests.kube.harbor_operator import HarborOperator
from tests.remote import harbor_stand_in
from tests.remote.harbor_stand_in import HarborStandIn
from tests.remote.v2_stand_in import refused

HOME = "home"
SECRETS = {"database": "Database-pass1", "cache": "Cache-pass1", "storage": "Storage-secret1"}


class ManagedStandIn(HarborStandIn):
    """What the pods would be, with an administrator whose password can be changed."""

    def __init__(self) -> None:
        super().__init__("v2.6.4-test")
        self.password = harbor_stand_in.ADMIN_PASSWORD

    def app(self) -> web.Application:
        app = super().app()
        app.router.add_put("/api/v2.0/users/{id}/password", self._change)
        return app

    def user(self, request: web.Request) -> str:
        kind, _, rest = request.headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            name, _, password = base64.b64decode(rest).decode().partition(":")
            if name == harbor_stand_in.ADMIN:
                return name if password == self.password else ""
        return super().user(request)

    async def _change(self, request: web.Request) -> web.Response:
        given = await request.json()
        if given["old_password"] != self.password:
            return refused(403, "FORBIDDEN")
        self.password = given["new_password"]
        return web.Response()


@dataclass
class Place:
    """`namespace` is the test's own."""

    site: Site
    admin: PlatformClient
    cluster: Cluster
    namespace: str
    base: str = field(init=False)

    def __post_init__(self) -> None:
        self.base = f"clusters/{HOME}/namespaces/{self.namespace}/harbors"

    def objects(self, path: str) -> list[dict[str, Any]]:
        """Of the namespace, by a path as in `apps/v1/deployments` or `v1/secrets`."""
        root = "/api" if path.startswith("v1/") else "/apis"
        group, _, plural = path.rpartition("/")
        answer = self.cluster.call("GET", f"{root}/{group}/namespaces/{self.namespace}/{plural}")
        found: list[dict[str, Any]] = answer["items"]
        return found

    def names(self, path: str) -> set[str]:
        return {one["metadata"]["name"] for one in self.objects(path)}

    def harbor_cluster(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.cluster.call(
            "GET", f"/apis/goharbor.io/v1beta1/namespaces/{self.namespace}/harborclusters/{name}"
        )
        return found

    @asynccontextmanager
    async def operator(self) -> AsyncIterator[HarborOperator]:
        clusters = self.site.services.clusters
        home = await clusters.get(SYSTEM, ClusterName(HOME))
        async with (
            clusters.opener.use(home) as client,
            HarborOperator(client, self.namespace).running() as operator,
        ):
            yield operator

    async def until(self, name: str, state: str, seconds: float = 30.0) -> dict[str, Any]:
        """Looked after as a worker would, until it is like that."""
        looking = self.site.services.managed.looking
        async with asyncio.timeout(seconds):
            while True:
                await looking.look_at_due()
                shown = await self.admin.get(f"{self.base}/{name}")
                if shown["status"]["details"]["state"] == state:
                    return shown  # type: ignore[no-any-return]
                await looking.follow(0.5)
                await self.admin.get(f"cluster/{HOME}/namespace/{self.namespace}/harbors/{name}/sync")


def spec(url: str = "http://harbor.example", **more: Any) -> dict[str, Any]:
    """Everything outside, by names that only a cluster knows and no other Harbor has; `url`: where it is reached."""
    host, own = url.partition("://")[2].partition(":")[0], secrets.token_hex(4)
    database = {"hostAndPort": f"postgres://db-{own}.data.svc:5432", "username": "harbor"}
    cache = {"hostAndPort": f"redis://cache-{own}.data.svc:6379", "password": SECRETS["cache"]}
    storage = {
        "accessKey": "access",
        "secretKey": SECRETS["storage"],
        "bucket": f"images-{own}",
        "regionEndpoint": "http://minio.data.svc:9000",
        "v4Auth": True,
    }
    found = {
        "version": "2.6.4",
        "replicas": 1,
        "adminPassword": harbor_stand_in.ADMIN_PASSWORD,
        "database": {"type": "EXTERNAL_MODE", "externalSpec": database | {"password": SECRETS["database"]}},
        "cache": {"type": "EXTERNAL_MODE", "externalSpec": cache},
        "storage": {"type": "S3", "s3Spec": storage},
        "expose": {"type": "INGRESS", "ingressSpec": {"host": host}, "externalUrl": url},
    }
    return found | more
