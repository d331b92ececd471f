"""Images: as files up and down, listed, shown, as a tree, copied and deleted; from a workspace and as administrator."""

import json
import subprocess
import tarfile
from pathlib import Path

import httpx
import pytest

from tests import tools
from tests.e2e.server import PASSWORD, Server
from tests.entrypoints.cli.conftest import Kangaroo
from tests.remote.serving import docker_registry


def _uploaded(member: Kangaroo, archive: Path, image: str) -> str:
    """The digest."""
    (one,) = member("image", "upload", archive, image, "-o", "json").json
    assert one["error"] is None
    return str(one["digest"])


def test_up_and_down(member: Kangaroo, unique: str, archive: Path, tmp_path: Path) -> None:
    digest = _uploaded(member, archive, f"{unique}/app:1")
    again = member("image", "upload", archive, unique)
    assert (again.code, "what the image" in again.err) == (2, True)
    assert member("image", "upload", tmp_path / "nowhere", unique).code == 2
    (tmp_path / "text").write_text("no archive")
    assert member("image", "upload", tmp_path / "text", f"{unique}/app:2").code == 2
    assert member("image", "upload", archive, "library/app:1").code in (3, 4)

    file = tmp_path / "down.tar"
    assert member("image", "download", f"{unique}/app:1", file).code == 0
    with tarfile.open(file) as tar:
        assert f"blobs/sha256/{digest.removeprefix('sha256:')}" in tar.getnames()
    there = member("image", "download", f"{unique}/app:1", file)
    assert (there.code, str(file) in there.err) == (5, True)
    one = member(
        "image", "download", f"{unique}/app@{digest}", tmp_path / "one.tar", "--platform", "linux/arm64"
    )
    assert one.code == 0
    docker = ("--format", "docker", "--platform", "linux/amd64")
    assert member("image", "download", f"{unique}/app:1", tmp_path / "docker.tar", *docker).code == 0
    with tarfile.open(tmp_path / "docker.tar") as tar:
        assert "manifest.json" in tar.getnames()
    assert member("image", "download", f"{unique}/app:7", tmp_path / "none.tar").code == 3
    assert member("image", "download", f"{unique}/app", tmp_path / "none.tar").code == 2
    assert member("image", "download", f"{unique}/app:1", tmp_path / "none" / "x.tar").code == 1
    assert sorted(path.name for path in tmp_path.glob("*.tar*")) == ["docker.tar", "down.tar", "one.tar"]


def test_seen_from_a_workspace(member: Kangaroo, unique: str, archive: Path) -> None:
    digest = _uploaded(member, archive, f"{unique}/deep/app:1")
    inside = ("--workspace", unique)
    assert member("image", "list", unique, "-q", *inside).lines == ["deep/app"]
    assert member("image", "list", *inside).code == 2
    assert member("image", "show", f"{unique}/deep/app", "-o", "json", *inside).json["tagCount"] == "1"
    assert member("image", "show", f"{unique}/deep/app:1", "-o", "json", *inside).json["digest"] == digest
    assert member("image", "tags", f"{unique}/deep/app", "-q", *inside).lines == ["1"]
    tree = member("image", "tree", f"{unique}/deep/app:1", *inside).out
    assert digest in tree
    assert "linux/arm64" in tree
    refused = member("image", "delete", f"{unique}/deep/app:1", "--yes", *inside)
    assert (refused.code, digest in refused.err) == (2, True)
    assert member("image", "delete", f"{unique}/deep/app@{digest}", "--yes", *inside).code == 0
    assert member("image", "show", f"{unique}/deep/app:1", *inside).code == 3
    assert member("image", "list", unique, "--workspace", "nowhere").code == 3


