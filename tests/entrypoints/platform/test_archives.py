"""Archives uploaded into spaces and downloaded from them, by who may."""

import asyncio
import gzip
import io
import json
import tarfile

import pytest
import zstandard

from kangaroo.base.digests import Digest
from kangaroo.base.media_types import DOCKER_MANIFEST, OCI_MANIFEST
from kangaroo.base.paging import Window
from kangaroo.base.query import ListQuery
from tests.core.archives.made import IMAGE_NAME, REF_NAME, Layout, layer, saved, tar
from tests.core.workspaces.kit import SPACES, harbor, member, private, pushed, registry, workspace
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import PASSWORD
from tests.remote.harbor_stand_in import HarborStandIn
from tests.remote.serving import served

NDJSON = "application/x-ndjson"


class Patient:
    """The site, to clients that stay until an answer is whole."""

    def __init__(self, site) -> None:
        self._site = site

    async def __call__(self, scope, receive, send) -> None:
        whole = asyncio.Event()

        async def stay():
            message = await receive()
            if message["type"] == "http.disconnect":
                await whole.wait()
            return message

        async def watched(message):
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                whole.set()

        await self._site(scope, stay, watched)


@pytest.fixture
async def ann(site, admin):
    """An editor of workspace 1, which has the private space secret."""
    place = await workspace(admin, "One")
    assert place == 1
    await private(admin, "secret", place)
    await member(site, admin, place, "ann")
    return PlatformClient(Patient(site), judged=False).signed_in("ann", PASSWORD)


def uploads(space: str = "secret", place: int = 1, query: str = "") -> str:
    return f"{SPACES.format(place)}/{space}/archives{query}"


def downloads(image: str, reference: str, query: str = "") -> str:
    space, _, name = image.partition("/")
    name = name.replace("/", "%2F")
    return f"{SPACES.format(1)}/{space}/repositories/{name}/artifacts/{reference}/archive{query}"


async def upload(client, archive: bytes, query: str = "") -> list[dict]:
    answer = await client("POST", uploads(query=query), body=archive)
    assert answer.status == 200, answer.body
    return answer.json()["items"]


async def refused(client, archive: bytes, query: str = "") -> tuple[int, str, str]:
    answer = await client("POST", uploads(query=query), body=archive)
    told = answer.json()
    return answer.status, told["details"][0]["reason"], told["message"]


async def manifest(site, image: str, reference: str) -> dict:
    answer = await registry(site, "admin", PASSWORD)("GET", f"/v2/{image}/manifests/{reference}")
    assert answer.status == 200, answer.body
    return {"digest": Digest.of(answer.body), **answer.json()}


async def blob(site, image: str, digest: str) -> bytes:
    answer = await registry(site, "admin", PASSWORD)("GET", f"/v2/{image}/blobs/{digest}")
    assert answer.status == 200, answer.body
    return answer.body


