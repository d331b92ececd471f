"""A queue on each database, under a clock the test moves."""

import pytest

from kangaroo.jobs import History, Queue
from kangaroo.store.meta.database import Database
from tests.jobs.kit import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def queue(database: Database, clock: FakeClock) -> Queue:
    return Queue(database, clock)


@pytest.fixture
def history(queue: Queue) -> History:
    return History(queue)
