"""`python -m kangaroo.app.dependency_check TARGETS ANSWER`: asks dependencies from where it runs, a Job in a cluster.

TARGETS is a file with one URL per line, as `remote.dependencies.addresses` reads them; ANSWER gets JSON: for each
target the steps that were taken, the last one with its reason if it is broken. It fits into what Kubernetes keeps of
a container's last words. Nobody but the API server reads it: passwords never stand in it.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

import msgspec

from kangaroo.app.wiring import dependency_probes
from kangaroo.base.addresses import AddressPolicy
from kangaroo.base.errors import Failure
from kangaroo.remote.dependencies.addresses import parse_target
from kangaroo.remote.dependencies.contract import Row

LONGEST = 4096  # bytes of a termination message
_LONGEST_TEXT = 160


def main(targets: Path, answer: Path) -> int:
    try:
        wanted = [parse_target(line) for line in targets.read_text().splitlines() if line.strip()]
    except Failure as failure:
        answer.write_text(str(failure)[:LONGEST])
        return 1
    probed = asyncio.run(dependency_probes(AddressPolicy()).probe_all(wanted))
    answer.write_bytes(_fitting(probed))
    return 0


def _fitting(probed: list[list[Row]]) -> bytes:
    """In full, or else only how each ended."""
    full = msgspec.json.encode([[_told(row) for row in rows] for rows in probed])
    return full if len(full) <= LONGEST else msgspec.json.encode([[_told(rows[-1])] for rows in probed])


def _told(row: Row) -> dict[str, Any]:
    facts = {} if row.failure is None else row.failure.facts
    return {
        "step": str(row.step),
        "reason": "" if row.reason is None else row.reason.name,
        "facts": {name: _plain(value) for name, value in facts.items()},
        "seen": row.seen[:_LONGEST_TEXT],
    }


def _plain(value: Any) -> Any:
    return value if isinstance(value, int) else str(value)[:_LONGEST_TEXT]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
