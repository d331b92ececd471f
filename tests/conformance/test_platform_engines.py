"""Every published operation that an external Harbor's engines answer is called, succeeds, and is judged: those of
groups Retention and Replications, and the scans of group Image."""

import pytest

from kangaroo.remote.names import ImageName
from kangaroo.remote.opening import open_remote
from kangaroo.remote.values import Credential, Kind
from tests.conformance import platform_swagger
from tests.contract.remotes import push
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import admin, nobody, site, site_database, site_template
from tests.entrypoints.platform.harbors import Far, far_harbor
from tests.remote.harbor_stand_in import ADMIN, ADMIN_PASSWORD

__all__ = ["admin", "nobody", "site", "site_database", "site_template"]  # fixtures
SCANS = {"Image_ScanArtifact", "Image_StopScanArtifact", "Image_GetScanReport", "Image_GetScannerOfProject"}


class Walk:
    """Calls operations by name, with what stands in the place of the parameters of their paths."""

    def __init__(self, client: PlatformClient, places: dict[str, str]) -> None:
        self._operations = platform_swagger.required().operations
        self._client = client
        self.places = places
        self.called: set[str] = set()

    async def __call__(self, name: str, body: object = None) -> dict:
        operation = self._operations[name]
        path = operation.path.lstrip("/").format(**self.places)
        answer: dict = await self._client.ok(operation.method, path, body)
        self.called.add(name)
        return answer


@pytest.fixture
async def far(site, admin):
    async with far_harbor(site, admin) as made:
        yield made


def group(*tags: str) -> set[str]:
    return {one.id for one in platform_swagger.required().operations.values() if one.tag in tags}


async def test_replications(far: Far, admin: PlatformClient) -> None:
    walk = Walk(admin, {"registry": "far"})
    spec = {"type": "NATIVE_REGISTRY_HARBOR", "name": "hub", "url": "https://hub.test"}
    body = {"createType": "NATIVE", "nativeRegistry": spec}
    [target] = (await walk("Replications_CreateNativeRegistry", body))["ids"]
    walk.places["nativeRegistryId"] = target
    await walk("Replications_ListNativeRegistry")
    await walk("Replications_UpdateNativeRegistry", {"nativeRegistry": spec | {"description": "ours"}})
    policy = {
        "name": "mirror",
        "description": "nightly",
        "trigger": {"type": "TRIGGER_MODEL_SCHEDULE", "cron": "0 0 2 * * *"},
        "filters": [{"type": "TAG", "value": "v*", "decoration": "DECORATION_EXCLUDES"}],
        "enabled": True,
        "override": False,
        "destNamespace": "mirror",
        "speed": 10,
    }
    made = await walk("Replications_CreatePolicy", policy | {"srcRegistryId": "0", "destRegistryId": target})
    walk.places["policyId"] = made["id"]
    [held] = (await walk("Replications_ListPolicies"))["items"]
    await walk(
        "Replications_UpdatePolicy",
        policy | {"destRegistry": held["destRegistry"], "srcRegistry": {"id": "0"}},
    )
    run = (await walk("Replications_CreateExecution", {"policyId": made["id"]}))["id"]
    walk.places["executionId"] = run
    await walk("Replications_ListExecutions")
    await walk("Replications_GetExecution")
    [task] = (await walk("Replications_ListReplicationTasks"))["items"]
    walk.places["taskId"] = task["id"]
    await walk("Replications_GetReplicationTasksLog")
    far.tables["replication-executions"][int(run)]["status"] = "InProgress"
    await walk("Replications_StopExecution")
    await walk("Replications_DeletePolicy")
    await walk("Replications_DeleteNativeRegistry")
    assert walk.called == group("Replications")


async def test_retention(far: Far) -> None:
    walk = Walk(far.people["boss"], {"workspace": str(far.place), "registry": "far"})
    rule = {
        "template": "LATEST_PULLED_N",
        "action": "retain",
        "disabled": False,
        "params": {"latestPulledN": "3"},
        "scopeSelectors": [
            {"kind": "doublestar", "decoration": "REPO_EXCLUDES", "pattern": "base/**", "extras": ""}
        ],
    }
    policy = {
        "algorithm": "or",
        "rules": [rule],
        "scope": {"level": "project", "ref": str(far.space("secret"))},
        "trigger": {"kind": "SCHEDULED", "settings": {"cron": "0 0 3 * * *"}},
    }
    made = await walk("Retention_CreateRetention", {"retention": policy})
    walk.places["retentionId"] = made["id"]
    await walk("Retention_GetRetention")
    await walk("Retention_UpdateRetention", {"retention": policy | {"id": made["id"]}})
    await walk("Retention_CreateRetentionExecution", {"dryRun": True})
    [run] = (await walk("Retention_ListRetentionExecutions"))["items"]
    walk.places["executionId"] = run["id"]
    far.tables["retention-executions"][int(run["id"])]["status"] = "Running"
    await walk("Retention_StopRetentionExecution")
    assert walk.called == group("Retention")


async def test_scans(far: Far, admin: PlatformClient) -> None:
    client = open_remote(Kind.HARBOR, far.url, Credential(ADMIN, ADMIN_PASSWORD))
    pushed = await push(client.content, ImageName.parse("secret", "app"), "v1")
    await client.close()
    places = {"registry": "far", "project": "secret", "repository": "app", "digest": str(pushed.digest)}
    walk = Walk(far.people["editor"], places | {"workspace": str(far.place), "report": "report-1"})
    for name in sorted(SCANS - {"Image_GetScannerOfProject"}):
        await walk(name)
    administrator = Walk(admin, places)
    await administrator("Image_GetScannerOfProject")
    assert walk.called | administrator.called == SCANS
