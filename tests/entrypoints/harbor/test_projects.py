"""Tag project through the front door: statuses, places, texts and shapes as Harbor has them."""

import pytest

from kangaroo.base.names import ProjectName
from kangaroo.core.access import Profile
from tests.entrypoints.harbor.client import HarborClient
from tests.entrypoints.harbor.conftest import PASSWORD, Installation
from tests.entrypoints.harbor.lines.projects import full_project
from tests.entrypoints.harbor.matrix import Stage

RETENTION = (
    "bad request: the retention_id in the request's payload when creating a project should be omitted, "
    "alternatively passing an empty string"
)


def error(answer) -> tuple[int, str, str]:
    one = answer.json()["errors"][0]
    return answer.status, one["code"], one["message"]


async def new_user(admin: HarborClient, installation: Installation, name: str) -> HarborClient:
    access = installation.wired.services.access
    actor = await access.authenticate_basic("admin", PASSWORD, "test")
    await access.users.create(actor, name, PASSWORD, Profile(f"{name}@example.com"))
    return admin.signed_in(name, PASSWORD)


async def test_a_project_from_making_to_deleting(admin: HarborClient) -> None:
    body = {"project_name": "app", "metadata": {"public": "true", "severity": "High"}, "storage_limit": 5000}
    made = await admin("POST", "projects", body)
    assert (made.status, made.body) == (201, b"")
    place = made.headers["location"]
    identity = int(place.rsplit("/", 1)[1])
    assert place == f"/api/v2.0/projects/{identity}"
    by_id, by_name = await admin.get(f"projects/{identity}"), await admin.get("projects/app")
    assert by_id == by_name
    created = by_id.pop("creation_time")
    assert created == by_id.pop("update_time")
    assert by_id == {
        "project_id": identity,
        "name": "app",
        "owner_id": 1,
        "owner_name": "admin",
        "current_user_role_id": 1,
        "current_user_role_ids": [1],
        "repo_count": 0,
        "metadata": {"public": "true", "severity": "high"},
        "cve_allowlist": {
            "id": identity,
            "project_id": identity,
            "items": [],
            "creation_time": "0001-01-01T00:00:00.000Z",
            "update_time": "0001-01-01T00:00:00.000Z",
        },
    }
    assert (await admin("HEAD", "projects?project_name=app")).status == 200
    assert await admin.get("projects/app/_deletable") == {"deletable": True}
    gone = await admin("DELETE", "projects/app")
    assert (gone.status, gone.body) == (200, b"")
    assert (await admin("GET", "projects/app")).status == 404
    assert (await admin("HEAD", "projects?project_name=app")).status == 404


async def test_the_name_in_location_when_asked_for(admin: HarborClient) -> None:
    named = admin.with_headers(X_Resource_Name_In_Location="true")
    made = await named("POST", "projects", {"project_name": "123"})
    assert made.headers["location"] == "/api/v2.0/projects/123"
    assert (await admin("GET", "projects/123")).status == 404  # digits are an id
    by_name = admin.with_headers(X_Is_Resource_Name="true")
    assert (await by_name.get("projects/123"))["name"] == "123"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"project_name": "library"}, (409, "CONFLICT", "project library already exists")),
        (
            {"project_name": "UPPER"},
            (400, "BAD_REQUEST", "project name is not in lower case or contains illegal characters"),
        ),
        ({}, (400, "BAD_REQUEST", "project name is not in lower case or contains illegal characters")),
        (
            {"project_name": "p", "metadata": {"public": "maybe"}},
            (400, "BAD_REQUEST", "invalid value: maybe"),
        ),
        ({"project_name": "p", "metadata": {"severity": "x"}}, (400, "BAD_REQUEST", "invalid value: x")),
        (
            {"project_name": "p", "storage_limit": -5},
            (400, "BAD_REQUEST", "bad request: invalid value for resource storage"),
        ),
        (
            {"project_name": "p", "metadata": {"retention_id": "7"}},
            (400, "BAD_REQUEST", RETENTION),
        ),
        ({"project_name": "p", "registry_id": 9}, (404, "NOT_FOUND", "registry 9 not found")),
    ],
)
async def test_refused_projects(admin: HarborClient, body, expected) -> None:
    assert error(await admin("POST", "projects", body)) == expected


@pytest.mark.parametrize(
    "body",
    [
        {"project_name": "p" * 256},
        {"project_name": 5},
        {"project_name": "p", "metadata": {"public": True}},
        {"project_name": "p", "storage_limit": 1 << 70},
        [],
    ],
)
async def test_what_is_no_project_at_all(installation: Installation, body) -> None:
    client = HarborClient(installation, judged=False).signed_in("admin", PASSWORD)
    assert (await client("POST", "projects", body)).status == 422


async def test_old_harbors_say_public_in_another_place(admin: HarborClient) -> None:
    for name, body, public in (
        ("a", {"public": True}, "true"),
        ("b", {"public": True, "metadata": {"public": "false"}}, "false"),
        ("c", {"metadata": {"public": "", "auto_scan": ""}}, "false"),
        ("d", {"metadata": None}, "false"),
    ):
        assert (await admin("POST", "projects", {"project_name": name, **body})).status == 201
        assert (await admin.get(f"projects/{name}"))["metadata"] == {"public": public}


