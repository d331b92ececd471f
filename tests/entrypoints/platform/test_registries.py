"""Registering, listing, changing and removing instances: of the platform and of a workspace, against real servers."""

import pytest
from sqlalchemy import insert, select

from kangaroo.app.wiring import assemble
from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.settings import Settings
from kangaroo.core.instances import WORKSPACE_POINTS, Which
from kangaroo.store.content.memory import MemoryStore
from kangaroo.store.meta.schema.platform import instances, space_bindings
from kangaroo.store.meta.statements import Query, parameter
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import PASSWORD, Site
from tests.remote import harbor_stand_in, serving
from tests.remote.authority import Authority
from tests.remote.harbor_stand_in import HarborStandIn
from tests.remote.serving import USER, docker_registry, free_port, served

_ROWS = Query(select(instances))
_BIND = Query(
    insert(space_bindings).values(
        instance_id=parameter("instance"), workspace_id=parameter("workspace"), space="team", created_at=1
    )
)


@pytest.fixture
def registry(tmp_path):
    with docker_registry(tmp_path, users=True) as url:
        yield url


def hub(url, **more):
    credential = {"username": USER, "password": serving.PASSWORD}
    return {"name": "hub", "type": "DOCKER_REGISTRY", "url": url, "credential": credential} | more


async def test_the_built_in_registry_is_one_like_any_other(admin):
    (shown,) = (await admin.get("registries"))["items"]
    assert (shown["name"], shown["type"], shown["url"]) == ("kangaroo", "HARBOR", "http://registry.test")
    assert await admin.refused("DELETE", "registries/kangaroo") == (400, "PRECONDITION")
    body = {"credential": {"username": "a", "password": "b"}}
    assert await admin.refused("PUT", "registries/kangaroo", body) == (400, "PRECONDITION")


async def test_a_docker_registry(site, admin, registry):
    made = await admin.ok("POST", "registries", hub(registry + "/", description="ours"))
    assert made["url"] == registry
    assert made["status"] == {"status": "HEALTHY"}
    assert made["health"]["state"] == "healthy"
    assert made["credential"] == {"username": USER, "password": ""}
    assert (await admin.get("registries/hub")) == made
    (row,) = [r for r in await site.wired.database.lookup.all(_ROWS) if r["name"] == "hub"]
    assert row["credential"]
    assert serving.PASSWORD not in row["credential"]
    assert row["author"] == "admin"
    detail = await admin.get("registries/hub/detail")
    assert (detail["host"], detail["description"]) == (registry.removeprefix("http://"), "ours")


async def test_without_a_credential(admin, tmp_path):
    with docker_registry(tmp_path) as url:
        made = await admin.ok("POST", "registries", {"name": "open", "type": "DOCKER_REGISTRY", "url": url})
    assert made["credential"]["username"] == ""


async def test_with_a_private_authority(admin, tmp_path):
    authority = Authority(tmp_path)
    with docker_registry(tmp_path, tls=authority.issue("127.0.0.1")) as url:
        body = {"name": "secured", "type": "DOCKER_REGISTRY", "url": url}
        assert await admin.refused("POST", "registries", body) == (400, "TLS_UNKNOWN_CA")
        await admin.ok("POST", "registries", body | {"ca": authority.pem})
        assert (await admin.ok("POST", "registries/secured/health"))["state"] == "healthy"
        await admin.ok("DELETE", "registries/secured")
        await admin.ok("POST", "registries", body | {"insecure": True})


async def test_a_harbor_needs_an_administrator(admin):
    stand_in = HarborStandIn()
    async with served(stand_in.app()) as url:
        body = {"name": "harbor", "type": "HARBOR", "url": url}
        assert await admin.refused("POST", "registries", body) == (400, "INVALID_FIELD")
        plain = {"username": harbor_stand_in.PLAIN, "password": harbor_stand_in.PLAIN_PASSWORD}
        assert await admin.refused("POST", "registries", body | {"credential": plain}) == (400, "NOT_ADMIN")
        boss = {"username": harbor_stand_in.ADMIN, "password": harbor_stand_in.ADMIN_PASSWORD}
        made = await admin.ok("POST", "registries", body | {"credential": boss})
        assert made["health"]["version"] == "2.10.0-abc"
        stand_in.healthy = False
        health = await admin.ok("POST", "registries/harbor/health")
        assert (health["state"], health["reason"]) == ("degraded", "UNHEALTHY")
        assert (await admin.get("registries/harbor"))["status"] == {"status": "HEALTHY"}


