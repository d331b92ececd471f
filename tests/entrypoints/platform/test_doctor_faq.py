"""The questions people asked most, each broken on purpose on real servers: the doctor is to name what was broken.

Numbers are those of the entries of the FAQ.
"""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from kangaroo.app.wiring import assemble
from kangaroo.base.query import ListQuery
from kangaroo.base.settings import Settings
from kangaroo.store.content.memory import MemoryStore
from kangaroo.store.meta.database import Database
from tests.core.workspaces.kit import member, private, pushed, workspace
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import Site
from tests.entrypoints.platform.managed import HOME, ManagedStandIn, Place, spec
from tests.entrypoints.platform.test_doctor import broken, examined, outcomes, reasons
from tests.kube.cluster import Cluster, started
from tests.kube.conftest import shared_cluster
from tests.kube.harbor_definitions import CERT_MANAGER, HARBOR_OPERATOR, install
from tests.kube.harbor_operator import HarborOperator, install_operator
from tests.remote.authority import Authority
from tests.remote.dependency_servers import PASSWORD as POSTGRES_PASSWORD
from tests.remote.dependency_servers import Postgres, a_postgres, a_redis, a_server, redis_running
from tests.remote.serving import docker_registry, free_port, served

__all__ = ["a_postgres", "a_redis", "a_server", "shared_cluster"]

HOST = "registry.test"
SECRET = "/api/v1/namespaces/{}/secrets/registry-secret"


@pytest.fixture
async def site(tmp_path: Path, site_database: Database) -> AsyncIterator[Site]:
    """Without a worker: what is broken stays broken."""
    settings = Settings(data=tmp_path, external_url=f"http://{HOST}")
    made = Site(assemble(settings, site_database, MemoryStore()))
    yield made
    await made.services.clusters.opener.close()
    await made.services.instances.opener.close()


async def register(admin: PlatformClient, name: str, cluster: Cluster) -> None:
    await admin.ok("POST", "clusters", {"name": name, "kubeconfig": cluster.kubeconfig()})


class TestDependencies:
    async def look(self, admin: PlatformClient, target: str) -> dict[str, Any]:
        return await examined(admin, "dependencies", targets=[target])

    async def test_2_middleware_that_cannot_be_reached(self, admin, postgres: Postgres):
        assert not (await self.look(admin, f"{postgres.url}?sslmode=disable"))["broken"]
        row = broken(await self.look(admin, f"postgres://harbor:x@127.0.0.1:{free_port()}"))
        assert (row["check"], row["reason"]) == ("TCP", "CONNECTION_REFUSED")

    async def test_4_the_bucket_was_not_created(self, admin, s3_endpoint: str):
        target = f"s3://key:secret@nobody-made-it?endpoint={s3_endpoint}"
        row = broken(await self.look(admin, target))
        assert (row["check"], row["reason"]) == ("BUCKET", "BUCKET_MISSING")
        assert not (await self.look(admin, f"{target}&create=true"))["broken"]
        assert not (await self.look(admin, target))["broken"]

    @pytest.mark.parametrize("password", ["@secret", "a b", "{x}"])
    async def test_9_a_password_that_breaks_harbor(self, admin, tmp_path: Path, password: str):
        """The server takes it; a part of Harbor would not."""
        with redis_running(tmp_path, "--requirepass", password) as port:
            report = await self.look(admin, f"redis://:{quote(password, safe='')}@127.0.0.1:{port}")
        row = broken(report)
        assert (row["check"], row["reason"]) == ("PASSWORD", "PASSWORD_UNUSABLE")
        assert outcomes(report)["PERMISSION"] == "ok"

    async def test_9_of_postgresql(self, admin, postgres: Postgres):
        postgres.run("CREATE ROLE odd LOGIN SUPERUSER PASSWORD 'it''s'")
        try:
            row = broken(await self.look(admin, f"postgres://odd:it%27s@127.0.0.1:{postgres.port}/core"))
        finally:
            postgres.run("DROP ROLE odd")
        assert row["reason"] == "PASSWORD_UNUSABLE"
        assert "core" in row["message"]

    async def test_11_redis_cluster(self, admin, tmp_path: Path):
        with redis_running(tmp_path, "--cluster-enabled", "yes") as port:
            row = broken(await self.look(admin, f"redis://127.0.0.1:{port}"))
        assert (row["check"], row["reason"]) == ("MODE", "REDIS_CLUSTER")


