"""Every noun over HTTP and in a data folder: what is made is shown, listed, changed and deleted."""

from pathlib import Path

import pytest

from tests.e2e.server import PASSWORD, Server
from tests.entrypoints.cli.conftest import Kangaroo

SECRET = f"{PASSWORD}\n"


def test_instances(kangaroo: Kangaroo, server: Server, unique: str) -> None:
    register = ("instance", "register", unique, server.url, "--type", "docker", "--username", "admin")
    made = kangaroo(*register, "--password-stdin", "--description", "d", "-o", "json", stdin=SECRET).json
    assert (made["name"], made["type"], made["credential"]["username"]) == (
        unique,
        "DOCKER_REGISTRY",
        "admin",
    )
    assert PASSWORD not in str(made)
    again = kangaroo(*register, "--password-stdin", stdin=SECRET)
    assert (again.code, "already" in again.err) == (5, True)
    assert unique in kangaroo("instance", "list", "-q").lines
    assert kangaroo("instance", "list", "--name", unique, "-o", "yaml").yaml[0]["name"] == unique
    assert kangaroo("instance", "check", unique, "-o", "json").json["health"]["state"] == "healthy"
    anonymous = kangaroo("instance", "update", unique, "--username", "")
    assert (anonymous.code, "credential" in anonymous.err) == (5, True)
    assert kangaroo("instance", "update", unique, "--description", "e").code == 0
    shown = kangaroo("instance", "show", unique, "-o", "json").json
    assert (shown["credential"]["username"], shown["detail"]["description"]) == ("admin", "e")
    assert kangaroo("instance", "delete", unique).code == 2  # nobody was asked
    assert kangaroo("instance", "delete", unique, "--yes").code == 0
    gone = kangaroo("instance", "show", unique)
    assert (gone.code, unique in gone.err) == (3, True)
    assert kangaroo("instance", "delete", "kangaroo", "--yes").code == 5  # the built-in one
    assert kangaroo("instance", "check", "kangaroo", "-o", "json").json["health"]["state"] == "healthy"


def test_a_registry_authority_comes_from_a_file(kangaroo: Kangaroo, unique: str) -> None:
    register = ("instance", "register", unique, "https://127.0.0.1:9", "--type", "docker")
    assert kangaroo(*register, "--registry-ca", "/nowhere.pem").code == 2
    refused = kangaroo(*register)
    assert (refused.code, "Check the port" in refused.err) == (6, True)
    assert kangaroo("instance", "register", unique, "https://127.0.0.1:9", "--type", "quay").code == 2


def test_spaces(kangaroo: Kangaroo, unique: str) -> None:
    assert kangaroo("space", "create", unique, "--quota", "10GiB").code == 0
    assert kangaroo("space", "create", unique).code == 5
    assert kangaroo("space", "create", f"{unique}-2", "--quota", "much").code == 2
    assert kangaroo("space", "create", "Not A Name").code == 2
    shown = kangaroo("space", "show", unique, "-o", "json").json
    assert (shown["public"], shown["details"]["quota"]["hard"]["storage"]) == (False, 10 << 30)
    assert "10.0 GiB" in kangaroo("space", "show", unique).out
    assert kangaroo("space", "update", unique, "--public", "--quota", "none").code == 0
    shown = kangaroo("space", "show", unique, "-o", "json").json
    assert (shown["public"], shown["details"]["quota"]["hard"]["storage"]) == (True, -1)
    assert kangaroo("space", "update", unique).code == 2
    assert kangaroo("space", "list", "--name", unique, "-q").lines == [unique]
    assert kangaroo("space", "delete", unique, "--yes").code == 0
    assert kangaroo("space", "show", unique).code == 3
    assert kangaroo("space", "list", "--registry", "nowhere").code == 3


def test_members_of_a_space(kangaroo: Kangaroo, unique: str) -> None:
    assert kangaroo("space", "create", unique).code == 0
    create = ("user", "create", unique, "--email", f"{unique}@example.test", "--password-stdin")
    assert kangaroo(*create, stdin=SECRET).code == 0
    assert kangaroo("space", "member", "add", unique, unique, "--role", "guest").code == 0
    assert kangaroo("space", "member", "add", unique, unique, "--role", "guest").code == 5
    assert kangaroo("space", "member", "role", unique, unique, "--role", "maintainer").code == 0
    found = kangaroo("space", "member", "list", unique, "-o", "json").json
    assert (unique, "maintainer") in [(one["entity_name"], one["role_name"]) for one in found]
    assert kangaroo("space", "member", "remove", unique, unique).code == 0
    assert kangaroo("space", "member", "remove", unique, unique).code == 3
    assert kangaroo("space", "member", "add", unique, "staff", "--group", "--role", "guest").code == 3


def test_workspaces_and_bindings(kangaroo: Kangaroo, unique: str) -> None:
    made = kangaroo("workspace", "create", unique, "--description", "d", "-o", "json").json
    number = str(made["workspaceId"])
    assert kangaroo("workspace", "create", unique).code == 5
    assert kangaroo("space", "create", unique).code == 0
    assert kangaroo("bind", unique, unique, "-o", "json").json[0]["alias"] == unique
    shown = kangaroo("workspace", "show", number, "-o", "json").json
    assert shown["resources"]["spaces"] == [f"kangaroo/{unique}"]
    assert kangaroo("workspace", "delete", unique, "--yes").code == 5  # it has a space
    assert kangaroo("unbind", unique, number, "-o", "json").json == []
    assert kangaroo("workspace", "update", unique, "--name", f"{unique}-new").code == 0
    assert kangaroo("workspace", "update", number).code == 2
    shown = kangaroo("workspace", "show", f"{unique}-new", "-o", "json").json
    assert shown["description"] == "d"
    assert kangaroo("workspace", "list", "--name", unique, "-q").lines == [f"{unique}-new"]
    assert kangaroo("workspace", "delete", number, "--yes").code == 0
    assert kangaroo("workspace", "show", unique).code == 3
    assert kangaroo("bind", unique, unique).code == 3


