"""Pushes and pulls by day, counted in the audit log, on both databases."""

from kangaroo.store.meta import notices, notices_activity
from kangaroo.store.meta.database import Database
from kangaroo.store.meta.notices import Notice
from kangaroo.store.meta.notices_activity import DAY, Day

NOW = 20_000 * DAY + 5


def noted(operation: str, at: int, project: int = 1, kind: str = "artifact", *, good: bool = True) -> Notice:
    return Notice("ann", operation, kind, "p/r:v1", project, "", good, at)


async def test_what_succeeded_with_artifacts_counts_on_its_day(database: Database) -> None:
    since = NOW - 3 * DAY
    async with database.write() as transaction:
        for notice in (
            noted("create", since - 1),
            noted("create", since),
            noted("pull", since + DAY - 1),
            noted("pull", since + DAY),
            noted("pull", since + DAY, project=2),
            noted("create", NOW - 1),
            noted("create", NOW - 1, kind="tag"),
            noted("create", NOW - 1, good=False),
            noted("delete", NOW - 1),
        ):
            await notices.add(transaction, notice)
    async with database.read() as snapshot:
        everything = await notices_activity.by_day(snapshot, since, 3, None)
        first = await notices_activity.by_day(snapshot, since, 3, {1})
        nothing = await notices_activity.by_day(snapshot, since, 3, set())
    assert everything == [Day(since, 1, 1), Day(since + DAY, 0, 2), Day(since + 2 * DAY, 1, 0)]
    assert [day.pulls for day in first] == [1, 1, 0]
    assert [(day.pushes, day.pulls) for day in nothing] == [(0, 0)] * 3