class TestDockerSave:
    async def test_layers_are_compressed_and_the_config_kept(self, site, ann):
        layers = [layer("one"), layer("two")]
        files = saved((["example.test/web/app:1.0"], layers))
        [one] = await upload(ann, tar(files))
        found = await manifest(site, "secret/web/app", "1.0")
        assert one == {
            "project": "secret",
            "repository": "web/app",
            "tag": "1.0",
            "digest": found["digest"],
            "size": one["size"],
            "imagePullUrl": "registry.test/secret/web/app:1.0",
            "error": None,
        }
        assert found["mediaType"] == DOCKER_MANIFEST
        config = next(path for path in files if path.endswith(".json") and path != "manifest.json")
        assert await blob(site, "secret/web/app", found["config"]["digest"]) == files[config]
        kept = [await blob(site, "secret/web/app", part["digest"]) for part in found["layers"]]
        assert [gzip.decompress(part) for part in kept] == layers

    async def test_the_digest_is_the_same_every_time(self, ann):
        files = saved((["app:1"], [layer("one")]))
        [first] = await upload(ann, tar(files))
        [again] = await upload(ann, gzip.compress(tar(files)), "?repository=other&tag=2")
        [third] = await upload(ann, zstandard.compress(tar(dict(reversed(files.items())))))
        assert first["digest"] == again["digest"] == third["digest"]
        assert (again["repository"], again["tag"]) == ("other", "2")

    async def test_older_ones_link_layers(self, site, ann):
        files = saved((["app:1"], [layer("one")]))
        [path] = [path for path in files if path.endswith("layer.tar")]
        files["aaaa/layer.tar"] = files.pop(path)
        files[path] = "../aaaa/layer.tar"
        await upload(ann, tar(files))
        [part] = (await manifest(site, "secret/app", "1"))["layers"]
        assert gzip.decompress(await blob(site, "secret/app", part["digest"])) == layer("one")

    async def test_several_images_and_names(self, ann):
        files = saved((["a:1", "b/c:2"], [layer("one")]), (["localhost/d"], [layer("one"), layer("two")]))
        found = await upload(ann, tar(files))
        assert [(one["repository"], one["tag"]) for one in found] == [
            ("a", "1"),
            ("b/c", "2"),
            ("d", "latest"),
        ]
        assert found[0]["digest"] == found[1]["digest"] != found[2]["digest"]

    @pytest.mark.parametrize(
        ("pack", "media_type", "layer_type"),
        [
            (gzip.compress, DOCKER_MANIFEST, "application/vnd.docker.image.rootfs.diff.tar.gzip"),
            (zstandard.compress, OCI_MANIFEST, "application/vnd.oci.image.layer.v1.tar+zstd"),
        ],
    )
    async def test_layers_that_are_compressed_stay_so(self, site, ann, pack, media_type, layer_type):
        packed = pack(layer("one"))
        await upload(ann, tar(saved((["app:1"], [packed]))))
        found = await manifest(site, "secret/app", "1")
        assert (found["mediaType"], found["layers"][0]["mediaType"]) == (media_type, layer_type)
        assert await blob(site, "secret/app", found["layers"][0]["digest"]) == packed

    async def test_a_layer_that_is_another_is_refused(self, ann):
        files = saved((["app:1"], [layer("one")]))
        [path] = [path for path in files if path.endswith("layer.tar")]
        files[path] = layer("two")
        status, reason, message = await refused(ann, tar(files))
        assert (status, reason) == (400, "ARCHIVE_INVALID")
        assert message.startswith("layer 1 of the archive has digest sha256:")
        assert (await ann("GET", f"{SPACES.format(1)}/secret/repositories/app")).status == 404


class TestLayouts:
    async def test_an_index_is_kept_byte_for_byte(self, site, ann):
        layout = Layout()
        amd = layout.image("one") | {"platform": {"os": "linux", "architecture": "amd64"}}
        arm = layout.image("two") | {"platform": {"os": "linux", "architecture": "arm64"}}
        digest = layout.named(layout.index(amd, arm), **{REF_NAME: "v1"})
        [one] = await upload(ann, layout.tar(), "?repository=multi")
        assert (one["digest"], one["tag"]) == (digest, "v1")
        assert (await manifest(site, "secret/multi", "v1"))["digest"] == digest
        assert (await manifest(site, "secret/multi", arm["digest"]))["digest"] == arm["digest"]

    async def test_an_index_of_which_one_platform_is_there(self, site, ann):
        """As a docker that keeps images in containerd writes it: with some manifests and none of their blobs."""
        layout, elsewhere = Layout(), Layout()
        here, bare, gone = layout.image("one"), elsewhere.image("two"), elsewhere.image("three")
        layout.blobs[bare["digest"]] = elsewhere.blobs[bare["digest"]]
        layout.named(layout.index(here, bare, gone), **{IMAGE_NAME: "docker.io/library/app:1"})
        [one] = await upload(ann, layout.tar())
        assert one["repository"] == "app"
        assert (await manifest(site, "secret/app", here["digest"]))["digest"] == here["digest"]

    async def test_the_folder_itself_may_have_been_packed(self, ann):
        layout = Layout()
        layout.named(layout.image("one"), **{REF_NAME: "docker.io/team/app:1"})
        files = {f"./layout/{path}": content for path, content in layout.files().items()}
        [one] = await upload(ann, tar(files))
        assert (one["repository"], one["tag"]) == ("team/app", "1")

    async def test_what_is_signed_by_digest_stays(self, site, ann):
        layout = Layout()
        digest = layout.named(layout.image("one"))
        [one] = await upload(ann, layout.tar(), "?repository=app&tag=1")
        assert one["digest"] == digest


