"""Artifacts, tags, labels, accessories and copies, as Harbor's clients see them."""

from urllib.parse import quote

import pytest

from kangaroo.base.actors import SYSTEM
from kangaroo.base.media_types import HELM_CONFIG, OCI_CONFIG, OCI_INDEX, OCI_MANIFEST
from kangaroo.base.names import ProjectName, RepositoryName
from kangaroo.core.projects import Rule, Selector, Wording
from tests.core.registry.shelf import Shelf

PLACE = "projects/library/repositories/app/artifacts"
ZERO = "0001-01-01T00:00:00.000Z"


@pytest.fixture
def shelf(installation) -> Shelf:
    return Shelf(installation.wired.services)


async def keep_forever(installation, pattern: str) -> None:
    """From now on tags of the project library that match are immutable."""
    rule = Rule(
        tag_selectors=(Selector("doublestar", "matches", pattern),),
        scope_selectors={"repository": (Selector("doublestar", "repoMatches", "**"),)},
    )
    await installation.wired.services.projects.immutability.create(SYSTEM, ProjectName("library"), rule)


async def test_an_image(admin, shelf) -> None:
    digest = await shelf.image("library/app", "v1", created="2026-01-01T00:00:00Z")
    found = await admin.get(f"{PLACE}/v1")
    tag = found["tags"][0]
    assert found == {
        "id": found["id"],
        "type": "IMAGE",
        "media_type": OCI_CONFIG,
        "manifest_media_type": OCI_MANIFEST,
        "artifact_type": OCI_CONFIG,
        "project_id": 1,
        "repository_id": found["repository_id"],
        "repository_name": "library/app",
        "digest": digest,
        "size": found["size"],
        "push_time": tag["push_time"],
        "pull_time": ZERO,
        "extra_attrs": {"architecture": "amd64", "os": "linux", "created": "2026-01-01T00:00:00Z"},
        "references": None,
        "labels": None,
        "accessories": None,
        "addition_links": {
            "build_history": {
                "absolute": False,
                "href": f"/api/v2.0/{PLACE}/{digest}/additions/build_history",
            }
        },
        "tags": [
            {
                "id": tag["id"],
                "repository_id": found["repository_id"],
                "artifact_id": found["id"],
                "name": "v1",
                "push_time": tag["push_time"],
                "pull_time": ZERO,
                "immutable": False,
            }
        ],
    }
    assert await admin.get(f"{PLACE}/{digest}") == found
    assert await admin.get(PLACE) == [found]
    assert (await admin.get(f"{PLACE}/v1?with_tag=false"))["tags"] is None


async def test_an_index_with_platforms(admin, shelf) -> None:
    child = await shelf.image("library/app")
    index = await shelf.index("library/app", "all", child, annotations={"a": "b"})
    [found] = await admin.get(PLACE)
    assert (found["digest"], found["type"]) == (index, "IMAGE")
    assert (found["media_type"], found["manifest_media_type"]) == (OCI_INDEX, OCI_INDEX)
    assert found["annotations"] == {"a": "b"}
    assert "extra_attrs" not in found
    assert "addition_links" not in found
    assert found["references"] == [
        {
            "parent_id": found["id"],
            "child_id": (await admin.get(f"{PLACE}/{child}"))["id"],
            "child_digest": child,
            "platform": {"architecture": "amd64", "os": "linux", "'os.version'": "1", "variant": "v8"},
            "annotations": {"place": "0"},
        }
    ]


async def test_a_platform_of_no_known_form(admin, shelf) -> None:
    entry = {
        "mediaType": OCI_MANIFEST,
        "digest": await shelf.image("library/app"),
        "size": 1,
        "platform": {"os": 1},
    }
    await shelf.manifest("library/app", "all", {"mediaType": OCI_INDEX, "manifests": [entry]})
    [found] = await admin.get(PLACE)
    assert "platform" not in found["references"][0]


async def test_a_chart(admin, shelf) -> None:
    digest = await shelf.chart("library/charts/web", "1.2.3", {}, appVersion="9")
    place = "projects/library/repositories/charts%252Fweb/artifacts"
    found = await admin.get(f"{place}/1.2.3")
    assert (found["type"], found["media_type"]) == ("CHART", HELM_CONFIG)
    assert found["extra_attrs"] == {"name": "web", "version": "1.2.3", "apiVersion": "v2", "appVersion": "9"}
    assert {name: link["href"] for name, link in found["addition_links"].items()} == {
        name: f"/api/v2.0/{place}/{digest}/additions/{name}"
        for name in ("values.yaml", "readme.md", "dependencies")
    }
    assert await admin.get("projects/library/repositories/charts%2Fweb/artifacts/1.2.3") == found