def test_seen_by_the_administrator(
    member: Kangaroo, nobody: Kangaroo, server: Server, unique: str, archive: Path
) -> None:
    digest = _uploaded(member, archive, f"{unique}/app:1")
    for place in ({"KANGAROO_CONTEXT": "admin"}, {"KANGAROO_DATA": str(server.settings.data)}):
        admin = nobody.on(**place)
        assert f"{unique}/app" in admin("image", "list", "-q").lines
        assert admin("image", "list", unique, "--name", "zzz", "-q").lines == []
        shown = admin("image", "show", f"{unique}/app:1", "-o", "yaml").yaml
        assert shown["digest"] == digest
        tree = admin("image", "tree", f"{unique}/app:1", "-o", "json").json
        assert {child["platform"] for child in tree["children"]} == {"linux/amd64", "linux/arm64"}
        assert all(child["size"] for child in tree["children"])
    admin = nobody.on(KANGAROO_CONTEXT="admin")
    assert admin("image", "copy", f"{unique}/app:1", f"{unique}/other:9").code == 0
    assert admin("image", "copy", f"{unique}/app:1", f"{unique}/other:9").code == 0
    assert "9" in admin("image", "tags", f"{unique}/other", "-q").lines
    assert admin("image", "copy", f"{unique}/app", f"{unique}/other:9").code == 2
    assert admin("image", "copy", f"{unique}/app:7", f"{unique}/other:9").code == 3
    assert admin("image", "delete", f"{unique}/other:9", "--yes").code == 0
    assert admin("image", "tags", f"{unique}/other", "-q").lines == ["1"]
    assert admin("image", "delete", f"{unique}/other@{digest}", "--yes").code == 0
    assert admin("image", "tags", f"{unique}/other", "-q").lines == []
    assert admin("image", "delete", f"{unique}/other").code == 2
    assert admin("image", "delete", f"{unique}/other", "--yes").code == 0
    assert admin("image", "show", f"{unique}/other").code == 3
    assert admin("image", "show", "nothing").code == 2


def test_copied_to_another_registry(member: Kangaroo, server: Server, unique: str, archive: Path) -> None:
    digest = _uploaded(member, archive, f"{unique}/app:1")
    here = (f"{unique}/app:1", f"{unique}/other:9")
    assert member("image", "copy", f"{unique}/app:1", f"{unique}/other", "-w", unique).code == 2
    assert member("image", "copy", *here, "-w", unique, "--to-registry", "nowhere").code == 3
    (one,) = member("image", "copy", *here, "-w", unique, "-o", "json").json
    assert (one["repository"], one["tag"], one["digest"]) == ("other", "9", digest)
    assert member("image", "tags", f"{unique}/other", "-q", "-w", unique).lines == ["9"]


def test_lists_are_sorted_and_cut(member: Kangaroo, unique: str, archive: Path) -> None:
    for name in ("b", "c", "a"):
        _uploaded(member, archive, f"{unique}/{name}:1")
    listed = ("image", "list", unique, "-q", "-w", unique)
    assert member(*listed, "--sort", "name").lines == ["a", "b", "c"]
    assert member(*listed, "--sort", "-name", "--limit", "2").lines == ["c", "b"]
    assert len(member(*listed, "--limit", "1").lines) == 1
    wrong = member(*listed, "--sort", "colour")
    assert (wrong.code, "pulls" in wrong.err) == (2, True)
    assert member(*listed, "--limit", "-1").code == 2


def test_a_command_to_push_with(member: Kangaroo, unique: str, server: Server) -> None:
    image = f"{unique}/app:2"
    for tool in ("docker", "podman", "nerdctl", "containerd", "skopeo"):
        said = member("push-command", image, "--tool", tool)
        assert said.code == 0, said.err
        assert f"{server.host}/{image}" in said.out
    assert f"oci://{server.host}/{unique}" in member("push-command", image, "--tool", "helm").out
    told = member("push-command", image, "-w", unique, "--seconds", "60", "-o", "json").json
    assert told["spaces"] == [unique]
    assert member("push-command", image, "--seconds", "5").code == 2
    assert member("push-command", image, "--context", "admin", "-w", unique).code == 4


@pytest.fixture
def saved(archive: Path, tmp_path: Path) -> Path:
    """One of its platforms as skopeo writes it."""
    made = tmp_path / "saved.tar"
    goal = f"docker-archive:{made}:example.test/app:1"
    skopeo = str(tools.require("skopeo"))
    subprocess.run([skopeo, "copy", "--override-arch", "arm64", f"oci-archive:{archive}", goal], check=True)
    return made


