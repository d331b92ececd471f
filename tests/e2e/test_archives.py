"""Archives that real programs wrote are uploaded with curl; what is downloaded is loaded by them again."""

import gzip
import json
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kangaroo.base.digests import Digest
from kangaroo.base.media_types import DOCKER_MANIFEST
from tests.e2e.clients import Client, Engine, Layout, image
from tests.e2e.daemons import dockerd
from tests.e2e.server import PASSWORD, Server
from tests.remote.serving import docker_registry

pytestmark = pytest.mark.clients
LOGIN = ("-u", f"admin:{PASSWORD}")
CREDENTIAL = f"admin:{PASSWORD}"


@dataclass(frozen=True)
class Place:
    """A workspace as its editor reaches it: with a space of the built-in registry, by the name of the test."""

    curl: Client
    server: Server
    workspace: int
    space: str

    def call(self, method: str, path: str, body: object = None) -> Any:
        words = () if body is None else ("-H", "Content-Type: application/json", "-d", json.dumps(body))
        url = f"{self.server.url}/apis/kangaroo.io/v1alpha1/{path}"
        return json.loads(self.curl("-sS", "--fail-with-body", *LOGIN, "-X", method, *words, url))

    def projects(self, registry: str = "kangaroo", space: str = "") -> str:
        base = f"{self.server.url}/apis/kangaroo.io/v1alpha1/workspaces/{self.workspace}"
        return f"{base}/registries/{registry}/projects/{space or self.space}"

    def upload(self, archive: Path, query: str = "", at: str = "") -> list[dict[str, Any]]:
        url = f"{at or self.projects()}/archives{query}"
        answer = self.curl("-sS", "--fail-with-body", *LOGIN, "-X", "POST", "-T", archive, url)
        items: list[dict[str, Any]] = json.loads(answer)["items"]
        assert [one["error"] for one in items] == [None] * len(items)
        return items

    def download(self, image_: str, query: str = "", at: str = "") -> Path:
        """By the name within the space, with its tag or digest."""
        name, _, reference = image_.partition("@") if "@" in image_ else image_.partition(":")
        path = f"repositories/{name.replace('/', '%2F')}/artifacts/{reference}/archive"
        target = self.curl.home / "downloaded.tar"
        target.unlink(missing_ok=True)
        self.curl("-sS", "--fail-with-body", *LOGIN, "-o", target, f"{at or self.projects()}/{path}{query}")
        return target

    def pulled(self, image_: str) -> Layout:
        """By skopeo, with all its platforms."""
        found = Layout(self.curl.home / "pulled")
        where = f"docker://{self.server.host}/{self.space}/{image_}"
        skopeo(self)("copy", "--all", "--src-tls-verify=false", "--src-creds", CREDENTIAL, where, found.oci)
        return found

    def pulled_as_it_is(self, image_: str) -> "Folder":
        where = f"docker://{self.server.host}/{self.space}/{image_}"
        return copied(self, "--src-tls-verify=false", "--src-creds", CREDENTIAL, where)


@dataclass(frozen=True)
class Folder:
    """An image as skopeo's `dir:` has it, in which nothing is made something else."""

    path: Path

    @property
    def digest(self) -> Digest:
        return Digest.of((self.path / "manifest.json").read_bytes())

    @property
    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.path / "manifest.json").read_bytes())
        return found

    @property
    def config(self) -> str:
        digest: str = self.manifest["config"]["digest"]
        return digest

    @property
    def layers(self) -> list[bytes]:
        return [self.blob(layer["digest"]) for layer in self.manifest["layers"]]

    @property
    def diff_ids(self) -> list[str]:
        found: list[str] = json.loads(self.blob(self.config))["rootfs"]["diff_ids"]
        return found

    def blob(self, digest: str) -> bytes:
        return (self.path / digest.partition(":")[2]).read_bytes()


def copied(place: Place, *source: str) -> Folder:
    folder = Folder(place.curl.home / "folder")
    skopeo(place)("copy", *source, f"dir:{folder.path}")
    return folder