class TestNames:
    async def test_without_a_name(self, ann):
        archive = tar(saved((None, [layer("one")])))
        status, reason, message = await refused(ann, archive)
        assert (status, reason) == (400, "ARCHIVE_INVALID")
        assert "give its repository and tag" in message
        [one] = await upload(ann, archive, "?repository=app")
        assert one["tag"] == "latest"

    async def test_the_name_of_the_space_is_not_said_twice(self, ann):
        [one] = await upload(ann, tar(saved((["old.example:5000/secret/app:1"], [layer("one")]))))
        assert one["repository"] == "app"

    async def test_two_images_cannot_have_one_name(self, ann):
        archive = tar(saved((["a:1"], [layer("one")]), (["b:1"], [layer("two")])))
        status, _, message = await refused(ann, archive, "?repository=app")
        assert (status, "would both become secret/app:1" in message) == (400, True)
        assert (await ann("GET", f"{SPACES.format(1)}/secret/repositories")).json()["items"] == []

    @pytest.mark.parametrize(
        ("query", "reason"),
        [
            ("?repository=Upper", "NAME_INVALID"),
            ("?repository=a//b", "NAME_INVALID"),
            ("?repository=a&tag=.x", "TAG_INVALID"),
            ("?tag=" + "x" * 129, "INVALID_ARGUMENT"),
        ],
    )
    async def test_what_is_no_name(self, ann, query, reason):
        assert (await refused(ann, tar(saved((["a:1"], [layer("one")]))), query))[:2] == (400, reason)

    async def test_a_name_in_the_archive_that_nothing_can_have(self, ann):
        status, _, message = await refused(ann, tar(saved((["Ünü:1"], [layer("one")]))))
        assert (status, "cannot be used here" in message) == (400, True)