@pytest.mark.parametrize("how", ["referrer", "cosign"])
async def test_accessories(admin, shelf, how) -> None:
    subject = await shelf.image("library/app", "v1")
    signature = await getattr(shelf, how)("library/app", subject)
    [found] = await admin.get(PLACE)
    assert found["digest"] == subject
    [accessory] = found["accessories"]
    own = await admin.get(f"{PLACE}/{signature}")
    assert accessory == {
        "id": accessory["id"],
        "artifact_id": own["id"],
        "subject_artifact_id": found["id"],
        "subject_artifact_digest": subject,
        "subject_artifact_repo": "library/app",
        "size": own["size"],
        "digest": signature,
        "type": "signature.notation" if how == "referrer" else "signature.cosign",
        "icon": "",
        "creation_time": own["push_time"],
    }
    answer = await admin("GET", f"{PLACE}/v1/accessories?q=type%3D{accessory['type']}")
    assert (answer.json(), answer.headers["x-total-count"]) == ([accessory], "1")
    assert await admin.get(f"{PLACE}/v1/accessories?q=type%3Dnone") == []
    assert (await admin.get(f"{PLACE}?with_accessory=false"))[0]["accessories"] is None


async def test_inherited_accessories(admin, shelf) -> None:
    child = await shelf.image("library/app")
    index = await shelf.index("library/app", "all", child)
    signature = await shelf.referrer("library/app", index)
    found = await admin.get(f"{PLACE}/{child}?with_inherited_accessory=true")
    assert [one["digest"] for one in found["inherited_accessories"]] == [signature]
    assert found["inherited_accessories"][0]["subject_artifact_digest"] == index
    assert "inherited_accessories" not in await admin.get(f"{PLACE}/{child}")


async def test_pages(admin, shelf) -> None:
    for number in range(3):
        await shelf.image("library/app", f"v{number}")
    answer = await admin("GET", f"{PLACE}?page=2&page_size=1&with_tag=true")
    assert [one["tags"][0]["name"] for one in answer.json()] == ["v1"]
    assert answer.headers["x-total-count"] == "3"
    link = f"</api/v2.0/{PLACE}?page={{}}&page_size=1&with_tag=true>"
    assert answer.headers["link"] == f'{link.format(1)}; rel="prev" , {link.format(3)}; rel="next"'
    assert await admin.get(f"{PLACE}?page=9") == []
    assert (await admin("GET", f"{PLACE}?page_size=101")).status == 422
    assert (await admin("GET", f"{PLACE}?q=tags")).status == 400


async def test_filters_by_query(admin, shelf) -> None:
    image = await shelf.image("library/app", "v1")
    await shelf.chart("library/app", "1.0.0", {})
    bare = await shelf.image("library/app")
    for q, expected in (("tags=nil", [bare]), ("tags=~V", [image]), ("tags=v1,type=IMAGE", [image])):
        answer = await admin("GET", f"{PLACE}?q={quote(q)}")
        assert [one["digest"] for one in answer.json()] == expected
        assert answer.headers["x-total-count"] == str(len(expected))
    answer = await admin("GET", f"{PLACE}?q=labels%3D1")
    assert answer.status == 400
    assert "integer list with intersetion relationship" in answer.json()["errors"][0]["message"]


async def test_artifacts_of_a_project(admin, shelf) -> None:
    await shelf.image("library/app", "v1")
    old = await shelf.chart("library/web", "1", {}, version="1")
    new = await shelf.chart("library/web", "2", {}, version="2")
    found = await admin.get("projects/library/artifacts")
    assert [one["repository_name"] for one in found] == ["library/web", "library/web", "library/app"]
    assert [one["digest"] for one in await admin.get("projects/1/artifacts?page_size=2")] == [new, old]
    helm = quote(quote(f"media_type={HELM_CONFIG}"))
    latest = await admin.get(f"projects/library/artifacts?latest_in_repository=true&q={helm}")
    assert [one["digest"] for one in latest] == [new]
    answer = await admin("GET", "projects/library/artifacts?latest_in_repository=true")
    assert answer.status == 400
    assert "must be specified, but not both" in answer.json()["errors"][0]["message"]


