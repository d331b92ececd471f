"""Each of Harbor's 203 operations is served, or stands in a table with the reason why not."""

from kangaroo.entrypoints.harbor.app import routing
from tests.conformance import swagger, walk
from tests.conformance.not_yet import NOT_YET


def test_every_operation_is_routed_or_excused() -> None:
    spec = swagger.required()
    routed = set(walk.routed(routing(), spec))
    assert len(spec.operations) == 203
    assert set(NOT_YET) - set(spec.operations) == set(), "no operation has this name"
    assert routed & set(NOT_YET) == set(), "routed: take the line out of not_yet.py"
    assert set(spec.operations) - routed - set(NOT_YET) == set(), "neither routed nor excused"
    assert all(NOT_YET.values())


async def test_what_is_routed_is_served(installation, anonymous) -> None:
    """By the handler the table of routes has for it: no other path takes its requests away."""
    spec = swagger.required()
    for name, handler in walk.routed(routing(), spec).items():
        operation = spec.operations[name]
        answer = await anonymous(
            operation.method, walk.example(operation), {} if operation.body_schema() else None
        )
        assert installation.scope["kangaroo.route"] == handler, name
        assert answer.status != 405, name


async def test_another_method_is_refused(anonymous) -> None:
    answer = await anonymous("DELETE", "ping")
    assert answer.status == 405
    assert "GET" in answer.headers["allow"]