class TestByRights:
    """From no workspace."""

    def test_the_administrator_up_and_down(
        self, kangaroo: Kangaroo, unique: str, saved: Path, tmp_path: Path
    ) -> None:
        assert kangaroo("space", "create", unique).code == 0
        (one,) = kangaroo("image", "upload", saved, unique, "-o", "json").json
        assert (one["repository"], one["tag"], one["error"]) == ("app", "1", None)
        for form, transport in (("docker", "docker-archive"), ("oci", "oci-archive")):
            file = tmp_path / f"{form}.tar"
            said = kangaroo("image", "download", f"{unique}/app:1", file, "--format", form)
            assert said.code == 0, said.err
            skopeo = [str(tools.require("skopeo")), "inspect", f"{transport}:{file}"]
            seen = json.loads(subprocess.run(skopeo, check=True, capture_output=True).stdout)
            assert seen["Architecture"] == "arm64"
        assert kangaroo("image", "upload", saved, f"{unique}-not").code == 3
        assert kangaroo("image", "download", f"{unique}/app:2", tmp_path / "none.tar").code == 3

    def test_by_the_role_in_the_space(
        self, nobody: Kangaroo, server: Server, unique: str, archive: Path, tmp_path: Path
    ) -> None:
        admin = nobody.login(server)
        password = f"{PASSWORD}\n"
        for step in (
            ("space", "create", unique),
            ("user", "create", unique, "--email", f"{unique}@example.test", "--password-stdin"),
            ("space", "member", "add", unique, unique, "--role", "guest"),
        ):
            assert admin(*step, stdin=password).code == 0, step
        _uploaded(admin, archive, f"{unique}/app:1")
        own = admin.login(server, unique)
        assert own("image", "upload", archive, f"{unique}/app:2").code == 4
        assert own("image", "download", f"{unique}/app:1", tmp_path / "app.tar").code == 0

    def test_a_workspace_that_has_not_the_space_does_not_stand_in_the_way(
        self, member: Kangaroo, unique: str, archive: Path
    ) -> None:
        """He sees one workspace, and pushes elsewhere by his role; refused, he learns of workspaces."""
        other = f"{unique}-2"
        admin = ("--context", "admin")
        assert member("space", "create", other, *admin).code == 0
        refused = member("image", "upload", archive, f"{other}/app:1")
        assert (refused.code, "--workspace" in refused.err) == (4, True)
        assert member("space", "member", "add", other, unique, "--role", "developer", *admin).code == 0
        _uploaded(member, archive, f"{other}/app:1")
        # Nor does one in which he may look, and no more.
        assert member("workspace", "member", "remove", unique, unique, *admin).code == 0
        assert member("workspace", "member", "add", unique, unique, "--role", "viewer", *admin).code == 0
        assert member("image", "upload", archive, f"{unique}/app:1").code == 4
        assert member("space", "member", "add", unique, unique, "--role", "developer", *admin).code == 0
        _uploaded(member, archive, f"{unique}/app:1")

    def test_at_another_registry(
        self, member: Kangaroo, server: Server, unique: str, archive: Path, saved: Path, tmp_path: Path
    ) -> None:
        """One of the platform's by the platform's points; one that the workspace connected, as its member."""
        admin = ("--context", "admin")
        assert member("workspace", "member", "remove", unique, unique, *admin).code == 0
        assert member("workspace", "member", "add", unique, unique, "--role", "admin", *admin).code == 0
        own = f"{unique}-own"
        (tmp_path / "registry").mkdir()
        with docker_registry(tmp_path / "registry") as url:
            skopeo = [str(tools.require("skopeo")), "copy", "--dest-tls-verify=false"]
            target = f"docker://{url.partition('://')[2]}/team/first:1"
            subprocess.run([*skopeo, f"docker-archive:{saved}", target], check=True)
            assert member("instance", "register", unique, url, "--type", "docker", *admin).code == 0
            assert member("image", "upload", archive, "team/app:1", "-r", unique).code == 4
            assert member("image", "upload", archive, "team/app:1", "-r", unique, *admin).code == 0
            here = tmp_path / "app.tar"
            assert member("image", "download", "team/app:1", here, "-r", unique).code == 0
            [place] = member("workspace", "list", "--name", unique, "-o", "json").json
            httpx.post(
                f"{server.url}/apis/kangaroo.io/v1alpha1/workspaces/{place['workspaceId']}/registries",
                json={"name": own, "type": "DOCKER_REGISTRY", "url": url},
                auth=(unique, PASSWORD),
            ).raise_for_status()
            assert member("image", "upload", archive, "team/app:2", "-r", own).code == 0
            assert member("image", "download", "team/app:2", tmp_path / "2.tar", "-r", own).code == 0
            assert member("image", "upload", archive, "team/app:2", "-r", own, *admin).code == 3
