"""What clients ask first: ping, version, health, systeminfo."""

import asyncio

from kangaroo.entrypoints.harbor import checkup
from kangaroo.jobs import Runner

FOR_ALL = {
    "auth_mode",
    "banner_message",
    "harbor_version",
    "oidc_provider_name",
    "primary_auth_mode",
    "self_registration",
}


async def test_ping(anonymous) -> None:
    answer = await anonymous("GET", "ping")
    assert (answer.status, answer.body) == (200, b"Pong")


async def test_version(anonymous) -> None:
    answer = await anonymous("GET", "/api/version")
    assert answer.json() == {"version": "v2.0"}


async def test_anonymous_sees_what_a_sign_in_page_needs(installation, anonymous) -> None:
    await installation.configure(self_registration=True, banner_message="hello")
    info = await anonymous.get("systeminfo")
    assert set(info) == FOR_ALL
    assert info["auth_mode"] == "db_auth"
    assert info["self_registration"] is True
    assert info["banner_message"] == "hello"
    assert info["harbor_version"].startswith("v2.")


async def test_whoever_signed_in_sees_more(installation, admin) -> None:
    await installation.configure(read_only=True)
    info = await admin.get("systeminfo")
    assert info["registry_url"] == "registry.test"
    assert info["external_url"] == "http://registry.test"
    assert info["has_ca_root"] is False
    assert info["read_only"] is True
    assert info["registry_storage_provider_name"] == "filesystem"
    assert info["current_time"].endswith("Z")
    assert set(info) > FOR_ALL


async def test_volumes(installation, anonymous, admin) -> None:
    assert await admin.get("systeminfo/volumes") == {"storage": [{"total": 1000, "free": 600}]}
    assert (await anonymous("GET", "systeminfo/volumes")).status == 401
    installation.volume = None
    assert await admin.get("systeminfo/volumes") == {"storage": []}


async def test_the_root_certificate(installation, anonymous) -> None:
    assert (await anonymous("GET", "systeminfo/getcert")).status == 404
    installation.certificate = b"-----BEGIN CERTIFICATE-----"
    answer = await anonymous("GET", "systeminfo/getcert")
    assert answer.body == installation.certificate
    assert answer.headers["content-disposition"] == "attachment; filename=ca.crt"


async def test_health_names_what_is_wrong(anonymous) -> None:
    health = await anonymous.get("health")
    parts = {part["name"]: part["status"] for part in health["components"]}
    assert health["status"] == "unhealthy"
    assert parts == {
        "core": "healthy",
        "database": "healthy",
        "registry": "healthy",
        "jobservice": "unhealthy",
    }
    assert "error" not in health["components"][0]
    assert health["components"][-1]["error"]


async def test_health(installation, anonymous) -> None:
    runner = Runner(installation.wired.queue, {})
    await runner.start()
    try:
        health = await anonymous.get("health")
    finally:
        await runner.stop(1.0)
    assert health["status"] == "healthy"
    assert {part["status"] for part in health["components"]} == {"healthy"}


async def test_health_is_asked_once_for_many(monkeypatch) -> None:
    class CountingDoctor:
        asked = 0

        async def readiness(self) -> dict[str, str]:
            self.asked += 1
            return {"database": ""}

    doctor = CountingDoctor()
    remembered = checkup.Checkup(doctor)  # type: ignore[arg-type]
    assert set(map(str, await asyncio.gather(*(remembered.reasons() for _ in range(20))))) == {
        "{'database': ''}"
    }
    assert doctor.asked == 1
    monkeypatch.setattr(checkup, "KEPT_SECONDS", 0.0)
    remembered = checkup.Checkup(doctor)  # type: ignore[arg-type]
    await remembered.reasons()
    await remembered.reasons()
    assert doctor.asked == 3
