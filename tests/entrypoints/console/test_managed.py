"""Managed Harbors as people meet them: the wizard with its checks, the lights, changes and the end. A real API server,
and an operator that plays harbor-operator's part."""

import asyncio
import secrets

import pytest

from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import PASSWORD, Site
from tests.entrypoints.platform.managed import HOME, ManagedStandIn, Place
from tests.kube.cluster import Cluster, started
from tests.kube.harbor_definitions import CERT_MANAGER, HARBOR_OPERATOR, install
from tests.kube.harbor_operator import install_operator
from tests.remote import harbor_stand_in
from tests.remote.serving import served


@pytest.fixture(scope="module")
def equipped():
    """A cluster with harbor-operator and cert-manager."""
    with started() as cluster:
        install(cluster, HARBOR_OPERATOR)
        install(cluster, CERT_MANAGER)
        install_operator(cluster)
        yield cluster


@pytest.fixture
async def place(site: Site, equipped: Cluster):
    api = PlatformClient(site).signed_in("admin", PASSWORD)
    await api.ok("POST", "clusters", {"name": HOME, "kubeconfig": equipped.kubeconfig()})
    return Place(site, api, equipped, await asyncio.to_thread(equipped.namespace))


def typed(place: Place, url: str = "http://harbor.example", **more: str) -> dict[str, str]:
    """The wizard, filled in: everything is outside, by names that only the cluster knows."""
    own = secrets.token_hex(4)
    return {
        "cluster": HOME,
        "namespace": place.namespace,
        "name": "team",
        "version": "2.6.4",
        "admin_password": harbor_stand_in.ADMIN_PASSWORD,
        "expose": "INGRESS",
        "external_url": url,
        "database": "EXTERNAL_MODE",
        "database_address": f"postgres://db-{own}.data.svc:5432",
        "database_user": "harbor",
        "database_password": "Database-pass1",
        "cache": "EXTERNAL_MODE",
        "cache_address": f"redis://cache-{own}.data.svc:6379",
        "storage": "S3",
        "endpoint": "http://minio.data.svc:9000",
        "bucket": f"images-{own}",
        "region": "us-east-1",
        "access_key": "access",
        "secret_key": "Storage-secret1",
        "replicas": "1",
    } | more


async def test_who_may_not_sees_nothing_of_it(signed_in, place):
    eve = await signed_in("eve")
    one = f"/managed/{HOME}/{place.namespace}/team"
    for path in ("/managed", "/managed/-/new", one, f"{one}/-/edit"):
        assert (await eve.visit(path)).status == 403, path
    for path in ("/managed/-/new", "/managed/-/preflight", *(f"{one}/-/{do}" for do in ("edit", "password"))):
        assert (await eve.post(path, **typed(place))).status == 403, path
    assert (await eve.post(f"{one}/-/delete", confirm="team")).status == 403


async def test_without_a_cluster_the_first_step_is_to_register_one(admin):
    page = await admin.get("/managed/-/new")
    assert "/clusters/-/new" in page.links
    assert "No managed Harbor yet" in (await admin.get("/managed")).text