class TestOperators:
    """A cluster of its own: what is installed is there for the whole of it."""

    @pytest.fixture(scope="class")
    def cluster(self) -> Iterator[Cluster]:
        with started() as made:
            yield made

    async def look(self, site: Site, admin: PlatformClient, cluster: Cluster) -> str:
        await register(admin, "one", cluster)
        report = await examined(admin, "cluster", name="one")
        assert not report["broken"], report
        return reasons(report).get("OPERATOR", "")

    async def test_10_nothing_is_installed(self, site, admin, cluster: Cluster):
        assert await self.look(site, admin, cluster) == "CRD_MISSING"

    async def test_7_the_crd_alone(self, site, admin, cluster: Cluster):
        await asyncio.to_thread(install, cluster, HARBOR_OPERATOR)
        assert await self.look(site, admin, cluster) == "OPERATOR_MISSING"

    async def test_10_without_cert_manager(self, site, admin, cluster: Cluster):
        await asyncio.to_thread(install_operator, cluster)
        assert await self.look(site, admin, cluster) == "CERT_MANAGER_MISSING"

    async def test_the_cluster_does_not_answer(self, site, admin, cluster: Cluster):
        await register(admin, "one", cluster)
        await asyncio.to_thread(cluster.kill)
        try:
            row = broken(await examined(admin, "cluster", name="one"))
        finally:
            await asyncio.to_thread(cluster.restart)
        assert (row["check"], row["reason"]) == ("CONNECTION", "CONNECTION_REFUSED")
        assert not (await examined(admin, "cluster", name="one"))["broken"]

    async def test_a_right_was_taken_away(self, site, admin, cluster: Cluster):
        everything = [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}]
        kubeconfig = await asyncio.to_thread(cluster.kubeconfig_of, "narrow", everything)
        await admin.ok("POST", "clusters", {"name": "one", "kubeconfig": kubeconfig})
        rules = {
            "rules": [{"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get", "list", "watch"]}]
        }
        path = "/apis/rbac.authorization.k8s.io/v1/clusterroles/narrow"
        form = "application/merge-patch+json"
        await asyncio.to_thread(cluster.call, "PATCH", path, rules, form=form)
        async with asyncio.timeout(30):  # the authorizer of the API server follows
            while not (report := await examined(admin, "cluster", name="one"))["broken"]:
                await asyncio.sleep(0.1)
        row = broken(report)
        assert (row["check"], row["reason"]) == ("RIGHTS", "CLUSTER_RIGHTS")
        assert "create secrets" in row["message"]

    async def test_all_is_there(self, site, admin, cluster: Cluster):
        await asyncio.to_thread(install, cluster, CERT_MANAGER)
        assert await self.look(site, admin, cluster) == ""


