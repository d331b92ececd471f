"""Search and statistics: each sees what he may."""

import pytest

from kangaroo.base.actors import SYSTEM
from kangaroo.base.names import ProjectName
from kangaroo.core.access import Profile, Role
from tests.core.registry.shelf import Shelf

PASSWORD = "Passw0rd-of-tests"


@pytest.fixture
async def user(installation, anonymous):
    """Guest of the private project `mine`; there is another, `other`."""
    services = installation.wired.services
    shelf = Shelf(services)
    for project in ("mine", "other"):
        await services.projects.create(SYSTEM, ProjectName(project))
    for name in ("mine/app", "mine/second", "other/app", "library/app"):
        await shelf.image(name, "v1", layer=b"the same")
    identity = await services.access.users.create(SYSTEM, "user", PASSWORD, Profile("user@example.com"))
    await services.access.members.add(SYSTEM, ProjectName("mine"), identity, Role.GUEST)
    return anonymous.signed_in("user", PASSWORD)


async def test_search(user, admin, anonymous) -> None:
    found = await user.get("search?q=mine")
    assert [one["name"] for one in found["project"]] == ["mine"]
    assert found["project"][0]["repo_count"] == 2
    assert found["project"][0]["current_user_role_id"] == Role.GUEST
    project_id = found["project"][0]["project_id"]
    assert found["repository"] == [
        {
            "repository_name": name,
            "project_name": "mine",
            "project_id": project_id,
            "artifact_count": 1,
        }
        for name in ("mine/app", "mine/second")
    ]
    [public] = (await anonymous.get("search?q=app"))["repository"]
    assert (public["repository_name"], public["project_public"]) == ("library/app", True)
    assert await anonymous.get("search?q=mine") == {"project": [], "repository": []}
    everything = await admin.get("search?q=")
    assert [one["name"] for one in everything["project"]] == ["library", "mine", "other"]
    assert len(everything["repository"]) == 4
    assert (await admin("GET", "search")).status == 422


async def test_statistics(user, admin, anonymous) -> None:
    public = {"public_project_count": 1, "public_repo_count": 1}
    nothing = {"total_project_count": 0, "total_repo_count": 0, "total_storage_consumption": 0}
    assert await user.get("statistics") == public | nothing | {
        "private_project_count": 1,
        "private_repo_count": 2,
    }
    found = await admin.get("statistics")
    stored = found.pop("total_storage_consumption")
    assert found == public | {
        "private_project_count": 2,
        "private_repo_count": 3,
        "total_project_count": 3,
        "total_repo_count": 4,
    }
    config = b'{"architecture": "amd64", "os": "linux"}'
    assert stored == len(b"the same") + len(config)
    assert (await anonymous("GET", "statistics")).status == 401
