"""Groups, members and robots: Harbor's words and statuses through the front door."""

import pytest

from kangaroo.base.names import ProjectName
from kangaroo.core.access import Profile
from tests.entrypoints.harbor.conftest import PASSWORD, Installation

PULL = {"resource": "repository", "action": "pull"}


@pytest.fixture
async def project(installation: Installation) -> int:
    """The project p, and the user alice."""
    access, projects = installation.wired.services.access, installation.wired.services.projects
    actor = await access.authenticate_basic("admin", PASSWORD, "test")
    await access.users.create(actor, "alice", PASSWORD, Profile("alice@example.com"))
    await projects.create(actor, ProjectName("p"))
    return (await projects.get(actor, ProjectName("p"))).id


def number(answer) -> int:
    assert answer.status == 201, answer.body
    return int(answer.headers["location"].rpartition("/")[2])


# groups


async def test_a_group_from_making_to_end(admin, anonymous) -> None:
    group = number(await admin("POST", "usergroups", {"group_name": "devs", "group_type": 3}))
    assert await admin.get(f"usergroups/{group}") == {"id": group, "group_name": "devs", "group_type": 3}
    assert (await admin("POST", "usergroups", {"group_name": "devs", "group_type": 3})).status == 409
    other = number(await admin("POST", "usergroups", {"group_name": "devs", "group_type": 2}))
    assert (await admin("PUT", f"usergroups/{other}", {"group_name": "ops"})).status == 200
    assert [one["group_name"] for one in await admin.get("usergroups")] == ["devs", "ops"]
    assert [one["id"] for one in await admin.get("usergroups?group_name=OP")] == [other]
    assert (await admin("GET", "usergroups?page_size=1")).headers["x-total-count"] == "2"
    found = [{"id": other, "group_name": "ops", "group_type": 2}]
    assert await admin.get("usergroups/search?groupname=op") == found
    assert (await admin("DELETE", f"usergroups/{group}")).status == 200
    for method in ("GET", "DELETE"):
        assert (await admin(method, f"usergroups/{group}")).status == 404
    assert (await admin("PUT", f"usergroups/{group}", {"group_name": "x"})).status == 404
    assert (await anonymous("GET", "usergroups/search?groupname=op")).status == 401


@pytest.mark.parametrize(
    "body",
    [
        {"group_name": "", "group_type": 3},
        {"group_name": "x", "group_type": 4},
        {"group_name": "x"},
        {"group_name": "x" * 256, "group_type": 3},
        {"group_name": "x", "group_type": 1, "ldap_group_dn": "cn=x"},  # there is no directory
    ],
)
async def test_what_is_no_group(admin, body) -> None:
    assert (await admin("POST", "usergroups", body)).status == 400


async def test_looking_for_groups_takes_a_name(admin) -> None:
    assert (await admin("GET", "usergroups/search")).status == 422
    assert (await admin("GET", "usergroups/search?groupname=")).status == 400


# members


async def test_a_member_from_joining_to_leaving(admin, project) -> None:
    body = {"role_id": 2, "member_user": {"username": "alice"}}
    made = await admin("POST", f"projects/{project}/members", body)
    assert made.headers["location"].startswith(f"/api/v2.0/projects/{project}/members/")
    member = number(made)
    found = await admin.get(f"projects/p/members/{member}")
    assert (found["entity_name"], found["entity_type"], found["role_id"]) == ("alice", "u", 2)
    assert (found["role_name"], found["project_id"], found["id"]) == ("developer", project, member)
    assert (await admin("PUT", f"projects/p/members/{member}", {"role_id": 4})).status == 200
    assert (await admin.get("projects/p/members?entityname=LIC"))[0]["role_name"] == "maintainer"
    assert (await admin("DELETE", f"projects/p/members/{member}")).status == 200
    for method, sent in (("GET", None), ("PUT", {"role_id": 1}), ("DELETE", None)):
        assert (await admin(method, f"projects/p/members/{member}", sent)).status == 404


async def test_a_group_as_member(admin, project) -> None:
    group = number(await admin("POST", "usergroups", {"group_name": "devs", "group_type": 3}))
    by_id = {"role_id": 1, "member_group": {"id": group}}
    member = number(await admin("POST", "projects/p/members", by_id))
    by_name = {"role_id": 3, "member_group": {"group_name": "devs", "group_type": 3}}
    assert (await admin("POST", "projects/p/members", by_name)).status == 409
    (found,) = await admin.get("projects/p/members?entityname=dev")
    assert (found["entity_type"], found["entity_id"], found["id"]) == ("g", group, member)
    assert (await admin("DELETE", f"usergroups/{group}")).status == 200
    assert (await admin("GET", f"projects/p/members/{member}")).status == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"role_id": 1}, 400),
        ({"role_id": 1, "member_user": {}, "member_group": {}}, 400),
        ({"role_id": 1, "member_user": {"user_id": 999}}, 400),
        ({"role_id": 1, "member_group": {"id": 999}}, 400),
        ({"role_id": 1, "member_user": {"username": "nobody"}}, 404),
        ({"role_id": 1, "member_user": {"username": "robot$x"}}, 404),
        ({"role_id": 1, "member_group": {"group_name": "unknown", "group_type": 3}}, 400),
        ({"role_id": 0, "member_user": {"username": "alice"}}, 400),
        ({"role_id": 6, "member_user": {"username": "alice"}}, 400),
        ({"role_id": 1, "member_user": {"username": "admin"}}, 409),
        ({"role_id": "x", "member_user": {"username": "admin"}}, 422),
    ],
)
async def test_who_cannot_join(admin, project, body, status) -> None:
    assert (await admin("POST", "projects/p/members", body)).status == status


