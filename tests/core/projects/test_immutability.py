"""Tags that stay: rules of a project, and what the gate lets through."""

from collections.abc import Awaitable

import pytest

from kangaroo.base.actors import ANONYMOUS
from kangaroo.base.errors import Code
from kangaroo.base.names import ProjectName, RepositoryName
from kangaroo.base.query import ListQuery
from kangaroo.core.access import Role
from tests.core.projects.conftest import Ground, refused
from tests.core.projects.test_rules import rule

OTHER = {"annotations": {"other": "content"}}


async def push(ground: Ground, repository: str, tag: str, extra: dict | None = None) -> int:
    image = ground.registry.image_of(b"{}", [], extra)
    await ground.registry.push_blob(repository, b"{}")
    answer = await ground.registry("PUT", f"/v2/{repository}/manifests/{tag}", image)
    if answer.status == 412:
        assert answer.json()["errors"][0]["message"] == (
            f"Failed to process request due to '{repository}:{tag}' configured as immutable."
        )
    return answer.status


async def test_an_immutable_tag_can_be_made_and_never_moved(ground: Ground) -> None:
    p = await ground.project("p")
    await ground.projects.immutability.create(ground.admin, p, rule("v*", "app/**"))
    assert await push(ground, "p/app/web", "v1") == 201
    assert await push(ground, "p/app/web", "v1") == 412  # the same content, too
    assert await push(ground, "p/app/web", "v1", OTHER) == 412
    assert await push(ground, "p/app/web", "latest") == 201
    assert await push(ground, "p/app/web", "latest", OTHER) == 201
    assert await push(ground, "p/web", "v1") == 201
    assert await push(ground, "p/web", "v1", OTHER) == 201


async def test_an_immutable_tag_is_not_removed_nor_its_artifact(ground: Ground) -> None:
    p = await ground.project("p")
    image = await ground.registry.push_image("p/app", "v1")
    assert (await ground.registry("PUT", "/v2/p/app/manifests/free", image.content)).status == 201
    made = await ground.projects.immutability.create(ground.admin, p, rule("v1"))
    for reference in ("v1", image.digest):
        answer = await ground.registry("DELETE", f"/v2/p/app/manifests/{reference}")
        assert (answer.status, answer.json()["errors"][0]["message"]) == (
            412,
            "the tag v1 configured as immutable, cannot be deleted",
        )
    assert (await ground.registry("DELETE", "/v2/p/app/manifests/free")).status == 202
    await ground.projects.immutability.delete(ground.admin, p, made)
    assert (await ground.registry("DELETE", f"/v2/p/app/manifests/{image.digest}")).status == 202


async def test_rules_count_at_once_and_only_in_their_project(ground: Ground) -> None:
    p, q = await ground.project("p"), await ground.project("q")
    for project in (p, q):
        assert await push(ground, f"{project}/app", "v1") == 201
    made = await ground.projects.immutability.create(ground.admin, p, rule(), disabled=True)
    change = ground.projects.immutability.update
    assert await push(ground, "p/app", "v1") == 201
    await change(ground.admin, p, made, rule(), disabled=False)
    assert await push(ground, "p/app", "v1") == 412
    assert await push(ground, "q/app", "v1") == 201
    await change(ground.admin, p, made, rule(tags="excludes"), disabled=False)
    assert await push(ground, "p/app", "v1") == 201
    page = await ground.projects.immutability.page(ground.admin, p, ListQuery())
    assert [(one.id, one.disabled, one.rule) for one in page.items] == [(made, False, rule(tags="excludes"))]


async def test_which_of_many_tags(ground: Ground) -> None:
    p = await ground.project("p")
    project = (await ground.projects.get(ground.admin, p)).id
    book, name = ground.projects.rulebook, RepositoryName("p/app")
    tags = ["v1", "v2", "latest"]
    assert await book.immutable(ground.database.lookup, project, name, tags) == []
    await ground.projects.immutability.create(ground.admin, p, rule("v1"))
    await ground.projects.immutability.create(ground.admin, p, rule("l*"))
    assert await book.immutable(ground.database.lookup, project, name, tags) == ["v1", "latest"]


async def test_projects_without_rules_cost_no_statement(lawn: Ground) -> None:
    p = await lawn.project("p")
    project = (await lawn.projects.get(lawn.admin, p)).id
    book, name = lawn.projects.rulebook, RepositoryName("p/app")
    await book.immutable(lawn.database.lookup, project, name, ["v1"])
    nothing: object = None
    assert await book.immutable(nothing, project, name, ["v1"]) == []  # type: ignore[arg-type]


async def test_who_decides_about_rules(ground: Ground) -> None:
    p, q = await ground.project("p", public=True), await ground.project("q")
    master = await ground.user("master", p=Role.MAINTAINER)
    dev = await ground.user("dev", p=Role.DEVELOPER)
    rules = ground.projects.immutability
    made = await rules.create(master, p, rule())
    foreign = await rules.create(ground.admin, q, rule())
    with refused(Code.CONFLICT):
        await rules.create(master, p, rule())
    other = await rules.create(master, p, rule("other"))
    with refused(Code.CONFLICT):
        await rules.update(master, p, other, rule(), disabled=False)
    for action in (
        rules.update(master, p, foreign, rule("mine"), disabled=True),
        rules.delete(master, p, foreign),
        rules.delete(master, p, 999),
    ):
        with refused(Code.NOT_FOUND):
            await action
    forbidden: list[Awaitable[object]] = [
        rules.page(dev, p, ListQuery()),
        rules.create(dev, p, rule("new")),
        rules.update(dev, p, made, rule("new"), disabled=False),
        rules.delete(dev, p, made),
    ]
    for attempt in forbidden:
        with refused(Code.FORBIDDEN):
            await attempt
    with refused(Code.UNAUTHORIZED):
        await rules.page(ANONYMOUS, p, ListQuery())
    with refused(Code.PROJECT_UNKNOWN):
        await rules.create(ground.admin, ProjectName("none"), rule())
    await rules.delete(master, p, made)
    assert (await rules.page(master, p, ListQuery())).total == 1


@pytest.mark.parametrize("tag", ["[", "{a", ""])
async def test_rules_nobody_can_read(lawn: Ground, tag: str) -> None:
    p = await lawn.project("p")
    with refused(Code.BAD_REQUEST):
        await lawn.projects.immutability.create(lawn.admin, p, rule(tag))