async def test_names_and_urls_are_there_once(admin, registry):
    await admin.ok("POST", "registries", hub(registry))
    assert await admin.refused("POST", "registries", hub("http://other.test")) == (409, "CONFLICT")
    again = await admin("POST", "registries", hub(registry.upper(), name="again"))
    assert again.status == 409
    assert "as hub" in again.json()["message"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Hub"},
        {"name": "a" * 64},
        {"name": "summary"},
        {"name": "-a"},
        {"name": ""},
        {"type": "RegistryType_UNSPECIFIED"},
        {"url": ""},
        {"url": "registry.test"},
        {"url": "ftp://registry.test"},
        {"url": "http://user:password@registry.test"},
        {"url": "http://registry.test/?a=b"},
        {"url": "http://registry.test:99999"},
        {"url": "http://[::1"},
        {"url": "http://a b"},
        {"url": "http://" + "a" * 2000},
        {"credential": {"username": "a"}},
        {"credential": {"username": "a:b", "password": "c"}},
        {"credential": {"username": "a\nb", "password": "c"}},
        {"description": "a" * 2000},
    ],
)
async def test_what_is_refused_without_asking(admin, wrong):
    status, reason = await admin.refused("POST", "registries", hub("http://registry.test") | wrong)
    assert (status, reason) in ((400, "INVALID_FIELD"), (400, "NAME_INVALID"))


async def test_changes_are_tried_out_and_in_effect_at_once(admin, registry, tmp_path):
    await admin.ok("POST", "registries", hub(registry))
    bad = {"credential": {"username": USER, "password": "wrong"}}
    assert await admin.refused("PUT", "registries/hub", bad) == (400, "UNAUTHORIZED")
    folder = tmp_path / "other"
    folder.mkdir()
    with docker_registry(folder) as other:
        alone = await admin("PUT", "registries/hub", {"url": other})
        assert (alone.status, alone.json()["details"][0]["metadata"]["field"]) == (400, "credential")
        none = {"username": "", "password": ""}
        changed = await admin.ok("PUT", "registries/hub", {"url": other, "credential": none})
        assert (changed["url"], changed["credential"]["username"]) == (other, "")
        assert (await admin.ok("POST", "registries/hub/health"))["state"] == "healthy"
    assert (await admin.ok("POST", "registries/hub/health"))["reason"] == "CONNECTION_REFUSED"


async def test_a_description_needs_no_asking(admin, registry):
    await admin.ok("POST", "registries", hub(registry))
    await admin.ok("PUT", "registries/hub", {"description": "new"})
    assert (await admin.get("registries/hub/detail"))["description"] == "new"


async def test_removing(site, admin, registry):
    await admin.ok("POST", "registries", hub(registry))
    assert await admin.ok("DELETE", "registries/hub") == {"robotsLeft": []}
    assert await admin.refused("GET", "registries/hub") == (404, "NOT_FOUND")
    assert await admin.refused("DELETE", "registries/hub") == (404, "NOT_FOUND")


async def test_not_while_workspaces_are_bound_to_it(site, admin, registry):
    await admin.ok("POST", "registries", hub(registry))
    boss = await site.admin()
    workspace = await site.services.workspaces.directory.create(boss, "team")
    found = await site.services.instances.get(boss, Which("hub"))
    async with site.wired.database.write() as transaction:
        await transaction.run(_BIND, instance=found.id, workspace=workspace.id)
    assert await admin.refused("DELETE", "registries/hub") == (409, "REFERENCED")


async def test_lists(admin, registry):
    await admin.ok("POST", "registries", hub(registry))
    names = [one["name"] for one in (await admin.get("registries?pageSize=-1"))["items"]]
    assert names == ["hub", "kangaroo"]
    assert [one["name"] for one in (await admin.get("registries?fuzzyName=HU"))["items"]] == ["hub"]
    assert (await admin.get("registries?intergratedType=Automatic"))["items"] == []
    assert (await admin.get("registries?intergratedType=Manual"))["pagination"]["total"] == 2
    page = await admin.get("registries?page=2&pageSize=1")
    assert ([one["name"] for one in page["items"]], page["pagination"]["pages"]) == (["kangaroo"], 2)
    others = await admin.get("filter_registries/kangaroo/registries")
    assert [one["name"] for one in others["items"]] == ["hub"]
    assert await admin.refused("GET", "filter_registries/none/registries") == (404, "NOT_FOUND")