@pytest.fixture
def place(server: Server, tmp_path: Path, name: str) -> Place:
    space = name[:60].rstrip("-")
    found = Place(Client("curl", tmp_path), server, 0, space)
    workspace = found.call("POST", "workspaces", {"alias": space})["workspaceId"]
    member = {"memberName": "admin", "roleName": "Workspace Admin"}
    found.call("POST", f"workspaces/{workspace}/members", member)
    found.call("POST", "registries/kangaroo/projects", {"project": space})
    bound = {"bindingWorkspace": [str(workspace)]}
    found.call("PUT", f"registries/kangaroo/projects/{space}/binding", bound)
    return Place(found.curl, server, workspace, space)


def skopeo(place: Place) -> Client:
    return Client("skopeo", place.curl.home)


def packed(place: Place, source: str, target: str) -> Path:
    """What skopeo writes: `docker-archive` or `oci-archive`, with or without a name."""
    kind, _, name = target.partition(":")
    path = place.curl.home / f"{kind}.tar"
    everything = ("--all",) if kind == "oci-archive" else ()
    skopeo(place)("copy", *everything, image(source).oci, f"{kind}:{path}" + (f":{name}" if name else ""))
    return path


def diff_ids(layout: Layout) -> list[str]:
    """Digests of the layers unpacked, as the config of the image has them."""
    found: list[str] = layout.json(layout.manifest["config"]["digest"])["rootfs"]["diff_ids"]
    return found


@pytest.mark.parametrize("source", ["small", "debian"])
def test_docker_archives(place: Place, source: str) -> None:
    [one] = place.upload(packed(place, source, "docker-archive:example.test/web/app:1"))
    assert (one["repository"], one["tag"]) == ("web/app", "1")
    found = place.pulled_as_it_is("web/app:1")
    assert (found.digest, found.manifest["mediaType"]) == (one["digest"], DOCKER_MANIFEST)
    assert found.diff_ids == diff_ids(image(source))
    assert [Digest.of(gzip.decompress(layer)) for layer in found.layers] == found.diff_ids
    crane = Client("crane", place.curl.home, {"DOCKER_CONFIG": str(place.curl.home)})
    crane("auth", "login", place.server.host, "-u", "admin", "-p", PASSWORD)
    where = f"{place.server.host}/{place.space}/web/app:1"
    crane("validate", "--remote", where)
    assert crane("digest", where).strip() == one["digest"]


@pytest.mark.parametrize("source", ["small", "multi", "debian"])
def test_oci_archives_go_there_and_back(place: Place, source: str) -> None:
    [one] = place.upload(packed(place, source, "oci-archive:v1"), "?repository=app")
    assert (one["digest"], one["tag"]) == (image(source).digest, "v1")
    assert place.pulled("app:v1").contents() == image(source).contents()
    archive = place.download("app:v1")
    again = Layout(place.curl.home / "again")
    skopeo(place)("copy", "--all", f"oci-archive:{archive}", again.oci)
    assert again.contents() == image(source).contents()


@pytest.mark.parametrize("pack", ["gzip", "zstd"])
def test_compressed_ones(place: Place, pack: str) -> None:
    archive = packed(place, "debian", "oci-archive:app:1")
    subprocess.run([pack, "-1", archive], check=True, capture_output=True)
    [one] = place.upload(archive.with_suffix({"gzip": ".tar.gz", "zstd": ".tar.zst"}[pack]))
    assert one["digest"] == image("debian").digest


@pytest.mark.parametrize("query", ["", "?format=docker"])
def test_skopeo_reads_what_is_downloaded_as_docker_s_archive(place: Place, query: str) -> None:
    place.upload(packed(place, "small", "oci-archive:app:1"))
    again = copied(place, f"docker-archive:{place.download('app:1', query)}")
    assert again.config == image("small").manifest["config"]["digest"]
    assert again.diff_ids == diff_ids(image("small"))


@pytest.mark.parametrize("query", ["", "?format=docker"])
def test_podman_loads_what_is_downloaded(place: Place, query: str, short: Path) -> None:
    podman = Engine("podman", place.curl.home, run=short)
    place.upload(packed(place, "small", "oci-archive:app:1"))
    said = podman("load", "-i", place.download("app:1", query))
    [loaded] = podman.ids().values()
    assert f"sha256:{loaded}" == image("small").manifest["config"]["digest"], said


