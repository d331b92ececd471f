"""Every routed operation under requests made from Harbor's description by Schemathesis, good ones and bad ones, at a
real server: whatever comes, no answer is a failure of the server.

The requests are the same at each run. Names in paths are replaced by ones that exist, every other time, so that more
than "not found" is reached.
"""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation import GenerationMode

from kangaroo.base.actors import SYSTEM
from kangaroo.base.media_types import OCI_INDEX
from kangaroo.base.names import RepositoryName, Tag
from kangaroo.entrypoints.harbor.app import routing
from tests.conformance import swagger, walk
from tests.e2e.server import PASSWORD, Server

EXAMPLES = 6  # of each kind, of each operation
SECONDS = 120.0  # for all of them; it takes 40 when nothing else runs
LAST = "updateConfigurations"  # it may lock everything
EXISTING = {
    "project_name": "library",
    "project_name_or_id": "library",
    "repository_name": "app",
    "reference": "1",
    "tag_name": "1",
}
INDEX = b'{"schemaVersion":2,"mediaType":"%s","manifests":[]}' % OCI_INDEX.encode()


def description() -> dict[str, Any]:
    """Harbor's, without what is not routed."""
    spec = swagger.required()
    routed = set(walk.routed(routing(), spec))
    whole = spec._document
    paths = {}
    for path, item in whole["paths"].items():
        kept = {
            key: one
            for key, one in item.items()
            if key not in swagger.METHODS or one["operationId"] in routed
        }
        if set(kept) & set(swagger.METHODS):
            paths[path] = kept
    return {**whole, "paths": paths}


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("fuzz"), workers=1) as server:

        async def fill(parts: Any) -> None:
            name = RepositoryName("library/app")
            await parts.services.registry.push.manifest(SYSTEM, name, Tag("1"), INDEX, OCI_INDEX)

        server.with_parts(fill)
        yield server


def test_nothing_makes_the_server_fail(fuzzed: Server) -> None:
    schema = schemathesis.openapi.from_dict(description())
    found = [one.ok() for one in schema.get_all_operations()]
    operations = sorted(found, key=lambda one: one.definition.raw["operationId"] == LAST)
    end, failures, answers = time.monotonic() + SECONDS, dict[str, str](), Counter[int]()
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            answers += _ask(fuzzed, operation, mode, failures)
        assert time.monotonic() < end, f"too slow: at {operation.label} after {answers.total()} requests"
    assert not failures, "\n".join(failures.values())
    assert len(operations) > 60
    assert answers.total() > 8 * len(operations)
    assert answers[200] > answers.total() // 10, f"most is refused at once: {answers}"
    assert fuzzed.complaints() == []


def _ask(server: Server, operation: Any, mode: GenerationMode, failures: dict[str, str]) -> Counter[int]:
    """The statuses of the answers; a failure of each kind is remembered."""
    answers = Counter[int]()

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Any) -> None:
        odd = answers.total() % 2
        for name, value in (case.path_parameters or {}).items():
            if name in EXISTING and odd:
                case.path_parameters[name] = EXISTING[name]
            elif isinstance(value, int) and odd:
                case.path_parameters[name] = 1
        answer = case.call(base_url=f"{server.url}/api/v2.0", auth=("admin", PASSWORD))
        answers[answer.status_code] += 1
        if answer.status_code >= 500:
            said = f"{operation.label} ({mode.value}): {answer.status_code}\n{case.as_curl_command()}"
            failures.setdefault(f"{operation.label} {answer.status_code}", said)

    ask()
    return answers
