"""A list is filtered, sorted and cut the same way on both databases, in at most two statements."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import bindparam, insert, select

from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.base.query import parse_list_query
from kangaroo.store.meta.database import Database
from kangaroo.store.meta.listing import FlagKey, Listing, MomentKey, NumberKey, TextKey
from kangaroo.store.meta.schema.access import projects
from kangaroo.store.meta.statements import Query

ADD = Query(
    insert(projects).values(
        name=bindparam("name"),
        owner_id=bindparam("owner"),
        public=bindparam("public"),
        created_at=bindparam("at"),
        updated_at=0,
    )
)
NAMES = ("alpha", "beta", "Beta_2", "gamma%", "delta", "100", "7")
KEYS = {
    "name": TextKey(projects.c.name),
    "owner_id": NumberKey(projects.c.owner_id),
    "public": FlagKey(projects.c.public),
    "creation_time": MomentKey(projects.c.created_at),
}
LISTING = Listing(
    select(projects.c.id, projects.c.name), KEYS, order=(projects.c.name.asc(),), identity=projects.c.id
)
WHOLE = Window(1, 100)
OWNED = Listing(
    select(projects.c.name).where(projects.c.owner_id == bindparam("owner")),
    KEYS,
    order=(projects.c.id.desc(),),
    identity=projects.c.id,
)


@pytest.fixture
async def filled(database: Database) -> Database:
    rows = [
        {"name": name, "owner": number % 3, "public": number % 2 == 0, "at": number * 1_000_000}
        for number, name in enumerate(NAMES)
    ]
    async with database.write() as transaction:
        await transaction.many(ADD, rows)
    return database


async def names(database: Database, q: str = "", sort: str = "", window: Window = WHOLE) -> list[str]:
    found, total = await LISTING.page(database.lookup, parse_list_query(q, sort, window))
    assert total >= len(found)
    return [row["name"] for row in found]


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("name=beta", {"beta"}),
        ("name=~BETA", {"beta", "Beta_2"}),
        ("name=~a_", {"Beta_2"}),
        ("name=~%25", {"gamma%"}),
        ("name={alpha 'beta' nobody}", {"alpha", "beta"}),
        ("name={}", set()),
        ("name=[b~c]", {"beta"}),
        ("name=7", {"7"}),
        ("name={7 100}", {"7", "100"}),
        ("owner_id=2", {"Beta_2", "100"}),
        ("OwnerID={1 2}", {"beta", "Beta_2", "delta", "100"}),
        ("owner_id__gt=1", {"Beta_2", "100"}),
        ("owner_id=~2", {"Beta_2", "100"}),
        ("owner_id=~x", set()),
        ("public=true", {"alpha", "Beta_2", "delta", "7"}),
        ("public=false", {"beta", "gamma%", "100"}),
        ("creation_time=[1970-01-01T00:00:02~1970-01-01 00:00:03]", {"Beta_2", "gamma%"}),
        ("creation_time__gte=1970-01-01T00:00:05,owner_id=0", {"7"}),
        ("password_hash=~a,nonsense={1 2}", set(NAMES)),
        ("name=(alpha beta)", set(NAMES)),
    ],
)
async def test_filters(filled: Database, q: str, expected: set[str]) -> None:
    assert set(await names(filled, q)) == expected


@pytest.mark.parametrize(
    "q",
    ["owner_id=x", "owner_id={1 x}", "public=maybe", "creation_time=[x~]", "owner_id=[~9223372036854775808]"],
)
async def test_a_value_its_column_cannot_hold(filled: Database, q: str) -> None:
    with pytest.raises(Failure) as caught:
        await names(filled, q)
    assert caught.value.code is Code.BAD_REQUEST


async def test_order(filled: Database) -> None:
    assert await names(filled) == sorted(NAMES)
    assert await names(filled, sort="-name") == sorted(NAMES, reverse=True)
    assert (await names(filled, sort="owner_id,-creation_time,owner_id"))[:3] == ["7", "gamma%", "alpha"]
    assert await names(filled, sort="nonsense") == sorted(NAMES)
    assert await names(filled, sort=",".join(["-name"] * 5000)) == sorted(NAMES, reverse=True)


async def test_pages_repeat_nothing_and_lose_nothing(filled: Database) -> None:
    seen = []
    for page in (1, 2, 3, 4, 5):
        query = parse_list_query(sort="owner_id", window=Window(page, 2))
        rows, total = await LISTING.page(filled.lookup, query)
        assert total == len(NAMES)
        seen += [row["name"] for row in rows]
    assert sorted(seen) == sorted(NAMES)


async def test_everything_and_far_beyond(filled: Database) -> None:
    rows, total = await LISTING.page(filled.lookup, parse_list_query(window=Window(size=0)))
    assert (len(rows), total) == (7, 7)
    rows, total = await LISTING.page(filled.lookup, parse_list_query(window=Window(1_000_000_000, 100)))
    assert (len(rows), total) == (0, 7)


async def test_the_sources_own_parameters_and_conditions(filled: Database) -> None:
    query = parse_list_query("name=~a", window=Window(1, 1))
    rows, total = await OWNED.page(filled.lookup, query, owner=0)
    assert [row["name"] for row in rows] == ["gamma%"]
    assert total == 2
    rows, total = await OWNED.page(filled.lookup, query, [projects.c.public.is_(True)], owner=0)
    assert ([row["name"] for row in rows], total) == (["alpha"], 1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    key=st.sampled_from([*KEYS, "other", "name__gte", "owner_id__in"]),
    value=st.one_of(st.text(max_size=20), st.integers().map(str), st.from_regex(r"\A[~\[{(].{0,9}[\]})]\Z")),
)
async def test_whatever_is_asked(filled: Database, key: str, value: str) -> None:
    try:
        await names(filled, f"{key}={value}", value)
    except Failure as failure:
        assert failure.code is Code.BAD_REQUEST, failure