class TestRefusals:
    @pytest.mark.parametrize(
        ("archive", "told"),
        [
            (b"", "the image archive is empty"),
            (b"x" * 1000, "not a tar archive: there is no header at byte 0"),
            (b"x" * 100, "the archive ends early: the header at byte 0 takes 512 bytes, 100 are there"),
            (b"BZh91AY&SY", "compressed with bzip2"),
            (tar({"file": b"x"}), "neither manifest.json"),
            (tar({"manifest.json": b"[]"}), "lacks any image"),
            (tar({"manifest.json": b"{"}), "manifest.json in the archive is not usable"),
            (tar({"index.json": b'{"manifests": []}'}), "lacks any image"),
            (
                tar({"manifest.json": b'[{"Config": "../../etc/passwd"}]'}),
                "lacks the config ../../etc/passwd",
            ),
            (gzip.compress(tar({"file": b"x"}), mtime=0)[:-9], "its gzip stream is not whole"),
            (tar({"file": b"x" * 5000})[:2000], "file takes 5000 bytes, 1488 are there"),
        ],
    )
    async def test_what_is_no_archive(self, ann, archive, told):
        status, reason, message = await refused(ann, archive)
        assert (status, reason) == (400, "ARCHIVE_INVALID")
        assert told in message

    async def test_in_chinese(self, ann):
        client = ann.with_headers(accept_language="zh")
        assert "归档是空的" in (await refused(client, b""))[2]

    async def test_what_is_too_large(self, site, ann):
        limits = site.services.archives._limits
        object.__setattr__(limits, "archive", 10_000)
        for archive in (b"x" * 10_001, gzip.compress(b"\0" * 10_001)):
            status, reason, message = await refused(ann, archive)
            assert (status, reason) == (400, "TOO_LARGE")
            assert message == "the image archive is larger than 10000 bytes"

    async def test_who_may_not(self, site, admin, ann):
        archive = tar(saved((["a:1"], [layer("one")])))
        viewer = (await member(site, admin, 1, "eve", "Workspace Viewer")).unjudged()
        assert (await refused(viewer, archive))[:2] == (403, "FORBIDDEN")
        assert (await refused(admin.unjudged(), archive))[:2] == (403, "FORBIDDEN")
        other = await workspace(admin, "Two")
        bob = (await member(site, admin, other, "bob", "Workspace Admin")).unjudged()
        answer = await bob("POST", uploads(place=other), body=archive)
        assert answer.json()["details"][0]["reason"] == "PROJECT_UNKNOWN"

    async def test_a_public_space_takes_none(self, admin, ann):
        await admin.ok("POST", "registries/kangaroo/projects", {"project": "open", "public": True})
        answer = await ann("POST", uploads("open"), body=tar(saved((["a:1"], [layer("one")]))))
        assert answer.status == 403
        assert "cannot push to open" in answer.json()["message"]

    async def test_one_image_fails_and_the_others_are_pushed(self, site, admin, ann):
        layout = Layout()
        layout.named(layout.image("one"), **{REF_NAME: "good:1"})
        bad = layout.image("two")
        layout.named(bad, **{REF_NAME: "bad:1"})
        child = json.loads(layout.blobs[bad["digest"]])["layers"][0]["digest"]
        layout.blobs[child] = bytes(len(layout.blobs[child]))
        found = await upload(ann, layout.tar())
        assert [(one["repository"], one["error"] and one["error"]["reason"]) for one in found] == [
            ("good", None),
            ("bad", "DIGEST_MISMATCH"),
        ]


class TestProgress:
    async def test_lines(self, ann):
        archive = tar(saved((["a:1"], [layer("one")]), (["b:1"], [layer("two")])))
        answer = await ann("POST", uploads(), body=archive, accept=NDJSON)
        assert (answer.status, answer.headers["content-type"]) == (200, NDJSON)
        lines = [json.loads(line) for line in answer.body.splitlines()]
        assert lines[0] == {"step": "received", "bytes": str(len(archive))}
        assert lines[1] == {"step": "image", "number": 1, "of": 2, "repository": "secret/a", "tag": "1"}
        assert {line["step"] for line in lines} == {"received", "image", "blob", "layer", "result"}
        assert all(line["done"] == line["total"] for line in lines if line["step"] in ("blob", "layer"))
        assert [one["repository"] for one in lines[-1]["items"]] == ["a", "b"]

    async def test_what_is_wrong_with_the_archive_is_told_at_once(self, ann):
        answer = await ann("POST", uploads(), body=b"x" * 512, accept=NDJSON)
        assert answer.status == 400

    async def test_who_goes_away_ends_the_push(self, site, ann):
        impatient = PlatformClient(site, judged=False).signed_in("ann", PASSWORD)
        answer = await impatient("POST", uploads(), body=tar(saved((["a:1"], [layer("one")]))), accept=NDJSON)
        assert b"result" not in answer.body
        assert (await ann("GET", f"{SPACES.format(1)}/secret/repositories/a")).status == 404


