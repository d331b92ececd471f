"""Repositories of a project and of all, as Harbor's clients see them."""

import pytest

from kangaroo.base.actors import SYSTEM, Grant, Right
from kangaroo.base.digests import Digest
from kangaroo.base.names import ProjectName, RepositoryName
from kangaroo.core.access import Profile, RobotSpec, Role
from tests.core.registry.shelf import Shelf

PASSWORD = "Passw0rd-of-tests"


@pytest.fixture
def shelf(installation) -> Shelf:
    return Shelf(installation.wired.services)


async def test_a_repository(admin, shelf) -> None:
    await shelf.image("library/deep/app", "v1")
    found = await admin.get("projects/library/repositories/deep%252Fapp")
    assert found == {
        "id": found["id"],
        "project_id": 1,
        "name": "library/deep/app",
        "artifact_count": 1,
        "pull_count": 0,
        "creation_time": found["creation_time"],
        "update_time": found["update_time"],
    }
    assert await admin.get("projects/library/repositories/deep%2Fapp") == found
    assert await admin.get("projects/library/repositories") == [found]
    assert await admin.get("repositories") == [found]


async def test_counts(admin, installation, shelf) -> None:
    child = await shelf.image("library/app")
    index = await shelf.index("library/app", "v1", child)
    await shelf.cosign("library/app", index)
    await shelf.image("library/app", "v2")
    registry = installation.wired.services.registry
    for _ in range(2):
        await registry.pull.manifest(SYSTEM, RepositoryName("library/app"), index, counted=True)
    await registry.pull.flush_counts()
    found = await admin.get("projects/library/repositories/app")
    assert (found["artifact_count"], found["pull_count"]) == (2, 2)


async def test_a_description(admin, shelf) -> None:
    await shelf.image("library/app", "v1")
    place = "projects/library/repositories/app"
    assert (await admin("PUT", place, {"description": "words"})).status == 200
    assert (await admin.get(place))["description"] == "words"
    assert (await admin("PUT", place, {})).status == 200
    assert "description" not in await admin.get(place)
    assert (await admin("PUT", place, {"description": "x" * 70_000})).status == 400
    assert (await admin("PUT", "projects/library/repositories/none", {"description": ""})).status == 404


async def test_lists(admin, shelf) -> None:
    for name in ("one", "two", "three"):
        await shelf.image(f"library/{name}", "v1")
    await shelf.blob("library/not-yet", b"a push under way")
    place = "projects/library/repositories"
    answer = await admin("GET", f"{place}?page_size=2")
    assert [one["name"] for one in answer.json()] == ["library/three", "library/two"]
    assert answer.headers["x-total-count"] == "3"
    assert answer.headers["link"] == f'</api/v2.0/{place}?page=2&page_size=2>; rel="next"'
    assert [one["name"] for one in await admin.get(f"{place}?sort=name")] == [
        "library/one",
        "library/three",
        "library/two",
    ]
    assert [one["name"] for one in await admin.get(f"{place}?q=name%3D~TW")] == ["library/two"]
    assert await admin.get(f"{place}?q=name%3Dtwo") == []


async def test_deleting(admin, shelf) -> None:
    await shelf.image("library/app", "v1")
    place = "projects/library/repositories/app"
    assert (await admin("DELETE", place)).status == 200
    for method in ("GET", "DELETE"):
        answer = await admin(method, place)
        assert (answer.status, answer.json()["errors"][0]["code"]) == (404, "NOT_FOUND")
    assert await admin.get("projects/library/repositories") == []
    summary = await admin.get("projects/library/summary")
    assert summary["repo_count"] == 0
    assert summary["quota"]["used"]["storage"] == 0
    assert (await admin("DELETE", "projects/library")).status == 200


async def test_a_place_to_mount_from(admin, shelf) -> None:
    """How another Harbor finds it, before it pushes to us."""
    await shelf.image("library/app", "v1", layer=b"base")
    await shelf.image("library/other", "v1", layer=b"other")
    digest = Digest.of(b"base")
    found = await admin.get(f"repositories?page=1&page_size=1&q=blob_digest%3D{digest}")
    assert [one["name"] for one in found] == ["library/app"]
    assert await admin.get(f"repositories?q=blob_digest%3D{Digest.of(b'none')}") == []
    await admin("DELETE", "projects/library/repositories/app")
    assert await admin.get(f"repositories?q=blob_digest%3D{digest}") == []


async def test_everybody_sees_his_own(admin, anonymous, installation, shelf) -> None:
    services = installation.wired.services
    for project in ("mine", "theirs"):
        await services.projects.create(SYSTEM, ProjectName(project))
        await shelf.image(f"{project}/app", "v1")
    await shelf.image("library/app", "v1")
    user = await services.access.users.create(SYSTEM, "user", PASSWORD, Profile("user@example.com"))
    await services.access.members.add(SYSTEM, ProjectName("mine"), user, Role.LIMITED_GUEST)

    async def names(client) -> set[str]:
        answer = await client("GET", "repositories")
        found = {one["name"] for one in answer.json()}
        assert answer.headers["x-total-count"] == str(len(found))
        return found

    async def robot(name: str, place: str, resource: str) -> object:
        grant = Grant("project", place, (Right(resource, "list"),))
        spec = RobotSpec(name=name, level="system", grants=(grant,))
        made, secret = await services.access.robots.create(SYSTEM, spec)
        return anonymous.signed_in(made.name, secret)

    assert await names(anonymous) == {"library/app"}
    assert await names(anonymous.signed_in("user", PASSWORD)) == {"library/app", "mine/app"}
    assert await names(admin) == {"library/app", "mine/app", "theirs/app"}
    assert await names(await robot("one", "theirs", "repository")) == {"library/app", "theirs/app"}
    assert await names(await robot("two", "theirs", "tag")) == {"library/app"}
    assert len(await names(await robot("three", "*", "repository"))) == 3
    assert await names(await robot("four", "*", "tag")) == {"library/app"}