async def test_deleting_takes_all_tags_and_accessories(admin, shelf) -> None:
    digest = await shelf.image("library/app", "v1")
    await shelf.cosign("library/app", digest)
    assert (await admin("POST", f"{PLACE}/v1/tags", {"name": "v2"})).status == 201
    assert (await admin("DELETE", f"{PLACE}/v2")).status == 200
    assert await admin.get(PLACE) == []
    for reference in ("v1", "v2", digest):
        answer = await admin("GET", f"{PLACE}/{reference}")
        assert (answer.status, answer.json()["errors"][0]["code"]) == (404, "NOT_FOUND")
    summary = await admin.get("projects/library/summary")
    assert summary["quota"]["used"]["storage"] == 0
    repository = await admin.get("projects/library/repositories/app")
    assert repository["artifact_count"] == 0


async def test_a_child_of_an_index_cannot_be_deleted(admin, shelf) -> None:
    child = await shelf.image("library/app", "v1")
    index = await shelf.index("library/app", "all", child)
    answer = await admin("DELETE", f"{PLACE}/v1")
    assert (answer.status, answer.json()["errors"][0]["code"]) == (412, "VIOLATE_FOREIGN_KEY_CONSTRAINT")
    assert (await admin("DELETE", f"{PLACE}/{index}")).status == 200
    assert (await admin("DELETE", f"{PLACE}/v1")).status == 200


async def test_immutable_tags_stay(admin, installation, shelf) -> None:
    digest = await shelf.image("library/app", "v1")
    assert (await admin("POST", f"{PLACE}/v1/tags", {"name": "free"})).status == 201
    await keep_forever(installation, "v*")
    text = "the tag v1 configured as immutable, cannot be deleted"
    for path in (
        f"{PLACE}/free",
        f"{PLACE}/{digest}",
        f"{PLACE}/v1/tags/v1",
        "projects/library/repositories/app",
    ):
        answer = await admin("DELETE", path)
        assert (answer.status, answer.json()["errors"]) == (412, [{"code": "PRECONDITION", "message": text}])
    found = await admin.get(f"{PLACE}/v1?with_immutable_status=true")
    assert {tag["name"]: tag["immutable"] for tag in found["tags"]} == {"v1": True, "free": False}
    tags = await admin.get(f"{PLACE}/v1/tags?with_immutable_status=true")
    assert {tag["name"]: tag["immutable"] for tag in tags} == {"v1": True, "free": False}
    assert not any(tag["immutable"] for tag in await admin.get(f"{PLACE}/v1/tags"))
    assert (await admin("DELETE", f"{PLACE}/v1/tags/free")).status == 200
    await shelf.image("library/source", "v1")
    answer = await admin("POST", f"{PLACE}?from=library/source:v1")
    assert answer.status == 412
    assert "'library/app:v1' configured as immutable" in answer.json()["errors"][0]["message"]


async def test_tags(admin, shelf) -> None:
    digest = await shelf.image("library/app", "v1")
    other = await shelf.image("library/app", "other")
    answer = await admin("POST", f"{PLACE}/{digest}/tags", {"name": "v2"})
    assert (answer.status, answer.body, "location" in answer.headers) == (201, b"", False)
    for name in ("v2", "other"):
        again = await admin("POST", f"{PLACE}/{digest}/tags", {"name": name})
        assert (again.status, again.json()["errors"][0]["code"]) == (409, "CONFLICT")
    assert (await admin("POST", f"{PLACE}/none/tags", {"name": "v3"})).status == 404
    assert (await admin("POST", f"{PLACE}/v1/tags", {"name": "not a tag"})).status == 400
    answer = await admin("GET", f"{PLACE}/v1/tags?page_size=1")
    assert ([tag["name"] for tag in answer.json()], answer.headers["x-total-count"]) == (["v2"], "2")
    assert [tag["name"] for tag in await admin.get(f"{PLACE}/v1/tags?q=name%3D~1")] == ["v1"]
    assert [tag["name"] for tag in await admin.get(f"{PLACE}/v1/tags?sort=name")] == ["v1", "v2"]
    assert (await admin("DELETE", f"{PLACE}/{other}/tags/v1")).status == 404
    assert (await admin("DELETE", f"{PLACE}/v1/tags/v1")).status == 200
    assert [tag["name"] for tag in await admin.get(f"{PLACE}/{digest}/tags")] == ["v2"]
    assert (await admin("DELETE", f"{PLACE}/v2/tags/v2")).status == 200
    assert await admin.get(f"{PLACE}/{digest}/tags") == []
    assert (await admin.get(f"{PLACE}/{digest}"))["tags"] is None


