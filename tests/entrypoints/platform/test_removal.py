"""An instance is removed: the robots we made there end with it, or are told of and tried on; who did it is noted."""

import msgspec
import pytest
from sqlalchemy import select

from kangaroo.base.errors import Failure
from kangaroo.core.workspaces import leaving
from kangaroo.core.workspaces.leaving import LEAVE, LeftBehind
from kangaroo.store.meta.schema.jobs import tasks
from kangaroo.store.meta.schema.platform import instances, temporary_credentials
from kangaroo.store.meta.statements import Query
from tests.core.workspaces.kit import harbor
from tests.entrypoints.platform.harbors import descriptions, far_harbor, notices
from tests.remote.harbor_stand_in import ADMIN_PASSWORD
from tests.remote.serving import served

_LEFT = Query(select(tasks.c.payload).where(tasks.c.kind == LEAVE))
_SEALED = Query(select(instances.c.credential).where(instances.c.name == "far"))
_CREDENTIALS = Query(select(temporary_credentials.c.id))


@pytest.fixture
async def far(site, admin):
    async with far_harbor(site, admin) as made:
        yield made


async def with_robots(far, admin) -> set[str]:
    """The names of a standing robot and of a login, both in force; nothing binds the instance any more."""
    boss = far.people["boss"]
    standing = await boss.get(f"workspaces/{far.place}/registries/far/robot_info")
    login = await boss.get(f"workspaces/{far.place}/registries/far/push")
    return {standing["Username"], login["username"]}


async def unbound(far, admin) -> None:
    await admin.ok("DELETE", f"registries/far/projects/secret/binding/{far.place}")


class _Job:
    """As much of a job as the handler needs."""

    def __init__(self, payload: str) -> None:
        self._payload = payload
        self.lines: list[str] = []

    def payload(self, shape):
        return msgspec.json.decode(self._payload, type=shape)

    def log(self, level: str, message: str) -> None:
        self.lines.append(message)

    async def check(self) -> None: ...


async def test_robots_end_with_it(site, far, admin):
    assert len(await with_robots(far, admin)) == len(far.stand_in.engines.robots) == 2
    await unbound(far, admin)
    assert await admin.ok("DELETE", "registries/far") == {"robotsLeft": []}
    assert far.stand_in.engines.robots == {}
    assert not await site.wired.database.lookup.all(_CREDENTIALS)
    assert not await site.wired.database.lookup.all(_LEFT)


async def test_those_of_an_instance_that_is_away_are_told_of_and_ended_later(site, admin):
    async with far_harbor(site, admin) as far:
        names = await with_robots(far, admin)
        await unbound(far, admin)
        port = int(far.url.rpartition(":")[2])
    answer = await admin.ok("DELETE", "registries/far")
    assert set(answer["robotsLeft"]) == names
    assert await admin.refused("GET", "registries/far") == (404, "NOT_FOUND")
    [row] = await site.wired.database.lookup.all(_LEFT)
    assert ADMIN_PASSWORD not in row["payload"]
    job = _Job(row["payload"])
    finish = site.services.workspaces.jobs.handlers()[LEAVE]
    with pytest.raises(Failure) as caught:
        await finish(job)
    assert caught.value.code.heals
    assert all(any(name in line for line in job.lines) for name in names)
    assert len(far.stand_in.engines.robots) == 2
    # it is back, at the same place
    async with served(far.stand_in.app(), port=port):
        assert await finish(_Job(row["payload"])) == {"removed": 2}
        assert far.stand_in.engines.robots == {}
        assert await finish(_Job(row["payload"])) == {"removed": 2}  # it may run twice
    [noted] = [text for text in await descriptions(site) if "leaving there" in text]
    assert all(name in noted for name in names)


async def test_a_robot_that_was_never_told_of_is_found_by_its_name(site, far, admin):
    """We had asked for it and never saw the answer."""
    await with_robots(far, admin)
    [row, *_] = await site.wired.database.lookup.all(Query(select(temporary_credentials)))
    known = f"kangaroo-{row['workspace_id']}-{row['id']}-{row['created_at']:x}"
    left = LeftBehind(
        instance="far",
        kind="HARBOR",
        url=far.url,
        username="admin",
        credential=(await site.wired.database.lookup.one(_SEALED))["credential"],
        ca="",
        insecure=False,
        robots=[leaving.LeftRobot(0, known, known), leaving.LeftRobot(0, "never-made", "never-made")],
    )
    finish = site.services.workspaces.jobs.handlers()[LEAVE]
    assert await finish(_Job(msgspec.json.encode(left).decode())) == {"removed": 2}
    assert len(far.stand_in.engines.robots) == 1


async def test_nobody_waits_for_an_instance_that_does_not_answer(site, far, admin, monkeypatch):
    names = await with_robots(far, admin)
    await unbound(far, admin)
    far.stand_in.silent = True
    monkeypatch.setattr(leaving, "WAIT_SECONDS", 0.2)
    assert set((await admin.ok("DELETE", "registries/far"))["robotsLeft"]) == names


async def test_not_ended_while_it_stays(far, admin):
    """Still bound: it is not removed, and neither are its robots."""
    await with_robots(far, admin)
    assert await admin.refused("DELETE", "registries/far") == (409, "REFERENCED")
    assert len(far.stand_in.engines.robots) == 2


async def test_a_workspaces_own(far, admin):
    boss = far.people["boss"]
    await harbor(boss, far.url, far.place, "own")
    await boss.get(f"workspaces/{far.place}/registries/own/robot_info")
    assert len(far.stand_in.engines.robots) == 1
    assert await boss.ok("DELETE", f"workspaces/{far.place}/registries/own") == {"robotsLeft": []}
    assert far.stand_in.engines.robots == {}


async def test_who_registered_changed_and_removed_it_is_noted(site, far, admin):
    boss = far.people["boss"]
    await harbor(boss, far.url, far.place, "own")
    await boss.ok("PUT", f"workspaces/{far.place}/registries/own", {"description": "ours"})
    await boss.ok("DELETE", f"workspaces/{far.place}/registries/own")
    own = f"workspace {far.place}/own"
    assert await notices(site, "instance") == [
        ("admin", "create_instance", "far"),
        ("boss", "create_instance", own),
        ("boss", "update_instance", own),
        ("boss", "delete_instance", own),
    ]