class TestManaged:
    """A Harbor that was healthy, and is not any more."""

    @pytest.fixture(scope="class")
    def equipped(self) -> Iterator[Cluster]:
        with started() as made:
            install(made, HARBOR_OPERATOR)
            install(made, CERT_MANAGER)
            install_operator(made)
            yield made

    @pytest.fixture
    async def place(self, site: Site, admin: PlatformClient, equipped: Cluster) -> Place:
        await register(admin, HOME, equipped)
        return Place(site, admin, equipped, await asyncio.to_thread(equipped.namespace))

    @asynccontextmanager
    async def harbor(self, place: Place, **more: Any) -> AsyncIterator[tuple[ManagedStandIn, HarborOperator]]:
        stand_in = ManagedStandIn()
        async with served(stand_in.app()) as url, place.operator() as operator:
            body = {"spec": spec(url.replace("127.0.0.1", "localhost"), **more)}
            await place.admin.ok("POST", f"{place.base}/team", body)
            await place.until("team", "HEALTHY")
            yield stand_in, operator

    async def test_14_and_15_the_integration_is_unhealthy_and_then_shown_so(self, admin, place: Place):
        async with self.harbor(place) as (stand_in, _):
            report = await examined(admin, "managed", name="team")
            assert not report["broken"], report
            stand_in.password, good = "Changed-outside1", stand_in.password
            row = broken(await examined(admin, "managed", name="team"))
            assert (row["check"], row["reason"]) == ("INTEGRATION", "UNAUTHORIZED")
            stand_in.password = good
            report = await examined(admin, "managed", name="team")
            assert reasons(report)["KNOWN_HEALTH"] == "HEALTH_WAS_OUTDATED"
            assert (await admin.get(f"{place.base}/team"))["status"]["status"] == "HEALTHY"

    async def test_15_its_pods_do_not_start(self, admin, place: Place):
        async with self.harbor(place) as (_, operator):
            operator.trouble = "ImagePullBackOff"
            await asyncio.to_thread(
                place.cluster.kubectl, "-n", place.namespace, "delete", "pod", "--all", "--wait=false"
            )
            operator.poke()
            async with asyncio.timeout(30):
                while not (report := await examined(admin, "managed", name="team"))["broken"]:
                    await asyncio.sleep(0.1)
        row = broken(report)
        assert (row["check"], row["reason"]) == ("PODS", "POD_IMAGE")

    async def test_15_the_password_of_its_database_was_changed(self, admin, place: Place, postgres: Postgres):
        address = {"hostAndPort": f"postgres://127.0.0.1:{postgres.port}", "username": "harbor"}
        external = address | {"password": POSTGRES_PASSWORD}
        async with self.harbor(place, database={"type": "EXTERNAL_MODE", "externalSpec": external}):
            postgres.run("ALTER ROLE harbor PASSWORD 'Another1'")
            try:
                report = await examined(admin, "managed", name="team", cluster=HOME)
                given = await examined(admin, "dependencies", managed={"name": "team"})
            finally:
                postgres.run(f"ALTER ROLE harbor PASSWORD '{POSTGRES_PASSWORD}'")
        row = broken(report)
        assert (row["check"], row["reason"]) == ("NEEDS_DATABASE", "UNAUTHORIZED")
        assert reasons(given)["LOGIN"] == "UNAUTHORIZED"
        assert POSTGRES_PASSWORD not in json.dumps([report, given])

    async def test_15_somebody_deleted_its_resource(self, admin, place: Place):
        async with self.harbor(place):
            path = f"/apis/goharbor.io/v1beta1/namespaces/{place.namespace}/harborclusters/team"
            await asyncio.to_thread(place.cluster.call, "DELETE", path)
            row = broken(await examined(admin, "managed", name="team"))
        assert (row["check"], row["reason"]) == ("RESOURCE", "RESOURCE_GONE")

    async def test_nobody_knows_it(self, admin):
        answer = await admin("POST", "doctor/managed", {"name": "nothing"})
        assert answer.json()["details"][0]["reason"] == "NOT_MANAGED"


class TestInstances:
    async def test_8_a_certificate_without_the_address(self, admin, tmp_path: Path):
        """We were told not to look at it; docker was not."""
        issued = Authority(tmp_path).issue("registry.example.com")
        with docker_registry(tmp_path, tls=issued) as url:
            body = {"name": "hub", "type": "DOCKER_REGISTRY", "url": url, "insecure": True}
            await admin.ok("POST", "registries", body)
            report = await examined(admin, "instance", name="hub")
        assert reasons(report) == {"CLIENT_TRUST": "CLIENTS_NAME_MISMATCH"}
        assert "registry.example.com" in report["rows"][-1]["message"]

    async def test_17_and_18_it_is_unhealthy_and_so_not_in_the_list(self, site, admin, tmp_path: Path):
        """For its administrator, and for a member of a workspace who only sees that it is not there."""
        with docker_registry(tmp_path) as url:
            await admin.ok("POST", "registries", {"name": "hub", "type": "DOCKER_REGISTRY", "url": url})
        made = await workspace(admin, "One")
        ann = await member(site, admin, made, "ann", "Workspace Viewer")
        for report in (
            await examined(admin, "instance", name="hub"),
            await examined(ann, "instance", name="hub", workspace=str(made)),
        ):
            row = broken(report)
            assert (row["check"], row["reason"]) == ("CONNECTION", "CONNECTION_REFUSED")


