"""What administrators alone decide: quotas, the configuration, vulnerabilities let through everywhere."""

from tests.entrypoints.harbor.matrix import Ask, Line, Stage


def quota(method: str, body: object = None):
    async def ask(stage: Stage) -> Ask:
        identity = (await stage.services.projects.get(stage.admin, stage.project)).id
        return Ask(method, f"quotas/{identity}", body)

    return ask


async def allowlist(_: Stage) -> Ask:
    return Ask("PUT", "system/CVEAllowlist", {"items": [{"cve_id": "CVE-2024-3094"}]})


async def configurations(_: Stage) -> Ask:
    return Ask("PUT", "configurations", {"banner_message": "hello"})


LINES = (
    Line("listQuotas", "GET quotas", system="systemrobot admin"),
    Line("getQuota", quota("GET"), system="systemrobot admin"),
    Line("updateQuota", quota("PUT", {"hard": {"storage": -1}}), system="systemrobot admin"),
    Line("getConfigurations", "GET configurations", system="admin"),
    Line("updateConfigurations", configurations, system="admin"),
    Line("getSystemCVEAllowlist", "GET system/CVEAllowlist", system="known"),
    Line("putSystemCVEAllowlist", allowlist, system="admin"),
)
