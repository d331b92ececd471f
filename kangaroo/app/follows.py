"""What follows from what: for each event the kinds of tasks it asks for, in the transaction that emits it."""

from collections.abc import Sequence

from kangaroo.base.events import Event
from kangaroo.core import managed, pull_secrets
from kangaroo.jobs import Once
from kangaroo.jobs.queue import EventKinds

_TABLES = (pull_secrets.EVENTS, managed.EVENTS)


def event_kinds() -> EventKinds:
    found: dict[type[Event], Sequence[str | Once]] = {}
    for table in _TABLES:
        for event, kinds in table.items():
            found[event] = (*found.get(event, ()), *kinds)
    return found