class TestPulls:
    """19: the image shows in the selector, and still cannot be pulled."""

    @pytest.fixture
    async def namespace(self, site: Site, admin: PlatformClient, shared_cluster: Cluster) -> str:
        """Of a workspace with a private space, with an image in it; everything as it should be."""
        await register(admin, "one", shared_cluster)
        name = await asyncio.to_thread(shared_cluster.namespace)
        self.workspace = await workspace(admin, "One")
        await private(admin, "secret", self.workspace)
        await pushed(site, "secret/app", "v1")
        body = {"namespaces": [name], "workspace": self.workspace}
        await admin.ok("POST", "clusters/one/namespaces/bind", body)
        return name

    async def look(
        self, client: PlatformClient, namespace: str, image: str = f"{HOST}/secret/app:v1", **more: Any
    ) -> dict[str, Any]:
        return await examined(client, "pull", image=image, cluster="one", namespace=namespace, **more)

    @pytest.fixture
    async def well(self, admin: PlatformClient, namespace: str) -> str:
        report = await self.look(admin, namespace, fix=True)
        assert outcomes(report)["SECRET"] == "fixed"
        assert not report["broken"], report
        return namespace

    async def test_the_secret_is_missing(self, admin, namespace: str):
        row = broken(await self.look(admin, namespace))
        assert (row["check"], row["reason"], row["fixable"]) == ("SECRET", "SECRET_MISSING", True)

    async def test_all_is_well(self, admin, well: str):
        report = await self.look(admin, well)
        found = outcomes(report)
        assert (found["SECRET_CONTENT"], found["PULL_CREDENTIAL"], found["MANIFEST"]) == ("ok",) * 3
        assert reasons(report) == {"ATTACHED": "SECRET_NOT_ATTACHED"}

    async def test_somebody_deleted_it(self, admin, well: str, shared_cluster: Cluster):
        await asyncio.to_thread(shared_cluster.call, "DELETE", SECRET.format(well))
        assert broken(await self.look(admin, well))["reason"] == "SECRET_MISSING"
        assert not (await self.look(admin, well, fix=True))["broken"]
        assert not (await self.look(admin, well))["broken"]

    @pytest.mark.parametrize(
        ("auths", "check", "reason"),
        [
            ({"127.0.0.1:5000": {"auth": "x"}}, "SECRET_HOST", "SECRET_HOST_MISSING"),
            ({HOST: {"username": "admin", "password": "Harbor12345"}}, "SECRET_CONTENT", "SECRET_WRONG"),
        ],
    )
    async def test_somebody_changed_it(
        self, admin, well: str, shared_cluster: Cluster, auths: dict, check: str, reason: str
    ):
        change = {"data": {".dockerconfigjson": encoded({"auths": auths})}}
        form = "application/merge-patch+json"
        await asyncio.to_thread(shared_cluster.call, "PATCH", SECRET.format(well), change, form=form)
        report = await self.look(admin, well)
        row = broken(report)
        assert (row["check"], row["reason"]) == (check, reason)
        assert "Harbor12345" not in json.dumps(report)
        assert outcomes(await self.look(admin, well, fix=True))[check] == "fixed"
        assert not (await self.look(admin, well))["broken"]

    async def test_another_one_of_that_name_was_there(self, admin, namespace: str, shared_cluster: Cluster):
        auths = {HOST: {"auth": base64.b64encode(b"admin:Harbor12345").decode()}}
        secret = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "registry-secret", "namespace": namespace},
            "type": "kubernetes.io/dockerconfigjson",
            "data": {".dockerconfigjson": encoded({"auths": auths})},
        }
        path = SECRET.format(namespace).rpartition("/")[0]
        await asyncio.to_thread(shared_cluster.call, "POST", path, secret)
        row = broken(await self.look(admin, namespace, fix=True))
        assert (row["check"], row["reason"]) == ("SECRET_CONTENT", "SECRET_FOREIGN")

    async def test_the_robot_was_deleted(self, site, admin, well: str):
        robots, actor = site.services.access.robots, await site.admin()
        for one in (await robots.page(actor, ListQuery())).items:
            await robots.delete(actor, one.id)
        row = broken(await self.look(admin, well))
        assert (row["check"], row["reason"]) == ("PULL_CREDENTIAL", "UNAUTHORIZED")

    async def test_the_space_was_unbound(self, admin, well: str):
        await admin.ok("PUT", "registries/kangaroo/projects/secret/binding", {"bindingWorkspace": []})
        assert broken(await self.look(admin, well))["reason"] == "SPACE_NOT_BOUND"

    async def test_the_namespace_belongs_to_nobody(self, admin, well: str, shared_cluster: Cluster):
        other = await asyncio.to_thread(shared_cluster.namespace)
        row = broken(await self.look(admin, other))
        assert (row["check"], row["reason"]) == ("NAMESPACE", "NAMESPACE_UNBOUND")

    async def test_the_tag_does_not_exist(self, admin, well: str):
        row = broken(await self.look(admin, well, f"{HOST}/secret/app:v2"))
        assert (row["check"], row["reason"]) == ("MANIFEST", "IMAGE_MISSING")

    async def test_the_cluster_is_unknown(self, admin):
        answer = await admin("POST", "doctor/pull", {"image": "x", "cluster": "no", "namespace": "default"})
        assert answer.json()["details"][0]["reason"] == "CLUSTER_UNKNOWN"


def encoded(config: dict[str, Any]) -> str:
    return base64.b64encode(json.dumps(config).encode()).decode()
