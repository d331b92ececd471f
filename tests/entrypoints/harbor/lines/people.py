"""Users, groups, members, robots, and those who know people elsewhere."""

from kangaroo.core.access import Profile
from tests.entrypoints.harbor.cast import EVERYBODY
from tests.entrypoints.harbor.conftest import PASSWORD
from tests.entrypoints.harbor.matrix import Ask, Line, Stage

SYSTEM = "systemrobot admin"
READERS = {"private": "PA M D G robots admin"}
KEEPERS = {"private": "PA robots admin"}
PULL = {"resource": "repository", "action": "pull"}


async def _user(stage: Stage) -> int:
    name = stage.fresh("user")
    access = stage.services.access
    return await access.users.create(stage.admin, name, PASSWORD, Profile(f"{name}@example.com"))


def user(method: str, below: str = "", body: dict[str, object] | None = None):
    async def ask(stage: Stage) -> Ask:
        return Ask(method, f"users/{await _user(stage)}{below}", body)

    return ask


async def new_user(stage: Stage) -> Ask:
    name = stage.fresh("user")
    body = {"username": name, "password": PASSWORD, "email": f"{name}@example.com", "realname": "X"}
    return Ask("POST", "users", body)


async def profile(stage: Stage) -> Ask:
    name = stage.fresh("user")
    return Ask("PUT", f"users/{await _user(stage)}", {"email": f"{name}@example.com", "realname": "Y"})


async def _group(stage: Stage) -> int:
    return await stage.services.access.groups.create(stage.admin, stage.fresh("group"), 3)


def group(method: str):
    async def ask(stage: Stage) -> Ask:
        identity = await _group(stage)
        body = {"group_name": stage.fresh("group")} if method == "PUT" else None
        return Ask(method, f"usergroups/{identity}", body)

    return ask


async def new_group(stage: Stage) -> Ask:
    return Ask("POST", "usergroups", {"group_name": stage.fresh("group"), "group_type": 3})


async def _group_member(stage: Stage) -> int:
    body = {"role_id": 3, "member_group": {"id": await _group(stage)}}
    answer = await stage.by_admin("POST", f"projects/{stage.project}/members", body)
    return int(answer.headers["location"].rpartition("/")[2])


async def new_member(stage: Stage) -> Ask:
    body = {"role_id": 2, "member_group": {"id": await _group(stage)}}
    return Ask("POST", f"projects/{stage.project}/members", body)


def member(method: str):
    async def ask(stage: Stage) -> Ask:
        body = {"role_id": 2} if method == "PUT" else None
        return Ask(method, f"projects/{stage.project}/members/{await _group_member(stage)}", body)

    return ask


def _robot_body(stage: Stage, name: str, level: str) -> dict[str, object]:
    permission = {"kind": "project", "namespace": str(stage.project), "access": [PULL]}
    return {"name": name, "level": level, "duration": -1, "permissions": [permission]}


def new_robot(level: str):
    async def ask(stage: Stage) -> Ask:
        return Ask("POST", "robots", _robot_body(stage, stage.fresh("robot"), level))

    return ask


def robot(method: str, level: str):
    async def ask(stage: Stage) -> Ask:
        body = _robot_body(stage, stage.fresh("robot"), level)
        made = (await stage.by_admin("POST", "robots", body)).json()
        sent = {"PUT": {**body, "name": made["name"]}, "PATCH": {"secret": ""}}.get(method)
        return Ask(method, f"robots/{made['id']}", sent)

    return ask


async def project_robots(stage: Stage) -> Ask:
    found = await stage.services.projects.get(stage.admin, stage.project)
    return Ask("GET", f"robots?q=Level%3Dproject%2CProjectID%3D{found.id}")


def posted(path: str, body: dict[str, object]):
    async def ask(_stage: Stage) -> Ask:
        return Ask("POST", path, body)

    return ask


LINES = (
    Line("listUsers", "GET users", system=SYSTEM),
    Line("createUser", new_user, ok=201, system=SYSTEM),
    Line(
        "getCurrentUserInfo",
        "GET users/current",
        system="stranger members admin",
        refused={"projectrobot": 412, "systemrobot": 412},
    ),
    Line("searchUsers", "GET users/search?username=admin", system="known"),
    Line("getUser", "GET users/1", system=SYSTEM),
    Line("updateUserProfile", profile, system=SYSTEM),
    Line("deleteUser", user("DELETE"), system=SYSTEM),
    Line("setUserSysAdmin", user("PUT", "/sysadmin", {"sysadmin_flag": True}), system="admin"),
    Line("updateUserPassword", user("PUT", "/password", {"new_password": "Another1234"}), system=SYSTEM),
    Line("getCurrentUserPermissions", "GET users/current/permissions?scope=/project/1", system="known"),
    Line(
        "setCliSecret",
        user("PUT", "/cli_secret", {"secret": PASSWORD}),
        system="",
        refused=dict.fromkeys(EVERYBODY, 412),
    ),
    Line("listUserGroups", "GET usergroups", system=SYSTEM),
    Line("createUserGroup", new_group, ok=201, system=SYSTEM),
    Line("searchUserGroups", "GET usergroups/search?groupname=x", system="known"),
    Line("getUserGroup", group("GET"), system=SYSTEM),
    Line("updateUserGroup", group("PUT"), system=SYSTEM),
    Line("deleteUserGroup", group("DELETE"), system=SYSTEM),
    Line("listProjectMembers", "GET projects/{project}/members", **READERS),
    Line("createProjectMember", new_member, ok=201, **KEEPERS),
    Line("getProjectMember", member("GET"), **READERS),
    Line("updateProjectMember", member("PUT"), **KEEPERS),
    Line("deleteProjectMember", member("DELETE"), **KEEPERS),
    Line("ListRobot", "GET robots", system=SYSTEM),
    Line("ListRobot", project_robots, **READERS),
    Line("CreateRobot", new_robot("system"), ok=201, system=SYSTEM),
    Line("CreateRobot", new_robot("project"), ok=201, **KEEPERS),
    Line("GetRobotByID", robot("GET", "system"), system=SYSTEM),
    Line("GetRobotByID", robot("GET", "project"), **READERS),
    Line("UpdateRobot", robot("PUT", "system"), system="admin"),
    Line("UpdateRobot", robot("PUT", "project"), private="PA admin"),
    Line("RefreshSec", robot("PATCH", "system"), system="admin"),
    Line("RefreshSec", robot("PATCH", "project"), private="PA admin"),
    Line("DeleteRobot", robot("DELETE", "system"), system=SYSTEM),
    Line("DeleteRobot", robot("DELETE", "project"), **KEEPERS),
    Line("getPermissions", "GET permissions", system="PA admin"),
    # Nothing is configured: who may gets that far.
    Line("pingLdap", posted("ldap/ping", {}), system="admin"),
    Line("searchLdapUser", "GET ldap/users/search?username=x", ok=400, system=SYSTEM),
    Line("searchLdapGroup", "GET ldap/groups/search?groupname=x", ok=400, system=SYSTEM),
    Line("importLdapUser", posted("ldap/users/import", {"ldap_uid_list": ["x"]}), ok=412, system=SYSTEM),
    Line("pingOIDC", posted("system/oidc/ping", {"url": "http://127.0.0.1:1"}), ok=400, system="admin"),
)