async def test_the_refusal_clients_compare(
    admin: HarborClient, anonymous: HarborClient, installation: Installation
) -> None:
    alice = await new_user(anonymous, installation, "alice")
    await installation.configure(project_creation_restriction="adminonly")
    answer = await alice("POST", "projects", {"project_name": "p"})
    assert answer.status == 403
    assert answer.body == (
        b'{"errors":[{"code":"FORBIDDEN","message":"Only system admin can create project"}]}\n'
    )
    proxy = {"project_name": "p", "registry_id": 1}
    await installation.configure(project_creation_restriction="everyone")
    assert error(await alice("POST", "projects", proxy)) == (
        403,
        "FORBIDDEN",
        "Only system admin can create proxy cache project",
    )
    assert (await anonymous("POST", "projects", {"project_name": "p"})).status == 401


async def test_lists(admin: HarborClient, anonymous: HarborClient, installation: Installation) -> None:
    alice = await new_user(anonymous, installation, "alice")
    for name in ("app-1", "app-2"):
        await alice("POST", "projects", {"project_name": name})

    async def names(client: HarborClient, query: str) -> list[str]:
        return [project["name"] for project in await client.get(f"projects?{query}")]

    assert await names(anonymous, "") == ["library"]
    assert await names(anonymous, "public=false") == []
    assert await names(alice, "") == ["app-1", "app-2", "library"]
    assert await names(alice, "public=false") == ["app-1", "app-2"]
    assert await names(alice, "public=true") == ["library"]
    assert await names(alice, "public=") == ["app-1", "app-2", "library"]
    assert await names(alice, "name=APP&sort=-name") == ["app-2", "app-1"]
    assert await names(admin, "owner=alice") == ["app-1", "app-2"]
    assert await names(admin, "q=name=%7B%27app-1%27%20%27library%27%7D&with_detail=false") == [
        "app-1",
        "library",
    ]
    page = await admin("GET", "projects?page_size=2&page=2&name=")
    assert page.headers["x-total-count"] == "3"
    assert page.headers["link"] == '</api/v2.0/projects?name=&page=1&page_size=2>; rel="prev"'
    assert [project["name"] for project in page.json()] == ["library"]
    assert (await admin("GET", "projects?page_size=101")).status == 422
    assert (await admin("GET", "projects?q=name")).status == 400
    brief = (await admin.get("projects?name=library&with_detail=false"))[0]
    assert not {"metadata", "cve_allowlist", "owner_name"} & set(brief)


async def test_updates(admin: HarborClient) -> None:
    identity = (await admin.get("projects/library"))["project_id"]
    body = {
        "project_name": "ignored",
        "metadata": {"auto_scan": "1", "proxy_speed_kb": "x", "reuse_sys_cve_allowlist": "false"},
        "cve_allowlist": {
            "project_id": identity,
            "items": [{"cve_id": "CVE-1"}],
            "expires_at": 1_900_000_000,
        },
        "storage_limit": 5,
    }
    answer = await admin("PUT", "projects/library", body)
    assert (answer.status, answer.body) == (200, b"")
    found = await admin.get("projects/library")
    assert found["metadata"] == {"public": "true", "auto_scan": "true", "reuse_sys_cve_allowlist": "false"}
    assert found["cve_allowlist"]["items"] == [{"cve_id": "CVE-1"}]
    assert found["cve_allowlist"]["expires_at"] == 1_900_000_000
    assert found["cve_allowlist"]["update_time"] > "2020"
    wrong = {"cve_allowlist": {"project_id": identity + 1, "items": []}}
    assert error(await admin("PUT", "projects/library", wrong)) == (
        400,
        "BAD_REQUEST",
        f"project_id in cve_allowlist must be {identity} but it's {identity + 1}",
    )
    retention = {"metadata": {"retention_id": "3"}}
    assert error(await admin("PUT", "projects/library", retention))[2].startswith("the retention_id in the")
    far = {"cve_allowlist": {"items": [], "expires_at": 1 << 60}}
    assert (await admin("PUT", "projects/library", far)).status == 422


async def test_a_full_project_stays(admin: HarborClient, installation: Installation) -> None:
    actor = await installation.wired.services.access.authenticate_basic("admin", PASSWORD, "test")
    await full_project(Stage(ProjectName("library"), installation.wired.services, actor, admin))
    message = "the project contains repositories, can not be deleted"
    assert error(await admin("DELETE", "projects/library")) == (412, "PRECONDITION", message)
    assert await admin.get("projects/library/_deletable") == {"message": message}
    summary = await admin.get("projects/library/summary")
    assert summary["repo_count"] == 1
    assert summary["quota"]["hard"] == {"storage": -1}
    assert summary["quota"]["used"]["storage"] > 0
    assert "guest_count" not in summary


async def test_a_stranger_cannot_tell_what_exists(
    anonymous: HarborClient, admin: HarborClient, installation: Installation
) -> None:
    alice = await new_user(anonymous, installation, "alice")
    await admin("POST", "projects", {"project_name": "closed"})
    hidden = (await admin.get("projects/closed"))["project_id"]
    for path in ("closed", "nowhere", str(hidden), "999", "closed/summary", "nowhere/summary"):
        assert (await alice("GET", f"projects/{path}")).status == 403, path
        assert (await anonymous("GET", f"projects/{path}")).status == 401, path
    for path in ("nowhere", "999", "NO%20NAME", "nowhere/summary", "nowhere/_deletable"):
        assert (await admin("GET", f"projects/{path}")).status == 404, path
    assert (await anonymous("HEAD", "projects?project_name=closed")).status == 401
    assert (await alice("HEAD", "projects?project_name=closed")).status == 200
    assert (await alice("HEAD", "projects?project_name=NO%20NAME")).status == 404
    assert (await alice("HEAD", "projects")).status == 422