async def test_labels(admin, installation, shelf) -> None:
    digest = await shelf.image("library/app", "v1")
    labels = installation.wired.services.projects.labels
    label = await labels.create(SYSTEM, "g", 0, Wording("red", color="#f00"))
    whole = await admin.get(f"labels/{label}")
    assert (await admin("POST", f"{PLACE}/v1/labels", whole)).status == 200
    assert (await admin.get(f"{PLACE}/v1?with_label=true"))["labels"] == [whole]
    assert [one["digest"] for one in await admin.get(f"{PLACE}?q=labels%3D({label})")] == [digest]
    assert (await admin("POST", f"{PLACE}/v1/labels", {"id": label})).status == 409
    assert (await admin("POST", f"{PLACE}/v1/labels", {"id": 99})).status == 404
    assert (await admin("DELETE", f"{PLACE}/v1/labels/{label}")).status == 200
    assert (await admin("DELETE", f"{PLACE}/v1/labels/{label}")).status == 404
    assert (await admin("DELETE", f"{PLACE}/v1/labels/x")).status == 422


async def test_copies(admin, installation, shelf) -> None:
    await installation.wired.services.projects.create(SYSTEM, ProjectName("other"))
    digest = await shelf.image("library/deep/app", "v1")
    signature = await shelf.cosign("library/deep/app", digest)
    target = "projects/other/repositories/new%252Fapp/artifacts"
    answer = await admin("POST", f"{target}?from=library/deep/app:v1")
    assert answer.status == 201
    assert answer.headers["location"] == f"/api/v2.0/{target}/{digest}"
    [found] = await admin.get(target)
    assert (found["digest"], found["repository_name"]) == (digest, "other/new/app")
    assert [tag["name"] for tag in found["tags"]] == ["v1"]
    assert [one["digest"] for one in found["accessories"]] == [signature]
    assert (await admin("POST", f"{target}?from=library/deep/app@{digest}")).status == 201
    alone = await admin("POST", f"{target}?from=library/deep/app@{signature}")
    assert (alone.status, alone.json()["errors"][0]["code"]) == (403, "DENIED")
    assert (await admin("POST", f"{target}?from=library/deep/app:v9")).status == 404
    assert (await admin("POST", f"{target}?from=library/deep/app")).status == 400
    assert (await admin("POST", f"{target}?from=!")).status == 400
    assert (await admin("POST", target)).status == 422


async def test_what_another_harbor_asks(admin, shelf) -> None:
    """Replication: the list with labels and accessories, one by digest, its tags, and the end of a tag."""
    digest = await shelf.image("library/app", "v1")
    await shelf.cosign("library/app", digest)
    [found] = await admin.get(f"{PLACE}?page=1&page_size=100&with_label=true&with_accessory=true")
    assert [one["type"] for one in found["accessories"]] == ["signature.cosign"]
    one = await admin.get(f"{PLACE}/{digest}?with_accessory=true&with_tag=true")
    assert one["tags"][0]["name"] == "v1"
    assert [tag["name"] for tag in await admin.get(f"{PLACE}/{digest}/tags")] == ["v1"]
    assert (await admin("DELETE", f"{PLACE}/v1/tags/v1")).status == 200
    assert [one["digest"] for one in await admin.get(PLACE)] == [digest]


async def test_what_is_not_there(admin, anonymous, shelf) -> None:
    await shelf.image("library/app", "v1")
    for path in (
        f"{PLACE}/none",
        f"{PLACE}/!",
        "projects/library/repositories/none/artifacts",
        "projects/library/repositories/none/artifacts/v1/tags",
        "projects/none/repositories/app/artifacts",
        "projects/none/artifacts",
    ):
        assert (await admin("GET", path)).status == 404, path
        assert (await admin("DELETE", f"{PLACE}/none")).status == 404
    assert (await anonymous("GET", "projects/none/artifacts")).status == 401
    assert (await anonymous("GET", PLACE)).status == 200


async def test_pulls_are_seen(admin, installation, shelf) -> None:
    registry = installation.wired.services.registry
    digest = await shelf.image("library/app", "v1")
    name = RepositoryName("library/app")
    await registry.pull.manifest(SYSTEM, name, digest, counted=True)
    await registry.pull.flush_counts()
    found = await admin.get(f"{PLACE}/v1")
    assert found["pull_time"] > "2026"
    assert found["tags"][0]["pull_time"] == ZERO
    assert [one["digest"] for one in await admin.get(f"{PLACE}?sort=-pull_time")] == [digest]