class TestWizard:
    async def test_it_offers_what_the_cluster_has(self, admin, place):
        page = await admin.get("/managed/-/new")
        assert "2.6.4" in {one["value"] for one in page.all("option")}
        assert len(page.all("fieldset", data_step="")) == 3
        assert "harbor-operator is installed" in page.text
        assert page.one("datalist", id="namespace-known")

    async def test_checks_are_rows_that_turn_green(self, admin, place):
        await admin.get("/managed/-/new")
        page = await admin.post("/managed/-/preflight", **typed(place, namespace="nowhere"))
        rows = {one.text: one for one in page.all("li", class_="finding-red")}
        assert any("The namespace is there" in text for text in rows)
        page = await admin.post("/managed/-/preflight", **typed(place))
        assert not page.all("li", class_="finding-red")
        assert len(page.all("li", class_="finding-green")) >= 8
        made = page.one("div", id="summary").text
        assert "Secret team-admin" in made
        assert "Database-pass1" not in page.html

    async def test_what_is_not_filled_in_yet_is_said_and_the_cluster_looked_at(self, admin, place):
        await admin.get("/managed/-/new")
        page = await admin.post("/managed/-/preflight", **typed(place, database_address=""))
        assert "Not everything can be looked at yet" in page.html
        assert page.all("li", class_="finding-green")
        assert "Fill in the first two steps" in page.one("div", id="summary").text

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"name": "1team"}, "name"),
            ({"admin_password": "weak"}, "admin_password"),
            ({"database_address": ""}, "database_address"),
            ({"database_password": "it's"}, "database_password"),
            ({"cache_address": "nonsense"}, "cache_address"),
            ({"bucket": ""}, "bucket"),
            ({"external_url": ""}, "external_url"),
            ({"replicas": "many"}, "replicas"),
            ({"request_cpu": "much"}, "request_cpu"),
            ({"version": "1.0.0"}, "version"),
        ],
    )
    async def test_what_is_wrong_stands_at_its_field(self, admin, place, change, field):
        await admin.get("/managed/-/new")
        page = await admin.post("/managed/-/new", **typed(place, **change))
        assert page.status == 422
        assert page.one("div", id=f"{field}-error").text
        assert "Storage-secret1" not in page.html
        assert "No managed Harbor yet" in (await admin.get("/managed")).text

    async def test_what_is_in_the_way_makes_nothing(self, admin, place):
        await admin.get("/managed/-/new")
        fields = typed(place, storage="STORAGE_CLASS", storage_class="none-such", volume="1Gi")
        page = await admin.post("/managed/-/new", **fields)
        assert page.status == 422
        assert "none-such" in page.one("div", class_="alert-danger").text


async def test_a_whole_life(admin, place):
    stand_in = ManagedStandIn()
    one = f"/managed/{HOME}/{place.namespace}/team"
    async with served(stand_in.app()) as address, place.operator():
        url = address.replace("127.0.0.1", "localhost")
        await admin.get("/managed/-/new")
        made = await admin.post("/managed/-/new", **typed(place, url))
        assert made.location == one
        shown = await admin.get(one)
        assert "Creating" in shown.text
        assert shown.one("div", id="seen")["hx-get"] == one, "it looks again by itself"
        assert "Creating" in (await admin.get("/managed")).text
        await place.until("team", "HEALTHY")
        shown = await admin.get(one)
        assert "hx-get" not in shown.one("div", id="seen").attributes
        assert "/registries/team" in shown.links
        lights = [light.text for light in shown.all("span", class_="light-green")]
        assert lights.count("Healthy") >= 3

        edit = await admin.get(f"{one}/-/edit")
        assert edit.one("input", id="replicas")["value"] == "1"
        changed = await admin.post(
            f"{one}/-/edit", version="2.6.4", replicas="1", trivy="true", trivy_offline="true"
        )
        assert changed.location == one
        await place.until("team", "HEALTHY")
        assert "Trivy" in (await admin.get(one)).text
        lower = await admin.post(f"{one}/-/edit", version="2.5.6", replicas="1")
        assert lower.one("div", id="version-error").text

        other = {"admin_password": "Changed12345", "again": "Other12345"}
        assert (await admin.post(f"{one}/-/password", **other)).status == 422
        same = {"admin_password": "Changed12345", "again": "Changed12345"}
        assert (await admin.post(f"{one}/-/password", **same)).location == one
        await place.until("team", "HEALTHY")
        assert stand_in.password == "Changed12345"

        assert (await admin.post(f"{one}/-/check")).location == one
        assert (await admin.post(f"{one}/-/delete", confirm="other")).location == one
        assert (await admin.post(f"{one}/-/delete", confirm="team")).location == "/managed"
        assert "Deleting" in (await admin.get("/managed")).text