def files(archive: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        return {one.name: opened.extractfile(one).read() for one in opened}


class TestDownloads:
    async def get(self, client, image: str, reference: str, query: str = "") -> dict[str, bytes]:
        answer = await client("GET", downloads(image, reference, query))
        assert answer.status == 200, answer.body
        assert answer.headers["content-type"] == "application/x-tar"
        assert int(answer.headers["content-length"]) == len(answer.body)
        return files(answer.body)

    async def test_a_layout_that_says_what_docker_wants_too(self, site, ann):
        digest = await pushed(site, "secret/web/app", "1.0")
        found = await self.get(ann, "secret/web/app", "1.0")
        [entry] = json.loads(found["index.json"])["manifests"]
        assert entry["digest"] == digest
        assert entry["annotations"] == {
            REF_NAME: "1.0",
            IMAGE_NAME: "registry.test/secret/web/app:1.0",
        }
        for path, content in found.items():
            if path.startswith("blobs/"):
                assert Digest.of(content) == path.removeprefix("blobs/").replace("/", ":")
        [saved_one] = json.loads(found["manifest.json"])
        assert saved_one["RepoTags"] == ["registry.test/secret/web/app:1.0"]
        assert {saved_one["Config"], *saved_one["Layers"]} < set(found)

    async def test_by_digest_it_has_no_name(self, site, ann):
        digest = await pushed(site, "secret/app", "1")
        answer = await ann("GET", downloads("secret/app", digest))
        assert "annotations" not in json.loads(files(answer.body)["index.json"])["manifests"][0]
        assert answer.headers["content-disposition"].startswith('attachment; filename="app-sha256-')

    async def test_the_same_image_is_the_same_file(self, site, ann):
        await pushed(site, "secret/app", "1")
        first, again = [await ann("GET", downloads("secret/app", "1")) for _ in range(2)]
        assert first.body == again.body

    @pytest.fixture
    async def multi(self, ann) -> dict:
        layout = Layout()
        amd = layout.image("one") | {"platform": {"os": "linux", "architecture": "amd64"}}
        arm = layout.image("two") | {"platform": {"os": "linux", "architecture": "arm", "variant": "v7"}}
        note = layout.image("note") | {"platform": {"os": "unknown", "architecture": "unknown"}}
        layout.named(layout.index(amd, arm, note), **{REF_NAME: "multi:1"})
        await upload(ann, layout.tar())
        return {"amd": amd["digest"], "arm": arm["digest"], "blobs": layout.blobs}

    async def test_a_whole_index(self, ann, multi):
        found = await self.get(ann, "secret/multi", "1")
        assert {path for path in found if path.startswith("blobs/")} == {
            f"blobs/{one.replace(':', '/')}" for one in multi["blobs"]
        }
        assert len(json.loads(found["manifest.json"])) == 1  # of linux/amd64
        [again] = await upload(ann, tar(found), "?repository=again")
        assert again["digest"] == json.loads(found["index.json"])["manifests"][0]["digest"]

    @pytest.mark.parametrize(
        ("platform", "one"), [("linux/amd64", "amd"), ("linux/arm", "arm"), ("linux/arm/v7", "arm")]
    )
    async def test_one_platform(self, ann, multi, platform, one):
        found = await self.get(ann, "secret/multi", "1", f"?platform={platform}")
        [entry] = json.loads(found["index.json"])["manifests"]
        assert entry["digest"] == multi[one]
        assert len([path for path in found if path.startswith("blobs/")]) == 3

    async def test_no_such_platform(self, site, ann, multi):
        await pushed(site, "secret/app", "1")
        for image, platform in (("secret/multi", "linux/arm/v6"), ("secret/app", "linux/s390x")):
            answer = await ann("GET", downloads(image, "1", f"?platform={platform}"))
            assert answer.status == 404
            assert "linux/amd64" in answer.json()["message"]
        assert (await ann("GET", downloads("secret/app", "1", "?platform=linux/amd64"))).status == 200
        assert (await ann("GET", downloads("secret/app", "1", "?platform=linux"))).status == 400

    async def test_docker_s_older_form(self, site, ann, multi):
        found = await self.get(ann, "secret/multi", "1", "?format=docker&platform=linux/arm")
        [entry] = json.loads(found["manifest.json"])
        assert set(found) == {"manifest.json", entry["Config"], *entry["Layers"]}
        [usual] = json.loads((await self.get(ann, "secret/multi", "1", "?format=docker"))["manifest.json"])
        assert usual["Config"] != entry["Config"]
        [again] = await upload(ann, tar(found), "?repository=again&tag=2")
        assert again["error"] is None

    async def test_what_is_no_image_has_no_docker_form(self, site, ann):
        client = registry(site, "admin", PASSWORD)
        config = await client.push_blob("secret/chart", b"{}")
        content = json.dumps(
            {
                "schemaVersion": 2,
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "config": {
                    "mediaType": "application/vnd.cncf.helm.config.v1+json",
                    "digest": config,
                    "size": 2,
                },
                "layers": [],
            }
        ).encode()
        await client("PUT", "/v2/secret/chart/manifests/1", content)
        assert "manifest.json" not in await self.get(ann, "secret/chart", "1")
        answer = await ann("GET", downloads("secret/chart", "1", "?format=docker"))
        assert (answer.status, answer.json()["details"][0]["reason"]) == (400, "PRECONDITION")

    async def test_what_is_not_there_or_not_seen(self, site, admin, ann):
        await pushed(site, "secret/app", "1")
        assert (await ann("GET", downloads("secret/app", "2"))).status == 404
        assert (await ann("GET", downloads("secret/none", "1"))).status == 404
        assert (await ann("GET", downloads("secret/app", ".x"))).status == 404
        assert (await ann("GET", downloads("secret/app", "1", "?format=zip"))).status == 400
        await private(admin, "hidden")
        await pushed(site, "hidden/app", "1")
        answer = await ann("GET", downloads("hidden/app", "1"))
        assert answer.json()["details"][0]["reason"] == "PROJECT_UNKNOWN"


async def test_at_an_instance_elsewhere(site, admin, ann):
    """Through the contract, with the credential we have there."""
    stand_in = HarborStandIn()
    stand_in.add_project("theirs", public=False)
    async with served(stand_in.app()) as url:
        await harbor(admin, url)
        await admin.ok("POST", "registries/far/projects/theirs/binding/1")
        base = "workspaces/1/registries/far/projects/theirs"
        archive = tar(saved((["web/app:1"], [layer("one")])))
        answer = await ann("POST", f"{base}/archives", body=archive)
        assert answer.status == 200, answer.body
        [one] = answer.json()["items"]
        found = await ann("GET", f"{base}/repositories/web%2Fapp/artifacts/1/archive")
        assert json.loads(files(found.body)["index.json"])["manifests"][0]["digest"] == one["digest"]
    answer = await ann("POST", f"{base}/archives", body=archive)
    assert answer.status == 503


async def test_uploads_elsewhere_are_in_the_audit_log(site, admin, ann):
    stand_in = HarborStandIn()
    stand_in.add_project("theirs", public=False)
    async with served(stand_in.app()) as url:
        await harbor(admin, url)
        await admin.ok("POST", "registries/far/projects/theirs/binding/1")
        archive = tar(saved((["app:1"], [layer("one")])))
        await ann("POST", "workspaces/1/registries/far/projects/theirs/archives", body=archive)
    page = await site.services.audit.page(await site.admin(), ListQuery(window=Window(1, 5)))
    assert ("ann", "far/theirs/app:1") in [(one.actor, one.resource) for one in page.items]


async def test_a_download_that_fails_ends_early(site, ann):
    """The status was sent; the length tells."""
    await pushed(site, "secret/app", "1")
    site.wired.content._blobs.clear()
    answer = await ann("GET", downloads("secret/app", "1"))
    assert answer.status == 200
    assert len(answer.body) < int(answer.headers["content-length"])


async def test_a_request_that_ends_early(site, ann):
    async def goes_away(scope, receive, send) -> None:
        async def leave():
            return {"type": "http.disconnect"}

        await site(scope, leave, send)

    client = PlatformClient(goes_away, judged=False).signed_in("ann", PASSWORD)
    assert (await refused(client, b"x"))[:2] == (400, "BAD_REQUEST")