def test_members_of_a_workspace(kangaroo: Kangaroo, unique: str) -> None:
    assert kangaroo("workspace", "create", unique).code == 0
    create = ("user", "create", unique, "--email", f"{unique}@example.test", "--password-stdin")
    assert kangaroo(*create, stdin=SECRET).code == 0
    member = ("workspace", "member")
    assert kangaroo(*member, "add", unique, unique, "--role", "viewer").code == 0
    assert kangaroo(*member, "add", unique, unique, "--role", "viewer").code == 5
    assert kangaroo(*member, "add", unique, unique, "--role", "king").code != 0
    assert kangaroo(*member, "role", unique, unique, "--role", "admin").code == 0
    (one,) = kangaroo(*member, "list", unique, "-o", "json").json
    assert (one["memberName"], one["roleName"]) == (unique, "Workspace Admin")
    assert kangaroo(*member, "remove", unique, unique).code == 0
    assert kangaroo(*member, "remove", unique, unique).code == 3


def test_users(kangaroo: Kangaroo, nobody: Kangaroo, server: Server, unique: str, tmp_path: Path) -> None:
    nobody = nobody.on(XDG_CONFIG_HOME=str(tmp_path / "another"))
    create = ("user", "create", unique, "--email", f"{unique}@example.test", "--password-stdin", "--admin")
    assert kangaroo(*create, stdin="weak\n").code == 2
    assert kangaroo(*create, stdin=SECRET).code == 0
    assert kangaroo(*create, stdin=SECRET).code == 5
    shown = kangaroo("user", "show", unique, "-o", "json").json
    assert (shown["realname"], shown["sysadmin_flag"]) == (unique, True)
    assert kangaroo("user", "admin", unique, "--off").code == 0
    assert kangaroo("user", "show", unique, "-o", "json").json["sysadmin_flag"] is False
    assert kangaroo("user", "password", unique, "--password-stdin", stdin="An0therOne\n").code == 0
    login = ("login", server.url, "-u", unique, "--password-stdin", "--name", unique)
    assert nobody(*login, stdin="An0therOne\n").code == 0
    assert nobody("user", "list", "--context", unique).code == 4
    own = ("user", "password", unique, "--password-stdin", "--context", unique)
    assert nobody(*own, stdin="An0therOne\nYetAn0ther\n").code == 0
    assert unique in kangaroo("user", "list", "-q").lines
    assert kangaroo("user", "delete", unique, "--yes").code == 0
    assert kangaroo("user", "show", unique).code == 3


def test_robots(kangaroo: Kangaroo, unique: str) -> None:
    assert kangaroo("space", "create", unique).code == 0
    made = kangaroo("robot", "create", unique, "--space", unique, "--push", "--days", "3", "-o", "json").json
    assert made["name"] == f"robot${unique}+{unique}"
    assert made["secret"]
    (one,) = kangaroo("robot", "list", "--space", unique, "-o", "json").json
    rights = {(right["resource"], right["action"]) for right in one["permissions"][0]["access"]}
    assert rights == {("repository", "pull"), ("repository", "push")}
    renewed = kangaroo("robot", "secret", made["name"], "--space", unique, "-o", "json").json
    assert renewed["secret"] not in ("", made["secret"])
    assert kangaroo("robot", "delete", made["name"], "--space", unique, "--yes").code == 0
    assert kangaroo("robot", "show", made["name"], "--space", unique).code == 3
    wide = kangaroo("robot", "create", unique, "--space", "*", "--access", "tag:list", "-o", "json").json
    shown = kangaroo("robot", "show", wide["name"], "-o", "json").json
    assert (shown["level"], shown["duration"]) == ("system", -1)
    assert kangaroo("robot", "delete", str(wide["id"]), "--yes").code == 0
    assert kangaroo("robot", "create", unique, "--space", unique, "--access", "tag").code == 2


def test_tokens(kangaroo: Kangaroo, unique: str) -> None:
    made = kangaroo("token", "create", unique, "-o", "json").json
    assert made["token"].startswith("kgr_")
    assert kangaroo("token", "create", unique).code == 5
    assert unique in kangaroo("token", "list", "-q").lines
    assert made["token"] not in kangaroo("token", "list", "-o", "json").out
    assert kangaroo("token", "revoke", unique).code == 2
    assert kangaroo("token", "revoke", str(made["id"]), "--yes").code == 0
    assert kangaroo("token", "revoke", unique, "--yes").code == 3


@pytest.mark.parametrize("language", ["C.UTF-8", "zh_CN.UTF-8"])
def test_people_are_told_in_their_language(kangaroo: Kangaroo, language: str) -> None:
    somebody = kangaroo.on(LANG=language)
    chinese = language.startswith("zh")
    assert ("名称" if chinese else "NAME") in somebody("instance", "list").lines[0]
    failed = somebody("instance", "show", "nowhere")
    assert (failed.code, ("不存在" if chinese else "not found") in failed.err) == (3, True)


def test_collecting_garbage(nobody: Kangaroo, server: Server, tmp_path: Path) -> None:
    data = ("--data", server.settings.data)
    planned = nobody("gc", "--dry-run", "--json", *data).json
    assert set(planned) == {"links", "blobs", "manifests", "bytes"}
    assert "would go" in nobody("gc", "--dry-run", *data).out
    assert "freed" in nobody("gc", *data).out
    nowhere = nobody("gc", "--data", tmp_path / "typo")
    assert (nowhere.code, "holds no database" in nowhere.err) == (1, True)
