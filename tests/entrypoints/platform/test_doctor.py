"""Examinations over HTTP: an instance, this installation, what a Harbor needs, and the way of an image without a
cluster. Each test breaks one thing and expects the doctor to name it."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from kangaroo.app.wiring import assemble
from kangaroo.base.actors import SYSTEM
from kangaroo.base.clock import now
from kangaroo.base.settings import Settings
from kangaroo.core.doctor import Disk, Ourselves, Readiness
from kangaroo.core.doctor.ourselves import OurExamination
from kangaroo.core.instances import ImageName, InstanceName, Which
from kangaroo.core.instances.jobs import InstanceJobs
from kangaroo.entrypoints.cli.inprocess import InProcess
from kangaroo.jobs import History
from kangaroo.store.content.memory import MemoryStore
from tests.contract.remotes import push
from tests.core.workspaces.kit import member, private, pushed, workspace
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import Site
from tests.entrypoints.platform.harbors import far_harbor
from tests.jobs.kit import working
from tests.remote import serving
from tests.remote.authority import Authority
from tests.remote.serving import PASSWORD, USER, docker_registry, free_port


async def examined(client: Any, subject: str, **given: Any) -> dict[str, Any]:
    report: dict[str, Any] = await client.ok("POST", f"doctor/{subject}", given)
    return report


def outcomes(report: dict[str, Any]) -> dict[str, str]:
    return {row["check"]: row["outcome"] for row in report["rows"]}


def reasons(report: dict[str, Any]) -> dict[str, str]:
    return {row["check"]: row["reason"] for row in report["rows"] if row["reason"]}


def broken(report: dict[str, Any]) -> dict[str, Any]:
    """The row that is; behind it nothing was reached."""
    (row,) = [row for row in report["rows"] if row["outcome"] == "broken"]
    behind = report["rows"][report["rows"].index(row) + 1 :]
    assert {one["outcome"] for one in behind if one["part"] == row["part"]} <= {"not_reached"}
    assert report["broken"]
    assert report["reason"] == row["reason"]
    assert row["message"]
    return row


class TestInstances:
    async def register(self, admin, url: str, **more: Any) -> None:
        await admin.ok("POST", "registries", {"name": "hub", "type": "DOCKER_REGISTRY", "url": url, **more})

    async def test_all_is_well(self, admin, tmp_path):
        with docker_registry(tmp_path) as url:
            await self.register(admin, url)
            report = await examined(admin, "instance", name="hub")
        assert not report["broken"]
        assert set(outcomes(report).values()) == {"ok", "skipped"}
        assert report["rows"][0]["evidence"] == f"DOCKER_REGISTRY {url}"

    async def test_the_built_in_one(self, admin):
        report = await examined(admin, "instance", name="kangaroo", fix=True)
        assert outcomes(report)["KNOWN_HEALTH"] == "fixed"  # nobody had looked yet
        assert not report["broken"]

    async def test_it_is_down(self, admin, tmp_path):
        with docker_registry(tmp_path) as url:
            await self.register(admin, url)
        row = broken(await examined(admin.with_headers(accept_language="zh"), "instance", name="hub"))
        assert (row["check"], row["reason"]) == ("CONNECTION", "CONNECTION_REFUSED")
        assert "拒绝连接" in row["message"]
        assert row["remedy"]

    async def test_it_works_again_but_is_shown_unhealthy(self, admin, tmp_path, monkeypatch):
        with docker_registry(tmp_path) as url:
            await self.register(admin, url)
        for _ in range(3):
            await admin.ok("POST", "registries/hub/health")
        monkeypatch.setattr(serving, "free_port", lambda: int(url.rpartition(":")[2]))
        with docker_registry(tmp_path):
            row = broken(await examined(admin, "instance", name="hub"))
            assert (row["check"], row["reason"], row["fixable"]) == ("KNOWN_HEALTH", "HEALTH_OUTDATED", True)
            report = await examined(admin, "instance", name="hub", fix=True)
            assert outcomes(report)["KNOWN_HEALTH"] == "fixed"
            assert not (await examined(admin, "instance", name="hub"))["broken"]
        assert (await admin.get("registries/hub"))["status"] == {"status": "HEALTHY"}

    async def test_the_password_was_changed(self, admin, tmp_path, monkeypatch):
        with docker_registry(tmp_path, users=True) as url:
            await self.register(admin, url, credential={"username": USER, "password": PASSWORD})
        monkeypatch.setattr(serving, "free_port", lambda: int(url.rpartition(":")[2]))
        monkeypatch.setattr(serving, "PASSWORD", "another")
        with docker_registry(tmp_path, users=True):
            report = await examined(admin, "instance", name="hub")
        row = broken(report)
        assert (row["check"], row["reason"]) == ("LOGIN", "UNAUTHORIZED")
        assert PASSWORD not in msgspec.json.encode(report).decode()

    async def test_its_certificate_is_from_an_unknown_authority(self, admin, tmp_path):
        issued = Authority(tmp_path).issue("127.0.0.1")
        with docker_registry(tmp_path, tls=issued) as url:
            await self.register(admin, url, insecure=True)
            await admin.ok("PUT", "registries/hub", {"insecure": True, "description": "x"})
            report = await examined(admin, "instance", name="hub")
        assert outcomes(report)["CLIENT_TRUST"] == "warning"
        assert (report["broken"], report["reason"]) == (False, "CLIENTS_UNKNOWN_CA")

    async def test_nobody_knows_it(self, admin):
        row = broken(await examined(admin, "instance", name="nothing"))
        assert (row["check"], row["reason"]) == ("REGISTERED", "INSTANCE_UNKNOWN")

    async def test_who_may_ask(self, site, admin, nobody):
        made = await workspace(admin, "One")
        ann = await member(site, admin, made, "ann", "Workspace Viewer")
        assert (await examined(ann, "instance", name="kangaroo", workspace=str(made)))["rows"]
        assert await ann.refused("POST", "doctor/instance", {"name": "kangaroo"}) == (403, "FORBIDDEN")
        assert await ann.refused("POST", "doctor/instance", {"name": "kangaroo", "workspace": "77"}) == (
            403,
            "FORBIDDEN",
        )
        for subject, given in (("self", {}), ("dependencies", {"targets": ["redis://h"]})):
            assert await ann.refused("POST", f"doctor/{subject}", given) == (403, "FORBIDDEN")
        assert await nobody.refused("POST", "doctor/self", {}) == (401, "UNAUTHORIZED")


class TestStreams:
    @pytest.fixture
    async def client(self, site) -> AsyncIterator[httpx.AsyncClient]:
        transport = InProcess(site)
        url = "http://kangaroo.test/apis/kangaroo.io/v1alpha1"
        async with httpx.AsyncClient(
            transport=transport, base_url=url, auth=("admin", "Harbor12345")
        ) as made:
            yield made

    async def test_row_by_row(self, client):
        answer = await client.post("/doctor/self", headers={"accept": "application/x-ndjson"})
        lines = [msgspec.json.decode(line) for line in answer.content.splitlines()]
        assert lines[0]["check"] == "OUR_DATABASE"
        assert set(lines[-1]) == {"broken", "reason"}

    async def test_as_events(self, client):
        answer = await client.post("/doctor/self", headers={"accept": "text/event-stream"})
        assert answer.headers["content-type"].startswith("text/event-stream")
        events = answer.text.strip().split("\n\n")
        assert events[0].startswith("event: row\ndata: {")
        assert events[-1].startswith("event: verdict\ndata: {")

    async def test_what_is_refused_is_refused_at_once(self, client):
        accept = {"accept": "application/x-ndjson"}
        assert (await client.post("/doctor/self", headers=accept, auth=("admin", "x"))).status_code == 401


class TestOurselves:
    async def test_no_worker(self, admin):
        report = await examined(admin, "self")
        found = outcomes(report)
        assert (found["OUR_DATABASE"], found["DISK"], found["JOBS"]) == ("ok", "ok", "broken")
        assert report["reason"] == "NO_WORKER"

    async def test_all_is_well(self, site, admin):
        jobs = InstanceJobs(site.services.instances, site.wired.database, now).handlers()
        async with working(site.wired.queue, jobs):
            report = await examined(admin, "self")
        assert not report["broken"]
        assert outcomes(report)["EXTERNAL_URL"] == "skipped"

    async def again(self, site: Site, tmp_path: Path, **settings: Any) -> dict[str, Any]:
        """As the same installation answers after it was started with other settings."""
        wired = assemble(Settings(data=tmp_path, **settings), site.wired.database, MemoryStore())
        try:
            admin = PlatformClient(Site(wired)).signed_in("admin", "Harbor12345")
            return await examined(admin, "self")
        finally:
            await wired.services.instances.opener.close()

    async def test_another_key(self, site, admin, tmp_path):
        with docker_registry(tmp_path, users=True) as url:
            given = {"username": USER, "password": PASSWORD}
            body = {"name": "hub", "type": "DOCKER_REGISTRY", "url": url, "credential": given}
            await admin.ok("POST", "registries", body)
        other = base64.b64encode(bytes(32)).decode()
        report = await self.again(site, tmp_path, secret_key=other)
        assert reasons(report)["KEYS"] == "KEY_CHANGED"
        assert "KEYS" not in reasons(await examined(admin, "self"))

    async def test_our_certificate_has_another_name(self, site, tmp_path):
        """docker login by the address fails, although the server runs."""
        issued = Authority(tmp_path).issue("registry.example.com")
        report = await self.again(
            site, tmp_path, external_url="https://10.1.2.3", tls_cert=str(issued.certificate)
        )
        assert reasons(report)["CERTIFICATE"] == "OUR_NAME_MISSING"
        ending = Authority(tmp_path).issue("registry.example.com", days=3)
        report = await self.again(site, tmp_path, tls_cert=str(ending.certificate))
        assert reasons(report)["CERTIFICATE"] == "OUR_CERTIFICATE_ENDS"

    async def test_nobody_reaches_us(self, site, tmp_path):
        report = await self.again(site, tmp_path, external_url=f"http://127.0.0.1:{free_port()}")
        assert reasons(report)["EXTERNAL_URL"] == "CONNECTION_REFUSED"

    async def test_we_are_reached_through_a_proxy(self, site, tmp_path):
        """Whoever answers there wants a credential: that is how we are known."""
        with docker_registry(tmp_path, users=True) as url:
            report = await self.again(site, tmp_path, external_url=url)
        assert outcomes(report)["EXTERNAL_URL"] == "ok"

    async def test_the_disk_is_full(self, site):
        async def full() -> Disk:
            return Disk("/data", free=10 << 20, total=100 << 30)

        readiness = Readiness(site.wired.database, site.wired.content, History(site.wired.queue))
        examination = OurExamination(readiness, site.services.instances, Ourselves(disk=full))
        found = {row.link.name: row.reason async for row in examination.rows()}
        assert found["DISK"] == "DISK_LOW"


class TestDependencies:
    async def test_nobody_there(self, admin):
        target = f"postgres://u:Secret1@127.0.0.1:{free_port()}"
        report = await examined(admin, "dependencies", targets=[target, "redis://nowhere.invalid"])
        found = {(row["part"].partition(" ")[0], row["check"]): row for row in report["rows"]}
        assert found["PostgreSQL", "TCP"]["reason"] == "CONNECTION_REFUSED"
        assert found["PostgreSQL", "PERMISSION"]["outcome"] == "not_reached"
        assert found["Redis", "DNS"]["reason"] == "DNS_NOT_FOUND"
        assert "Secret1" not in msgspec.json.encode(report).decode()

    async def test_what_is_no_address(self, admin):
        assert await admin.refused("POST", "doctor/dependencies", {"targets": ["mysql://h"]}) == (
            400,
            "INVALID_FIELD",
        )
        assert await admin.refused("POST", "doctor/dependencies", {"targets": []}) == (400, "INVALID_FIELD")


class TestPulls:
    async def pull(self, client, image: str, **more: Any) -> dict[str, Any]:
        answer = await client("POST", "doctor/pull", {"image": image, **more}, host="kangaroo.test")
        assert answer.status == 200, answer.body
        report: dict[str, Any] = answer.json()
        return report

    async def test_a_public_image(self, site, admin):
        await pushed(site, "library/app", "v1")
        report = await self.pull(admin, "kangaroo.test/library/app:v1")
        assert not report["broken"], report
        assert outcomes(report)["MANIFEST"] == "ok"

    async def test_a_private_image_of_a_workspace(self, site, admin):
        made = await workspace(admin, "One")
        await private(admin, "secret", made)
        await pushed(site, "secret/app", "v1")
        report = await self.pull(admin, "kangaroo.test/secret/app:v1", workspace=str(made))
        assert not report["broken"], report
        assert outcomes(report)["PULL_CREDENTIAL"] == "ok"

    @pytest.mark.parametrize(
        ("image", "check", "reason"),
        [
            ("http://x/y", "IMAGE_NAME", "IMAGE_NAME_INVALID"),
            ("kangaroo.test:1/secret/app", "INSTANCE", "HOST_UNKNOWN"),
            ("kangaroo.test/secrets/app", "SPACE", "SPACE_UNKNOWN"),
            ("kangaroo.test/other/app", "VISIBLE", "SPACE_NOT_BOUND"),
            ("kangaroo.test/secret/app:v2", "MANIFEST", "IMAGE_MISSING"),
        ],
    )
    async def test_one_thing_is_wrong(self, site, admin, image: str, check: str, reason: str):
        made = await workspace(admin, "One")
        await private(admin, "secret", made)
        await private(admin, "other")
        await pushed(site, "secret/app", "v1")
        row = broken(await self.pull(admin, image, workspace=str(made)))
        assert (row["check"], row["reason"]) == (check, reason)

    async def test_a_member_learns_nothing_of_foreign_spaces(self, site, admin):
        made = await workspace(admin, "One")
        await private(admin, "other")
        ann = await member(site, admin, made, "ann", "Workspace Viewer")
        there = await self.pull(ann, "kangaroo.test/other/app", workspace=str(made))
        missing = await self.pull(ann, "kangaroo.test/none/app", workspace=str(made))
        assert broken(there)["reason"] == broken(missing)["reason"] == "SPACE_NOT_BOUND"
        assert outcomes(missing) | {"SPACE": "ok"} == outcomes(there)  # but for one word
        assert await ann.refused("POST", "doctor/pull", {"image": "x"}) == (403, "FORBIDDEN")

    async def test_at_another_registry(self, site, admin):
        async with far_harbor(site, admin) as far:
            instance = await site.services.instances.get(SYSTEM, Which(InstanceName("far")))
            async with site.services.instances.opener.use(SYSTEM, instance) as client:
                await push(client.content, ImageName.parse("secret", "app"), "v1")
            image = f"{far.url.removeprefix('http://')}/secret/app"
            report = await self.pull(admin, f"{image}:v1", workspace=str(far.place))
            assert not report["broken"], report
            row = broken(await self.pull(admin, f"{image}:v2", workspace=str(far.place)))
            assert (row["check"], row["reason"]) == ("MANIFEST", "IMAGE_MISSING")
            row = broken(await self.pull(admin, image.replace("secret", "other"), workspace=str(far.place)))
            assert (row["check"], row["reason"]) == ("VISIBLE", "SPACE_NOT_BOUND")

    async def test_its_registry_is_down(self, admin, tmp_path: Path):
        with docker_registry(tmp_path) as url:
            await admin.ok("POST", "registries", {"name": "hub", "type": "DOCKER_REGISTRY", "url": url})
        row = broken(await self.pull(admin, f"{url.removeprefix('http://')}/team/app"))
        assert (row["check"], row["reason"]) == ("INSTANCE_WORKS", "CONNECTION_REFUSED")