# robots


def robot(name: str = "ci", level: str = "project", **changes: object) -> dict[str, object]:
    permission = {"kind": "project", "namespace": "p", "access": [PULL]}
    body = {"name": name, "level": level, "duration": 30, "permissions": [permission], "description": "d"}
    return body | changes


async def test_a_robot_from_making_to_end(admin, anonymous, project) -> None:
    answer = await admin("POST", "robots", robot())
    made = answer.json()
    assert number(answer) == made["id"]
    assert made["name"] == "robot$p+ci"
    found = await admin.get(f"robots/{made['id']}")
    assert found["permissions"] == [
        {"kind": "project", "namespace": "p", "access": [PULL | {"effect": "allow"}]}
    ]
    assert (found["level"], found["duration"], found["editable"], found["disable"]) == (
        "project",
        30,
        True,
        False,
    )
    assert found["expires_at"] == made["expires_at"] > 1_700_000_000
    signed_in = anonymous.signed_in("robot$p+ci", made["secret"])
    assert (await signed_in("GET", "users/current")).status == 412
    change = robot(found["name"], disable=True, duration=-1)
    assert (await admin("PUT", f"robots/{made['id']}", change)).status == 200
    found = await admin.get(f"robots/{made['id']}")
    assert (found["disable"], found["expires_at"], found["duration"]) == (True, -1, -1)
    assert (await signed_in("GET", "users/current")).status == 401
    for wrong in (robot("other"), robot(found["name"], level="system")):
        assert (await admin("PUT", f"robots/{made['id']}", wrong)).status == 400
    assert (await admin("DELETE", f"robots/{made['id']}")).status == 200
    for method, sent in (("GET", None), ("DELETE", None), ("PATCH", {"secret": ""})):
        assert (await admin(method, f"robots/{made['id']}", sent)).status == 404


async def test_secrets(admin, anonymous, project) -> None:
    made = (await admin("POST", "robots", robot())).json()
    path = f"robots/{made['id']}"
    fresh = (await admin("PATCH", path, {"secret": ""})).json()["secret"]
    assert fresh != made["secret"]
    assert (await anonymous.signed_in(made["name"], fresh)("GET", "users/current")).status == 412
    assert (await admin("PATCH", path, {"secret": "Chosen12345"})).json() == {}
    assert (await anonymous.signed_in(made["name"], "Chosen12345")("GET", "users/current")).status == 412
    assert (await admin("PATCH", path, {"secret": "weak"})).status == 400


async def test_lists_by_level(admin, project) -> None:
    for name in ("b", "a"):
        await admin("POST", "robots", robot(name))
        await admin("POST", "robots", robot(name, level="system", duration=-1))

    async def names(query: str) -> list[str]:
        return [one["name"] for one in await admin.get(f"robots?{query}")]

    assert await names("") == await names("q=Level%3Dsystem") == ["robot$a", "robot$b"]
    here = f"q=Level%3Dproject%2CProjectID%3D{project}"
    assert await names(here) == ["robot$p+a", "robot$p+b"]
    assert await names(f"{here}&sort=-name&page_size=1") == ["robot$p+b"]
    assert await names(f"{here}%2Cname%3D~%2Ba") in (["robot$p+a"], [])
    for query, status in (
        ("q=Level%3Dproject", 400),
        ("q=Level%3Dproject%2CProjectID%3Dx", 400),
        ("q=Level%3Dother", 400),
        ("q=Level%3Dproject%2CProjectID%3D999", 404),
    ):
        assert (await admin("GET", f"robots?{query}")).status == status


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"name": "A+B"}, 400),
        ({"level": "other"}, 400),
        ({"duration": -2}, 400),
        ({"permissions": []}, 400),
        ({"permissions": [{"kind": "project", "namespace": "p", "access": []}]}, 400),
        ({"permissions": [{"kind": "odd", "namespace": "p", "access": [PULL]}]}, 400),
        ({"permissions": [{"kind": "project", "namespace": "p", "access": [PULL | {"effect": "x"}]}]}, 400),
        ({"permissions": [{"kind": "project", "namespace": "p", "access": [PULL | {"action": "fly"}]}]}, 400),
        ({"permissions": [{"kind": "project", "namespace": "none", "access": [PULL]}]}, 404),
        ({"permissions": [{"kind": "project", "namespace": "N/o", "access": [PULL]}]}, 400),
        ({"duration": "long"}, 422),
    ],
    ids=str,
)
async def test_what_is_no_robot(admin, project, changes, status) -> None:
    assert (await admin("POST", "robots", robot(**changes))).status == status


async def test_names_are_taken_once(admin, project) -> None:
    assert (await admin("POST", "robots", robot())).status == 201
    assert (await admin("POST", "robots", robot())).status == 409


async def test_the_prefix_is_configured(installation, admin, anonymous, project) -> None:
    await installation.configure(robot_name_prefix="bot_", robot_token_duration=7)
    made = (await admin("POST", "robots", robot(duration=0))).json()
    assert made["name"] == "bot_p+ci"
    assert (await admin.get(f"robots/{made['id']}"))["duration"] == 7
    assert (await anonymous.signed_in("bot_p+ci", made["secret"])("GET", "users/current")).status == 412