class TestOfAWorkspace:
    @pytest.fixture
    async def team(self, site, nobody):
        """A member of workspace 7 with every right there, whatever workspaces are."""
        jane = await site.user("jane")
        real = site.services.instances.points

        async def points(actor: Actor, workspace: int):
            return WORKSPACE_POINTS if (actor.id, workspace) == (jane.id, 7) else await real(actor, workspace)

        site.services.instances.points = points
        return nobody.signed_in("jane", PASSWORD)

    async def test_its_own(self, site, team, admin, registry):
        made = await team.ok("POST", "workspaces/7/registries", hub(registry))
        assert made["name"] == "hub"
        assert (await team.get("workspaces/7/registries"))["pagination"]["total"] == 1
        assert (await team.get("workspaces/7/registries/hub")) == made
        assert (await team.get("workspaces/7/registries/hub/type")) == {
            "registry": "hub",
            "type": "DOCKER_REGISTRY",
        }
        assert (await team.get("workspaces/7/registries/kangaroo/type"))["type"] == "HARBOR"
        assert (await team.get("workspaces/7/registries/hub/health"))["health"]["state"] == "healthy"
        assert (await team.ok("POST", "workspaces/7/registries/hub/health"))["state"] == "healthy"
        await team.ok("PUT", "workspaces/7/registries/hub", {"description": "x"})
        for strange in ("workspaces/8/registries", "workspaces/8/registries/hub", "registries"):
            assert await team.refused("GET", strange) == (403, "FORBIDDEN")
        assert await admin.refused("GET", "registries/hub") == (404, "NOT_FOUND")
        await team.ok("DELETE", "workspaces/7/registries/hub")

    async def test_its_names_do_not_hide_those_of_the_platform(self, team, admin, registry):
        assert await team.refused("POST", "workspaces/7/registries", hub(registry, name="kangaroo")) == (
            409,
            "CONFLICT",
        )
        await team.ok("POST", "workspaces/7/registries", hub(registry))
        assert await admin.refused("POST", "registries", hub(registry)) == (409, "CONFLICT")
        await admin.ok("POST", "registries", hub(registry, name="same-place"))

    async def test_a_harbor_with_a_plain_account(self, team):
        async with served(HarborStandIn().app()) as url:
            plain = {"username": harbor_stand_in.PLAIN, "password": harbor_stand_in.PLAIN_PASSWORD}
            body = {"name": "harbor", "type": "HARBOR", "url": url, "credential": plain}
            assert (await team.ok("POST", "workspaces/7/registries", body))["health"]["state"] == "healthy"

    @pytest.mark.parametrize("workspace", ["0", "x", "-1", "9999999999"])
    async def test_what_is_no_workspace(self, team, workspace):
        assert await team.refused("GET", f"workspaces/{workspace}/registries") == (404, "NOT_FOUND")


async def test_it_cannot_be_reached(admin):
    body = {"name": "gone", "type": "DOCKER_REGISTRY", "url": f"http://127.0.0.1:{free_port()}"}
    answer = await admin("POST", "registries", body)
    assert answer.status == 503
    info, help_ = answer.json()["details"]
    assert info["reason"] == "CONNECTION_REFUSED"
    assert help_["links"][0]["description"].startswith("Check the port")
    assert int(answer.headers["retry-after"]) > 0


class TestDeniedNetworks:
    def denying(self, site, tmp_path, networks: str) -> PlatformClient:
        settings = Settings(data=tmp_path, denied_networks=networks)
        return PlatformClient(Site(assemble(settings, site.wired.database, MemoryStore())))

    async def test_an_operator_says_where_no_registry_lies(self, site, tmp_path):
        client = self.denying(site, tmp_path, "10.0.0.0/8, 127.0.0.1").signed_in("admin", PASSWORD)
        answer = await client("POST", "registries", hub(f"http://127.0.0.1:{free_port()}"))
        assert (answer.status, answer.json()["details"][0]["reason"]) == (400, "ADDRESS_FORBIDDEN")

    async def test_what_is_no_network(self, site, tmp_path):
        with pytest.raises(Failure) as caught:
            self.denying(site, tmp_path, "10.0.0.0/8,example.test")
        assert caught.value.code is Code.INVALID_FIELD
        assert "example.test" in str(caught.value)
