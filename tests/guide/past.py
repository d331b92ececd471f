"""What only time makes: days of pushes and pulls, and things that were not all made a minute ago."""

import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path

_PUSHERS = ("ann", "bob", "lina", "wangwei")
_PROBES = 45
_DAYS, _DAY = 14, 86_400_000_000  # microseconds
_AGEING = (
    *(
        f"UPDATE {table} SET {column} = {column} - (((SELECT max(id) FROM {table}) - id) * 7 + 2) * :hour"
        for table, column in (
            ("artifacts", "pushed_at"),
            ("tags", "pushed_at"),
            ("repositories", "updated_at"),
            ("audit_logs", "at"),
        )
    ),
    "UPDATE artifacts SET pulled_at = pushed_at + :hour WHERE pulled_at IS NULL AND id % 4 > 0",
    "UPDATE repositories SET pull_count = pull_count + (id * 37) % 211",
    "UPDATE projects SET created_at = created_at - (40 + id) * 24 * :hour",
    "UPDATE workspaces SET created_at = created_at - (30 + id) * 24 * :hour",
    "UPDATE users SET created_at = created_at - (50 + id) * 24 * :hour",
    "UPDATE workspaces SET updated_at = created_at",
    "UPDATE clusters SET created_at = created_at - (10 + id) * 24 * :hour",
    "UPDATE instances SET created_at = created_at - (20 + id) * 24 * :hour",
    "UPDATE instance_probes SET id = id + 1000000",  # they are told in this order
    "UPDATE instance_health SET transition_at = transition_at - 24 * :hour WHERE state = 'healthy'",
    "UPDATE instance_health SET transition_at = transition_at - :hour / 2 WHERE state = 'unhealthy'",
)


def grow_older(database: Path) -> None:
    """Two weeks of pushes and pulls, and images that were not all made a minute ago."""
    now, dice = int(time.time() * 1_000_000), random.Random("use")
    images = ("payments/gateway:2.4.1", "payments/invoices:1.8.0", "search/query:0.9.2", "base/java:21")
    rows = []
    for day in range(1, _DAYS):
        weekend = day % 7 in (2, 3)
        for operation, most in (("create", 3 if weekend else 14), ("pull", 12 if weekend else 60)):
            for _ in range(dice.randint(most // 2, most)):
                at = now - day * _DAY + dice.randrange(_DAY // 2)
                rows.append((at, dice.choice(_PUSHERS), operation, dice.choice(images)))
    samples = [
        (now - day * _DAY, (18 + (30 - day) * 5 + dice.randrange(5)) << 20) for day in range(30, 0, -1)
    ]
    with closing(sqlite3.connect(database, timeout=60)) as connection, connection:
        for statement in _AGEING:
            connection.execute(statement, {"hour": _DAY // 24})
        connection.executemany(
            "INSERT INTO audit_logs (at, actor, operation, resource_type, resource, succeeded)"
            " VALUES (?, ?, ?, 'artifact', ?, 1)",
            sorted(rows),
        )
        connection.executemany(
            "INSERT INTO instance_probes (id, instance_id, at, state, message, duration)"
            " SELECT id * 1000 + ?, id, ?, 'healthy', '{}', ? FROM instances WHERE kind <> 'KANGAROO'",
            [
                (number, now - (_PROBES - number) * _DAY // 1440, dice.randrange(9_000, 31_000))
                for number in range(_PROBES - 1)
            ],
        )
        connection.executemany(
            "INSERT OR IGNORE INTO instance_statistics (instance_id, at, bytes)"
            " SELECT id, ?, ? FROM instances WHERE kind = 'KANGAROO'",
            samples,
        )
