"""Sessions: whose, how long, and what ends them; the database knows no cookie."""

from sqlalchemy import select

from kangaroo.base.actors import ANONYMOUS
from kangaroo.base.clock import SECOND
from kangaroo.base.errors import Code
from kangaroo.core.access.sessions import DAY
from kangaroo.store.meta.schema.tenancy import sessions as table
from kangaroo.store.meta.statements import Query
from tests.core.access.conftest import House, grant, refused

ALL = Query(select(table.c.id, table.c.expires_at))
MINUTES = 60


async def test_a_session(house: House) -> None:
    alice = await house.user("alice")
    sessions = house.access.sessions
    cookie = await sessions.begin(alice)
    assert await sessions.holder(cookie) == alice
    assert await house.another_process().sessions.holder(cookie) == alice
    assert cookie != await sessions.begin(alice)
    rows = await house.database.lookup.all(ALL)
    assert all(cookie not in row["id"] for row in rows)
    await sessions.end(cookie)
    assert await sessions.holder(cookie) is None
    await sessions.end(cookie)


async def test_what_is_none(house: House) -> None:
    cookie = await house.access.sessions.begin(house.admin)
    for wrong in ("", "x", cookie[:-1], cookie + "x", "x" * 1000, "\udcff", "é"):
        assert await house.access.sessions.holder(wrong) is None


async def test_only_people_have_one(house: House) -> None:
    robot, _ = await house.robot("ci", grant("*", "repository:pull"))
    for actor in (robot, ANONYMOUS):
        with refused(Code.UNAUTHORIZED):
            await house.access.sessions.begin(actor)
    alice = await house.user("alice")
    await house.access.users.delete(house.admin, alice.id)
    with refused(Code.UNAUTHORIZED):
        await house.access.sessions.begin(alice)


async def test_it_ends_when_nobody_uses_it(house: House) -> None:
    sessions = house.access.sessions
    cookie = await sessions.begin(house.admin)
    house.clock.pass_by(MINUTES * 60 - 1)
    assert await sessions.holder(cookie)
    house.clock.pass_by(MINUTES * 60 - 1)
    assert await sessions.holder(cookie)
    house.clock.pass_by(MINUTES * 60)
    assert await sessions.holder(cookie) is None


async def test_using_it_rarely_writes(house: House) -> None:
    sessions = house.access.sessions
    cookie = await sessions.begin(house.admin)

    async def until() -> int:
        (row,) = await house.database.lookup.all(ALL)
        return int(row["expires_at"])

    first = await until()
    house.clock.pass_by(MINUTES * 30 - 1)
    await sessions.holder(cookie)
    assert await until() == first
    house.clock.pass_by(1)
    await sessions.holder(cookie)
    assert await until() > first


async def test_it_ends_after_a_day_however_often_used(house: House) -> None:
    sessions = house.access.sessions
    cookie, start = await sessions.begin(house.admin), house.clock.at
    while await sessions.holder(cookie):
        house.clock.pass_by(1200)
    assert DAY - MINUTES * 60 * SECOND < house.clock.at - start <= DAY


async def test_the_timeout_is_configured(house: House) -> None:
    await house.access.configuring.change(house.admin, {"session_timeout": 5})
    cookie = await house.access.sessions.begin(house.admin)
    house.clock.pass_by(5 * 60)
    assert await house.access.sessions.holder(cookie) is None


async def test_removal_and_a_new_password_end_all(house: House) -> None:
    alice, bob = await house.user("alice"), await house.user("bob")
    sessions = house.access.sessions
    cookies = [await sessions.begin(actor) for actor in (alice, alice, bob)]
    await house.access.users.change_password(house.admin, alice.id, "Another1234")
    assert [await sessions.holder(cookie) for cookie in cookies] == [None, None, bob]
    await house.access.users.delete(house.admin, bob.id)
    assert await sessions.holder(cookies[2]) is None


async def test_ended_ones_are_swept(house: House) -> None:
    await house.access.sessions.begin(house.admin)
    house.clock.pass_by(2 * MINUTES * 60)
    await house.access.sessions.begin(house.admin)
    assert len(await house.database.lookup.all(ALL)) == 1


async def test_rights_follow_the_user(house: House) -> None:
    alice = await house.user("alice")
    cookie = await house.access.sessions.begin(alice)
    await house.access.users.set_sysadmin(house.admin, alice.id, True)
    holder = await house.access.sessions.holder(cookie)
    assert holder is not None
    assert holder.sysadmin