def test_lines_of_progress(place: Place) -> None:
    archive = packed(place, "small", "docker-archive:app:1")
    url = f"{place.projects()}/archives"
    accept = ("-H", "Accept: application/x-ndjson")
    answer = place.curl("-sS", "-N", "--fail", *LOGIN, *accept, "-X", "POST", "-T", archive, url)
    lines = [json.loads(line) for line in answer.splitlines()]
    assert [lines[0]["step"], lines[-1]["step"]] == ["received", "result"]
    assert lines[-1]["items"][0]["error"] is None


def test_a_broken_one_is_told_what_is_wrong(place: Place) -> None:
    archive = packed(place, "small", "docker-archive:app:1")
    archive.write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    said = place.curl.refused(
        "-sS", "--fail-with-body", *LOGIN, "-X", "POST", "-T", archive, f"{place.projects()}/archives"
    )
    assert "the archive ends early" in said


def test_an_external_docker_registry(place: Place, tmp_path: Path) -> None:
    """Both ways through the contract, for an instance that is the workspace's own."""
    home = tmp_path / "registry"
    home.mkdir()
    with docker_registry(home) as url:
        instance = {"name": place.space[:50].rstrip("-"), "type": "DOCKER_REGISTRY", "url": url}
        place.call("POST", f"workspaces/{place.workspace}/registries", instance)
        at = place.projects(instance["name"], "team")
        where = f"docker://{url.partition('://')[2]}/team"
        # A space of theirs is there when something is in it.
        skopeo(place)("copy", "--dest-tls-verify=false", image("small").oci, f"{where}/first:1")
        [multi] = place.upload(packed(place, "multi", "oci-archive:v1"), "?repository=multi", at)
        [saved] = place.upload(packed(place, "small", "docker-archive:web/app:1"), "", at)
        raw = skopeo(place)("inspect", "--raw", "--tls-verify=false", f"{where}/multi:v1")
        assert json.loads(raw) == image("multi").json(multi["digest"])
        digest = skopeo(place)(
            "inspect", "--tls-verify=false", "--format", "{{.Digest}}", f"{where}/web/app:1"
        )
        assert digest.strip() == saved["digest"]
        again = Layout(place.curl.home / "again")
        archive = place.download(f"web/app@{saved['digest']}", at=at)
        skopeo(place)("copy", "--all", f"oci-archive:{archive}", again.oci)
        assert diff_ids(again) == diff_ids(image("small"))


class TestDocker:
    @pytest.fixture(scope="class")
    def daemon(self, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
        with dockerd(tmp_path_factory.mktemp("dockerd")) as client:
            yield client

    @pytest.mark.parametrize("query", ["", "?format=docker"])
    def test_it_loads_what_is_downloaded(self, daemon: Client, place: Place, query: str) -> None:
        place.upload(packed(place, "debian", "oci-archive:app:1"))
        daemon("load", "-q", "-i", place.download("app:1", query))
        name = f"{place.server.host}/{place.space}/app:1"
        found = daemon("image", "inspect", "--format", "{{.Id}}", name).strip()
        assert found == image("debian").manifest["config"]["digest"]

    def test_what_it_saves_is_uploaded(self, daemon: Client, place: Place) -> None:
        for number in (1, 2):
            (place.curl.home / "new").write_text(f"{place.space} {number}")
            with tarfile.open(place.curl.home / "new.tar", "w") as tar:
                tar.add(place.curl.home / "new", "new")
            daemon("import", place.curl.home / "new.tar", f"example.test/{place.space}/app-{number}:1")
        archive = place.curl.home / "saved.tar"
        names = [f"example.test/{place.space}/app-{number}:1" for number in (1, 2)]
        daemon("save", "-o", archive, *names)
        found = place.upload(archive)
        assert sorted(one["repository"] for one in found) == ["app-1", "app-2"]
        for number in (1, 2):
            pulled = place.pulled_as_it_is(f"app-{number}:1")
            ours = daemon("image", "inspect", "--format", "{{.Id}}", names[number - 1]).strip()
            assert pulled.config == ours
            assert [Digest.of(gzip.decompress(layer)) for layer in pulled.layers] == pulled.diff_ids
